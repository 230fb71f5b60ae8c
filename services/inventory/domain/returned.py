"""Parts that come back: from a client's machine to quarantine, and on to whoever answers for them."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text


class ReturnState(StrEnum):
    EXPECTED = "expected"
    """Taken out at a visit; the technician has it still."""
    QUARANTINED = "quarantined"
    CLAIMED = "claimed"
    """The supplier was asked for a number (RMA), or for his warranty."""
    SENT = "sent"
    CREDITED = "credited"
    REPLACED = "replaced"
    REPAIRED = "repaired"
    REFUSED = "refused"
    SCRAPPED = "scrapped"
    KEPT = "kept"
    """Tested, and nothing was wrong with it: it is in stock again."""


IN_QUARANTINE = frozenset({ReturnState.QUARANTINED, ReturnState.CLAIMED})
OPEN = (ReturnState.EXPECTED, ReturnState.QUARANTINED, ReturnState.CLAIMED, ReturnState.SENT)
SETTLED = frozenset(ReturnState) - frozenset(OPEN)


class ClaimKind(StrEnum):
    WARRANTY = "warranty"
    RMA = "rma"


@dataclass(frozen=True)
class Step:
    """What happened to it and when; the last is its state now."""

    state: ReturnState
    at: datetime
    by: str
    note: str | None = None


@dataclass(frozen=True)
class Returned:
    """One piece, or several without a serial.

    ``location`` is the quarantine that holds it. ``credit_cents`` are what the supplier credited;
    ``replacement_serial`` and ``replaced_to`` what came for it and whereto; of one that is kept, where it is.
    """

    id: str
    sku: str
    quantity: int
    steps: tuple[Step, ...]
    state: ReturnState
    serial: str | None = None
    fault: str | None = None
    location: str | None = None
    visit_id: str | None = None
    technician_id: str | None = None
    supplier: str | None = None
    claim: ClaimKind | None = None
    reference: str | None = None
    credit_cents: int | None = None
    replacement_serial: str | None = None
    replaced_to: str | None = None

    @property
    def serials(self) -> tuple[str, ...]:
        return () if self.serial is None else (self.serial,)

    def quarantine(self, location: str, step: Step) -> "Returned":
        self.require(ReturnState.EXPECTED)
        return replace(self._at(step), location=location)

    def ask(self, kind: ClaimKind, supplier: str | None, reference: str | None, step: Step) -> "Returned":
        """Ask the supplier; asked again, for the number that he gave meanwhile."""
        self.require(ReturnState.QUARANTINED, ReturnState.CLAIMED)
        return replace(
            self._at(step),
            claim=kind,
            supplier=supplier or self.supplier,
            reference=reference or self.reference,
        )

    def send(self, step: Step) -> "Returned":
        self.require(ReturnState.CLAIMED)
        return replace(self._at(step), location=None)

    def settle(
        self, step: Step, *, credit_cents: int | None, serial: str | None, to: str | None
    ) -> "Returned":
        """How it ended: the supplier's answer, or scrapped or kept without asking him."""
        if step.state in (ReturnState.SCRAPPED, ReturnState.KEPT):
            self.require(ReturnState.QUARANTINED, ReturnState.CLAIMED)
        else:
            self.require(ReturnState.SENT)
        return replace(
            self._at(step),
            credit_cents=credit_cents,
            replacement_serial=serial,
            replaced_to=to,
            location=None,
        )

    def require(self, *states: ReturnState) -> None:
        if self.state not in states:
            raise Refusal(
                "return-not-there",
                Text(
                    f"It is {self.state.value}: this is for one that is {' or '.join(states)}.",
                    f"Son état est {self.state.value} ; état attendu : {' ou '.join(states)}.",
                ),
                state=self.state.value,
            )

    def _at(self, step: Step) -> "Returned":
        return replace(self, state=step.state, steps=(*self.steps, step))
