"""Take new parts into a depot or a van."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.lots import Lot
from services.inventory.domain.places import TRANSIT
from services.inventory.domain.stock import level_id, shown
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
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
    """``purchase_id`` names the purchase request that the pieces are of."""

    location: str
    sku: str
    quantity: int
    serials: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    lots: tuple[Lot, ...] = ()
    purchase_id: str | None = None

    def loads(self) -> Loads:
        level = Ref(StockLevels, level_id(self.location, self.sku))
        return (level, Ref(Parts, self.sku), *owner_refs(self.location))

    def decide(self, unit: Unit) -> dict[str, Any]:
        """The level as it is now. An unknown part, or a van of nobody known, is an ``UnknownReference``."""
        part = unit.require(Parts, self.sku, as_="part")
        part.require_stocked()
        part.require_told_apart(self.quantity, self.serials, self.lots)
        refuse_transit(self.location)
        check_owners(unit, self.location)
        refuse_known_serials(unit, self.sku, self.serials)
        by = journal(unit, self.occurred_at, reference=self.purchase_id)
        if self.purchase_id is not None:
            request = unit.require(PurchaseRequests, self.purchase_id, as_="purchase-request")
            unit.save(PurchaseRequests, request.receive(self.sku, self.quantity, by.at))
        level = keep(
            unit, level_at(unit, self.location, self.sku).receive(self.quantity, self.serials, by, self.lots)
        )
        keep_promises(unit, {level.id})
        return shown(level_at(unit, self.location, self.sku))


def refuse_transit(*locations: str) -> None:
    """Only transfers put pieces on the way and take them from there."""
    if TRANSIT in locations:
        raise Refusal(
            "on-the-way",
            Text(
                "What is on the way is moved by its transfer: POST /v1/stock/transfers.",
                "Ce qui est en transit se déplace par son transfert : POST /v1/stock/transfers.",
            ),
        )


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
