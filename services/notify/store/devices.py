"""Where people want to be told by Web Push."""

from infra.chassis.store.collection import Collection, Index
from services.notify.domain.push import Devices

DevicesOf = Collection[Devices](
    "devices",
    Devices,
    indexes=(Index((("device_ids", 1),)),),
    searched_by=lambda known: {"device_ids": list(known.device_ids)},
)
