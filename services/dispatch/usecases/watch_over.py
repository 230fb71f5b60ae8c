"""Watch over a technician who works alone: he says so, that he is well, and that he is not alone any more."""

from dataclasses import dataclass
from datetime import datetime

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.alone import SIGN_MINUTES
from services.dispatch.domain.working_alone import accompanied, heard_of, watched
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at


@dataclass(frozen=True)
class _Word:
    visit_id: str
    by: str | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)


@dataclass(frozen=True)
class WorkAlone(_Word):
    every_minutes: int = SIGN_MINUTES

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed = watched(visit, at, unit.now, self.every_minutes)
        if changed != visit:
            unit.save(Visits, changed)
        return visit.id


@dataclass(frozen=True)
class SayWell(_Word):
    """Of who is not watched over it changes nothing."""

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = heard_of(visit, at, unit.now)
        if changed != visit:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id


@dataclass(frozen=True)
class StopWatching(_Word):
    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, self.by)
        at = happened_at(unit, self.occurred_at, visit)
        changed, facts = accompanied(visit)
        if changed != visit:
            unit.save(Visits, changed, *facts, at=at)
        return visit.id
