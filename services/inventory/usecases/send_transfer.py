"""Send parts to another place: until somebody receives them there they are on the way."""

from dataclasses import dataclass
from datetime import datetime

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.places import TRANSIT
from services.inventory.domain.stock import level_id
from services.inventory.domain.transfer import Transfer, TransferLine
from services.inventory.store.parts import Parts
from services.inventory.store.stock import StockLevels, Transfers
from services.inventory.usecases.receive_stock import refuse_quarantined, refuse_transit
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
    refuse_twice,
)


@dataclass(frozen=True)
class Sent:
    """What is to go of one part."""

    sku: str
    quantity: int
    serials: tuple[str, ...] = ()
    lot: str | None = None


@dataclass(frozen=True)
class SendTransfer:
    """Only what nobody has set aside can leave, and all of it or nothing."""

    id: str
    origin: str
    destination: str
    lines: tuple[Sent, ...]
    occurred_at: datetime | None = None
    note: str | None = None

    def loads(self) -> Loads:
        skus = [each.sku for each in self.lines]
        levels = (Ref(StockLevels, level_id(place, sku)) for place in (self.origin, TRANSIT) for sku in skus)
        parts = (Ref(Parts, sku) for sku in skus)
        return (*levels, *parts, *owner_refs(self.origin, self.destination))

    def decide(self, unit: Unit) -> None:
        """An unknown part, a van or a cupboard of nobody known is an ``UnknownReference``."""
        refuse_twice(unit, Transfers, self.id)
        refuse_transit(self.origin, self.destination)
        if self.origin == self.destination:
            raise Refusal(
                "same-place",
                Text(
                    f"{self.origin} is where they are already: name another destination.",
                    f"Elles sont déjà à {self.origin} : nommez une autre destination.",
                ),
            )
        check_owners(unit, self.origin, self.destination)
        by = journal(unit, self.occurred_at, reference=self.id)
        lines, touched = [], set()
        for each in self.lines:
            unit.require(Parts, each.sku, as_="part").require_stocked()
            origin = level_at(unit, self.origin, each.sku)
            refuse_quarantined(unit, origin, each.quantity, each.serials)
            sent = origin.send(each.quantity, each.serials, self.destination, by, each.lot)
            touched.add(keep(unit, sent).id)
            lots = sent[1].lots
            way = level_at(unit, TRANSIT, each.sku)
            touched.add(keep(unit, way.arrive(each.quantity, each.serials, self.origin, by, lots)).id)
            lines.append(TransferLine(each.sku, each.quantity, each.serials, lots))
        transfer = Transfer(
            id=self.id,
            origin=self.origin,
            destination=self.destination,
            lines=tuple(lines),
            places=(self.origin, self.destination),
            sent_at=by.at,
            sent_by=by.actor,
            note=self.note,
        )
        unit.add(Transfers, transfer)
        keep_promises(unit, touched)
