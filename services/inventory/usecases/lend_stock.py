"""Lend pieces to a client for a while, and take them back."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.loan import StockLoan
from services.inventory.domain.movement import MovementKind
from services.inventory.store.parts import Parts
from services.inventory.store.returns import StockLoans
from services.inventory.store.sites import Sites
from services.inventory.usecases.receive_stock import refuse_known_serials, refuse_quarantined, refuse_transit
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
class LendStock:
    """Only what nobody has set aside can be lent."""

    id: str
    location: str
    sku: str
    quantity: int
    site_id: str
    serials: tuple[str, ...] = ()
    due_on: str | None = None
    ticket_id: str | None = None
    note: str | None = None

    def loads(self) -> Loads:
        return (Ref(Parts, self.sku), Ref(Sites, self.site_id), *owner_refs(self.location))

    def decide(self, unit: Unit) -> None:
        """An unknown part or site is an ``UnknownReference``."""
        refuse_twice(unit, StockLoans, self.id)
        unit.require(Parts, self.sku, as_="part").require_stocked()
        site = unit.require(Sites, self.site_id, as_="site")
        refuse_transit(self.location)
        check_owners(unit, self.location)
        by = journal(unit, None, note=self.note, reference=self.id)
        level = level_at(unit, self.location, self.sku)
        refuse_quarantined(unit, level, self.quantity, self.serials)
        lent = level.leave(MovementKind.LENT, self.quantity, self.serials, by)
        keep(unit, lent)
        loan = StockLoan(
            id=self.id,
            sku=self.sku,
            quantity=self.quantity,
            location=self.location,
            site_id=site.id,
            customer_id=site.customer_id,
            lent_at=by.at,
            lent_by=by.actor,
            serials=self.serials,
            lots=lent[1].lots,
            due_on=self.due_on,
            ticket_id=self.ticket_id,
            note=self.note,
        )
        unit.add(StockLoans, loan)


@dataclass(frozen=True)
class TakeLoanBack:
    """``location`` is a quarantine where it came back defective."""

    id: str
    location: str
    note: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(StockLoans, self.id), *owner_refs(self.location))

    def decide(self, unit: Unit) -> None:
        loan = unit.get(StockLoans, self.id)
        if loan is None:
            raise NotFound("loan", self.id)
        check_version(unit.version(StockLoans, self.id), self.expected)
        refuse_transit(self.location)
        check_owners(unit, self.location)
        by = journal(unit, None, note=self.note, reference=self.id)
        unit.save(StockLoans, loan.come_back(self.location, by.at, self.note))
        refuse_known_serials(unit, loan.sku, loan.serials)
        level = level_at(unit, self.location, loan.sku)
        came = keep(unit, level.come(MovementKind.BACK, loan.quantity, loan.serials, by, loan.lots))
        keep_promises(unit, {came.id})
