"""What ought to be renewed, why and by when, and what was decided about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from contracts.refusal import Refusal
from contracts.text import Text

DONE_FOR = timedelta(days=30)
"""What was done and is still found after that was not done: agents have reported since."""


class AdviceKind(StrEnum):
    WARRANTY_ENDS = "warranty-ends"
    CONTRACT_ENDS = "contract-ends"
    SUPPORT_ENDS = "support-ends"
    LICENCE_ENDS = "licence-ends"
    REPLACE = "replace"


class AdviceState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"


@dataclass(frozen=True)
class Advice:
    """The same finding has the same id, however often it is found.

    ``about`` is what the machine or the contract is called, ``what`` the product and its cycle, ``reasons``
    slugs of ``replacing``. ``due_on`` is an ISO day. ``cost_cents`` is None where nobody has priced it.
    ``ticket_id``: for whose quote it is, or was. ``gone``: it is done because it is found no more.
    """

    id: str
    customer_id: str
    kind: AdviceKind
    due_on: str
    about: str
    asset_id: str | None = None
    site_id: str | None = None
    contract_id: str | None = None
    product: str | None = None
    what: str | None = None
    extended_until: str | None = None
    reasons: tuple[str, ...] = ()
    cost_cents: int | None = None
    currency: str = "EUR"
    state: AdviceState = AdviceState.OPEN
    why: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    ticket_id: str | None = None
    gone: bool = False

    def found_again(self, found: "Advice", at: datetime) -> "Advice":
        """As it is found now, with what was decided about it."""
        decided = {
            "state": self.state,
            "why": self.why,
            "decided_by": self.decided_by,
            "decided_at": self.decided_at,
            "ticket_id": self.ticket_id,
        }
        if self.gone and self.ticket_id is not None:
            # Its quote is still with the client: it was only not seen for a while.
            return replace(found, state=AdviceState.ACCEPTED, ticket_id=self.ticket_id)
        late = self.decided_at is not None and at - self.decided_at >= DONE_FOR
        if self.state is AdviceState.DONE and (self.gone or late):
            return found
        return replace(found, **decided)  # type: ignore[arg-type]

    def not_found(self, at: datetime) -> "Advice":
        """Nothing is to be done any more; what was declined stays so."""
        if self.state not in (AdviceState.OPEN, AdviceState.ACCEPTED):
            return self
        return replace(self, state=AdviceState.DONE, gone=True, decided_at=at, decided_by=None, why=None)

    def accepted(self, by: str, at: datetime, ticket_id: str | None = None) -> "Advice":
        """Accepted, and perhaps quoted under a ticket; one that is quoted already stays with its quote."""
        if self.ticket_id is not None and ticket_id is not None and self.state is AdviceState.ACCEPTED:
            raise Refusal(
                "advice-quoted",
                Text(
                    f"{self.about} is in the quote of ticket {self.ticket_id!r} already.",
                    f"{self.about} figure déjà dans le devis du ticket {self.ticket_id!r}.",
                ),
                advice_id=self.id,
                ticket_id=self.ticket_id,
            )
        self._undone()
        if self.state is AdviceState.ACCEPTED and ticket_id is None:
            return self
        state = AdviceState.ACCEPTED
        return replace(self, state=state, decided_by=by, decided_at=at, why=None, ticket_id=ticket_id)

    def declined(self, by: str, at: datetime, why: str) -> "Advice":
        self._undone()
        state = AdviceState.DECLINED
        return replace(self, state=state, decided_by=by, decided_at=at, why=why, ticket_id=None)

    def reopened(self) -> "Advice":
        cleared = {"decided_by": None, "decided_at": None, "why": None, "ticket_id": None, "gone": False}
        return replace(self, state=AdviceState.OPEN, **cleared)  # type: ignore[arg-type]

    def unquoted(self) -> "Advice":
        """Its quote came to nothing: it may be quoted anew."""
        if self.state is AdviceState.ACCEPTED:
            return self.reopened()
        return replace(self, ticket_id=None) if self.gone else self

    def done(self, by: str, at: datetime) -> "Advice":
        if self.state is AdviceState.DONE and not self.gone:
            return self
        return replace(self, state=AdviceState.DONE, decided_by=by, decided_at=at, gone=False)

    def _undone(self) -> None:
        if self.state is AdviceState.DONE:
            raise Refusal(
                "advice-done",
                Text(
                    "It is done already: reopen it first where it was not.",
                    "C'est déjà fait : rouvrez le conseil d'abord si ce ne l'était pas.",
                ),
            )


def advice_id(customer_id: str, kind: AdviceKind, *about: str) -> str:
    """The same for the same finding; nobody can tell another customer's from it."""
    return sha256("\n".join((customer_id, kind, *about)).encode()).hexdigest()[:32]


def merged(known: Iterable[Advice], found: Iterable[Advice], at: datetime) -> tuple[Advice, ...]:
    """What has to be stored after everything of a customer was looked at: only what is not as it was."""
    before = {each.id: each for each in known}
    now = {each.id: each for each in found}
    changed = [
        after
        for id, each in now.items()
        if (after := before[id].found_again(each, at) if id in before else each) != before.get(id)
    ]
    gone = [after for id, each in before.items() if id not in now and (after := each.not_found(at)) != each]
    return (*changed, *gone)
