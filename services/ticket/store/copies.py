"""What this service knows of other services' public states."""

from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged
from infra.chassis.store.collection import A_STRING, Index, ReadCopy

Sites: ReadCopy[SiteChanged] = ReadCopy("sites_copy", SiteChanged)
Assets: ReadCopy[CurrentAssetChanged] = ReadCopy(
    "assets_copy",
    CurrentAssetChanged,
    indexes=(Index((("serial", 1),), partial={"serial": A_STRING}, name="serial"),),
)
Parts: ReadCopy[PartChanged] = ReadCopy("parts_copy", PartChanged)
