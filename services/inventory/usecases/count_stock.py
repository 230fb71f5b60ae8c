"""Set a level to what somebody counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import VarianceReason
from services.inventory.domain.stock import level_id, shown
from services.inventory.store.parts import Parts
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.receive_stock import refuse_known_serials, refuse_transit
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
)


@dataclass(frozen=True)
class CountStock:
    """``serials`` None: nobody read them. The difference becomes a line of the ledger, be it zero."""

    location: str
    sku: str
    quantity: int
    serials: tuple[str, ...] | None = None
    occurred_at: datetime | None = None
    lots: tuple[Lot, ...] | None = None
    reason: VarianceReason | None = None
    note: str | None = None

    def loads(self) -> Loads:
        level = Ref(StockLevels, level_id(self.location, self.sku))
        return (level, Ref(Parts, self.sku), *owner_refs(self.location))

    def decide(self, unit: Unit) -> dict[str, Any]:
        """The level as it is now. An unknown part, or a van of nobody known, is an ``UnknownReference``."""
        unit.require(Parts, self.sku, as_="part")
        refuse_transit(self.location)
        check_owners(unit, self.location)
        refuse_known_serials(unit, self.sku, self.serials or (), but=self.location)
        by = journal(unit, self.occurred_at, reason=self.reason, note=self.note)
        before = level_at(unit, self.location, self.sku)
        level = keep(unit, before.count(self.quantity, self.serials, by, self.lots))
        keep_promises(unit, {level.id})
        return shown(level_at(unit, self.location, self.sku))
