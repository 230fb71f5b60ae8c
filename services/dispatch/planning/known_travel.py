"""Travel times by what is known: from a road service, else as observed, else by the great circle."""

import math
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from contracts.values import Point
from services.dispatch.domain.observed_travel import (
    CELLS_A_DEGREE,
    CELLS_AROUND,
    EDGES,
    WEEKDAY,
    WEEKEND,
    Band,
    ObservedTravel,
)
from services.dispatch.domain.way import Way
from services.dispatch.planning.known_roads import (
    EAST,
    NOWHERE,
    PARTS,
    KnownRoads,
    Places,
    place_of,
    places_at,
)
from services.dispatch.planning.travel import SOURCES, Ends, Numbers, Seconds, Travel, Vectors, unit_vector

Flags = npt.NDArray[np.bool_]

HALF_HOUR = 1800.0
"""So finely days are laid out; the few zones with quarters of an hour are fifteen minutes off."""

DAY = 86400.0
WEEK = 7 * DAY
_LAID_OUT = 100 * 48
"""A hundred days of half hours."""

_MOST_PARTS = 10
"""Nobody drives for longer than two days."""

_EPOCH = 1.5e9
"""What is dated before is padding."""

_NOISE = 1e-6
"""Less than this is arithmetic and makes no second."""

_CELLS = 180 * CELLS_A_DEGREE * CELLS_AROUND


def cells_at(places: Places) -> Numbers:
    """The areas in which places lie; -1 for nowhere."""
    north, east = places // EAST * CELLS_A_DEGREE // PARTS, places % EAST * CELLS_A_DEGREE // PARTS
    return np.where((places < 0) | (north * CELLS_AROUND + east >= _CELLS), -1, north * CELLS_AROUND + east)


def cell_of(point: Point) -> int:
    return int(cells_at(np.array(place_of(point))))


@dataclass(frozen=True)
class _Hours:
    """The parts of the days in one zone, by half hours from ``since`` on: which each is in, when that ends,
    and the number of the half hour that comes then."""

    since: float
    bands: Numbers
    ends: Seconds
    after: Numbers

    def begins(self, half_hours: Numbers) -> Seconds:
        return np.asarray(self.since + half_hours * HALF_HOUR, dtype=np.float64)

    def at(self, leave: Seconds) -> Numbers:
        half_hours = np.minimum((leave - self.since) * (1 / HALF_HOUR), _LAID_OUT - 1.0)
        return np.maximum(half_hours, 0.0).astype(np.int64)


def _hours_around(time_zone: str, leave: Seconds) -> _Hours:
    first = float(np.min(leave, where=(leave > _EPOCH) & (leave < 2 * _EPOCH), initial=2 * _EPOCH))
    return _hours(time_zone, int(first // WEEK))


@lru_cache(maxsize=64)
def _hours(time_zone: str, week: int) -> _Hours:
    since = week * WEEK
    begins = np.arange(since, since + (_LAID_OUT + 1) * HALF_HOUR, HALF_HOUR, dtype=np.float64)
    local = begins + _ahead(time_zone, begins)
    day = np.floor(local / DAY)
    part = np.searchsorted(np.array(EDGES) * 3600.0, local - day * DAY, side="right") - 1
    # 1 January 1970 was a Thursday.
    weekend = ((day.astype(np.int64) + 3) % 7 >= 5).astype(np.int64)
    bands = np.array([WEEKDAY, WEEKEND])[weekend, part]
    changes = np.append(np.flatnonzero(np.diff(bands)) + 1, _LAID_OUT)
    after = changes[np.searchsorted(changes, np.arange(_LAID_OUT), side="right")]
    ends = np.where(after == _LAID_OUT, math.inf, begins[after])
    return _Hours(since, bands[:-1], ends, np.minimum(after, _LAID_OUT - 1))


def _ahead(time_zone: str, begins: Seconds) -> Seconds:
    """Seconds that the zone is ahead of UTC at each of these half hours."""
    zone, a_day = ZoneInfo(time_zone), int(DAY / HALF_HOUR)

    def at(n: int) -> float:
        offset = datetime.fromtimestamp(float(begins[n]), zone).utcoffset()
        return 0.0 if offset is None else offset.total_seconds()

    found = np.empty(len(begins))
    for n in range(0, len(begins), a_day):
        end = min(n + a_day, len(begins) - 1)
        first, last = at(n), at(end)
        same = first == last
        found[n : end + 1] = first if same else [at(each) for each in range(n, end + 1)]
    return found


class Factors:
    """How much longer than the default ways take, by the area that they lead to and the part of day."""

    def __init__(self) -> None:
        self._row_of: dict[int, int] = {}
        self._row = np.empty(0, dtype=np.int64)
        self._table = np.full((1, len(Band)), math.nan)
        self._zone = np.zeros(1, dtype=np.int64)
        self._zones: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._row_of)

    def put(self, observed: ObservedTravel) -> bool:
        """Take in what is stored of an area; whether that changes anything."""
        factor = math.nan if observed.factor is None else observed.factor
        row = self._row_of.get(observed.cell, 0)
        if np.array_equal(self._table[row, observed.band], factor, equal_nan=True):
            return False
        if not row:
            row = self._new(observed.cell)
        if observed.time_zone not in self._zones:
            self._zones.append(observed.time_zone)
        self._zone[row] = self._zones.index(observed.time_zone)
        self._table[row, observed.band] = factor
        return True

    def _new(self, cell: int) -> int:
        """A row for an area; in the first one nothing is ever known."""
        if not self._row_of:
            self._row = np.zeros(_CELLS + 1, dtype=np.int64)
        row = self._row_of[cell] = self._row[cell] = len(self._table)
        self._table = np.vstack([self._table, np.full((1, len(Band)), math.nan)])
        self._zone = np.append(self._zone, 0)
        return row

    def stretched(self, seconds: Seconds, cells: Numbers, leave: Seconds | float) -> tuple[Seconds, Flags]:
        """What the default says as it is there then, and whether anything was observed for that.

        Who is under way when a part of the day ends goes on at the pace of the next one, so that
        nobody arrives sooner by leaving later (Ichoua, Gendreau and Potvin, Vehicle dispatching with
        time-dependent travel times, European Journal of Operational Research 144, 2003).
        """
        row, at = self._row[cells], np.asarray(leave, dtype=np.float64)
        shape = np.broadcast_shapes(seconds.shape, row.shape, at.shape)
        seconds, row, at = np.atleast_1d(seconds), np.atleast_1d(row), np.atleast_1d(at)
        if len(self._zones) == 1:
            taken, known = self._driven(self._zones[0], seconds, row, at)
        else:
            seconds, row, at = np.broadcast_arrays(seconds, row, at)
            taken, known = np.empty(seconds.shape), np.empty(seconds.shape, dtype=np.bool_)
            for n, name in enumerate(self._zones):
                there = self._zone[row] == n
                found = self._driven(name, seconds[there], row[there], at[there])
                taken[there], known[there] = found
        return np.ceil(taken - _NOISE).reshape(shape), known.reshape(shape)

    def _driven(self, zone: str, seconds: Seconds, row: Numbers, leave: Seconds) -> tuple[Seconds, Flags]:
        hours = _hours_around(zone, leave)
        at = hours.at(leave)
        pace, known = self._pace(row, hours.bands[at])
        taken, left = seconds * pace, hours.ends[at] - leave
        beyond = np.nonzero(taken > left)
        if beyond[0].size:

            def those(each: npt.NDArray[Any]) -> npt.NDArray[Any]:
                return np.broadcast_to(each, taken.shape)[beyond]

            rest = those(seconds) - those(left / pace)
            taken[beyond] = those(left) + self._later(hours, rest, those(row), those(hours.after[at]))
        return taken, known

    def _later(self, hours: _Hours, rest: Seconds, row: Numbers, at: Numbers) -> Seconds:
        """What is left of ways at the beginning of a part of the day takes."""
        taken = np.zeros(rest.shape)
        for _ in range(_MOST_PARTS):
            pace, _known = self._pace(row, hours.bands[at])
            driven, left = rest * pace, hours.ends[at] - hours.begins(at)
            arrives = driven <= left
            taken += np.where(arrives, driven, left)
            if arrives.all():
                break
            rest, at = np.where(arrives, 0.0, rest - left / pace), hours.after[at]
        return taken

    def _pace(self, row: Numbers, bands: Numbers) -> tuple[Seconds, Flags]:
        factor = self._table[row, bands]
        known = ~np.isnan(factor)
        return np.where(known, factor, 1.0), known

    def worst(self, seconds: Seconds, cells: Numbers, since: float, until: float) -> Seconds:
        """What it takes at most to whoever leaves in that time."""
        row = self._row[cells]
        most = np.zeros(row.shape)
        for n, name in enumerate(self._zones):
            leave = np.arange(since, until + HALF_HOUR, HALF_HOUR)
            hours = _hours_around(name, leave)
            bands = np.unique(hours.bands[hours.at(leave)])
            pace, _ = self._pace(row[..., None], bands)
            most = np.where(self._zone[row] == n, pace.max(axis=-1), most)
        return np.ceil(seconds * most - _NOISE)


@dataclass(frozen=True)
class KnownTravel(Travel):
    """While nothing is known it is the default; what becomes known counts from then on."""

    factors: Factors = field(default_factory=Factors, compare=False)
    roads: KnownRoads = field(default_factory=KnownRoads, compare=False)

    def way(self, a: Point | None, b: Point | None, leave: datetime | None = None) -> Way:
        if a is None or b is None or leave is None or not self._knows:
            return super().way(a, b, leave)
        ends = np.array(unit_vector(a)), np.array(unit_vector(b))
        seconds, source = self._found(*ends, leave.timestamp())
        return Way(int(seconds), SOURCES[int(source)])

    def between(
        self, a: Vectors, b: Vectors, leave: Seconds | float | None = None, places: Ends | None = None
    ) -> Seconds:
        if leave is None or not self._knows:
            return super().between(a, b)
        return self._found(a, b, leave, places=places)[0]

    def longest(self, a: Vectors, b: Vectors, since: float, until: float) -> Seconds:
        return self._found(a, b, since, until)[0] if self._knows else super().between(a, b)

    def places(self, at: Vectors) -> Numbers:
        return places_at(at) if self._knows else super().places(at)

    def sources(self, a: Vectors, b: Vectors, leave: Seconds) -> Numbers:
        return self._found(a, b, leave)[1] if self._knows else super().sources(a, b, leave)

    @property
    def _knows(self) -> bool:
        return bool(self.factors) or bool(self.roads)

    def _found(
        self,
        a: Vectors,
        b: Vectors,
        leave: Seconds | float,
        until: float | None = None,
        places: Ends | None = None,
    ) -> tuple[Seconds, Numbers]:
        """Seconds, and numbers of the sources; with ``until``, the most that they are in that time."""
        start, to = places or (places_at(a), places_at(b))
        seconds = super().between(a, b)
        source = np.zeros(seconds.shape, dtype=np.int64)
        somewhere = (seconds > 0) & (start != NOWHERE) & (to != NOWHERE)
        if self.factors:
            cells = cells_at(to)
            if until is None:
                stretched, learned = self.factors.stretched(seconds, cells, leave)
                source[learned & somewhere] = 1
            else:
                stretched = self.factors.worst(seconds, cells, float(leave), until)
            seconds = np.where(somewhere, np.maximum(stretched, self.minimum_seconds), seconds)
        if self.roads:
            driven = self.roads.seconds(start, to)
            asked = somewhere & ~np.isnan(driven)
            seconds = np.where(asked, driven, seconds)
            source[asked] = 2
        return seconds, source
