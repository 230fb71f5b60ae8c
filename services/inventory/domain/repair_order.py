"""A client's machine in the workshop, from its intake to its return."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text


class RepairState(StrEnum):
    RECEIVED = "received"
    """It is here; nobody has said yet what is wrong with it."""
    QUOTED = "quoted"
    """The client was told what it costs, and has not answered."""
    APPROVED = "approved"
    """He agreed, or a warranty or a contract pays: it waits for the bench."""
    REFUSED = "refused"
    ON_BENCH = "on-bench"
    REPAIRED = "repaired"
    """Mended, and not tested yet."""
    READY = "ready"
    RETURNED = "returned"
    DISPOSED = "disposed"


class RepairVerb(StrEnum):
    DIAGNOSE = "diagnose"
    APPROVE = "approve"
    REFUSE = "refuse"
    START = "start"
    WORK = "work"
    FIT = "fit"
    FINISH = "finish"
    TEST = "test"
    GIVE_BACK = "give-back"
    DISPOSE = "dispose"


OVER = frozenset({RepairState.RETURNED, RepairState.DISPOSED})
OPEN = tuple(state for state in RepairState if state not in OVER)

POSSIBLE: Mapping[RepairState, tuple[RepairVerb, ...]] = {
    RepairState.RECEIVED: (RepairVerb.DIAGNOSE, RepairVerb.GIVE_BACK, RepairVerb.DISPOSE),
    RepairState.QUOTED: (
        RepairVerb.APPROVE,
        RepairVerb.REFUSE,
        RepairVerb.DIAGNOSE,
        RepairVerb.GIVE_BACK,
    ),
    RepairState.APPROVED: (RepairVerb.START, RepairVerb.DIAGNOSE, RepairVerb.GIVE_BACK),
    RepairState.REFUSED: (RepairVerb.GIVE_BACK, RepairVerb.DISPOSE, RepairVerb.DIAGNOSE),
    RepairState.ON_BENCH: (
        RepairVerb.FINISH,
        RepairVerb.WORK,
        RepairVerb.FIT,
        RepairVerb.DIAGNOSE,
        RepairVerb.GIVE_BACK,
        RepairVerb.DISPOSE,
    ),
    RepairState.REPAIRED: (RepairVerb.TEST,),
    RepairState.READY: (RepairVerb.GIVE_BACK,),
    RepairState.RETURNED: (),
    RepairState.DISPOSED: (),
}
"""What can be done next, what is done most often first."""


class Way(StrEnum):
    """How it came, or went."""

    TECHNICIAN = "technician"
    POST = "post"
    COUNTER = "counter"


class Cover(StrEnum):
    """Who pays."""

    CLIENT = "client"
    WARRANTY = "warranty"
    CONTRACT = "contract"


@dataclass(frozen=True)
class Intake:
    """What came, and how it looked; a password is never written down here."""

    way: Way
    condition: str
    accessories: tuple[str, ...] = ()
    fault: str | None = None
    brought_by: str | None = None


@dataclass(frozen=True)
class EstimateLine:
    """``sku`` where it is a part of the stock; prices in cents, without tax."""

    text: str
    quantity: int
    unit_cents: int
    sku: str | None = None


@dataclass(frozen=True)
class Estimate:
    """``minutes`` of work are expected. ``valid_until``: until when the client can approve of it."""

    lines: tuple[EstimateLine, ...]
    minutes: int
    currency: str
    valid_until: datetime | None = None

    @property
    def total_cents(self) -> int:
        return sum(each.quantity * each.unit_cents for each in self.lines)

    @property
    def total(self) -> str:
        return decimal_of(self.total_cents)


@dataclass(frozen=True)
class Diagnosis:
    findings: str
    cover: Cover
    estimate: Estimate


@dataclass(frozen=True)
class Worked:
    at: datetime
    by: str
    minutes: int
    note: str | None = None


@dataclass(frozen=True)
class Fitted:
    """A part that left the stock for it."""

    at: datetime
    by: str
    location: str
    sku: str
    quantity: int
    serials: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    text: str
    passed: bool
    note: str | None = None


@dataclass(frozen=True)
class HandOver:
    """``receiver`` is who signed for it; ``tracking`` the parcel's number."""

    way: Way
    receiver: str
    tracking: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class RepairStep:
    """What was done, when and by whom; ``state`` is what it made of the order."""

    verb: str
    state: RepairState
    at: datetime
    by: str
    note: str | None = None


@dataclass(frozen=True)
class RepairOrder:
    """``number`` is on the receipt and on the label. ``promised_on`` is a day (``YYYY-MM-DD``).

    ``ticket_id``: under which it is repaired and quoted; None where nobody has opened one. ``loan_id`` is
    the loan unit that its client has meanwhile.
    """

    id: str
    number: str
    asset_id: str
    asset_name: str
    customer_id: str
    site_id: str
    intake: Intake
    state: RepairState
    steps: tuple[RepairStep, ...]
    ticket_id: str | None = None
    promised_on: str | None = None
    diagnosis: Diagnosis | None = None
    worked: tuple[Worked, ...] = ()
    fitted: tuple[Fitted, ...] = ()
    checks: tuple[Check, ...] = ()
    hand_over: HandOver | None = None
    loan_id: str | None = None

    @property
    def possible(self) -> tuple[RepairVerb, ...]:
        return POSSIBLE[self.state]

    @property
    def minutes(self) -> int:
        return sum(each.minutes for each in self.worked)

    @property
    def is_repaired(self) -> bool:
        return any(each.state is RepairState.REPAIRED for each in self.steps)

    def is_late(self, today: str) -> bool:
        return self.state not in OVER and self.promised_on is not None and self.promised_on < today

    def named(self, ticket_id: str | None, promised_on: str | None) -> "RepairOrder":
        """With the ticket, which is named once, and the day that is promised now."""
        if ticket_id is not None and self.ticket_id not in (None, ticket_id):
            raise Refusal(
                "repair-has-its-ticket",
                Text(
                    f"It is repaired under the ticket {self.ticket_id} already: leave ticket_id out.",
                    f"La réparation relève déjà du ticket {self.ticket_id} : omettez ticket_id.",
                ),
                ticket_id=self.ticket_id,
            )
        return replace(
            self, ticket_id=self.ticket_id or ticket_id, promised_on=promised_on or self.promised_on
        )

    def diagnosed(self, diagnosis: Diagnosis, at: datetime, by: str) -> "RepairOrder":
        """The client is asked where he is to pay; where he is not it can be begun at once."""
        asks = diagnosis.cover is Cover.CLIENT
        if asks and self.ticket_id is None:
            raise Refusal(
                "repair-without-ticket",
                Text(
                    "The client answers a quote in his ticket: name it by `ticket_id`, or open one first.",
                    "Le client répond au devis dans son ticket : nommez-le par `ticket_id`, ou ouvrez-en un.",
                ),
            )
        if asks and not diagnosis.estimate.lines:
            raise Refusal(
                "estimate-empty",
                Text(
                    "A client is quoted at least one line: say what it costs, or who else pays.",
                    "Un devis a au moins une ligne : indiquez le coût, ou qui d'autre prend en charge.",
                ),
            )
        until = diagnosis.estimate.valid_until
        if asks and (until is None or until <= at):
            raise Refusal(
                "quote-over-before-it-begins",
                Text(
                    "Give a valid_until by which the client can still answer.",
                    "Donnez un valid_until avant lequel le client peut encore répondre.",
                ),
            )
        state = RepairState.QUOTED if asks else RepairState.APPROVED
        return replace(self._to(RepairVerb.DIAGNOSE, state, at, by, diagnosis.findings), diagnosis=diagnosis)

    def answered(self, total: str, at: datetime, by: str, *, approved: bool) -> "RepairOrder":
        """The client's answer to a quote of ``total``; one to a quote that was replaced changes nothing."""
        asked = None if self.diagnosis is None else self.diagnosis.estimate.total
        if self.state is not RepairState.QUOTED or asked is None or Decimal(asked) != Decimal(total):
            return self
        if approved:
            return self._to(RepairVerb.APPROVE, RepairState.APPROVED, at, by)
        return self._to(RepairVerb.REFUSE, RepairState.REFUSED, at, by)

    def unanswered(self, at: datetime, by: str) -> "RepairOrder":
        """The ticket of its quote is cancelled: nobody will approve of it any more."""
        if self.state is not RepairState.QUOTED:
            return self
        return self._to(RepairVerb.REFUSE, RepairState.REFUSED, at, by)

    def started(self, at: datetime, by: str) -> "RepairOrder":
        return self._to(RepairVerb.START, RepairState.ON_BENCH, at, by)

    def worked_on(self, minutes: int, note: str | None, at: datetime, by: str) -> "RepairOrder":
        self.require(RepairVerb.WORK)
        return replace(self, worked=(*self.worked, Worked(at, by, minutes, note)))

    def fitted_with(self, fitted: Fitted) -> "RepairOrder":
        self.require(RepairVerb.FIT)
        return replace(self, fitted=(*self.fitted, fitted))

    def finished(self, note: str, at: datetime, by: str) -> "RepairOrder":
        if not self.minutes:
            raise Refusal(
                "repair-without-work",
                Text(
                    "Nobody has written down any work on it: do so first, by …/work.",
                    "Aucun temps n'est saisi sur cette réparation : saisissez-le d'abord par …/work.",
                ),
            )
        return self._to(RepairVerb.FINISH, RepairState.REPAIRED, at, by, note)

    def tested(self, checks: tuple[Check, ...], at: datetime, by: str) -> "RepairOrder":
        """Ready once everything passed; back on the bench otherwise."""
        failed = [each.text for each in checks if not each.passed]
        state = RepairState.ON_BENCH if failed else RepairState.READY
        note = ", ".join(failed)[:500] or None
        return replace(self._to(RepairVerb.TEST, state, at, by, note), checks=checks)

    def lent(self, loan_id: str) -> "RepairOrder":
        if self.state in OVER:
            raise Refusal(
                "repair-not-there",
                Text(
                    "The machine is gone: lend by /v1/stock/loans.",
                    "La machine est partie : prêtez par /v1/stock/loans.",
                ),
                state=self.state.value,
                possible=[],
            )
        return replace(self, loan_id=loan_id)

    def given_back(self, hand_over: HandOver, at: datetime, by: str) -> "RepairOrder":
        after = self._to(RepairVerb.GIVE_BACK, RepairState.RETURNED, at, by, hand_over.note)
        return replace(after, hand_over=hand_over)

    def disposed(self, certificate: str, at: datetime, by: str) -> "RepairOrder":
        return self._to(RepairVerb.DISPOSE, RepairState.DISPOSED, at, by, certificate)

    def require(self, verb: RepairVerb) -> None:
        if verb not in self.possible:
            raise Refusal(
                "repair-not-there",
                Text(
                    f"The repair {self.number} is {self.state.value}: "
                    f"{' or '.join(self.possible) or 'nothing'} is possible now.",
                    f"La réparation {self.number} est à l'état {self.state.value} ; "
                    f"possible maintenant : {', '.join(self.possible) or 'rien'}.",
                ),
                state=self.state.value,
                possible=[each.value for each in self.possible],
            )

    def _to(
        self, verb: RepairVerb, state: RepairState, at: datetime, by: str, note: str | None = None
    ) -> "RepairOrder":
        self.require(verb)
        step = RepairStep(verb.value, state, at, by, note)
        return replace(self, state=state, steps=(*self.steps, step))


@dataclass(frozen=True)
class RepairNumbers:
    """The id is a year; ``last`` the number given last in it."""

    id: str
    last: int = 0

    def next(self) -> "RepairNumbers":
        return replace(self, last=self.last + 1)

    @property
    def number(self) -> str:
        return f"A{self.id}-{self.last:05}"


def decimal_of(cents: int) -> str:
    return str((Decimal(cents) / 100).quantize(Decimal("0.01")))
