"""Loan units: pieces of the stock that a client has for a while."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.inventory.domain.lots import Lot


class LoanState(StrEnum):
    OUT = "out"
    BACK = "back"


@dataclass(frozen=True)
class StockLoan:
    """``due_on`` is a day (``YYYY-MM-DD``); ``back_to`` where the pieces were put when they came back."""

    id: str
    sku: str
    quantity: int
    location: str
    site_id: str
    customer_id: str
    lent_at: datetime
    lent_by: str
    state: LoanState = LoanState.OUT
    serials: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()
    due_on: str | None = None
    ticket_id: str | None = None
    back_at: datetime | None = None
    back_to: str | None = None
    note: str | None = None

    def is_late(self, today: str) -> bool:
        return self.state is LoanState.OUT and self.due_on is not None and self.due_on < today

    def asked_back(self, today: str) -> "StockLoan":
        """What it stood in for is back: it is due now, if it was not before."""
        if self.state is LoanState.BACK or (self.due_on is not None and self.due_on <= today):
            return self
        return replace(self, due_on=today)

    def come_back(self, to: str, at: datetime, note: str | None) -> "StockLoan":
        if self.state is LoanState.BACK:
            raise Refusal(
                "loan-over",
                Text("It came back already.", "Le prêt est déjà rentré."),
                back_to=self.back_to,
            )
        return replace(self, state=LoanState.BACK, back_at=at, back_to=to, note=note or self.note)
