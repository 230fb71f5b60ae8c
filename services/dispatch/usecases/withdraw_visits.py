"""The ticket needs its visits no more, or with another priority."""

from dataclasses import dataclass, replace

from contracts.dispatch.events import CancelledBecause, RevocationReason
from contracts.values import Priority, VisitState
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import MOVABLE, UNDER_WAY, URGENT
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free


@dataclass(frozen=True)
class WithdrawVisit:
    """The visit is cancelled and its slot is free again; of work on the spot the dispatcher is asked."""

    visit_id: str
    reason: CancelledBecause

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None:
            return
        cancelled, facts = visit.cancelled(self.reason)
        if cancelled == visit:
            return
        unit.save(Visits, cancelled, *facts)
        if cancelled.state is VisitState.CANCELLED and visit.technician_id is not None:
            free(unit, visit)
            tell_next_of(unit, visit)


@dataclass(frozen=True)
class Reprioritise:
    """The ticket's visits count as this urgent from now on.

    One that becomes urgent before anybody has left for it is planned anew, unless it is pinned.
    """

    ticket_id: str
    priority: Priority

    def loads(self) -> Loads:
        return (Where(Visits, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for visit in unit.where(Visits, "ticket_id", self.ticket_id):
            if visit.priority is self.priority or visit.state in UNDER_WAY:
                continue
            sooner = self.priority in URGENT and visit.priority not in URGENT and not visit.pinned
            # What burns does not wait for the day that was chosen while it did not.
            promised = None if sooner else visit.promised
            changed = replace(visit, priority=self.priority, promised=promised)
            if sooner and visit.state in MOVABLE:
                back, facts = changed.taken_back(RevocationReason.RESCHEDULED)
                free(unit, visit)
                unit.save(Visits, back, *facts)
            else:
                unit.save(Visits, changed)
