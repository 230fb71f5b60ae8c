"""Dates and midnights where somebody works: labour law counts days from midnight and weeks from Monday."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.calendars import Interval

A_DAY = timedelta(days=1)


def date_at(at: datetime, time_zone: str) -> date:
    """The date at ``at`` in the zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def midnight(day: date, time_zone: str) -> datetime:
    """When ``day`` begins in the zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def day_of(day: date, time_zone: str) -> Interval:
    """``day`` from midnight to midnight: 23 or 25 hours where the clocks change."""
    return midnight(day, time_zone), midnight(day + A_DAY, time_zone)


def monday_of(day: date) -> date:
    """The Monday of the week that ``day`` is in."""
    return day - day.weekday() * A_DAY


def dates_between(start: datetime, end: datetime, time_zone: str) -> Iterator[date]:
    """Every date that ``[start, end]`` touches, in order."""
    day, last = date_at(start, time_zone), date_at(end, time_zone)
    while day <= last:
        yield day
        day += A_DAY
