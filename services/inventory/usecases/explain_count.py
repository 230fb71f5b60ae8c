"""Say why a count differed, after the count."""

from dataclasses import dataclass
from typing import Any

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.movement import VarianceReason
from services.inventory.domain.stock import shown
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.setting_aside import journal, keep, level_at


@dataclass(frozen=True)
class ExplainCount:
    """``movement_id`` is a line of the ledger, ``<location>/<sku>#<n>``."""

    movement_id: str
    reason: VarianceReason
    note: str

    @property
    def _level_id(self) -> str:
        return self.movement_id.rpartition("#")[0]

    def loads(self) -> Loads:
        return (Ref(StockLevels, self._level_id),)

    def decide(self, unit: Unit) -> dict[str, Any]:
        """The level as it is now."""
        location, _, sku = self._level_id.partition("/")
        by = journal(unit, None, reason=self.reason, note=self.note)
        return shown(keep(unit, level_at(unit, location, sku).explain(self.movement_id, by)))
