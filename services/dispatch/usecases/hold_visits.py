"""Nothing can go on at some sites of a ticket for a while."""

from dataclasses import dataclass
from datetime import datetime

from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from services.dispatch.planning.roster import AHEAD, HORIZON
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import tell_next_of
from services.dispatch.usecases.slots import free


@dataclass(frozen=True)
class HoldVisits:
    """Visits at ``site_ids`` are not made before ``until``, or before the sites are resumed.

    What is under way goes on.
    """

    ticket_id: str
    site_ids: tuple[str, ...]
    until: datetime | None

    def loads(self) -> Loads:
        return (Where(Visits, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        far = self.until is not None and self.until >= unit.now + HORIZON - AHEAD
        for visit in unit.where(Visits, "ticket_id", self.ticket_id):
            held, facts = visit.put_on_hold(self.until, far=far)
            if visit.site_id not in self.site_ids or held == visit:
                continue
            unit.save(Visits, held, *facts)
            if visit.technician_id is not None and held.technician_id is None:
                free(unit, visit)
                tell_next_of(unit, visit)


@dataclass(frozen=True)
class ResumeVisits:
    ticket_id: str
    site_ids: tuple[str, ...]

    def loads(self) -> Loads:
        return (Where(Visits, "ticket_id", self.ticket_id),)

    def decide(self, unit: Unit) -> None:
        for visit in unit.where(Visits, "ticket_id", self.ticket_id):
            resumed = visit.resumed()
            if visit.site_id in self.site_ids and resumed != visit:
                unit.save(Visits, resumed)
