"""The states of a visit, what each allows, and what a plan says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.values import Priority, VisitState
from services.dispatch.domain.way import Source

POSSIBLE: Mapping[VisitState, tuple[str, ...]] = {
    VisitState.WAITING: ("assign", "offer-slots"),
    VisitState.PLANNED: (
        *("assign", "offer-slots", "acknowledge", "decline", "reschedule", "unassign", "pin", "unpin"),
    ),
    VisitState.DISPATCHED: (
        *("assign", "offer-slots", "acknowledge", "decline", "depart", "reschedule", "unassign"),
        *("pin", "unpin"),
    ),
    VisitState.ACKNOWLEDGED: (
        *("assign", "offer-slots", "decline", "depart", "arrive", "reschedule", "unassign", "pin", "unpin"),
    ),
    VisitState.EN_ROUTE: ("assign", "arrive"),
    VisitState.ARRIVED: ("start", "close"),
    VisitState.STARTED: ("pause", "close"),
    VisitState.PAUSED: ("start", "close"),
    VisitState.FAILED: ("assign", "offer-slots"),
    VisitState.CLOSED: (),
    VisitState.CANCELLED: (),
}
"""The verbs that each state allows."""

REMOTELY: Mapping[VisitState, tuple[str, ...]] = {
    VisitState.DISPATCHED: ("start",),
    VisitState.ACKNOWLEDGED: ("start", "close"),
}
"""What each state allows besides where nobody has to be on the spot."""

OPEN = frozenset(VisitState) - {VisitState.CLOSED, VisitState.CANCELLED}
UNPLANNED = frozenset({VisitState.WAITING, VisitState.FAILED})
TOLD = frozenset({VisitState.DISPATCHED, VisitState.ACKNOWLEDGED, VisitState.EN_ROUTE})
MOVABLE = frozenset({VisitState.PLANNED, VisitState.DISPATCHED, VisitState.ACKNOWLEDGED})
UNDER_WAY = frozenset({VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.STARTED, VisitState.PAUSED})
ON_SITE = UNDER_WAY - {VisitState.EN_ROUTE}
URGENT = frozenset({Priority.P1, Priority.P2})
KEPT_REASONS = 100

PLANNED_AHEAD = timedelta(days=60)
"""Nothing is planned further ahead than this, so an absence disturbs nothing beyond."""


ARRIVAL_MINUTES = {
    Priority.P1: 30,
    Priority.P2: 30,
    Priority.P3: 60,
    Priority.P4: 120,
    Priority.P5: 120,
}
"""How long after the planned start the arrival is still what the client was told."""


@dataclass(frozen=True)
class Plan:
    """When the visit is to be made; ``days`` are the technician-days that hold its slot.

    ``companions`` are there for all of it, beside the technician who leads; their days hold it, too.
    """

    start_at: datetime
    end_at: datetime
    arrival_from_at: datetime
    arrival_to_at: datetime
    days: tuple[str, ...]
    travel_seconds: int = 0
    tell_at: datetime | None = None
    travel_source: Source = Source.DEFAULT
    companions: tuple[str, ...] = ()

    def same_time(self, other: "Plan") -> bool:
        return (self.start_at, self.end_at) == (other.start_at, other.end_at)


@dataclass(frozen=True)
class Refused:
    """Why the machine does not give the visit to somebody again: ``rule`` is a slug."""

    technician_id: str
    rule: str


@dataclass(frozen=True)
class Origin:
    """What led to the visit: the ids that every effect of it carries on."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Moved:
    """Where the visit was planned before it was taken back to be planned anew."""

    technician_id: str
    start_at: datetime


def arrival_window(priority: Priority, start_at: datetime) -> tuple[datetime, datetime]:
    """What the client is told when a visit is planned to start at ``start_at``."""
    return start_at, start_at + timedelta(minutes=ARRIVAL_MINUTES[priority])
