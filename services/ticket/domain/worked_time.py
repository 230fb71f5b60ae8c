"""Worked time as it is billed: cut where another coefficient begins, and counted in whole minutes.

An intervention is rounded as a whole: its minutes, real and billed, are then shared out among its pieces by
how long each took (largest remainder first), so that a cut never bills a unit more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

from contracts.calendars import WEEKDAYS, Calendar, CalendarForm, HolidayCode, Interval, calendar
from contracts.values import Weekday, WeeklyWindows
from services.ticket.domain.billing import FULL, Coefficients, Hours

MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MIDNIGHT, _MIDNIGHT_AFTER = "00:00", "24:00"


@dataclass(frozen=True)
class Place:
    """A site, as far as it decides what work there costs."""

    site_id: str
    time_zone: str
    holidays: str
    good_friday: bool = False
    postcode: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch in which one coefficient counts; ``took`` leaves pauses out."""

    from_at: datetime
    to_at: datetime
    took: timedelta
    percent: int


def whole_minutes(took: timedelta) -> int:
    """The nearest whole number of minutes, and at least one where anything was done."""
    if took <= timedelta(0):
        return 0
    return max(1, (2 * took + MINUTE) // (2 * MINUTE))


def shared_out(total: int, parts: Sequence[timedelta]) -> list[int]:
    """``total`` in whole numbers, as nearly as possible in the ratio of ``parts`` (not all nothing)."""
    sizes = [part // timedelta(microseconds=1) for part in parts]
    whole = sum(sizes)
    shares = [total * size // whole for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda n: (-(total * sizes[n] % whole), n))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return shares


def without(stretches: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of the stretches when others are cut out of them; one that ends before it begins (as told
    in the wrong order) takes nothing."""
    left = sorted(stretches)
    for since, until in taken:
        if until <= since:
            continue
        cut: list[Interval] = []
        for start, end in left:
            cut += [(start, min(end, since)), (max(start, until), end)]
        left = [(start, end) for start, end in cut if start < end]
    return left


def total(stretches: Iterable[Interval]) -> timedelta:
    return sum((end - start for start, end in stretches), timedelta(0))


def pieces_of(stretches: Sequence[Interval], coefficients: Coefficients, place: Place) -> list[Piece]:
    """The stretches, cut where another coefficient begins by the clocks of the place; neighbours of the same
    coefficient are one piece, whatever pause lies between them."""
    dear = _dear_times(stretches, coefficients, place)
    found: list[Piece] = []
    for start, end in sorted(stretches):
        inside = {at for times, _ in dear for pair in times for at in pair if start < at < end}
        borders = sorted({start, end, *inside})
        for since, until in pairwise(borders):
            percent = max(
                (percent for times, percent in dear if any(a <= since < b for a, b in times)), default=FULL
            )
            last = found[-1] if found else None
            if last is not None and last.percent == percent:
                found[-1] = Piece(last.from_at, until, last.took + (until - since), percent)
            else:
                found.append(Piece(since, until, until - since, percent))
    return found


def _dear_times(
    stretches: Sequence[Interval], coefficients: Coefficients, place: Place
) -> list[tuple[list[Interval], int]]:
    """When each coefficient counts, as far as the stretches reach."""
    if not stretches:
        return []
    since, until = min(start for start, _ in stretches), max(end for _, end in stretches)
    rules = [(_daily(hours, place), hours.percent) for hours in coefficients.hours]
    rules.append((_calendar(place, {"sun": ((_MIDNIGHT, _MIDNIGHT_AFTER),)}), coefficients.sunday))
    dear = [(each.open_intervals(since, until), percent) for each, percent in rules if percent > FULL]
    if coefficients.holiday > FULL:
        dear.append((_holidays(since, until, place), coefficients.holiday))
    return dear


def _daily(hours: Hours, place: Place) -> Calendar:
    if hours.since < hours.until:
        windows: tuple[tuple[str, str], ...] = ((hours.since, hours.until),)
    else:
        early, late = (_MIDNIGHT, hours.until), (hours.since, _MIDNIGHT_AFTER)
        windows = tuple(window for window in (early, late) if window[0] < window[1])
    return _calendar(place, dict.fromkeys(WEEKDAYS, windows))


def _holidays(since: datetime, until: datetime, place: Place) -> list[Interval]:
    whole = ((_MIDNIGHT, _MIDNIGHT_AFTER),)
    every_day = _calendar(place, dict.fromkeys(WEEKDAYS, whole))
    working = _calendar(place, dict.fromkeys(WEEKDAYS, whole), place.holidays, good_friday=place.good_friday)
    day, last = every_day.date_of(since), every_day.date_of(until)
    found: list[Interval] = []
    while day <= last:
        if working.rule_on(day) == "holiday":
            found += every_day.on(day)
        day += _DAY
    return found


def _calendar(
    place: Place,
    weekly: dict[Weekday, tuple[tuple[str, str], ...]],
    holidays: str = "none",
    *,
    good_friday: bool = False,
) -> Calendar:
    return calendar(
        CalendarForm(
            time_zone=place.time_zone,
            weekly=cast(WeeklyWindows, weekly),
            holidays=cast(HolidayCode, holidays),
            good_friday=good_friday,
        )
    )
