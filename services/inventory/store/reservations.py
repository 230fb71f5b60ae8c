"""Reservations, one per visit that parts concern."""

from contracts.catalogue import topic_for
from contracts.dispatch.events import VisitPlanned
from infra.chassis.runtime import Born
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.inventory.domain.reservation import Reservation

Reservations = Collection(
    "reservations",
    Reservation,
    indexes=(
        Index((("level_ids", 1),), name="holding"),
        Index((("short_of", 1),), name="waiting"),
        Index((("ticket_id", 1),), name="of_ticket"),
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("customer_id", 1), *IN_ORDER), name="of_customer"),
        Index((("technician_id", 1), *IN_ORDER), name="of_technician"),
        Index((("technician_id", 1), ("planned_start", 1)), name="of_technician_by_start"),
        Index((("wanted.sku", 1), *IN_ORDER), name="of_part"),
        Index((("missing.sku", 1),), partial={"missing.0": {"$exists": True}}, name="missing"),
    ),
    customer=lambda reservation: reservation.customer_id,
)

BORN = Born(Reservations, topic_for(VisitPlanned).name, lambda visit_id: visit_id.rpartition("-")[0])
"""Reservations come from visits' facts, whose key is the ticket; a visit's id is ``<ticket_id>-<n>``."""
