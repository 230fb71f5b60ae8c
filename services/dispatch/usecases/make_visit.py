"""What a technician does on the spot: leave, arrive, start, pause."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot
from services.dispatch.planning.travel import DEFAULT_TRAVEL, Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.settling import settle

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
    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.departed(at)
        if facts:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class Arrive(_Step):
    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.arrived(at)
        if facts:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class Pause(_Step):
    reason: str | None = None

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.paused(at, self.reason)
        if facts:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class Start(_Step):
    """Begin or go on. A start that is not when it was planned moves the slot, and what follows it."""

    travel: Travel = DEFAULT_TRAVEL

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = visit.started(at)
        if not facts:
            return visit.id
        unit.save(Visits, changed, *facts, at=at)
        first = visit.started_at is None
        if first and visit.plan is not None and abs(visit.plan.start_at - at) > ON_TIME:
            technician = unit.get(Technicians, visit.technician_id or "")
            if technician is not None:
                seconds = visit.plan.travel_seconds
                slot = Slot(visit.id, at, at + visit.need.duration, seconds, visit.where)
                days = settle(unit, technician, visit, slot, self.travel)
                unit.save(Visits, replace(changed, plan=replace(visit.plan, days=days)))
        return visit.id
