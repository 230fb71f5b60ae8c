"""Which day preventive work is put on: one with a journey there already, else one that is quiet.

Every morning the next days are looked at, as far as they are known; until the last chance nobody has to
take a bad one. A day's load is what is planned in the territory, as a share of what its technicians can do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

from contracts.values import Point

HORIZON = timedelta(days=5)
"""How far ahead a day's load says anything: later days look empty only because nobody has called yet."""
JOURNEYS_AHEAD = timedelta(days=21)
"""How far ahead a journey that is planned already is waited for."""
NEAR_KM = 5.0
WORK_DAY_MINUTES = 420
QUIET = 0.5
FULL = 0.9
EARTH_KM = 6371.0


class Because(StrEnum):
    SAME_SITE = "same-site"
    NEARBY = "nearby"
    QUIET = "quiet"
    LAST = "last"


@dataclass(frozen=True)
class Stop:
    """A visit that is planned, or asked for, that day; ``km`` is how far from the site, None: not known."""

    minutes: int
    technician_id: str | None = None
    km: float | None = None


@dataclass(frozen=True)
class Choice:
    day: date
    because: Because


def choose(
    days: Mapping[date, Sequence[Stop]],
    *,
    minutes: int,
    technicians: int,
    known_until: date,
    last_chance: bool,
) -> Choice | None:
    """The best of the days for work of ``minutes``; None where it is better to wait.

    ``days`` are those within its span on which somebody is there. Of those after ``known_until`` only the
    journeys count.
    """
    seen = {each.technician_id for stops in days.values() for each in stops} - {None}
    crew = max(technicians, len(seen), 1)
    loads = {
        day: (minutes + sum(each.minutes for each in stops)) / (crew * WORK_DAY_MINUTES)
        for day, stops in days.items()
    }
    ways = {
        day: way for day, stops in days.items() if loads[day] <= FULL and (way := _nearest(stops)) is not None
    }
    if ways:
        day = min(ways, key=lambda each: (ways[each] > 0, loads[each], each))
        return Choice(day, Because.NEARBY if ways[day] > 0 else Because.SAME_SITE)
    known = [day for day in loads if day <= known_until]
    if not known:
        return None
    day = min(known, key=lambda each: (loads[each], each))
    if loads[day] <= QUIET:
        return Choice(day, Because.QUIET)
    return Choice(day, Because.LAST) if last_chance else None


def _nearest(stops: Iterable[Stop]) -> float | None:
    """How far the nearest journey of that day comes by, if it comes near."""
    near = [each.km for each in stops if each.km is not None and each.km <= NEAR_KM]
    return min(near, default=None)


def kilometres(a: Point, b: Point) -> float:
    """As the crow flies."""
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
