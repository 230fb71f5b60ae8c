"""Keep a repair order with the fact that tells where its machine is."""

from datetime import date

from contracts.inventory.renewals import RenewalLine
from contracts.inventory.workshop import RepairOrderChanged, RepairQuote
from contracts.ticket.repairs import RepairStage
from infra.chassis.store.unit import Unit
from services.inventory.domain.loan import LoanState
from services.inventory.domain.repair_order import RepairOrder, RepairState, decimal_of
from services.inventory.store.repairs import RepairOrders
from services.inventory.store.returns import StockLoans


def keep_repair(unit: Unit, after: RepairOrder) -> None:
    """Told with each step; work and parts on the bench are the workshop's alone."""
    before = unit.get(RepairOrders, after.id)
    told = before is None or len(after.steps) > len(before.steps)
    loan = None if after.loan_id is None else unit.get(StockLoans, after.loan_id)
    loan_out = loan is not None and loan.state is LoanState.OUT
    unit.put(RepairOrders, after, *((_fact(after, loan_out=loan_out),) if told else ()))


def _fact(order: RepairOrder, *, loan_out: bool) -> RepairOrderChanged:
    return RepairOrderChanged(
        repair_id=order.id,
        number=order.number,
        stage=RepairStage(order.state.value),
        asset_id=order.asset_id,
        asset_name=order.asset_name[:200],
        customer_id=order.customer_id,
        site_id=order.site_id,
        ticket_id=order.ticket_id,
        promised_on=None if order.promised_on is None else date.fromisoformat(order.promised_on),
        quote=_quote(order),
        loan_out=loan_out,
    )


def _quote(order: RepairOrder) -> RepairQuote | None:
    if order.state is not RepairState.QUOTED or order.diagnosis is None:
        return None
    estimate = order.diagnosis.estimate
    assert estimate.valid_until is not None
    return RepairQuote(
        lines=tuple(
            RenewalLine(text=each.text, quantity=str(each.quantity), unit_price=decimal_of(each.unit_cents))
            for each in estimate.lines
        ),
        currency=estimate.currency,
        valid_until=estimate.valid_until,
    )
