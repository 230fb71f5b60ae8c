"""Take new parts into a depot or a van."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.stock import level_id, shown
from services.inventory.store.parts import Parts
from services.inventory.store.stock import StockLevels
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
)


@dataclass(frozen=True)
class ReceiveStock:
    location: str
    sku: str
    quantity: int
    serials: tuple[str, ...] = ()
    occurred_at: datetime | None = None

    def loads(self) -> Loads:
        level = Ref(StockLevels, level_id(self.location, self.sku))
        return (level, Ref(Parts, self.sku), *owner_refs(self.location))

    def decide(self, unit: Unit) -> dict[str, Any]:
        """The level as it is now. An unknown part, or a van of nobody known, is an ``UnknownReference``."""
        unit.require(Parts, self.sku, as_="part")
        check_owners(unit, self.location)
        refuse_known_serials(unit, self.sku, self.serials)
        by = journal(unit, self.occurred_at)
        level = keep(unit, level_at(unit, self.location, self.sku).receive(self.quantity, self.serials, by))
        keep_promises(unit, {level.id})
        return shown(level_at(unit, self.location, self.sku))


def refuse_known_serials(unit: Unit, sku: str, serials: tuple[str, ...], *, but: str | None = None) -> None:
    """A piece is in one place: serials seen at a location other than ``but`` are refused."""
    if not serials:
        return
    for level in unit.where(StockLevels, "sku", sku):
        taken = sorted(set(serials) & set(level.serials)) if level.location != but else []
        if taken:
            raise Refusal(
                "serial-already-here",
                Text(
                    f"{', '.join(taken)}: {level.location} already holds a {sku} with that serial; "
                    "transfer it from there, or count that place.",
                    f"{', '.join(taken)} : {level.location} contient déjà une pièce {sku} de ce numéro ; "
                    "transférez-la depuis cet endroit, ou comptez-le.",
                ),
                location=level.location,
                serials=taken,
            )
