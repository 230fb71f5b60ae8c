"""Failures of machines, and since when they are counted."""

from infra.chassis.store.collection import Collection, Index
from services.inventory.domain.failure import Counting, Failure

Failures = Collection(
    "failures",
    Failure,
    indexes=(Index((("asset_id", 1), ("at", -1)), name="of_asset"),),
    customer=lambda failure: failure.customer_id,
)

Countings = Collection("countings", Counting)
