"""Business calendars and the arithmetic of intervals: SLA clocks and technicians' shifts use the same.

An instant is open when its wall-clock time in the calendar's zone falls in a window ``[from, to)``
of that date. A date's windows are its exception if it has one (an empty one closes the day), else
none on a holiday, else its weekday's. Both passes of a repeated hour count, a skipped hour does not.

Instants are aware datetimes; results are in UTC. An interval is ``(from, to)``, its end excluded.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from holidays import country_holidays
from pydantic import AfterValidator, PlainSerializer

from contracts.open_time import (
    DAY_LENGTH,
    MICROSECOND,
    Block,
    date_numbered,
    day_number,
    instant_of,
    number_of,
    offsets_around,
    steady_offset,
)
from contracts.text import InvalidValue
from contracts.values import FrozenMapping, Value, WallWindow, Weekday, WeeklyWindows

Interval = tuple[datetime, datetime]
T = TypeVar("T", datetime, int)

HolidayCode = Literal[
    "FR", "FR-57", "FR-67", "FR-68", "FR-6AE", "FR-971", "FR-972", "FR-973", "FR-974", "FR-976", "none"
]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Day and month that a code adds to the national days. The library's own subdivisions are not used:
# they give Good Friday to the whole of Alsace-Moselle and customary days to the overseas departments.
_REGIONAL = {
    "FR-57": (12, 26),  # L3134-13
    "FR-67": (12, 26),
    "FR-68": (12, 26),
    "FR-6AE": (12, 26),
    "FR-971": (5, 27),  # L3422-2
    "FR-972": (5, 22),
    "FR-973": (6, 10),
    "FR-974": (12, 20),
    "FR-976": (4, 27),
}

_DAY = timedelta(days=1)
_NONE = timedelta(0)
_HORIZON_DAYS = 366 * 60

# Open time is worked out in blocks of so many days of UTC.
_BLOCK_DAYS = 32
_BLOCK_LENGTH = _BLOCK_DAYS * DAY_LENGTH
_BLOCKS_KEPT = 256
_FIRST_WEEKDAY = 3  # day 0 is a Thursday

DayRule = Literal["exception", "holiday", "weekly"]


class NeverOpens(ValueError):
    """The calendar has not that much open time left (within sixty years)."""


def known_zone(name: str) -> str:
    """``name`` when it names a time zone; ``InvalidValue`` otherwise."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidValue(
            f"{name!r} is not a time zone; use a name such as Europe/Paris",
            f"{name!r} n'est pas un fuseau horaire ; utilisez un nom tel qu'Europe/Paris",
        ) from None
    return name


def _zone_or_site(name: str) -> str:
    if name != "site":
        known_zone(name)
    return name


Exceptions = Annotated[
    Mapping[date, tuple[WallWindow, ...]],
    AfterValidator(FrozenMapping),
    PlainSerializer(dict, return_type=dict[date, tuple[tuple[str, str], ...]]),
]


class CalendarForm(Value):
    """A calendar as it is written down.

    In a contract ``time_zone`` and ``holidays`` may say ``site``: ``at_site`` fills them in.
    ``good_friday`` adds Good Friday to any ``FR…`` calendar, never to ``none`` or a list of dates.
    """

    time_zone: Annotated[str, AfterValidator(_zone_or_site)]
    weekly: WeeklyWindows
    holidays: HolidayCode | Literal["site"] | tuple[date, ...] = "none"
    good_friday: bool = False
    exceptions: Exceptions = FrozenMapping[date, tuple[tuple[str, str], ...]]({})

    def at_site(
        self, time_zone: str, holidays: HolidayCode | tuple[date, ...], good_friday: bool
    ) -> "CalendarForm":
        """The same calendar where the work is done; only what says ``site`` is taken from the site."""
        from_site = self.holidays == "site"
        return CalendarForm(
            time_zone=time_zone if self.time_zone == "site" else self.time_zone,
            weekly=self.weekly,
            holidays=holidays if from_site else self.holidays,
            good_friday=self.good_friday or (from_site and good_friday),
            exceptions=self.exceptions,
        )


class Calendar:
    """A calendar that counts. Building one costs little; its days are worked out once each."""

    def __init__(self, form: CalendarForm) -> None:
        """``ValueError`` when the form still says ``site``."""
        if "site" in (form.time_zone, form.holidays):
            raise ValueError("this calendar depends on a site: fill it in with at_site first")
        self.form = form
        self._zone = ZoneInfo(form.time_zone)
        self._weekly = tuple(_spans(form.weekly.get(day, ())) for day in WEEKDAYS)
        self._exceptional = {day_number(day): _spans(windows) for day, windows in form.exceptions.items()}
        listed = form.holidays if isinstance(form.holidays, tuple) else ()
        self._listed = frozenset(map(day_number, listed))
        self._days: dict[date, tuple[Interval, ...]] = {}
        self._blocks: dict[int, Block] = {}

    def date_of(self, at: datetime) -> date:
        """The calendar's own date at an instant."""
        return at.astimezone(self._zone).date()

    def wall_clock(self, at: datetime) -> time:
        """What the calendar's own clocks show at an instant."""
        return at.astimezone(self._zone).time()

    def instant(self, day: date, wall: time) -> datetime:
        """When the calendar's clocks show ``wall`` on one of its dates.

        A time that occurs twice means the first; one that is skipped is read with the offset before
        the change.
        """
        return datetime.combine(day, wall, self._zone).astimezone(UTC)

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.on(self.date_of(at)))

    def on(self, day: date) -> tuple[Interval, ...]:
        """The open intervals of one of the calendar's dates, in order."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._worked_out(day)
        return found

    def rule_on(self, day: date) -> DayRule:
        """What decides a date's windows."""
        if day_number(day) in self._exceptional:
            return "exception"
        return "holiday" if self._is_holiday(day) else "weekly"

    def opens_on(self, day: date) -> bool:
        """Whether a date has open time."""
        if not self._spans_on(day):
            return False
        number = day_number(day)
        return steady_offset(self.form.time_zone, number, number) is not None or bool(self.on(day))

    def open_date_after(self, day: date) -> date:
        """The next date with open time; ``NeverOpens`` when there is none."""
        for ahead in range(1, self._reach(day) + 1):
            if self.opens_on(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        raise NeverOpens(f"no date after {day} has open time")

    def open_intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """Every open stretch in ``[start, end)``, in order, adjacent ones as one."""
        if end <= start:
            return []
        since, until = number_of(start), number_of(end)
        found: list[tuple[int, int]] = []
        for each in range(since // _BLOCK_LENGTH, -(-until // _BLOCK_LENGTH)):
            for opens, closes in self._block(each).within(since, until):
                if found and found[-1][1] == opens:
                    found[-1] = (found[-1][0], closes)
                else:
                    found.append((opens, closes))
        return [(instant_of(opens), instant_of(closes)) for opens, closes in found]

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How long the calendar is open in ``[start, end)``; nothing when that is empty."""
        if end <= start:
            return _NONE
        since, until = number_of(start), number_of(end)
        first, last = since // _BLOCK_LENGTH, until // _BLOCK_LENGTH
        passed = self._block(last).passed(until) - self._block(first).passed(since)
        for each in range(first, last):
            passed += self._block(each).total
        return timedelta(microseconds=passed)

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant by which ``amount`` of open time has passed since ``start``.

        Nothing to add gives ``start``. ``NeverOpens`` when there is not enough open time.
        """
        if amount < _NONE:
            raise ValueError("open time cannot be taken back")
        if amount == _NONE:
            return start.astimezone(UTC)
        since = number_of(start)
        first = since // _BLOCK_LENGTH
        left = amount // MICROSECOND + self._block(first).passed(since)
        for each in range(first, first + self._reach(self.date_of(start)) // _BLOCK_DAYS + 2):
            block = self._block(each)
            if left <= block.total:
                return instant_of(block.reaching(left))
            left -= block.total
        raise NeverOpens(f"{amount} of open time is not reached after {start}")

    def _reach(self, start: date) -> int:
        if any(self._weekly):
            return _HORIZON_DAYS
        last = max(self._exceptional, default=day_number(start))
        return max(0, last - day_number(start) + 2)

    def _spans_on(self, day: date) -> "_Spans":
        spans = self._exceptional.get(day_number(day))
        if spans is None:
            spans = () if self._is_holiday(day) else self._weekly[day.weekday()]
        return spans

    def _worked_out(self, day: date) -> tuple[Interval, ...]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        spans = [(timedelta(microseconds=a), timedelta(microseconds=b)) for a, b in self._spans_on(day)]
        return tuple(
            merge(
                (max(midnight + opens - offset, since), min(midnight + closes - offset, until))
                for since, until, offset in offsets_around(self.form.time_zone, midnight)
                for opens, closes in spans
            )
        )

    def _is_holiday(self, day: date) -> bool:
        return day_number(day) in self._days_off(day.year)

    def _block(self, number: int) -> Block:
        found = self._blocks.get(number)
        if found is None:
            if len(self._blocks) >= _BLOCKS_KEPT:
                self._blocks.clear()
            found = self._blocks[number] = Block(self._open_in_block(number))
        return found

    def _open_in_block(self, number: int) -> list[tuple[int, int]]:
        start, zone = number * _BLOCK_DAYS, self.form.time_zone
        # A zone is less than a day away from UTC: the dates on either side reach into the block.
        first, last = start - 1, start + _BLOCK_DAYS
        steady = steady_offset(zone, first, last)
        off = self._days_off(date_numbered(first).year) | self._days_off(date_numbered(last).year)
        found: list[tuple[int, int]] = []
        for day in range(first, last + 1):
            spans = self._exceptional.get(day)
            if spans is None:
                spans = () if day in off else self._weekly[(day + _FIRST_WEEKDAY) % 7]
            if not spans:
                continue
            offset = steady_offset(zone, day, day) if steady is None else steady
            if offset is None:
                found += [(number_of(opens), number_of(ends)) for opens, ends in self.on(date_numbered(day))]
            else:
                midnight = day * DAY_LENGTH - offset
                found += [(midnight + opens, midnight + closes) for opens, closes in spans]
        since, until = start * DAY_LENGTH, last * DAY_LENGTH
        return merge([(max(opens, since), min(closes, until)) for opens, closes in found])

    def _days_off(self, year: int) -> frozenset[int]:
        listed = self.form.holidays
        return self._listed if isinstance(listed, tuple) else _days_off(listed, year, self.form.good_friday)


@lru_cache(maxsize=1024)
def calendar(form: CalendarForm) -> Calendar:
    """The one calendar of a form, so that days worked out once serve everybody."""
    return Calendar(form)


@lru_cache(maxsize=512)
def public_holidays(code: str, year: int) -> frozenset[date]:
    """The days off of a holiday code in a year, Good Friday (which is a site's own) not included."""
    if code == "none":
        return frozenset()
    days = _national(year)
    return days | {date(year, *_REGIONAL[code])} if code in _REGIONAL else days


@lru_cache(maxsize=64)
def _national(year: int) -> frozenset[date]:
    return frozenset(country_holidays("FR", years=year))


@lru_cache(maxsize=1024)
def _days_off(code: str, year: int, good_friday: bool) -> frozenset[int]:
    days = {day_number(day) for day in public_holidays(code, year)}
    if good_friday and code != "none":
        # Easter Monday is the only national day from 23 March to 26 April.
        days |= {day_number(d) - 3 for d in _national(year) if (3, 23) <= (d.month, d.day) <= (4, 26)}
    return frozenset(days)


_Spans = tuple[tuple[int, int], ...]


def _spans(windows: Iterable[tuple[str, str]]) -> _Spans:
    return tuple((_since_midnight(opens), _since_midnight(closes)) for opens, closes in windows)


def _since_midnight(wall: str) -> int:
    hours, minutes = wall.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000_000


def merge(intervals: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """The same instants as ordered, disjoint intervals that do not touch; empty ones go."""
    merged: list[tuple[T, T]] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def intersect(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The instants that are in both, as ``merge`` gives them."""
    ours, theirs = merge(left), merge(right)
    common: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        start, end = max(ours[i][0], theirs[j][0]), min(ours[i][1], theirs[j][1])
        if start < end:
            common.append((start, end))
        if ours[i][1] < theirs[j][1]:
            i += 1
        else:
            j += 1
    return common


def subtract(left: Iterable[Interval], right: Iterable[Interval]) -> list[Interval]:
    """The instants of ``left`` that are not in ``right``, as ``merge`` gives them."""
    holes = merge(right)
    rest: list[Interval] = []
    for start, end in merge(left):
        at = start
        for hole_start, hole_end in holes:
            if hole_end <= at or hole_start >= end:
                continue
            if at < hole_start:
                rest.append((at, hole_start))
            at = hole_end
        if at < end:
            rest.append((at, end))
    return rest


def total(intervals: Iterable[Interval]) -> timedelta:
    """How long the intervals are together, an instant that is in several counting once."""
    return sum((end - start for start, end in merge(intervals)), _NONE)
