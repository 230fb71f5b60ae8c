"""Visits as documents."""

from contracts.catalogue import topic_for
from contracts.ticket.events import TicketOpened
from infra.chassis.runtime import Born
from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.dispatch.domain.visit import Visit

Visits = Collection(
    "visits",
    Visit,
    indexes=(
        Index((("ticket_id", 1),)),
        Index((("state", 1), *IN_ORDER)),
        Index((("technician_id", 1), *IN_ORDER)),
        Index((("technician_id", 1), ("state", 1), *IN_ORDER)),
        Index((("customer_id", 1), *IN_ORDER)),
        Index((("contract_id", 1), *IN_ORDER)),
        Index((("site_id", 1), *IN_ORDER)),
        Index(IN_ORDER, partial={"attention": A_STRING}, name="attention"),
        Index((("plan.start_at", 1),)),
        Index((("plan.companions", 1), *IN_ORDER)),
        Index((("apprentices", 1), *IN_ORDER)),
    ),
    key=lambda visit: visit.ticket_id,
    customer=lambda visit: visit.customer_id,
    next_due=lambda visit: visit.due_at,
)

BORN = Born(Visits, topic_for(TicketOpened).name, lambda visit_id: visit_id.rpartition("-")[0])
"""Visits come from the ticket's facts, whose key is the ticket; a visit's id is ``<ticket_id>-<n>``."""
