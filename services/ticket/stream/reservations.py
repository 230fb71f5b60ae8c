"""``inventory.reservations.v1``: whether the parts for our visits are there."""

from collections.abc import Iterable

from contracts.envelope import Envelope
from contracts.inventory.events import ReservationFact
from services.ticket.usecases.record_visit import RecordVisitFact


def on_reservation_fact(fact: ReservationFact, envelope: Envelope) -> Iterable[RecordVisitFact]:
    """The stock-keeping shows in the timeline; missing parts ask for a person's attention."""
    return (RecordVisitFact(fact, envelope),)
