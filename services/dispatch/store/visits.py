"""Visits as documents."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.visit import Visit

Visits = Collection(
    "visits",
    Visit,
    indexes=(
        Index((("ticket_id", 1),)),
        Index((("state", 1), ("updated_at", 1))),
        Index((("technician_id", 1), ("state", 1))),
        Index((("customer_id", 1), ("updated_at", 1))),
        Index((("site_id", 1), ("updated_at", 1))),
    ),
    key=lambda visit: visit.ticket_id,
    customer=lambda visit: visit.customer_id,
    next_due=lambda visit: visit.due_at,
)
