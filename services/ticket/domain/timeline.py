"""What happened to a ticket, line by line, for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.audience import is_public
from contracts.envelope import Fact
from contracts.ticket.agreed import WorkCorrected, WorkLogged

_KNOWN_ANYWAY = frozenset(
    [
        "ticket_id",
        "number",
        "customer_id",
        "summary",
        "requester_id",
        "site_ids",
        "confidential",
        "site_id",
        "visit_id",
        "contract_id",
        "on_site_contact_id",
        "watcher_ids",
        "kind",
        "category",
        "answers",
        "visits",
        "skills",
        "access",
        "briefing",
        "parts",
        "digest",
        "closed_visits",
        "told",
    ]
)


WORK = (WorkLogged.TYPE, WorkCorrected.TYPE)
"""What tells of time that people logged; the kind that it names is no ticket's."""


@dataclass(frozen=True)
class Line:
    """The ``n``-th thing recorded about a ticket; the id is ``<ticket>:<n>``.

    ``at`` is when it happened, ``recorded_at`` when it was learned. ``text`` is what a person wrote.
    """

    id: str
    ticket_id: str
    n: int
    event: str
    at: datetime
    recorded_at: datetime
    actor: str
    public: bool
    site_id: str | None = None
    visit_id: str | None = None
    text: str | None = None
    details: Mapping[str, Any] | None = None


def line_of(
    fact: Fact,
    *,
    ticket_id: str,
    n: int,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    text: str | None = None,
) -> Line:
    """The line that tells of a fact: its particulars without what the ticket says anyway."""
    said = fact.model_dump(mode="json", exclude_none=True)
    known = _KNOWN_ANYWAY - {"kind"} if fact.TYPE in WORK else _KNOWN_ANYWAY
    return Line(
        id=f"{ticket_id}:{n}",
        ticket_id=ticket_id,
        n=n,
        event=fact.TYPE,
        at=at,
        recorded_at=recorded_at,
        actor=actor,
        public=is_public(fact),
        site_id=said.get("site_id"),
        visit_id=said.get("visit_id"),
        text=text,
        details={name: value for name, value in said.items() if name not in known and value != []},
    )
