"""Know who is to be at a site and when: who is shown its access codes, and where journeys go already."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.dispatch.events import VisitFact
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.planned_visit import PlannedVisit
from services.inventory.domain.reservation import Position
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class FollowVisit:
    """A fact that comes after a later one changes nothing."""

    fact: VisitFact
    occurred_at: datetime
    position: Position

    def loads(self) -> Loads:
        return (Ref(PlannedVisits, self.fact.visit_id), Ref(Sites, self.fact.site_id))

    def decide(self, unit: Unit) -> None:
        fact, position = self.fact, self.position
        known = unit.get(PlannedVisits, fact.visit_id)
        before = known or PlannedVisit(fact.visit_id, fact.customer_id, fact.site_id)
        if (before.visit_epoch, before.visit_sequence) >= (position.epoch, position.sequence):
            return
        after = before.after(fact, self.occurred_at)
        site = unit.get(Sites, fact.site_id)
        if site is not None:
            after = replace(after, point=site.point, territory=site.territory)
        unit.put(PlannedVisits, replace(after, visit_epoch=position.epoch, visit_sequence=position.sequence))
