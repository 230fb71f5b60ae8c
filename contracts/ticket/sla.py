"""Facts of SLA clocks, on ``ticket.sla.v1``, keyed by the ticket.

There is one clock for each target at each site. Its last word counts: each fact says how the clock is
then, and ``sla-corrected`` takes back by number what had been said of it before.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.ticket.events import TicketFact
from contracts.values import HoldReason, Id, Instant, Priority, Value


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    STOPPED = "stopped"


class Aim(StrEnum):
    """What a clock's deadline is for: that somebody responds, or that service is restored."""

    RESPOND = "respond"
    RESTORE = "restore"


class SlaFact(TicketFact):
    """How one clock is after what happened to it.

    The clock began at ``starts_at`` under that revision of the contract. ``due_at`` is when all that is
    allowed will have elapsed if nothing else happens; none while it waits, nor once met or stopped. A
    target of days has neither ``elapsed_minutes`` nor ``remaining_minutes``; what remains is less than
    nothing once too much has elapsed. ``threshold`` is the highest percentage reached so far. ``aim`` is
    none in facts from before it was said.
    """

    site_id: Id
    contract_id: Id
    contract_revision: int
    target: str
    priority: Priority
    state: ClockState
    starts_at: Instant
    due_at: Instant | None = None
    elapsed_minutes: float | None = None
    remaining_minutes: float | None = None
    threshold: Annotated[int, Field(ge=0, le=100)] | None = None
    breached_at: Instant | None = None
    met_at: Instant | None = None
    aim: Aim | None = None


class SlaStarted(SlaFact):
    """A clock began, or goes on under another promise since the priority changed."""

    TYPE: ClassVar[str] = "sla-started"


class SlaPaused(SlaFact):
    """A hold stops the clock."""

    TYPE: ClassVar[str] = "sla-paused"

    reason: HoldReason | None = None


class SlaResumed(SlaFact):
    """The clock runs again: after a hold, or because what had met it is not accepted."""

    TYPE: ClassVar[str] = "sla-resumed"


class SlaAtRisk(SlaFact):
    """``threshold`` percent of what is allowed have elapsed."""

    TYPE: ClassVar[str] = "sla-at-risk"


class SlaMet(SlaFact):
    """The promise was kept in time."""

    TYPE: ClassVar[str] = "sla-met"


class SlaBreached(SlaFact):
    """More elapsed than is allowed. The clock goes on until somebody keeps the promise late."""

    TYPE: ClassVar[str] = "sla-breached"


class SlaStopped(SlaFact):
    """Nothing is counted any more: kept too late, cancelled, or not promised any more."""

    TYPE: ClassVar[str] = "sla-stopped"


class TakenBack(Value):
    """A fact of this clock that turned out not to be so: its type, when it was said to have happened,
    and its number among the ticket's SLA facts, with which its id ends."""

    n: Annotated[int, Field(ge=1)]
    type: str
    at: Instant


class SlaCorrected(SlaFact):
    """Something learned late, or agreed on, changed what had been said; the other fields say how it is."""

    TYPE: ClassVar[str] = "sla-corrected"

    corrects: tuple[TakenBack, ...]


SLA_FACTS: tuple[type[SlaFact], ...] = (
    SlaStarted,
    SlaPaused,
    SlaResumed,
    SlaAtRisk,
    SlaMet,
    SlaBreached,
    SlaCorrected,
    SlaStopped,
)
"""All that may be said of a clock."""
