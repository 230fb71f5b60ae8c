"""Repair orders of the workshop, and the numbers on their receipts."""

from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.repair_order import RepairNumbers, RepairOrder

RepairOrders = Collection(
    "repair_orders",
    RepairOrder,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
        Index((("site_id", 1), *IN_ORDER), name="at_site"),
        Index((("asset_id", 1), *IN_ORDER), name="of_asset"),
        Index((("ticket_id", 1),), partial={"ticket_id": A_STRING}, name="of_ticket"),
        Index((("number", 1),), name="number"),
    ),
    customer=lambda order: order.customer_id,
)

RepairNumberings = Collection("repair_numbers", RepairNumbers)
