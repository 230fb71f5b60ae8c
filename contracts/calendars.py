"""Business calendars and the arithmetic of intervals: SLA clocks and technicians' shifts use the same.

An instant is open when its wall-clock time in the calendar's zone falls in a window ``[from, to)``
of that date. A date's windows are its exception if it has one (an empty one closes the day), else
none on a holiday, else its weekday's. Both passes of a repeated hour count, a skipped hour does not.

Instants are aware datetimes; results are in UTC. An interval is ``(from, to)``, its end excluded.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from holidays import country_holidays
from pydantic import AfterValidator, PlainSerializer

from contracts.text import InvalidValue
from contracts.values import FrozenMapping, Value, WallWindow, Weekday, WeeklyWindows

Interval = tuple[datetime, datetime]

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
        self._exceptions = {day: _spans(windows) for day, windows in form.exceptions.items()}
        self._days: dict[date, tuple[Interval, ...]] = {}

    def date_of(self, at: datetime) -> date:
        """The calendar's own date at an instant."""
        return at.astimezone(self._zone).date()

    def is_open(self, at: datetime) -> bool:
        return any(start <= at < end for start, end in self.on(self.date_of(at)))

    def on(self, day: date) -> tuple[Interval, ...]:
        """The open intervals of one of the calendar's dates, in order."""
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._worked_out(day)
        return found

    def open_intervals(self, start: datetime, end: datetime) -> list[Interval]:
        """Every open stretch in ``[start, end)``, in order, adjacent ones as one."""
        if end <= start:
            return []
        first, last = self.date_of(start) - _DAY, self.date_of(end) + _DAY
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        open_ = merge(interval for day in days for interval in self.on(day))
        return intersect(open_, [(start.astimezone(UTC), end.astimezone(UTC))])

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """How long the calendar is open in ``[start, end)``; nothing when that is empty."""
        return total(self.open_intervals(start, end))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """The earliest instant by which ``amount`` of open time has passed since ``start``.

        Nothing to add gives ``start``. ``NeverOpens`` when there is not enough open time.
        """
        if amount < _NONE:
            raise ValueError("open time cannot be taken back")
        start = at = start.astimezone(UTC)
        left = amount
        for ahead in range(0, self._reach(start), 7):
            if left == _NONE:
                break
            week = start + timedelta(days=ahead)
            for open_from, open_to in self.open_intervals(week, week + timedelta(days=7)):
                if open_to - open_from >= left:
                    return open_from + left
                at, left = open_to, left - (open_to - open_from)
        if left:
            raise NeverOpens(f"{amount} of open time is not reached after {start}")
        return at

    def _reach(self, start: datetime) -> int:
        if any(self._weekly):
            return _HORIZON_DAYS
        last = max(self._exceptions, default=date.min)
        return max(0, (last - self.date_of(start)).days + 2)

    def _worked_out(self, day: date) -> tuple[Interval, ...]:
        spans = self._exceptions.get(day)
        if spans is None:
            spans = () if self._is_holiday(day) else self._weekly[day.weekday()]
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return tuple(
            merge(
                (max(midnight + opens - offset, since), min(midnight + closes - offset, until))
                for since, until, offset in _offsets_around(self.form.time_zone, midnight)
                for opens, closes in spans
            )
        )

    def _is_holiday(self, day: date) -> bool:
        listed = self.form.holidays
        if isinstance(listed, tuple):
            return day in listed
        if day in public_holidays(listed, day.year):
            return True
        return self.form.good_friday and listed != "none" and _is_good_friday(day)


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


def _is_good_friday(day: date) -> bool:
    # Easter Monday is the only national day from 23 March to 26 April.
    monday = day + timedelta(days=3)
    return monday in _national(day.year) and (3, 23) <= (monday.month, monday.day) <= (4, 26)


def _spans(windows: Iterable[tuple[str, str]]) -> tuple[tuple[timedelta, timedelta], ...]:
    return tuple((_since_midnight(opens), _since_midnight(closes)) for opens, closes in windows)


def _since_midnight(wall: str) -> timedelta:
    hours, minutes = wall.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _offsets_around(zone: str, midnight: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    # A zone is less than a day away from UTC, so its date lies within these three days.
    first, last = midnight - _DAY, midnight + 2 * _DAY
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


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The same instants as ordered, disjoint intervals that do not touch; empty ones go."""
    merged: list[Interval] = []
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
