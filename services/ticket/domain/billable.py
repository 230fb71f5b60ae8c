"""Whether work is billed, and by which rate: the one place where a contract's terms decide it."""

from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.values import Coverage, WorklogKind
from services.ticket.domain.billing import Billing, BillingModel


def billing_under(billing: Billing | None, coverage: Coverage | None) -> Billing | None:
    """Work that is out of the contract takes nothing from what is included: it is paid for by the hour."""
    if billing is None or coverage is not Coverage.OUT:
        return billing
    return replace(billing, model=BillingModel.REGIE, included=None, expiry=None)


@dataclass(frozen=True)
class Basis:
    """``rate`` is per hour; None where none is agreed. ``name`` is what the terms call it."""

    billed: bool
    name: str
    rate: Decimal | None = None


def basis_of(billing: Billing | None, *, kind: WorklogKind, category: str, billable: bool = True) -> Basis:
    """By the rate of the work type, else of the kind of work, else the default one.

    ``billable`` is what whoever did it meant. Time on the road that the desk logged is billed where the
    terms have a rate for it; otherwise it comes with the travel that the terms agree on.
    """
    if billing is None:
        return Basis(False, kind)
    if kind is WorklogKind.TRAVEL:
        rate = (billing.rates or {}).get(kind)
        return Basis(billable and rate is not None, kind, rate)
    found = billing.rate_of(category, kind)
    if found is None:
        return Basis(billable, kind)
    return Basis(billable, *found)
