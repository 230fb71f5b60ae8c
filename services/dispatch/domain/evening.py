"""The end of a technician's shift: what he has done may lie in a telephone without a network."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from contracts.values import VisitState
from services.dispatch.domain.day import TechnicianDay
from services.dispatch.domain.local_days import midnight
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit

PATIENCE = timedelta(minutes=15)
"""From the end of a shift until he is asked."""

IN_HIS_HANDS = frozenset(
    {
        VisitState.DISPATCHED,
        VisitState.ACKNOWLEDGED,
        VisitState.EN_ROUTE,
        VisitState.ARRIVED,
        VisitState.STARTED,
    }
)


def begun_on(day: TechnicianDay, technician: Technician) -> tuple[str, ...]:
    """The visits of a day that begin on it, in order."""
    return tuple(each.visit_id for each in day.slots if technician.date_of(each.start_at) == day.date)


def shift_end(day: TechnicianDay, technician: Technician) -> datetime | None:
    """When the last of his shifts of that day, or of its visits where that is later, is over."""
    first = date.fromisoformat(day.date)
    since, until = (midnight(each, technician.time_zone) for each in (first, first + timedelta(days=1)))
    mine = set(begun_on(day, technician))
    ends = [each.end_at for each in day.slots if each.visit_id in mine]
    # A shift over midnight is that of the day on which it begins.
    shifts = [(start, end) for start, end in technician.working(since, until + timedelta(hours=12))]
    ends += [end for start, end in shifts if since <= start < until] if ends else []
    return max(ends, default=None)


def chased(day: TechnicianDay, technician: Technician) -> TechnicianDay:
    """The day with when it is looked at. Who is lent by a partner is asked by his firm."""
    end = None if technician.partner is not None else shift_end(day, technician)
    return replace(day, chase_at=None if end is None else end + PATIENCE)


def unreported(visit: Visit, technician: Technician, now: datetime) -> bool:
    """Whether he should be done with it, and nothing says that he is."""
    over = visit.plan is not None and visit.plan.end_at <= now
    return over and visit.technician_id == technician.id and visit.state in IN_HIS_HANDS
