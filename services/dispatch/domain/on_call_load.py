"""How heavy it is to be on call: by night, at weekends, on public holidays, and being called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.calendars import HolidayCode, Interval, intersect, merge, public_holidays, total
from services.dispatch.domain.local_days import dates_between, day_of
from services.dispatch.domain.rests import nights

CALLED_WEIGHS = 4
"""A minute of intervention weighs as much as so many of waiting by night."""


@dataclass(frozen=True)
class Load:
    """Whole minutes on call by night, on Saturdays and Sundays, and on holidays, and minutes called.

    A minute of a Sunday night counts in both. Loads of periods that do not overlap add up.
    """

    night_minutes: int = 0
    weekend_minutes: int = 0
    holiday_minutes: int = 0
    called_minutes: int = 0

    @property
    def weight(self) -> int:
        waiting = self.night_minutes + self.weekend_minutes + self.holiday_minutes
        return waiting + CALLED_WEIGHS * self.called_minutes

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.night_minutes + other.night_minutes,
            self.weekend_minutes + other.weekend_minutes,
            self.holiday_minutes + other.holiday_minutes,
            self.called_minutes + other.called_minutes,
        )


def load_of(
    periods: Iterable[Interval], zone: str, holidays: HolidayCode, called: Iterable[Interval] = ()
) -> Load:
    """What these periods weigh by the clocks of the zone."""
    periods = merge(periods)
    days = sorted({day for start, end in periods for day in dates_between(start, end, zone)})
    return Load(
        _minutes(intersect(periods, [night for each in periods for night in nights(*each, zone)])),
        _minutes(intersect(periods, [day_of(day, zone) for day in days if day.weekday() >= 5])),
        _minutes(intersect(periods, [day_of(day, zone) for day in days if is_holiday(day, holidays)])),
        _minutes(merge(called)),
    )


def is_holiday(day: date, holidays: HolidayCode) -> bool:
    return day in public_holidays(holidays, day.year)


def within(periods: Iterable[Interval], start: datetime, end: datetime) -> list[Interval]:
    """The parts of the periods in ``[start, end)``."""
    return intersect(periods, [(start, end)])


def _minutes(pieces: Iterable[Interval]) -> int:
    return int(total(pieces).total_seconds() // 60)
