"""Days planned anew: what changes for which visits, what that gains, and why it was looked at."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.technician import Absence
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.way import Source


class Why(StrEnum):
    """What had days planned anew."""

    BACKGROUND = "background"
    VISIT = "visit"
    ASKED = "asked"


class ReplanState(StrEnum):
    """A proposal is applied as a whole or not at all."""

    PROPOSED = "proposed"
    APPLIED = "applied"


@dataclass(frozen=True)
class Booking:
    """Who makes a visit when."""

    technician_id: str
    start_at: datetime
    end_at: datetime
    travel_seconds: int = 0
    travel_source: Source = Source.DEFAULT


def booking_of(visit: Visit) -> Booking | None:
    """Who makes the visit when, as planned."""
    plan = visit.plan
    if plan is None or visit.technician_id is None:
        return None
    return Booking(visit.technician_id, plan.start_at, plan.end_at, plan.travel_seconds, plan.travel_source)


@dataclass(frozen=True)
class Replanned:
    """One visit: ``before`` is None where nobody had it, ``after`` where it is put off to another day."""

    visit_id: str
    number: str
    before: Booking | None
    after: Booking | None


@dataclass(frozen=True)
class Gained:
    """What is gained, in minutes of travel: on the road; by what is made sooner or less late; by who makes
    it; and what is lost by telling people of changes, which is negative."""

    travel: float = 0.0
    time: float = 0.0
    fit: float = 0.0
    disruption: float = 0.0

    @property
    def total(self) -> float:
        return self.travel + self.time + self.fit + self.disruption


@dataclass(frozen=True)
class Away:
    """Somebody who would not be there."""

    technician_id: str
    from_at: datetime
    to_at: datetime
    kind: str

    @property
    def absence(self) -> Absence:
        return Absence(self.from_at, self.to_at, self.kind)


@dataclass(frozen=True)
class Replan:
    """``visit_id``: the one for whose sake it was, if any. ``away`` is recorded when it is applied."""

    id: str
    why: Why
    changes: tuple[Replanned, ...]
    gained: Gained
    proposed_at: datetime
    proposed_by: str
    state: ReplanState = ReplanState.PROPOSED
    visit_id: str | None = None
    away: Away | None = None
    applied_at: datetime | None = None
    applied_by: str | None = None

    def applied(self, at: datetime, by: str) -> "Replan":
        """The same, done. Doing it twice changes nothing."""
        if self.state is ReplanState.APPLIED:
            return self
        return replace(self, state=ReplanState.APPLIED, applied_at=at, applied_by=by)


class Overtaken(Refusal):
    """The days are not any more what the proposal was made on."""

    def __init__(self, visit_id: str, state: str) -> None:
        super().__init__(
            "plan-overtaken",
            Text(
                f"Visit {visit_id} has changed since this was proposed: ask for a new proposal.",
                f"La visite {visit_id} a changé depuis cette proposition : demandez-en une nouvelle.",
            ),
            visit_id=visit_id,
            state=state,
        )
