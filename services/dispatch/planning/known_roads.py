"""Travel times that a road service gave, between places to about a hundred metres.

Which pairs are known does not depend on who asked: ``into`` and ``out_of`` hold the same ones, so that
everything that leads to a place, or away from it, is looked up at once.
"""

import math
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from contracts.values import Point
from services.dispatch.planning.travel import Seconds, Vectors, unit_vector

PARTS = 1000
"""Of a degree: 111 m to the north, 75 m to the east in France."""

EAST = 1_000_000
MOST_PAIRS = 400_000
NOWHERE = -1

Places = npt.NDArray[np.int64]
"""Numbers of places: of squares of about a hundred metres; ``NOWHERE`` where it is not known."""

Asked = tuple[int, float, float]
"""A place with the seconds to it and back from it; NaN where there is no road."""

_Column = tuple[Places, Seconds]


def places_at(latitude: Seconds, longitude: Seconds) -> Places:
    """The places at these degrees; what lies on a border belongs to the same one whatever its last bit."""
    north = np.rint(latitude * PARTS + 1e-6) + 90 * PARTS
    east = np.rint(longitude * PARTS + 1e-6) + 180 * PARTS
    return np.where(np.isnan(latitude), NOWHERE, north * EAST + east).astype(np.int64)


def degrees_of(at: Vectors) -> tuple[Seconds, Seconds]:
    """Latitudes and longitudes of unit vectors."""
    x, y, z = at[..., 0], at[..., 1], at[..., 2]
    return np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))), np.degrees(np.arctan2(y, x))


def place_of(point: Point) -> int:
    return int(places_at(*degrees_of(np.array(unit_vector(point)))))


def point_of(place: int) -> Point:
    """The middle of a place."""
    north, east = divmod(place, EAST)
    return Point(latitude=(north - 90 * PARTS) / PARTS, longitude=(east - 180 * PARTS) / PARTS)


class KnownRoads:
    """At most ``most`` pairs; those of the place that was longest not asked for go first."""

    def __init__(self, most: int = MOST_PAIRS) -> None:
        self._most = most
        self._pairs = 0
        self._asked: OrderedDict[int, set[int]] = OrderedDict()
        self._into: dict[int, dict[int, float]] = {}
        self._out_of: dict[int, dict[int, float]] = {}
        self._columns: dict[tuple[bool, int], _Column] = {}

    def __bool__(self) -> bool:
        return bool(self._asked)

    def lacking(self, place: int, others: Iterable[int]) -> list[int]:
        """Those of the others that were not asked about together with this place; it is in use now."""
        known = self._asked.get(place, set())
        if known:
            self._asked.move_to_end(place)
        return [other for other in others if other not in known and other != place]

    def put(self, place: int, asked: Iterable[Asked]) -> None:
        """What was answered about a place."""
        known = self._asked.setdefault(place, set())
        self._asked.move_to_end(place)
        for other, there, back in asked:
            known.add(other)
            self._set(place, other, there)
            self._set(other, place, back)
        while self._pairs > self._most and len(self._asked) > 1:
            self.forget(next(iter(self._asked)))

    def forget(self, place: int) -> None:
        """As if it had never been asked about."""
        for other in self._asked.pop(place, ()):
            if place not in self._asked.get(other, ()):
                self._set(place, other, math.nan)
                self._set(other, place, math.nan)

    def _set(self, a: int, b: int, seconds: float) -> None:
        known = b in self._out_of.get(a, {})
        if not math.isnan(seconds):
            self._out_of.setdefault(a, {})[b] = self._into.setdefault(b, {})[a] = seconds
            self._pairs += not known
        elif known:
            for ways, one, other in ((self._out_of, a, b), (self._into, b, a)):
                del ways[one][other]
                if not ways[one]:
                    del ways[one]
            self._pairs -= 1
        self._columns.pop((True, b), None)
        self._columns.pop((False, a), None)

    def seconds(self, a: Places, b: Places) -> Seconds:
        """From each of ``a`` to each of ``b`` (shapes as numpy broadcasts them); NaN where not known."""
        if b.ndim == 0:
            return self._column(True, int(b), a)
        if a.ndim == 0:
            return self._column(False, int(a), b)
        a, b = np.broadcast_arrays(a, b)
        found = np.full(a.shape, math.nan)
        for place in np.unique(b):
            if int(place) in self._into:
                to_it = b == place
                found[to_it] = self._column(True, int(place), a[to_it])
        return found

    def _column(self, into: bool, place: int, others: Places) -> Seconds:
        known = (self._into if into else self._out_of).get(place)
        if known is None:
            return np.full(others.shape, math.nan)
        column = self._columns.get((into, place))
        if column is None:
            column = self._columns[into, place] = _sorted(known)
        places, seconds = column
        at = np.minimum(np.searchsorted(places, others), len(places) - 1)
        return np.where(places[at] == others, seconds[at], math.nan)


def _sorted(known: Mapping[int, float]) -> _Column:
    places = np.array(sorted(known), dtype=np.int64)
    return places, np.array([known[int(place)] for place in places], dtype=np.float64)
