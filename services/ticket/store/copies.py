"""What this service knows of other services' public states."""

from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged
from contracts.serials import serial_key
from infra.chassis.store.collection import A_STRING, Index, ReadCopy

Sites: ReadCopy[SiteChanged] = ReadCopy(
    "sites_copy", SiteChanged, indexes=(Index((("customer_id", 1),), name="of_customer"),)
)
Assets: ReadCopy[CurrentAssetChanged] = ReadCopy(
    "assets_copy",
    CurrentAssetChanged,
    indexes=(Index((("serial_key", 1),), partial={"serial_key": A_STRING}, name="serial"),),
    searched_by=lambda asset: {"serial_key": serial_key(asset.serial)},
    schema=2,
)
Parts: ReadCopy[PartChanged] = ReadCopy("parts_copy", PartChanged)
