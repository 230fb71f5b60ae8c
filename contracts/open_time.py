"""What makes calendars quick: instants as whole microseconds, the offsets of zones, blocks of open time."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
DAY_LENGTH = timedelta(days=1) // MICROSECOND

_DAY = timedelta(days=1)
_NONE = timedelta(0)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Block:
    """Open stretches in order, with how much is open before each: a bisection answers what passed."""

    __slots__ = ("_before", "_ends", "_starts", "total")

    def __init__(self, stretches: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]
        self._before: list[int] = []
        self.total = 0
        for start, end in stretches:
            self._before.append(self.total)
            self.total += end - start

    def passed(self, at: int) -> int:
        """How much of the block is open before ``at``."""
        last = bisect_right(self._starts, at) - 1
        return 0 if last < 0 else self._before[last] + min(at, self._ends[last]) - self._starts[last]

    def reaching(self, amount: int) -> int:
        """When so much (more than nothing) of the block's open time has passed."""
        last = bisect_left(self._before, amount) - 1
        return self._starts[last] + amount - self._before[last]

    def within(self, since: int, until: int) -> list[tuple[int, int]]:
        first, last = bisect_right(self._ends, since), bisect_left(self._starts, until)
        return [
            (max(start, since), min(end, until))
            for start, end in zip(self._starts[first:last], self._ends[first:last], strict=True)
        ]


def number_of(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_of(number: int) -> datetime:
    return _EPOCH + timedelta(microseconds=number)


def day_number(day: date) -> int:
    return day.toordinal() - _EPOCH_DAY


@lru_cache(maxsize=32_768)
def steady_offset(zone: str, first: int, last: int) -> int | None:
    """The offset of a zone all through some dates and the days around them; ``None`` when it changes."""
    since, until = instant_of((first - 1) * DAY_LENGTH), instant_of((last + 2) * DAY_LENGTH)
    offsets = {offset for _, _, offset in _offsets_between(zone, since, until)}
    return offsets.pop() // MICROSECOND if len(offsets) == 1 else None


def date_numbered(day: int) -> date:
    return date.fromordinal(_EPOCH_DAY + day)


def offsets_around(zone: str, midnight: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    # A zone is less than a day away from UTC, so its date lies within these three days.
    return _offsets_between(zone, midnight - _DAY, midnight + 2 * _DAY)


def _offsets_between(
    zone: str, first: datetime, last: datetime
) -> list[tuple[datetime, datetime, timedelta]]:
    return [
        stretch
        for year in range(first.year, last.year + 1)
        for stretch in _offsets(zone, year)
        if stretch[0] < last and stretch[1] > first
    ]


@lru_cache(maxsize=4096)
def _offsets(zone: str, year: int) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The stretches ``(since, until, offset)`` of constant offset that make up a year of UTC."""
    info = ZoneInfo(zone)
    since = day = datetime(year, 1, 1, tzinfo=UTC)
    end = datetime(year + 1, 1, 1, tzinfo=UTC)
    offset = _offset(info, since)
    stretches = []
    while day < end:
        if _offset(info, day + _DAY) != offset:
            change = _change(info, day, day + _DAY)
            stretches.append((since, change, offset))
            since, offset = change, _offset(info, day + _DAY)
        day += _DAY
    stretches.append((since, end, offset))
    return tuple(stretch for stretch in stretches if stretch[0] < end)


def _change(info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = _offset(info, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(info, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(info).utcoffset() or _NONE
