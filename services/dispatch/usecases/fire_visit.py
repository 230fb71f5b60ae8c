"""A visit's timer: it is time to tell the technician, he has not answered, or he is not heard of."""

from dataclasses import dataclass, replace

from contracts.dispatch.events import Attention
from contracts.envelope import Fact
from contracts.values import VisitState
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.plan import ON_SITE
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.working_alone import unheard_of
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free, is_busy
from services.dispatch.usecases.telling import answer_within, dispatch


@dataclass(frozen=True)
class FireVisit:
    """Run when ``due_at`` has come; a visit that moved on meanwhile is left alone."""

    visit_id: str

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.due_at is None or visit.due_at > unit.now:
            return
        if visit.state is VisitState.PLANNED:
            self._tell(unit, visit)
        elif visit.state in ON_SITE:
            silent, facts = unheard_of(visit, unit.now)
            unit.save(Visits, silent, *facts)
        else:
            self._pass_over(unit, visit)

    def _tell(self, unit: Unit, visit: Visit) -> None:
        technician = unit.require(Technicians, visit.technician_id or "", as_="technician")
        told, facts = dispatch(technician, visit, unit.now)
        unit.save(Visits, told, *facts)

    def _pass_over(self, unit: Unit, visit: Visit) -> None:
        """Somebody who drives or works cannot answer, and a pinned visit stays: the dispatcher is asked.

        For who is a partner's, his firm answers whatever he does; its link has ended, so where the visit
        stays it is offered once more.
        """
        technician = unit.require(Technicians, visit.technician_id or "", as_="technician")
        offered = technician.partner is not None
        if visit.pinned or (not offered and is_busy(unit, technician, unit.now, visit.id)):
            later = replace(visit, acknowledge_by_at=answer_within(technician, visit, unit.now))
            again: tuple[Fact, ...] = ()
            if offered:
                later, again = dispatch(technician, replace(visit, state=VisitState.PLANNED), unit.now)
            asked, facts = later.asking(Attention.NO_ANSWER)
            unit.save(Visits, asked, *again, *facts)
            return
        passed, facts = visit.unanswered()
        unit.save(Visits, passed, *facts)
        free(unit, visit)
        tell_next_of(unit, visit)
