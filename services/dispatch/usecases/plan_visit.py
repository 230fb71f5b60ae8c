"""The machine gives a waiting visit to a technician, or finds that nobody can serve it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts.dispatch.events import RuledOut
from contracts.values import VisitState
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.way import Source
from services.dispatch.planning.candidate import Beside
from services.dispatch.planning.travel import Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.binding import bind_others, bound
from services.dispatch.usecases.crewing import book, count_their_rests, crew_refs, seats_for
from services.dispatch.usecases.keep_order import turn_in
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import can_make, day_refs, slots_between
from services.dispatch.usecases.telling import tell_when_due


class Planned(StrEnum):
    """What became of a plan made on a snapshot."""

    DONE = "done"
    FAILED = "failed"
    GONE = "gone"
    STALE = "stale"


@dataclass(frozen=True)
class PlanVisit:
    """Apply a plan where it still holds.

    ``STALE``: the technician or his day is not any more what the plan was made on, plan again.
    ``GONE``: the visit waits no more.
    """

    SEVERAL: ClassVar[bool] = True

    visit_id: str
    technician_id: str
    start_at: datetime
    end_at: datetime
    travel_seconds: int
    travel: Travel
    travel_source: Source = Source.DEFAULT
    beside: tuple[Beside, ...] = ()

    def loads(self) -> Loads:
        return (
            Ref(Visits, self.visit_id),
            Ref(Technicians, self.technician_id),
            *day_refs(self.technician_id, self.start_at, self.end_at),
            *crew_refs(self.beside, self.start_at, self.end_at),
        )

    def decide(self, unit: Unit) -> Planned:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.state not in UNPLANNED or visit.held:
            return Planned.GONE
        technician = unit.get(Technicians, self.technician_id)
        if technician is None:
            return Planned.STALE
        visit = bound(unit, visit)
        slot = Slot(
            visit.id, self.start_at, self.end_at, self.travel_seconds, visit.where, self.travel_source
        )
        slots = slots_between(unit, technician, slot.start_at, slot.end_at)
        if not can_make(technician, visit, slot, slots, self.travel):
            return Planned.STALE
        turn = turn_in(unit, visit)
        if turn.waits or not turn.allows(slot.start_at):
            return Planned.STALE
        beside = seats_for(unit, visit, technician.id, slot, self.beside, self.travel)
        if beside is None:
            return Planned.STALE
        planned, facts = visit.planned(technician.id, book(unit, visit, technician, slot, beside))
        unit.save(Visits, planned, *facts)
        told, more = tell_when_due(unit, planned, technician)
        unit.save(Visits, told, *more)
        bind_others(unit, told)
        if not technician.is_available(slot.start_at, slot.end_at):
            count_rests(unit, technician.id, self.travel)
        count_their_rests(unit, beside, self.travel)
        return Planned.DONE


@dataclass(frozen=True)
class FailVisit:
    """Nobody can serve the visit: say so, once, with the reasons."""

    visit_id: str
    reasons: tuple[RuledOut, ...]

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> Planned:
        visit = unit.get(Visits, self.visit_id)
        if visit is None or visit.state is not VisitState.WAITING or visit.held:
            return Planned.GONE
        failed, facts = visit.failed(self.reasons)
        unit.save(Visits, failed, *facts)
        return Planned.FAILED
