"""Timesheets written as people write them: ``shift("mon 09:00", "18:00")`` in the week of 2 March 2026."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.calendars import WEEKDAYS, Interval
from services.dispatch.domain.labour import violations
from services.dispatch.domain.labour_limits import Limits, limits_of
from services.dispatch.domain.rests import Timesheet, earliest_start
from services.dispatch.domain.technician import Regime

PARIS = "Europe/Paris"
MONDAY = date(2026, 3, 2)
HOURS = limits_of(Regime.HOURS)


def on(wall: str, *, week: int = 0, zone: str = PARIS, monday: date = MONDAY) -> datetime:
    """``tue 03:00`` in some week: 0 is the one of 2 March 2026."""
    day, clock = wall.split()
    at = monday + timedelta(weeks=week, days=[*WEEKDAYS].index(day))  # type: ignore[arg-type]
    return datetime.fromisoformat(f"{at} {clock}").replace(tzinfo=ZoneInfo(zone))


def stretch(start: str, end: str, *, week: int = 0, zone: str = PARIS, monday: date = MONDAY) -> Interval:
    """From ``mon 22:00`` to ``tue 06:00``; an end without a day is on the same day."""
    end = end if " " in end else f"{start.split(maxsplit=1)[0]} {end}"
    return on(start, week=week, zone=zone, monday=monday), on(end, week=week, zone=zone, monday=monday)


def days(*names: str, start: str = "09:00", end: str = "18:00", week: int = 0) -> tuple[Interval, ...]:
    """The same hours on each of these days, with an hour off at noon."""
    noon = [piece for name in names for piece in ((f"{name} {start}", "12:00"), (f"{name} 13:00", end))]
    return tuple(stretch(*piece, week=week) for piece in noon)


WEEK = days("mon", "tue", "wed", "thu", "fri")


def sheet(*work: Interval, called: tuple[Interval, ...] = (), zone: str = PARIS) -> Timesheet:
    return Timesheet(zone, work, called)


def broken(given: Timesheet, limits: Limits = HOURS) -> list[tuple[str, str]]:
    """Each violation as its rule and its local time, such as ``("daily-rest", "tue 09:00")``."""
    zone = ZoneInfo(given.time_zone)
    return [
        (each.rule.value, f"{each.at.astimezone(zone):%a %H:%M}".lower())
        for each in violations(given, limits)
    ]


def next_start(given: Timesheet, limits: Limits = HOURS) -> str:
    """When work may start again, as ``tue 15:00``."""
    at = earliest_start(given, limits)
    assert at is not None
    return f"{at.astimezone(ZoneInfo(given.time_zone)):%a %H:%M}".lower()
