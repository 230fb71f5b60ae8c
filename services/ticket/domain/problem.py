"""A problem: the cause of several incidents, looked for until it is known and gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts.refusal import Refusal, illegal_transition
from contracts.text import Text
from services.ticket.domain.prevention import Prevention
from services.ticket.domain.ticket import Ticket

MAX_LINKED = 500


class ProblemState(StrEnum):
    PROPOSED = "proposed"
    OPEN = "open"
    KNOWN_ERROR = "known-error"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"


OVER = frozenset({ProblemState.CLOSED, ProblemState.REJECTED})
SHOWN_TO_CLIENTS = frozenset(
    {ProblemState.OPEN, ProblemState.KNOWN_ERROR, ProblemState.RESOLVED, ProblemState.CLOSED}
)
"""A proposal is the firm's own until somebody takes it up."""
VERBS: Mapping[str, tuple[ProblemState, frozenset[ProblemState]]] = {
    "open": (ProblemState.OPEN, frozenset({ProblemState.PROPOSED, ProblemState.RESOLVED})),
    "known-error": (ProblemState.KNOWN_ERROR, frozenset({ProblemState.OPEN, ProblemState.KNOWN_ERROR})),
    "resolve": (ProblemState.RESOLVED, frozenset({ProblemState.OPEN, ProblemState.KNOWN_ERROR})),
    "close": (ProblemState.CLOSED, frozenset({ProblemState.RESOLVED})),
    "reject": (ProblemState.REJECTED, frozenset({ProblemState.PROPOSED})),
}
"""Where each verb leads, and from which states; what was not gone after all is opened again."""


@dataclass(frozen=True)
class About:
    """What has the fault: one asset, or every machine of a model; ``key`` is how the model is recognised.

    ``customer_id`` None: it is about several customers, and the firm's own.
    """

    customer_id: str | None = None
    asset_id: str | None = None
    model: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Linked:
    ticket_id: str
    customer_id: str
    category: str
    confidential: bool = False


@dataclass(frozen=True)
class Problem:
    """``by_rule``: proposed because a cause came back. ``reached``: when it came to each state last."""

    id: str
    title: str
    cause: str
    about: About
    state: ProblemState = ProblemState.OPEN
    by_rule: bool = False
    linked: tuple[Linked, ...] = ()
    root_cause: str | None = None
    workaround: str | None = None
    article_id: str | None = None
    owner: str | None = None
    rejected_because: str | None = None
    reached: Mapping[ProblemState, datetime] = field(default_factory=dict)
    prevention: Prevention | None = None

    @property
    def ticket_ids(self) -> tuple[str, ...]:
        return tuple(each.ticket_id for each in self.linked)

    @property
    def possible(self) -> tuple[str, ...]:
        return tuple(verb for verb, (_, states) in VERBS.items() if self.state in states)

    @property
    def takes_more(self) -> bool:
        """Whether another ticket of the same cause belongs to it, rather than to a new one."""
        return self.state not in OVER

    def moved(self, verb: str, at: datetime, **changes: Any) -> "Problem":
        """In the state that the verb leads to; what is None of the changes stays as it is."""
        if verb not in self.possible:
            raise illegal_transition("problem", self.state, verb, self.possible)
        state = VERBS[verb][0]
        given = {name: value for name, value in changes.items() if value is not None}
        return replace(self, state=state, reached={**self.reached, state: at}, **given)

    def with_ticket(self, ticket: Ticket) -> "Problem":
        """With one more ticket; of one customer's problem only his are a part."""
        if ticket.id in self.ticket_ids:
            return self
        if self.about.customer_id not in (None, ticket.customer_id):
            raise Refusal(
                "ticket-of-another-customer",
                Text(
                    f"{ticket.number} is another customer's: open a problem without a customer for several.",
                    f"{ticket.number} est d'un autre client : ouvrez un problème sans client pour plusieurs.",
                ),
            )
        if len(self.linked) >= MAX_LINKED:
            raise Refusal(
                "too-many-linked",
                Text(
                    f"A problem has at most {MAX_LINKED} tickets: they say enough of it by now.",
                    f"Un problème a au plus {MAX_LINKED} tickets : ils en disent assez.",
                ),
            )
        part = Linked(ticket.id, ticket.customer_id, ticket.category, ticket.confidential)
        return replace(self, linked=(*self.linked, part))

    def without_ticket(self, ticket_id: str) -> "Problem":
        return replace(self, linked=tuple(each for each in self.linked if each.ticket_id != ticket_id))
