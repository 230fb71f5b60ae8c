"""How long it takes to get somewhere: great circle × detour at a speed."""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from contracts.values import Point
from services.dispatch.domain.way import Source, Way

EARTH_KM = 6371.0
SAME_PLACE_KM = 0.001

Vectors = npt.NDArray[np.float64]
"""Unit vectors of points, the three coordinates along the last axis."""

Seconds = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

Ends = tuple[Numbers, Numbers]

SOURCES = (Source.DEFAULT, Source.LEARNED, Source.OSRM)


@dataclass(frozen=True)
class Travel:
    """Seconds between points, rounded up, at least a minute between distinct ones.

    ``unknown_seconds`` stands for a way of which one end is not known (a technician without a home).
    """

    detour: float = 1.3
    kmh: float = 45.0
    minimum_seconds: int = 60
    unknown_seconds: int = 1800

    def kilometres(self, a: Point, b: Point) -> float:
        """By road, as far as the detour tells."""
        return _great_circle(a, b) * self.detour

    def seconds(self, a: Point | None, b: Point | None, leave: datetime | None = None) -> int:
        """For who leaves ``a`` then; without a time nothing but the great circle counts."""
        return self.way(a, b, leave).seconds

    def way(self, a: Point | None, b: Point | None, leave: datetime | None = None) -> Way:
        """``seconds``, and where they come from."""
        if a is None or b is None:
            return Way(self.unknown_seconds)
        kilometres = self.kilometres(a, b)
        if kilometres <= SAME_PLACE_KM:
            return Way(0)
        return Way(max(self.minimum_seconds, math.ceil(kilometres / self.kmh * 3600)))

    def between(
        self, a: Vectors, b: Vectors, leave: Seconds | float | None = None, places: Ends | None = None
    ) -> Seconds:
        """``seconds`` for arrays of unit vectors (the last axis is x, y, z); unknown ones are NaN.

        ``leave``: when, in seconds since 1970, for each way or for all. ``places``: what ``places`` says
        of both, where it was asked before.
        """
        half_chord = np.sqrt(np.square(a - b).sum(axis=-1)) / 2
        kilometres = 2 * EARTH_KM * self.detour * np.arcsin(np.minimum(half_chord, 1.0))
        seconds = np.maximum(np.ceil(kilometres * (3600 / self.kmh)), self.minimum_seconds)
        seconds = np.where(kilometres <= SAME_PLACE_KM, 0.0, seconds)
        return np.where(np.isnan(half_chord), float(self.unknown_seconds), seconds)

    def longest(self, a: Vectors, b: Vectors, since: float, until: float) -> Seconds:
        """``between`` for who leaves at the worst moment of ``[since, until]``."""
        return self.between(a, b)

    def places(self, at: Vectors) -> Numbers:
        """What more than the vectors ``between`` wants to know of these."""
        return np.zeros(at.shape[:-1], dtype=np.int64)

    def sources(self, a: Vectors, b: Vectors, leave: Seconds) -> Numbers:
        """Where what ``between`` gives for as many ways comes from, as numbers of ``SOURCES``."""
        return np.zeros(leave.shape, dtype=np.int64)


DEFAULT_TRAVEL = Travel()


def unit_vector(point: Point | None) -> tuple[float, float, float]:
    """The point on the unit sphere; NaN when it is not known."""
    if point is None:
        return math.nan, math.nan, math.nan
    latitude, longitude = math.radians(point.latitude), math.radians(point.longitude)
    around = math.cos(latitude)
    return around * math.cos(longitude), around * math.sin(longitude), math.sin(latitude)


def _great_circle(a: Point, b: Point) -> float:
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    north, east = lat_b - lat_a, math.radians(b.longitude - a.longitude)
    h = math.sin(north / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))
