"""What a technician does on the spot: leave, arrive, start, pause."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.alone import SIGN_MINUTES
from services.dispatch.domain.day import Slot
from services.dispatch.domain.early import JUST_NOW, is_far_ahead, too_early
from services.dispatch.domain.plan import UNDER_WAY
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.working_alone import heard_of, watched
from services.dispatch.planning.travel import DEFAULT_TRAVEL, Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.learn_way import is_hearsay, learn_way
from services.dispatch.usecases.settling import settle
from services.dispatch.usecases.slots import open_before

ON_TIME = timedelta(minutes=1)


@dataclass(frozen=True)
class _Step:
    visit_id: str
    by: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)


@dataclass(frozen=True)
class Depart(_Step):
    """``early``: it is this visit, although another one comes before it. His day then has it now."""

    early: bool = False
    travel: Travel = DEFAULT_TRAVEL

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.departed(at)
        if not facts:
            return visit.id
        _is_meant(unit, visit, at, self.early)
        changed = replace(changed, departure_is_hearsay=is_hearsay(unit, visit, at))
        unit.save(Visits, changed, *facts, at=at)
        if is_far_ahead(visit, at):
            assert visit.plan is not None
            there = at + timedelta(seconds=visit.plan.travel_seconds)
            _moved_to(unit, visit, changed, there, self.travel)
        return visit.id


@dataclass(frozen=True)
class Arrive(_Step):
    """``early`` as in ``Depart``, for who has not said that he left. ``sign_minutes``: how often who works
    alone at the site has to say that he is well."""

    early: bool = False
    sign_minutes: int = SIGN_MINUTES

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.arrived(at)
        if facts:
            _is_meant(unit, visit, at, self.early)
            with_him = visit.companions or visit.apprentices
            if visit.need.access is not None and visit.need.access.lone_work and not with_him:
                changed = watched(changed, at, unit.now, self.sign_minutes)
            unit.save(Visits, changed, *facts, at=at)
            learn_way(unit, visit, at)
        return visit.id


@dataclass(frozen=True)
class Pause(_Step):
    reason: str | None = None

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        paused, facts = visit.paused(at, self.reason)
        if facts:
            changed, facts = heard_of(paused, at, unit.now, facts)
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class Start(_Step):
    """Begin or go on. A start that is not when it was planned moves the slot, and what follows it."""

    travel: Travel = DEFAULT_TRAVEL

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        started, facts = visit.started(at)
        if not facts:
            return visit.id
        changed, facts = heard_of(started, at, unit.now, facts)
        unit.save(Visits, changed, *facts, at=at)
        first = visit.started_at is None
        if first and visit.plan is not None and abs(visit.plan.start_at - at) > ON_TIME:
            _moved_to(unit, visit, changed, at, self.travel)
        return visit.id


def _moved_to(unit: Unit, visit: Visit, changed: Visit, start: datetime, travel: Travel) -> None:
    """His day has the visit where it really is."""
    technician = unit.get(Technicians, visit.technician_id or "")
    if technician is None or visit.plan is None:
        return
    slot = Slot(visit.id, start, start + visit.need.duration, visit.plan.travel_seconds, visit.where)
    slot = replace(slot, travel_source=visit.plan.travel_source)
    days = settle(unit, technician, visit, slot, travel)
    unit.save(Visits, replace(changed, plan=replace(visit.plan, days=days)))


def _is_meant(unit: Unit, visit: Visit, at: datetime, early: bool) -> None:
    """Ask before somebody is sent to the visit of another day; what has long happened is a fact."""
    known = visit.state in UNDER_WAY or early or unit.now - at > JUST_NOW
    if known or visit.plan is None or not is_far_ahead(visit, at):
        return
    technician = unit.get(Technicians, visit.technician_id or "")
    if technician is None:
        return
    before = open_before(unit, technician, at, visit)
    if before is not None:
        raise too_early(visit, before, technician.time_zone)
