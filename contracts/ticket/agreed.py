"""Facts of tickets about what is agreed and paid: work, volumes, coverage, quotes, excluded time.

They stand on ``ticket.lifecycle.v1`` among the others.
"""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.ticket.events import TicketFact
from contracts.values import Coverage, Detail, Id, Instant, Minutes, WorklogKind


class WorkLogged(TicketFact):
    """Somebody of the firm's spent time on the ticket; what he wrote about it stays with the ticket.

    ``person_id`` is the subject of his token. ``billable`` is what he meant; a contract may say otherwise.
    """

    TYPE: ClassVar[str] = "work-logged"

    worklog_id: str
    person_id: str
    began_at: Instant
    ended_at: Instant
    kind: WorklogKind
    billable: bool


class WorkCorrected(TicketFact):
    """Time that was logged was otherwise: this is how it really was. Why stays with the ticket."""

    TYPE: ClassVar[str] = "work-corrected"

    worklog_id: str
    person_id: str
    began_at: Instant
    ended_at: Instant
    kind: WorklogKind
    billable: bool


class VolumeReached(TicketFact):
    """Work on this ticket brought what is used of a contract's included volume to ``threshold`` percent.

    ``period`` is a month (``2026-11``), or ``book`` for a volume that was paid in advance, which may be used
    until ``expiry``. Said once for each threshold, period and size of the volume. For the contract's managers
    and whoever answers for the customer, not for the requester.
    """

    TYPE: ClassVar[str] = "volume-reached"

    contract_id: Id
    period: str
    threshold: Annotated[int, Field(ge=1, le=100)]
    included_minutes: Minutes
    used_minutes: Minutes
    expiry: date | None = None


class TimeExcluded(TicketFact):
    """The client agrees that this time does not count: at one site or all, for one target or all.

    Who agreed for him stays with the ticket.
    """

    TYPE: ClassVar[str] = "time-excluded"

    excluded_from: Instant
    excluded_to: Instant
    reason: Detail
    site_id: Id | None = None
    target: str | None = None


class CoverageCorrected(TicketFact):
    """Somebody of the firm's judged anew who pays for the work at ``corrected_sites``; why he did stays with
    the ticket."""

    TYPE: ClassVar[str] = "coverage-corrected"

    coverage: Coverage
    corrected_sites: tuple[Id, ...]


class _OfAQuote(TicketFact):
    """``quote`` counts the ticket's quotes from 1; ``total`` is a decimal in ``currency`` (ISO 4217)."""

    quote: int
    total: str
    currency: str


class QuoteSent(_OfAQuote):
    """The client is asked to approve of what the work will cost, until ``valid_until``."""

    TYPE: ClassVar[str] = "quote-sent"

    valid_until: Instant


class QuoteApproved(_OfAQuote):
    """The client wants the work done at that price; ``purchase_order`` is his own number for it."""

    TYPE: ClassVar[str] = "quote-approved"

    purchase_order: str


class QuoteRefused(_OfAQuote):
    """The client does not want the work done at that price; why stays with the ticket."""

    TYPE: ClassVar[str] = "quote-refused"
