"""Take out of the stock what a technician used at a visit, and free what he did not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.values import PartUsed
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.allocation import settle
from services.inventory.domain.movement import Journal
from services.inventory.domain.part import Part, unpacked_use
from services.inventory.domain.places import van_of
from services.inventory.domain.reservation import Position, Reservation
from services.inventory.domain.returned import Returned, ReturnState, Step
from services.inventory.domain.stock import level_id
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.returns import Returns
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.setting_aside import (
    give_back,
    keep,
    keep_promises,
    level_at,
    parts_of,
)


@dataclass(frozen=True)
class IssueParts:
    """An intervention was closed: a fact, never refused for what the stock says.

    What is on hand leaves the stock, first what was set aside for the visit, then what the van
    has, be it set aside for another visit (which is then served otherwise). The rest is a
    discrepancy of the van. A second closing of the same visit changes nothing.
    """

    visit_id: str
    ticket_id: str
    customer_id: str
    technician_id: str
    used: tuple[PartUsed, ...]
    ended_at: datetime
    actor: str
    position: Position

    def loads(self) -> Loads:
        van = van_of(self.technician_id)
        in_van = (Ref(StockLevels, level_id(van, part.sku)) for part in self.used)
        catalogue = (Ref(Parts, part.sku) for part in self.used)
        return (Ref(Reservations, self.visit_id), *in_van, *catalogue)

    def decide(self, unit: Unit) -> None:
        before = unit.get(Reservations, self.visit_id)
        if before is None:
            before = Reservation(self.visit_id, self.ticket_id, self.customer_id)
        if before.closed:
            return
        van = van_of(self.technician_id)
        parts = parts_of(unit, (part.sku for part in self.used))
        used = unpacked_use(self.used, parts)
        places = [(each.location, each.sku) for each in before.held] + [(van, part.sku) for part in used]
        on_hand = {level_id(*place): level_at(unit, *place).on_hand for place in places}
        settled = settle(used, before.held, van, on_hand)
        by = Journal(self.ended_at, unit.now, self.actor, self.visit_id)
        touched = give_back(unit, before.held)
        for issue in settled.issued:
            level = level_at(unit, issue.location, issue.used.sku)
            serials = () if issue.used.serial_in is None else (issue.used.serial_in,)
            touched.add(keep(unit, level.issue(issue.used.quantity, serials, by)).id)
        for owed in settled.discrepancies:
            unit.put(StockLevels, level_at(unit, van, owed.sku).owe(owed.quantity))
        closed, facts = before.at(self.position).close(
            self.technician_id, settled.issued, settled.unused, settled.discrepancies
        )
        unit.put(Reservations, closed, *facts, at=self.ended_at)
        self._expect_back(unit, parts)
        keep_promises(unit, touched)

    def _expect_back(self, unit: Unit, parts: Mapping[str, Part]) -> None:
        """What was taken out and can be repaired is on the technician's hands until he brings it."""
        for n, each in enumerate(self.used, start=1):
            part = parts.get(each.sku)
            if part is None or not part.repairable or each.serial_out is None:
                continue
            step = Step(ReturnState.EXPECTED, self.ended_at, self.actor)
            back = Returned(
                f"{self.visit_id}-r{n}",
                each.sku,
                1,
                (step,),
                ReturnState.EXPECTED,
                serial=each.serial_out,
                visit_id=self.visit_id,
                technician_id=self.technician_id,
                supplier=part.supplier,
            )
            if unit.get(Returns, back.id) is None:
                unit.add(Returns, back)
