"""The arrival windows that cost the plan least, for a client to choose from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.calendars import Interval, intersect
from contracts.values import Window
from services.dispatch.domain.plan import ARRIVAL_MINUTES
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster

MOST_OFFERED = 3
NOTICE = timedelta(hours=4)
"""Nobody is offered a time that begins sooner: he has to read the message."""

LOOKS_AHEAD = timedelta(days=7)
"""As far as is looked where no days are asked for; further only where nothing is free till then."""

NOON = time(13)
DAY_BEGINS, DAY_ENDS = time(8), time(20)
"""Where a site says no opening hours: whoever opens the door is not asked to by night."""

ROUND = timedelta(minutes=30)
A_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class _Offer:
    cost: float
    window: Window
    within: Interval
    is_short: bool


def windows_to_offer(
    roster: Roster,
    visit: Visit,
    now: datetime,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
    count: int = MOST_OFFERED,
) -> tuple[Window, ...]:
    """The cheapest by the cost of the insertion that plans, in order of time, each on another half-day of
    the site's as long as there are so many; as if the visit were in nobody's day yet.

    Those that the ticket wishes for come first if somebody can. Each is as long as what a client is told of
    a visit of that priority, but for what is left of a half-day where there are too few, and begins on a
    half hour where it can. What is promised of the visit already does not count.
    """
    first = _rounded(max(begins or now, now + NOTICE, visit.not_before_at or now) + ROUND - A_MILLISECOND)
    last = min(ends or roster.until, roster.until)
    soon = last if ends is not None else min(last, first + LOOKS_AHEAD)
    pieces = [*_half_days(visit, first, last)]
    wished = intersect([(each.from_at, each.to_at) for each in visit.need.preferred_windows], pieces)
    for among in (wished, [piece for piece in pieces if piece[0] < soon], pieces):
        if found := _cheapest(roster, visit, now, among, count):
            return tuple(sorted((each.window for each in found), key=lambda window: window.from_at))
    return ()


def _cheapest(
    roster: Roster, visit: Visit, now: datetime, pieces: Sequence[Interval], count: int
) -> list[_Offer]:
    chosen: list[_Offer] = []
    while pieces and len(chosen) < count:
        offers = [offer for piece in pieces if (offer := _offer(roster, visit, now, piece)) is not None]
        offers.sort(key=lambda offer: (offer.is_short, offer.cost, offer.window.from_at))
        taken = offers[: count - len(chosen)]
        chosen += taken
        # Where there are too few half-days: what is left of them.
        pieces = [rest for offer in taken for rest in _left_of(offer)]
    return chosen


def _offer(roster: Roster, visit: Visit, now: datetime, piece: Interval) -> _Offer | None:
    """The cheapest start within the piece, and the window around it that a client is told."""
    within = Window(from_at=piece[0], to_at=piece[1])
    found = roster.best(replace(visit, promised=within), now)
    if found is None:
        return None
    length = timedelta(minutes=ARRIVAL_MINUTES[visit.priority])
    begins = max(piece[0], min(_rounded(found.start_at), piece[1] - length))
    window = Window(from_at=begins, to_at=min(begins + length, piece[1]))
    return _Offer(found.cost, window, piece, is_short=piece[1] - piece[0] < length)


def _half_days(visit: Visit, first: datetime, last: datetime) -> Iterator[Interval]:
    """Mornings and afternoons of the site between the two, as far as it is open."""
    zone, place = ZoneInfo(visit.place.time_zone), visit.place
    day = first.astimezone(zone).date()
    while (midnight := datetime.combine(day, time(0), zone)) < last:
        day += timedelta(days=1)
        noon = datetime.combine(midnight.date(), NOON, zone)
        begins, ends = midnight, datetime.combine(day, time(0), zone)
        if place.opening is None:
            begins, ends = (datetime.combine(noon.date(), at, zone) for at in (DAY_BEGINS, DAY_ENDS))
        for half in ((begins, noon), (noon, ends)):
            since, until = max(half[0], first), min(half[1], last)
            if since < until:
                yield from place.open_intervals(since, until)


def _left_of(offer: _Offer) -> Iterator[Interval]:
    (begins, ends), window = offer.within, offer.window
    for piece in ((begins, window.from_at), (window.to_at, ends)):
        if piece[1] - piece[0] >= ROUND:
            yield piece


def _rounded(at: datetime) -> datetime:
    """The half hour before."""
    return at - timedelta(seconds=at.timestamp() % ROUND.total_seconds())
