"""When a visit may start, whoever makes it."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from contracts.calendars import Interval, intersect
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.gaps import Stretch
from services.dispatch.planning.promised import stretches_promised

A_DAY = timedelta(days=1)


def is_beyond(visit: Visit, now: datetime, until: datetime) -> bool:
    """Whether the visit is not to be made before the window of planning ends."""
    earliest = visit.not_before_at or now
    preferred = [window.to_at for window in visit.need.preferred_windows]
    return earliest >= until or (bool(preferred) and max(preferred) > until > now)


def windows_for(visit: Visit, now: datetime, until: datetime) -> Iterable[Sequence[Stretch] | None]:
    """The windows that hold its start, those wished for first; None: any time.

    What is promised holds it, whatever else is wished for.
    """
    preferred: list[Interval] = [
        (window.from_at, window.to_at) for window in visit.need.preferred_windows if window.to_at > now
    ]
    bound = visit.place.opening is not None and visit.where is not None
    # Whole ones: whether work fits into an opening does not depend on how much of it has passed.
    opening = visit.place.open_intervals(now - A_DAY, until) if bound else None
    if visit.promised is not None:
        yield stretches_promised(visit, visit.promised, opening)
        return
    if preferred:
        yield stretches(preferred if opening is None else intersect(preferred, opening))
    yield None if opening is None else stretches(opening)


def stretches(intervals: Iterable[Interval]) -> list[Stretch]:
    """The same in seconds since 1970."""
    return [(start.timestamp(), end.timestamp()) for start, end in intervals]


def seconds(at: datetime | None) -> float:
    """Since 1970; infinitely many where there is no such moment."""
    return math.inf if at is None else at.timestamp()
