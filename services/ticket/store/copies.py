"""What this service knows of other services' public states."""

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged
from contracts.serials import serial_key
from infra.chassis.store.collection import A_STRING, Index, ReadCopy
from services.ticket.lookup.models import model_key
from services.ticket.lookup.terms import words_in

Sites: ReadCopy[SiteChanged] = ReadCopy(
    "sites_copy",
    SiteChanged,
    indexes=(
        Index((("customer_id", 1),), name="of_customer"),
        Index((("words", 1), ("customer_id", 1)), name="words"),
    ),
    searched_by=lambda site: {"words": list(words_in(site.name))},
    schema=2,
)
Assets: ReadCopy[CurrentAssetChanged] = ReadCopy(
    "assets_copy",
    CurrentAssetChanged,
    indexes=(
        Index((("serial_key", 1),), partial={"serial_key": A_STRING}, name="serial"),
        Index((("model_key", 1),), partial={"model_key": A_STRING}, name="model"),
        Index((("words", 1), ("customer_id", 1)), name="words"),
    ),
    searched_by=lambda asset: {
        "serial_key": serial_key(asset.serial),
        "model_key": model_key(asset.manufacturer, asset.model),
        "words": list(words_in(f"{asset.name} {asset.serial or ''}")),
    },
    schema=4,
)
Parts: ReadCopy[PartChanged] = ReadCopy("parts_copy", PartChanged)
Technicians: ReadCopy[TechnicianChanged] = ReadCopy("technicians_copy", TechnicianChanged)
