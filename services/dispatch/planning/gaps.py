"""The free stretches of technicians, as arrays that one insertion looks at all at once.

Instants are seconds since 1970 (float), places unit vectors.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.dispatch.planning.travel import Numbers, Travel

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Vector = tuple[float, float, float]
Stretch = tuple[float, float]

BREAK_SECONDS = 4 * 3600.0
"""Hours closer together than this are one day's work: nobody goes home between them."""


@dataclass(frozen=True)
class Stay:
    """Time at a site. ``open``: not closed yet; ``begun``: the technician is under way or there.

    One that is not ``placed`` needs him nowhere: ``at`` is where he was before.
    """

    start: float
    end: float
    at: Vector
    open: bool = True
    begun: bool = False
    placed: bool = True


@dataclass(frozen=True)
class Gap:
    """A stretch into which a visit may go.

    It may leave ``origin`` at ``leave`` or later, work has to end by ``work_until``, and the way on
    has to reach ``target`` by ``until``. ``after_open``: what comes before is not over yet.
    """

    leave: float
    origin: Vector
    work_until: float
    until: float
    target: Vector
    after_open: bool


def gaps_of(hours: Sequence[Stretch], stays: Sequence[Stay], home: Vector) -> list[Gap]:
    """The gaps of one technician, in order. ``hours`` and ``stays`` are sorted; hours are disjoint.

    A day's work starts and ends at home. Before something that has begun nothing can be inserted.
    """
    starts = [stay.start for stay in stays]
    begun_until = max((stay.end for stay in stays if stay.begun), default=-math.inf)
    found: list[Gap] = []
    ends = _ends_of_work(hours)
    for (opens, closes), work_ends in zip(hours, ends, strict=True):
        at = bisect_left(starts, opens)
        before = stays[at - 1] if at else None
        if before is not None and before.end <= opens - BREAK_SECONDS:
            before = None
        cursor = opens if before is None else max(opens, before.end)
        while cursor < closes:
            after = stays[at] if at < len(stays) else None
            inside = after is not None and after.start < closes
            work_until = after.start if inside and after is not None else closes
            if cursor < work_until and work_until > begun_until:
                until, there = _next_place(stays, at)
                near = there is not None and until <= work_ends + BREAK_SECONDS
                found.append(
                    Gap(
                        leave=max(cursor, begun_until),
                        origin=home if before is None else before.at,
                        work_until=work_until,
                        until=until if near else work_ends,
                        target=there if near and there is not None else home,
                        after_open=before is not None and before.open,
                    )
                )
            if not inside or after is None:
                break
            before, cursor, at = after, max(cursor, after.end), at + 1
    return found


def _next_place(stays: Sequence[Stay], first: int) -> tuple[float, Vector | None]:
    """Where he has to be next, and until when he may be on his way: what needs no place takes time, too."""
    elsewhere = 0.0
    for n in range(first, len(stays)):
        if stays[n].placed:
            return stays[n].start - elsewhere, stays[n].at
        elsewhere += stays[n].end - stays[n].start
    return math.inf, None


def _ends_of_work(hours: Sequence[Stretch]) -> list[float]:
    """For each stretch, when the day's work that it is part of ends."""
    ends = [closes for _, closes in hours]
    for i in range(len(hours) - 2, -1, -1):
        if hours[i + 1][0] - hours[i][1] < BREAK_SECONDS:
            ends[i] = ends[i + 1]
    return ends


class GapTable:
    """The gaps of every technician: a row each, padded with gaps that nothing fits into."""

    def __init__(self, travel: Travel, width: int = 8) -> None:
        self._travel = travel
        self.size = 0
        self._allocate(64, width)

    def set_row(self, row: int, gaps: Sequence[Gap]) -> None:
        """Replace one technician's gaps."""
        rows, width = self.leave.shape
        if row >= rows or len(gaps) > width:
            self._grow(max(rows, 2 * row if row >= rows else 0), max(width, 2 * len(gaps)))
        self.size = max(self.size, row + 1)
        count = len(gaps)
        self.until[row, count:] = -math.inf
        self.counts[row] = count
        if count == 0:
            return
        self.leave[row, :count] = [gap.leave for gap in gaps]
        self.work_until[row, :count] = [gap.work_until for gap in gaps]
        self.until[row, :count] = [gap.until for gap in gaps]
        self.after_open[row, :count] = [gap.after_open for gap in gaps]
        self.origin[row, :count] = [gap.origin for gap in gaps]
        self.target[row, :count] = [gap.target for gap in gaps]
        pick = (row, slice(count))
        self._place(pick)
        self._measure(pick)

    def place(self) -> None:
        """What travel wants to know of places is looked up anew."""
        self._place((slice(self.size), slice(self.width)))

    def measure(self, rows: slice) -> None:
        """The direct ways of these rows are looked up anew."""
        self._measure((rows, slice(self.width)))

    def _place(self, pick: Any) -> None:
        self.origin_place[pick] = self._travel.places(self.origin[pick])
        self.target_place[pick] = self._travel.places(self.target[pick])

    def _measure(self, pick: Any) -> None:
        places = self.origin_place[pick], self.target_place[pick]
        self.direct[pick] = self._travel.between(
            self.origin[pick], self.target[pick], self.leave[pick], places
        )

    @property
    def width(self) -> int:
        """How many columns hold anything."""
        return int(self.counts[: self.size].max(initial=0))

    def _allocate(self, rows: int, width: int) -> None:
        self.leave: Floats = np.zeros((rows, width))
        self.work_until: Floats = np.zeros((rows, width))
        self.until: Floats = np.full((rows, width), -math.inf)
        self.direct: Floats = np.zeros((rows, width))
        self.after_open: Flags = np.zeros((rows, width), dtype=np.bool_)
        self.origin: Floats = np.zeros((rows, width, 3))
        self.target: Floats = np.zeros((rows, width, 3))
        self.origin_place: Numbers = np.zeros((rows, width), dtype=np.int64)
        self.target_place: Numbers = np.zeros((rows, width), dtype=np.int64)
        self.counts: npt.NDArray[np.int64] = np.zeros(rows, dtype=np.int64)

    def _grow(self, rows: int, width: int) -> None:
        old = self._columns()
        counts, (had_rows, had_width) = self.counts, self.leave.shape
        self._allocate(rows, width)
        for before, after in zip(old, self._columns(), strict=True):
            after[:had_rows, :had_width] = before
        self.counts[:had_rows] = counts

    def _columns(self) -> tuple[npt.NDArray[Any], ...]:
        floats = (self.leave, self.work_until, self.until, self.direct, self.origin, self.target)
        return (*floats, self.after_open, self.origin_place, self.target_place)
