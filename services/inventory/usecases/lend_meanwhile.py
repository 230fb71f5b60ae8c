"""A client has a loan unit while his machine is in the workshop; it is asked back when he has his own."""

from dataclasses import dataclass

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.unit import Unit
from services.inventory.domain.loan import LoanState, StockLoan
from services.inventory.domain.repair_order import RepairOrder
from services.inventory.store.returns import StockLoans
from services.inventory.usecases.keep_repair import keep_repair
from services.inventory.usecases.lend_stock import LendStock, TakeLoanBack
from services.inventory.usecases.take_in import RepairCommand


@dataclass(frozen=True, kw_only=True)
class LendMeanwhile(RepairCommand):
    """One at a time; ``due_on`` is a day (``YYYY-MM-DD``), the promised one where it is not said."""

    loan_id: str
    location: str
    sku: str
    serials: tuple[str, ...] = ()
    due_on: str | None = None

    def decide(self, unit: Unit) -> None:
        order = self.known(unit)
        out = loan_out(unit, order)
        if out is not None:
            raise Refusal(
                "loan-unit-out",
                Text(
                    f"The client has {out.sku} meanwhile: take it back first.",
                    f"Le client a déjà {out.sku} en prêt : reprenez-le d'abord.",
                ),
                loan_id=out.id,
            )
        after = order.lent(self.loan_id)
        LendStock(
            id=self.loan_id,
            location=self.location,
            sku=self.sku,
            quantity=1,
            site_id=order.site_id,
            serials=self.serials,
            due_on=self.due_on or order.promised_on,
            ticket_id=order.ticket_id,
            note=order.number,
        ).decide(unit)
        keep_repair(unit, after)


def loan_out(unit: Unit, order: RepairOrder) -> StockLoan | None:
    """The loan unit that its client has still."""
    loan = None if order.loan_id is None else unit.get(StockLoans, order.loan_id)
    return None if loan is None or loan.state is LoanState.BACK else loan


def end_loan(unit: Unit, order: RepairOrder, back_to: str | None) -> None:
    """Taken back with the machine's return, or asked back from then on."""
    loan = loan_out(unit, order)
    if loan is None:
        return
    if back_to is not None:
        TakeLoanBack(loan.id, back_to, order.number).decide(unit)
        return
    asked = loan.asked_back(unit.now.date().isoformat())
    if asked != loan:
        unit.save(StockLoans, asked)
