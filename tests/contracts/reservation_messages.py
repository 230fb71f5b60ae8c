"""Examples of what becomes of the parts that a visit needs."""

from typing import Any

from contracts.inventory import events as reservations
from contracts.values import PartNeed, PartUsed


def reserved(ticket: str, visit: str) -> tuple[reservations.ReservationFact, ...]:
    """One of each, of a visit's reservation."""
    reservation: dict[str, Any] = {
        "visit_id": visit,
        "ticket_id": ticket,
        "customer_id": "clinique-pasteur",
        "technician_id": "tech-lea",
        "location": "van:tech-lea",
    }
    return (
        reservations.PartsReserved(**reservation, parts=(PartNeed(sku="psu-550", quantity=1),)),
        reservations.PartsShort(
            **reservation,
            missing=(
                reservations.MissingPart(sku="psu-550", quantity=1, available=0, elsewhere=("depot:lyon",)),
            ),
        ),
        reservations.PartsIssued(
            **reservation,
            parts=(PartUsed(sku="psu-550", quantity=1, serial_in="S-2", serial_out="S-1"),),
            discrepancies=(PartNeed(sku="cable-rj45", quantity=2),),
        ),
        reservations.PartsReleased(**reservation, parts=(PartNeed(sku="psu-550", quantity=1),)),
    )
