"""What is asked of a supplier, from the draft to the last piece."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text


class PurchaseState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    ORDERED = "ordered"
    RECEIVED = "received"
    CANCELLED = "cancelled"


OPEN = frozenset({PurchaseState.APPROVED, PurchaseState.ORDERED})
"""What is on order: somebody has agreed to it, and it is not all there."""


@dataclass(frozen=True)
class PurchaseLine:
    sku: str
    quantity: int
    received: int = 0

    @property
    def open(self) -> int:
        return max(0, self.quantity - self.received)


@dataclass(frozen=True)
class Signed:
    """Who took a step, and when."""

    at: datetime
    by: str


@dataclass(frozen=True)
class PurchaseRequest:
    """``reference`` is the supplier's or the accounts' own number of the order; ``expected_on`` a day.

    ``delivered_at`` is when its first pieces came: what lead times are measured by. ``skus`` repeats the
    lines, for queries.
    """

    id: str
    supplier: str | None
    lines: tuple[PurchaseLine, ...]
    drafted: Signed
    skus: tuple[str, ...]
    state: PurchaseState = PurchaseState.DRAFT
    approved: Signed | None = None
    ordered: Signed | None = None
    cancelled: Signed | None = None
    reference: str | None = None
    expected_on: str | None = None
    delivered_at: datetime | None = None
    note: str | None = None

    def with_lines(self, lines: tuple[PurchaseLine, ...]) -> "PurchaseRequest":
        self._require(PurchaseState.DRAFT)
        return replace(self, lines=lines, skus=tuple(each.sku for each in lines))

    def raised(self, lines: tuple[PurchaseLine, ...]) -> "PurchaseRequest":
        """The draft with at least so many of each: drafting twice asks for nothing twice."""
        of = {each.sku: each for each in self.lines}
        for each in lines:
            known = of.get(each.sku)
            of[each.sku] = replace(each, quantity=max(each.quantity, known.quantity if known else 0))
        return self.with_lines(tuple(of.values()))

    def approve(self, signed: Signed) -> "PurchaseRequest":
        self._require(PurchaseState.DRAFT)
        return replace(self, state=PurchaseState.APPROVED, approved=signed)

    def order(self, signed: Signed, reference: str | None, expected_on: str | None) -> "PurchaseRequest":
        self._require(PurchaseState.APPROVED)
        return replace(
            self,
            state=PurchaseState.ORDERED,
            ordered=signed,
            reference=reference,
            expected_on=expected_on,
        )

    def cancel(self, signed: Signed, note: str | None) -> "PurchaseRequest":
        """What has not come is not waited for any more."""
        self._require(PurchaseState.DRAFT, *OPEN)
        return replace(self, state=PurchaseState.CANCELLED, cancelled=signed, note=note or self.note)

    def receive(self, sku: str, quantity: int, at: datetime) -> "PurchaseRequest":
        """Pieces came; more than was ordered is received, too, for it is there."""
        self._require(PurchaseState.ORDERED)
        if sku not in self.skus:
            raise Refusal(
                "not-ordered",
                Text(
                    f"The purchase request names no {sku}: it has {', '.join(self.skus)}.",
                    f"La demande d'achat ne contient pas {sku} : elle a {', '.join(self.skus)}.",
                ),
                skus=list(self.skus),
            )
        lines = tuple(
            replace(each, received=each.received + quantity) if each.sku == sku else each
            for each in self.lines
        )
        whole = all(each.open == 0 for each in lines)
        return replace(
            self,
            lines=lines,
            delivered_at=self.delivered_at or at,
            state=PurchaseState.RECEIVED if whole else self.state,
        )

    def _require(self, *states: PurchaseState) -> None:
        if self.state not in states:
            raise Refusal(
                "purchase-not-there",
                Text(
                    f"The purchase request is {self.state.value}: this is for one that is "
                    f"{' or '.join(sorted(states))}.",
                    f"La demande d'achat est à l'état {self.state.value} ; "
                    f"état attendu : {' ou '.join(sorted(states))}.",
                ),
                state=self.state.value,
            )


@dataclass(frozen=True)
class OpenDraft:
    """The draft into which what runs short of a supplier's is written; the id is made of his name.

    One document for all who draft at the same time, so that one of them decides again.
    """

    id: str
    request_id: str
