"""Move parts from one place to another, at once."""

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
from services.inventory.usecases.receive_stock import refuse_quarantined, refuse_transit
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
)


@dataclass(frozen=True)
class TransferStock:
    """Only what nobody has set aside can leave."""

    origin: str
    destination: str
    sku: str
    quantity: int
    serials: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    lot: str | None = None

    def loads(self) -> Loads:
        places = (self.origin, self.destination)
        levels = (Ref(StockLevels, level_id(place, self.sku)) for place in places)
        return (*levels, Ref(Parts, self.sku), *owner_refs(*places))

    def decide(self, unit: Unit) -> dict[str, Any]:
        """The levels of origin and destination now.

        An unknown part, or a van of nobody known, is an ``UnknownReference``.
        """
        if self.origin == self.destination:
            raise Refusal(
                "same-place",
                Text(
                    f"{self.origin} is where they are already: name another destination.",
                    f"Elles sont déjà à {self.origin} : nommez une autre destination.",
                ),
            )
        unit.require(Parts, self.sku, as_="part").require_stocked()
        refuse_transit(self.origin, self.destination)
        check_owners(unit, self.origin, self.destination)
        by = journal(unit, self.occurred_at)
        origin = level_at(unit, self.origin, self.sku)
        destination = level_at(unit, self.destination, self.sku)
        refuse_quarantined(unit, origin, self.quantity, self.serials)
        sent = origin.send(self.quantity, self.serials, self.destination, by, self.lot)
        came = destination.arrive(self.quantity, self.serials, self.origin, by, sent[1].lots)
        touched = {keep(unit, sent).id, keep(unit, came).id}
        keep_promises(unit, touched)
        return {
            "origin": shown(level_at(unit, self.origin, self.sku)),
            "destination": shown(level_at(unit, self.destination, self.sku)),
        }
