"""Messages on their way."""

from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from infra.chassis.store.deliveries import due_index
from services.notify.domain.delivery import Delivery

Deliveries = Collection[Delivery](
    "deliveries",
    Delivery,
    indexes=(
        due_index("queued_at", by="channel"),
        Index((("state", 1), *IN_ORDER)),
        Index((("message.customer_id", 1), *IN_ORDER)),
        Index((("message.contract_ids", 1), *IN_ORDER)),
        Index((("message.recipient.id", 1), *IN_ORDER)),
        Index((("message.ticket_id", 1),)),
        Index((("message.visit_id", 1),)),
        Index((("digest_for", 1),), partial={"digest_for": A_STRING}, name="digest"),
    ),
    next_due=lambda delivery: delivery.settles_at,
    customer=lambda delivery: delivery.message.customer_id,
)
