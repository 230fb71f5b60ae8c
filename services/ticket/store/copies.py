"""What this service knows of other services' public states."""

from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged
from contracts.serials import serial_key
from infra.chassis.store.collection import A_STRING, Index, ReadCopy
from services.ticket.lookup.terms import words_in

Sites: ReadCopy[SiteChanged] = ReadCopy(
    "sites_copy",
    SiteChanged,
    indexes=(Index((("words", 1), ("customer_id", 1)), name="words"),),
    searched_by=lambda site: {"words": list(words_in(site.name))},
    schema=2,
)
Assets: ReadCopy[CurrentAssetChanged] = ReadCopy(
    "assets_copy",
    CurrentAssetChanged,
    indexes=(
        Index((("serial_key", 1),), partial={"serial_key": A_STRING}, name="serial"),
        Index((("words", 1), ("customer_id", 1)), name="words"),
    ),
    searched_by=lambda asset: {
        "serial_key": serial_key(asset.serial),
        "words": list(words_in(f"{asset.name} {asset.serial or ''}")),
    },
    schema=3,
)
Parts: ReadCopy[PartChanged] = ReadCopy("parts_copy", PartChanged)
