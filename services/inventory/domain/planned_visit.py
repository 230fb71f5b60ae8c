"""Who is to be at a site and when, as far as its access codes and preventive work are concerned."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import (
    DispatchRevoked,
    InterventionClosed,
    TechnicianArrived,
    VisitFact,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.values import Point

BEFORE = timedelta(hours=2)
"""Before the planned start: he is on his way, or has come early."""
AFTER = timedelta(hours=1)
"""After the end: he locks up, or has left something behind."""
LONGEST_STAY = timedelta(hours=12)
"""Of somebody who has arrived and does not say that he is done."""


@dataclass(frozen=True)
class PlannedVisit:
    """One per visit, with its id; ``technician_id`` None: nobody is sent there.

    ``point`` and ``territory`` are the site's when it was planned.
    ``visit_epoch`` and ``visit_sequence`` are those of the last fact applied: an older one changes nothing.
    """

    id: str
    customer_id: str
    site_id: str
    technician_id: str | None = None
    start_at: datetime | None = None
    end_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    visit_epoch: int = 0
    visit_sequence: int = 0
    point: Point | None = None
    territory: str | None = None

    @property
    def day(self) -> str | None:
        """The day that it is planned for, in UTC (ISO 8601): none of our working days is in two of them."""
        planned = self.start_at is not None and self.technician_id is not None
        return self.start_at.date().isoformat() if planned and self.start_at is not None else None

    @property
    def minutes(self) -> int:
        if self.start_at is None or self.end_at is None:
            return 0
        return round((self.end_at - self.start_at).total_seconds() / 60)

    def after(self, fact: VisitFact, at: datetime) -> "PlannedVisit":
        """What the fact, which happened ``at``, makes of it; any other takes the visit away."""
        match fact:
            case VisitPlanned() | VisitRescheduled():
                return replace(
                    self,
                    technician_id=fact.technician_id,
                    start_at=fact.planned_start,
                    end_at=fact.planned_end,
                )
            case DispatchRevoked() if fact.technician_id != self.technician_id:
                return self
            case TechnicianArrived():
                return replace(self, technician_id=fact.technician_id, arrived_at=at)
            case InterventionClosed():
                return replace(self, technician_id=fact.technician_id, ended_at=fact.ended_at)
        return replace(self, technician_id=None)

    @property
    def codes_from(self) -> datetime | None:
        """From when on its technician is shown the codes of the site; None while nobody knows."""
        known = [self.start_at - BEFORE] if self.start_at is not None else []
        return min((*known, *((self.arrived_at,) if self.arrived_at else ())), default=None)

    @property
    def codes_until(self) -> datetime | None:
        """Until when: counted from the end as it was, or as it is planned, or as long as he may be there."""
        if self.ended_at is not None:
            return self.ended_at + AFTER
        stays = [] if self.arrived_at is None else [self.arrived_at + LONGEST_STAY]
        planned = [] if self.end_at is None else [self.end_at]
        return max((*stays, *planned)) + AFTER if stays or planned else None

    def shows_codes(self, technician_id: str, now: datetime) -> bool:
        start, end = self.codes_from, self.codes_until
        if self.technician_id != technician_id or start is None or end is None:
            return False
        return start <= now <= end
