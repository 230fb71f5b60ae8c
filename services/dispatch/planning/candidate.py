"""One way to make a visit, and whether it is worth telling everybody of a better one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.dispatch.domain.visit import Visit
from services.dispatch.domain.way import Source

WORTH_MOVING = timedelta(minutes=15)
"""A planned visit is not moved for less."""


@dataclass(frozen=True)
class Beside:
    """A companion, and his own way there."""

    technician_id: str
    travel_seconds: int
    travel_source: Source = Source.DEFAULT


@dataclass(frozen=True)
class Candidate:
    """One way to make a visit. Costs are in minutes of travel, its companions' included."""

    technician_id: str
    start_at: datetime
    end_at: datetime
    travel_seconds: int
    added_travel_minutes: float
    late_minutes: float
    cost: float
    travel_source: Source = Source.DEFAULT
    beside: tuple[Beside, ...] = ()

    @property
    def crew(self) -> tuple[Beside, ...]:
        """Everybody who would make it, who leads first."""
        return (Beside(self.technician_id, self.travel_seconds, self.travel_source), *self.beside)


def gains(visit: Visit, other: Candidate) -> bool:
    """Whether the other way to make a planned visit is so much better for its deadlines that it is worth
    telling everybody: less late than planned, or, where it is in time anyway, sooner."""
    assert visit.plan is not None
    late, less_late = visit.late_by, timedelta(minutes=other.late_minutes)
    if late or less_late:
        return less_late + WORTH_MOVING <= late
    return other.start_at + WORTH_MOVING <= visit.plan.start_at
