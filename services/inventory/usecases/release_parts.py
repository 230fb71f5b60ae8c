"""Make available again what was set aside for a visit that is not made as planned."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.reservation import Position, Reservation
from services.inventory.store.reservations import Reservations
from services.inventory.usecases.setting_aside import give_back, keep_promises


@dataclass(frozen=True)
class ReleaseParts:
    """A visit was cancelled, taken from a technician, or found to be nobody's.

    ``technician_id`` set: only what was set aside for him is released, since the visit may have
    gone to another in the meantime. ``awaited``: it is still to be made, and waits for what was missing.
    """

    visit_id: str
    ticket_id: str
    customer_id: str
    position: Position
    technician_id: str | None = None
    awaited: bool = False

    def loads(self) -> Loads:
        return (Ref(Reservations, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(Reservations, self.visit_id)
        if before is None:
            before = Reservation(self.visit_id, self.ticket_id, self.customer_id)
        if before.closed or not before.precedes(self.position):
            return
        seen = before.at(self.position)
        if self.technician_id is not None and before.technician_id != self.technician_id:
            unit.put(Reservations, seen)
            return
        freed = give_back(unit, before.held)
        released, facts = seen.release(awaited=self.awaited)
        unit.put(Reservations, released, *facts)
        keep_promises(unit, freed)
