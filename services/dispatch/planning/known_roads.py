"""Travel times that a road service gave, between places to about a hundred metres."""

import math
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from contracts.values import Point
from services.dispatch.planning.travel import Numbers, Seconds, Vectors, unit_vector

PARTS = 1000
"""Of a degree: 111 m to the north, 75 m to the east in France."""

EAST = 1_000_000
MOST_WAYS = 200_000
"""Ten megabytes."""

NOWHERE = -1

Flags = npt.NDArray[np.bool_]
Places = Numbers
"""Numbers of places: of squares of about a hundred metres; ``NOWHERE`` where it is not known."""

Asked = tuple[int, float, float]
"""A place with the seconds to it and back from it; NaN where there is no road."""


def places_at(at: Vectors) -> Places:
    """The places of unit vectors; what lies on a border belongs to the same one whatever its last bit."""
    x, y, z = at[..., 0], at[..., 1], at[..., 2]
    north = np.rint(np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))) * PARTS + 1e-6) + 90 * PARTS
    east = np.rint(np.degrees(np.arctan2(y, x)) * PARTS + 1e-6) + 180 * PARTS
    return np.where(np.isnan(z), NOWHERE, north * EAST + east).astype(np.int64)


def place_of(point: Point) -> int:
    return int(places_at(np.array(unit_vector(point))))


def point_of(place: int) -> Point:
    """The middle of a place."""
    north, east = divmod(place, EAST)
    return Point(latitude=(north - 90 * PARTS) / PARTS, longitude=(east - 180 * PARTS) / PARTS)


@dataclass(frozen=True)
class _Around:
    """What is known of one place: of other places (sorted) the seconds to them and back from them."""

    places: Places
    there: Seconds
    back: Seconds

    def has(self, others: Places) -> Flags:
        return self._at(others)[1]

    def to(self, others: Places) -> Seconds:
        at, known = self._at(others)
        return np.where(known, self.there[at], math.nan)

    def from_(self, others: Places) -> Seconds:
        at, known = self._at(others)
        return np.where(known, self.back[at], math.nan)

    def _at(self, others: Places) -> tuple[Places, Flags]:
        at = np.minimum(np.searchsorted(self.places, others), len(self.places) - 1)
        return at, self.places[at] == others

    def joined(self, places: Places, there: Seconds, back: Seconds) -> "_Around":
        stays = ~np.isin(self.places, places)
        all_places = np.concatenate([self.places[stays], places])
        order = np.argsort(all_places)
        return _Around(
            all_places[order],
            np.concatenate([self.there[stays], there])[order],
            np.concatenate([self.back[stays], back])[order],
        )

    def without(self, place: int) -> "_Around":
        stays = self.places != place
        return _Around(self.places[stays], self.there[stays], self.back[stays])


_NOTHING = _Around(np.empty(0, np.int64), np.empty(0), np.empty(0))


class KnownRoads:
    """At most about ``most`` ways and back; those of the place that was longest not asked for go first.

    Each is kept at both of its ends, so that all that lead to a place, or away from it, are found at once.
    """

    def __init__(self, most: int = MOST_WAYS) -> None:
        self._most = 2 * most
        self._count = 0
        self._around: OrderedDict[int, _Around] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._around)

    def lacking(self, place: int, others: Iterable[int]) -> list[int]:
        """Those of the others of which it is not known how long it takes from here; it is in use now."""
        wanted = np.array(sorted(set(others) - {place}), dtype=np.int64)
        known = self._around.get(place)
        if known is None or not len(wanted):
            return [int(each) for each in wanted]
        self._around.move_to_end(place)
        return [int(each) for each in wanted[~known.has(wanted)]]

    def put(self, place: int, asked: Iterable[Asked]) -> None:
        """What was answered about a place."""
        answers = [each for each in asked if each[0] != place]
        if not answers:
            return
        others, there, back = (np.array(column) for column in zip(*answers, strict=True))
        self._join(place, others, there, back)
        for other, goes, comes in answers:
            self._join(other, np.array([place]), np.array([comes]), np.array([goes]))
        self._around.move_to_end(place)
        while self._count > self._most and len(self._around) > 2:
            self.forget(next(iter(self._around)))

    def forget(self, place: int) -> None:
        """As if it had never been asked about."""
        known = self._around.pop(place, _NOTHING)
        self._count -= 2 * len(known.places)
        for other in known.places:
            left = self._around[int(other)].without(place)
            if len(left.places):
                self._around[int(other)] = left
            else:
                del self._around[int(other)]

    def _join(self, place: int, others: Places, there: Seconds, back: Seconds) -> None:
        known = self._around.get(place, _NOTHING)
        joined = self._around[place] = known.joined(others, there, back)
        self._around.move_to_end(place)
        self._count += len(joined.places) - len(known.places)

    def seconds(self, a: Places, b: Places) -> Seconds:
        """From each of ``a`` to each of ``b`` (shapes as numpy broadcasts them); NaN where not known."""
        if b.ndim == 0:
            known = self._around.get(int(b))
            return np.full(a.shape, math.nan) if known is None else known.from_(a)
        if a.ndim == 0:
            known = self._around.get(int(a))
            return np.full(b.shape, math.nan) if known is None else known.to(b)
        shape = np.broadcast_shapes(a.shape, b.shape)
        a, b = (each.ravel() for each in np.broadcast_arrays(a, b))
        found = np.full(a.shape, math.nan)
        order = np.argsort(b, kind="stable")
        begins = np.flatnonzero(np.diff(b[order], prepend=NOWHERE - 1))
        for ways in np.split(order, begins[1:]) if len(begins) else ():
            known = self._around.get(int(b[ways[0]]))
            if known is not None:
                found[ways] = known.from_(a[ways])
        return found.reshape(shape)
