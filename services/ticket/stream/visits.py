"""``dispatch.visits.v1``: how the visits of our tickets go."""

from collections.abc import Iterable

from contracts.dispatch.events import VisitFact
from contracts.envelope import Envelope
from services.ticket.usecases.record_visit import RecordVisitFact


def on_visit_fact(fact: VisitFact, envelope: Envelope) -> Iterable[RecordVisitFact]:
    """Every fact of a visit is kept in its ticket's timeline; what it changes, the ticket knows."""
    return (RecordVisitFact(fact, envelope),)
