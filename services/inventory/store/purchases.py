"""Purchase requests, and which of them is the open draft of a supplier."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.inventory.domain.purchase import OpenDraft, PurchaseRequest

PurchaseRequests = Collection(
    "purchase_requests",
    PurchaseRequest,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("supplier", 1), *IN_ORDER), name="of_supplier"),
        Index((("skus", 1), *IN_ORDER), name="of_part"),
        Index((("delivered_at", -1),), name="delivered"),
    ),
)

OpenDrafts = Collection("purchase_drafts", OpenDraft)
