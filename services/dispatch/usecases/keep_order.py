"""One visit of a request has moved, failed or run over: those that come after it move or wait."""

from dataclasses import dataclass

from contracts.dispatch.events import Attention, RevocationReason
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import MOVABLE
from services.dispatch.domain.turn import ANY, Turn, turn_of
from services.dispatch.domain.visit import Visit
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.giving_up import give_up


def turn_in(unit: Unit, visit: Visit) -> Turn:
    """When it is the visit's turn, by what is stored of the others of its request."""
    if not visit.need.after:
        return ANY
    return turn_of(visit, unit.where(Visits, "ticket_id", visit.ticket_id), unit.now)


@dataclass(frozen=True)
class KeepOrder:
    """Plan a visit anew that is planned before its turn. One that is under way goes on; of one that is
    pinned the dispatcher is asked."""

    visit_id: str
    ticket_id: str

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Where(Visits, "ticket_id", self.ticket_id))

    def decide(self, unit: Unit) -> Visit | None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.plan is None or visit.state not in MOVABLE or visit.technician_id is None:
            return visit
        if turn_in(unit, visit).allows(visit.plan.start_at):
            return visit
        give_up(unit, visit, visit.technician_id, RevocationReason.RESCHEDULED, Attention.LATE)
        tell_next_of(unit, visit)
        return unit.get(Visits, visit.id)
