"""Work that a machine, a maintenance plan, renewals or a training asked for, until its ticket is open."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.checklists import ChecklistItem
from contracts.text import Text
from contracts.values import TicketKind, Urgency, Window
from services.ticket.domain.quote import QuoteLine

AGAIN_AFTER = timedelta(minutes=10)
SELDOM = timedelta(days=1)


class AskedState(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"


@dataclass(frozen=True)
class Priced:
    """What the client is asked to approve of before anybody goes there."""

    lines: tuple[QuoteLine, ...]
    currency: str
    valid_until: datetime
    author: str


@dataclass(frozen=True)
class AskedWork:
    """The id is its ticket's. ``why``, and ``why_fr``, is the last refusal: a work type or a site that is not
    known yet.

    ``asset_id`` is None where it is about several machines, or none; ``window`` is when it suits best;
    ``more_sites`` are those besides ``site_id``. ``follows_id``: the ticket at whose visit it was found.
    """

    id: str
    customer_id: str
    site_id: str
    asset_id: str | None
    rule: str
    category: str
    summary: str
    detail: str
    asked_at: datetime
    try_at: datetime
    state: AskedState = AskedState.WAITING
    tries: int = 0
    why: str | None = None
    why_fr: str | None = None
    urgency: Urgency = Urgency.LOW
    window: Window | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    more_sites: tuple[str, ...] = ()
    quote: Priced | None = None
    kind: TicketKind = TicketKind.MAINTENANCE
    follows_id: str | None = None

    @property
    def site_ids(self) -> tuple[str, ...]:
        return (self.site_id, *self.more_sites)

    def opened(self) -> "AskedWork":
        return replace(self, state=AskedState.OPENED, why=None, why_fr=None)

    def refused(self, why: Text, now: datetime) -> "AskedWork":
        """Tried again later, more and more seldom: what is missing may be written down any day."""
        wait = min(AGAIN_AFTER * 2 ** min(self.tries, 10), SELDOM)
        return replace(self, tries=self.tries + 1, try_at=now + wait, why=why.en, why_fr=why.fr)
