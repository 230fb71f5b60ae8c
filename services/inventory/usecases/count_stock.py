"""Set a level to what somebody counted."""

from dataclasses import dataclass
from datetime import datetime

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.stock import Journal, StockLevel, level_id
from services.inventory.store.parts import Parts
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.receive_stock import refuse_known_serials
from services.inventory.usecases.setting_aside import keep, keep_promises, level_at


@dataclass(frozen=True)
class CountStock:
    """``serials`` None: nobody read them. The difference becomes a line of the ledger, be it zero."""

    location: str
    sku: str
    quantity: int
    serials: tuple[str, ...] | None = None
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        return (Ref(StockLevels, level_id(self.location, self.sku)), Ref(Parts, self.sku))

    def decide(self, unit: Unit) -> StockLevel:
        """The level as it is now. An unknown part is an ``UnknownReference``."""
        unit.require(Parts, self.sku, as_="part")
        refuse_known_serials(unit, self.sku, self.serials or (), but=self.location)
        by = Journal(self.occurred_at or unit.now, unit.now, unit.cause.actor)
        level = keep(unit, level_at(unit, self.location, self.sku).count(self.quantity, self.serials, by))
        keep_promises(unit, {level.id})
        return level_at(unit, self.location, self.sku)
