"""Keep the machine from moving a visit, or let it again."""

from dataclasses import dataclass
from datetime import datetime

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at


@dataclass(frozen=True)
class PinVisit:
    visit_id: str
    pinned: bool
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, None)
        happened_at(unit, self.occurred_at, visit)
        changed = visit.pin(self.pinned)
        if changed != visit:
            unit.save(Visits, changed)
        return visit.id
