"""Travel times by what is known: from a road service, else as observed, else by the great circle."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
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
from services.dispatch.planning.known_roads import KnownRoads, degrees_of, places_at
from services.dispatch.planning.travel import SOURCES, Numbers, Seconds, Travel, Vectors, unit_vector

Flags = npt.NDArray[np.bool_]

_DAY = 86400.0
_EDGES = np.array(EDGES) * 3600.0
_SHORTEST_PART = 3 * 3600.0
_MOST_PARTS = 10
"""Nobody drives for longer than two days."""

_BANDS = np.array([WEEKDAY, WEEKEND])
_NOISE = 1e-6
"""Less than this is arithmetic and makes no second."""

_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


def cells_at(latitude: Seconds, longitude: Seconds) -> Numbers:
    """The areas in which these degrees lie; of what is not known, one in which nothing is observed."""
    north = np.floor((latitude + 90.0) * CELLS_A_DEGREE + _NOISE)
    east = np.floor((longitude + 180.0) * CELLS_A_DEGREE + _NOISE)
    return np.where(np.isnan(latitude), -1, north * CELLS_AROUND + east).astype(np.int64)


def cell_of(point: Point) -> int:
    return int(cells_at(*degrees_of(np.array(unit_vector(point)))))


class Factors:
    """How much longer than the default ways take, by the area that they lead to and the part of day."""

    def __init__(self) -> None:
        self._known: dict[int, dict[Band, float]] = {}
        self._zone_of: dict[int, str] = {}
        self._lay_out()

    def __bool__(self) -> bool:
        return bool(self._known)

    def put(self, observed: ObservedTravel) -> bool:
        """Take in what is stored of an area; whether that changes anything."""
        factor, cell, band = observed.factor, observed.cell, observed.band
        known = self._known.get(cell, {})
        if known.get(band) == factor:
            return False
        if factor is None:
            del known[band]
        else:
            self._known[cell] = {**known, band: factor}
        self._zone_of[cell] = observed.time_zone
        self._lay_out()
        return True

    def _lay_out(self) -> None:
        self._cells = np.array(sorted(self._known), dtype=np.int64)
        self._zones = sorted(set(self._zone_of.values()))
        rows = len(self._cells) + 1
        self._table = np.full((rows, len(Band)), math.nan)
        self._zone = np.zeros(rows, dtype=np.int64)
        for row, cell in enumerate(self._cells):
            self._zone[row] = self._zones.index(self._zone_of[int(cell)])
            for band, factor in self._known[int(cell)].items():
                self._table[row, band] = factor

    def stretched(self, seconds: Seconds, cells: Numbers, leave: Seconds | float) -> tuple[Seconds, Flags]:
        """What the default says as it is there then, and whether anything was observed for that.

        Who is under way when a part of the day ends goes on at the pace of the next one, so that
        nobody arrives sooner by leaving later (Ichoua, Gendreau and Potvin, Vehicle dispatching with
        time-dependent travel times, European Journal of Operational Research 144, 2003).
        """
        row = self._rows(cells)
        day, part, left = self._moment(row, np.asarray(leave))
        taken = np.zeros(np.broadcast(seconds, left).shape)
        known = np.zeros(taken.shape, dtype=np.bool_)
        for _ in range(_MOST_PARTS):
            factor = self._table[row, _bands(day, part)]
            pace = np.where(np.isnan(factor), 1.0, factor)
            within = seconds * pace
            arrives = within <= left
            known = known | (~np.isnan(factor) & (seconds > 0))
            taken = taken + np.where(arrives, within, left)
            if arrives.all():
                break
            seconds = np.where(arrives, 0.0, seconds - left / pace)
            last = part == len(EDGES) - 2
            day, part = day + last, np.where(last, 0, part + 1)
            left = np.diff(_EDGES)[part]
        return np.ceil(taken - _NOISE), known

    def worst(self, seconds: Seconds, cells: Numbers, since: float, until: float) -> Seconds:
        """What it takes at most to whoever leaves in that time."""
        row = self._rows(cells)
        most = np.zeros(row.shape)
        for leave in (*np.arange(since, until, _SHORTEST_PART), until):
            day, part, _ = self._moment(row, np.asarray(leave))
            most = np.fmax(most, np.nan_to_num(self._table[row, _bands(day, part)], nan=1.0))
        return np.ceil(seconds * most - _NOISE)

    def _rows(self, cells: Numbers) -> Numbers:
        at = np.minimum(np.searchsorted(self._cells, cells), len(self._cells) - 1)
        return np.where(self._cells[at] == cells, at, len(self._cells))

    def _moment(self, row: Numbers, leave: Seconds) -> tuple[Seconds, Numbers, Seconds]:
        """In the time of the place: the day since 1970, the part of it, and what is left of that."""
        local = leave + _offsets(self._zones[0])(leave)
        for n, name in enumerate(self._zones[1:], 1):
            local = np.where(self._zone[row] == n, leave + _offsets(name)(leave), local)
        day = np.floor(local / _DAY)
        part = np.searchsorted(_EDGES, local - day * _DAY, side="right") - 1
        return day, part, day * _DAY + _EDGES[part + 1] - local


def _bands(day: Seconds, part: Numbers) -> Numbers:
    # 1 January 1970 was a Thursday.
    weekend = (day.astype(np.int64) + 3) % 7 >= 5
    return _BANDS[weekend.astype(np.int64), part]


@dataclass(frozen=True)
class _Offsets:
    """Seconds that a zone is ahead of UTC, by when it begins to be so much."""

    since: Seconds
    ahead: Seconds

    def __call__(self, at: Seconds) -> Seconds:
        return self.ahead[np.maximum(np.searchsorted(self.since, at, side="right") - 1, 0)]


@lru_cache(maxsize=64)
def _offsets(time_zone: str) -> _Offsets:
    zone, step = ZoneInfo(time_zone), timedelta(days=30)

    def ahead(at: datetime) -> float:
        offset = at.astimezone(zone).utcoffset()
        return 0.0 if offset is None else offset.total_seconds()

    since, found, at = [_FIRST], [ahead(_FIRST)], _FIRST
    while at < _LAST:
        before, at = at, at + step
        if ahead(at) != found[-1]:
            after = at
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) / 2
                before, after = (middle, after) if ahead(middle) == found[-1] else (before, middle)
            since.append(after.replace(microsecond=0))
            found.append(ahead(after))
    return _Offsets(np.array([each.timestamp() for each in since]), np.array(found))


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

    def between(self, a: Vectors, b: Vectors, leave: Seconds | float | None = None) -> Seconds:
        if leave is None or not self._knows:
            return super().between(a, b)
        return self._found(a, b, leave)[0]

    def longest(self, a: Vectors, b: Vectors, since: float, until: float) -> Seconds:
        return self._found(a, b, since, until)[0] if self._knows else super().between(a, b)

    def sources(self, a: Vectors, b: Vectors, leave: Seconds) -> Numbers:
        return self._found(a, b, leave)[1] if self._knows else super().sources(a, b, leave)

    @property
    def _knows(self) -> bool:
        return bool(self.factors) or bool(self.roads)

    def _found(
        self, a: Vectors, b: Vectors, leave: Seconds | float, until: float | None = None
    ) -> tuple[Seconds, Numbers]:
        """Seconds, and numbers of the sources; with ``until``, the most that they are in that time."""
        seconds = super().between(a, b)
        source = np.zeros(seconds.shape, dtype=np.int64)
        somewhere = (seconds > 0) & ~np.isnan(a[..., 0]) & ~np.isnan(b[..., 0])
        to = degrees_of(b)
        if self.factors:
            cells = cells_at(*to)
            if until is None:
                stretched, learned = self.factors.stretched(seconds, cells, leave)
                source = np.where(learned & somewhere, 1, source)
            else:
                stretched = self.factors.worst(seconds, cells, float(leave), until)
            seconds = np.where(somewhere, np.maximum(stretched, self.minimum_seconds), seconds)
        if self.roads:
            driven = self.roads.seconds(places_at(*degrees_of(a)), places_at(*to))
            asked = somewhere & ~np.isnan(driven)
            seconds, source = np.where(asked, driven, seconds), np.where(asked, 2, source)
        return seconds, source
