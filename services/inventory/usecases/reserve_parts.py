"""Set aside what a planned visit needs, where its technician will find it."""

from dataclasses import dataclass
from datetime import datetime

from contracts.values import PartNeed
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.places import van_of
from services.inventory.domain.reservation import Position, Reservation, in_all
from services.inventory.domain.stock import level_id
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.setting_aside import give_back, keep_promises, set_aside


@dataclass(frozen=True)
class ReserveParts:
    """A visit was planned, or moved to another time or technician."""

    visit_id: str
    ticket_id: str
    customer_id: str
    technician_id: str
    planned_start: datetime
    parts: tuple[PartNeed, ...]
    position: Position
    site_id: str | None = None

    def loads(self) -> Loads:
        van = van_of(self.technician_id)
        in_van = (Ref(StockLevels, level_id(van, need.sku)) for need in self.parts)
        catalogue = (Ref(Parts, need.sku) for need in self.parts)
        return (Ref(Reservations, self.visit_id), *in_van, *catalogue)

    def decide(self, unit: Unit) -> None:
        known = unit.get(Reservations, self.visit_id)
        if known is None and not self.parts:
            return
        before = known or Reservation(self.visit_id, self.ticket_id, self.customer_id)
        if before.closed or not before.precedes(self.position):
            return
        wanted = in_all(self.parts)
        seen = before.at(self.position)
        if before.suits(self.technician_id, wanted):
            unit.put(Reservations, seen.planned(self.technician_id, self.planned_start, wanted, self.site_id))
            return
        freed = give_back(unit, before.held)
        released, facts = seen.release()
        planned = released.planned(self.technician_id, self.planned_start, wanted, self.site_id)
        if wanted:
            set_aside(unit, planned, facts)
        else:
            unit.put(Reservations, planned, *facts)
        keep_promises(unit, freed)
