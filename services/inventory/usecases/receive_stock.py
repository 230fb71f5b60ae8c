"""Take new parts into a depot or a van."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.lots import Lot
from services.inventory.domain.places import QUARANTINE, TRANSIT
from services.inventory.domain.returned import IN_QUARANTINE
from services.inventory.domain.stock import StockLevel, level_id, shown
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
from services.inventory.store.returns import Returns
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


def refuse_quarantined(unit: Unit, origin: StockLevel, quantity: int, serials: tuple[str, ...]) -> None:
    """What came back leaves its quarantine by what becomes of it: sent, scrapped, or kept."""
    if not origin.location.startswith(QUARANTINE):
        return
    waiting = [
        each
        for each in unit.where(Returns, "location", origin.location)
        if each.sku == origin.sku and each.state in IN_QUARANTINE
    ]
    free = origin.available - sum(each.quantity for each in waiting)
    named = {serial for each in waiting for serial in each.serials}
    if waiting and (quantity > free or not named.isdisjoint(serials)):
        raise Refusal(
            "in-quarantine",
            Text(
                f"They came back and are not settled: {', '.join(each.id for each in waiting)}. Settle the "
                "return as `kept` where nothing is wrong with them.",
                f"Retours à solder d'abord : {', '.join(each.id for each in waiting)}. Soldez le retour "
                "comme conservé (`kept`) si la pièce est bonne.",
            ),
            returns=[each.id for each in waiting],
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
