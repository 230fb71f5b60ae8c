"""A dispatcher takes a visit back from its technician: it waits again, and the machine plans it anew."""

from dataclasses import dataclass
from datetime import datetime

from contracts.dispatch.events import RevocationReason
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.addressed import addressed, happened_at
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free


@dataclass(frozen=True)
class UnassignVisit:
    visit_id: str
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id),)

    def decide(self, unit: Unit) -> str:
        visit = addressed(unit, self.visit_id, None)
        visit.check("unassign")
        at = happened_at(unit, self.occurred_at, visit)
        back, facts = visit.taken_back(RevocationReason.REASSIGNED)
        free(unit, visit)
        unit.save(Visits, back, *facts, at=at)
        tell_next_of(unit, visit)
        return visit.id
