"""An SLA clock moved: its ticket's visits have other deadlines, and may have to be made sooner."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import Attention, RevocationReason
from contracts.values import VisitState
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.dispatch.domain.clocks import KnownClock, TicketClocks, tightened
from services.dispatch.domain.plan import MOVABLE, OPEN
from services.dispatch.domain.visit import Visit
from services.dispatch.store.clocks import Clocks
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.slots import free

Sooner = Callable[[Visit, datetime], bool]
"""Whether a planned visit would be made so much sooner, planned anew, that it is worth moving."""


@dataclass(frozen=True)
class FollowClock:
    """A deadline that only moved away moves no visit, nor does a clock that says again how little is left.

    A visit that nobody has left for and that would be late as planned is planned anew if that makes it
    sooner; in time, one whose clock presses as long as nobody has confirmed it. A pinned one that would
    be late stays, and the dispatcher is asked.
    """

    ticket_id: str
    clock: KnownClock
    sooner: Sooner | None = None

    def loads(self) -> Loads:
        return (Ref(Clocks, self.ticket_id),)

    def loads_more(self, unit: Unit) -> Loads:
        known = unit.get(Clocks, self.ticket_id)
        if known is None:
            return (Where(Visits, "ticket_id", self.ticket_id),)
        return tuple(Ref(Visits, id) for id in known.visit_ids)

    def decide(self, unit: Unit) -> None:
        known = unit.get(Clocks, self.ticket_id) or self._first_heard(unit)
        heard = known.heard(self.clock)
        if heard is known:
            return
        unit.put(Clocks, heard)
        for id in heard.visit_ids:
            visit = unit.get(Visits, id)
            if visit is not None and visit.site_id == self.clock.site_id and visit.state in OPEN:
                self._bind(unit, visit, heard)

    def _first_heard(self, unit: Unit) -> TicketClocks:
        """Visits stored before clocks were followed are named by nothing else."""
        visits = unit.where(Visits, "ticket_id", self.ticket_id)
        return TicketClocks(self.ticket_id, tuple(visit.id for visit in visits))

    def _bind(self, unit: Unit, visit: Visit, clocks: TicketClocks) -> None:
        bound = replace(visit, need=clocks.bind(visit.need, visit.site_id))
        late = bound.late_by > timedelta(0)
        if bound.state in MOVABLE and tightened(visit.need, bound.need):
            if bound.pinned and late:
                asked, facts = bound.asking(Attention.LATE)
                unit.save(Visits, asked, *facts)
                return
            presses = bound.need.pressing and bound.state is not VisitState.ACKNOWLEDGED
            if not bound.pinned and (late or presses) and self._is_worth_moving(bound, unit.now):
                back, facts = bound.taken_back(RevocationReason.RESCHEDULED)
                free(unit, visit)
                unit.save(Visits, back, *facts)
                return
        if bound != visit:
            unit.save(Visits, bound)

    def _is_worth_moving(self, visit: Visit, now: datetime) -> bool:
        return self.sooner is not None and self.sooner(visit, now)
