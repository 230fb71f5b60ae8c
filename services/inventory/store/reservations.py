"""Reservations, one per visit that parts concern."""

from infra.chassis.store.collection import Collection, Index
from services.inventory.domain.reservation import Reservation

Reservations = Collection(
    "reservations",
    Reservation,
    indexes=(
        Index((("level_ids", 1),), name="holding"),
        Index((("short_of", 1),), name="waiting"),
        Index((("ticket_id", 1),), name="of_ticket"),
    ),
    customer=lambda reservation: reservation.customer_id,
)
