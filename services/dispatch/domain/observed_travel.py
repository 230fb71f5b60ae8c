"""What was observed of travel: how much longer ways take than the great circle says, by area and part of day.

An area is a cell of a quarter of a degree (28 km by 19 km in France), the one that a way leads to. What
is kept of it is a histogram of the logarithms of observed / default, by quarter of the year: it does not
grow, and says the same in whatever order the observations came.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

CELLS_A_DEGREE = 4
CELLS_AROUND = 360 * CELLS_A_DEGREE

BIN = 0.05
"""Five per cent: what the histogram tells apart, and more than a median of twenty is worth."""

BINS = 64
MOST = BIN * BINS / 2
"""The first and the last bin hold what is beyond, too: a fifth and five times as long."""

LEAST_COUNT = 20
CREDIBLE = 20.0
"""After so many observations they count as much as the default does."""

STEP = 0.02
"""Factors are rounded to two per cent, so that not every arrival changes how planning sees the area."""

LEAST_FACTOR, MOST_FACTOR = 0.5, 3.0
QUARTERS_KEPT = 4

SHORTEST_KM = 1.0
"""On less than that parking and walking count for more than the road."""

MOST_KMH = 160.0
LONGEST = timedelta(hours=4)


class Band(IntEnum):
    """Parts of the day that traffic tells apart, in the time of the place. Holidays count as weekdays."""

    NIGHT = 0
    MORNING_PEAK = 1
    DAY = 2
    EVENING_PEAK = 3
    WEEKEND_DAY = 4
    WEEKEND_NIGHT = 5


EDGES = (0, 7, 10, 16, 20, 24)
"""Hours at which parts of a day begin and end."""

WEEKDAY = (Band.NIGHT, Band.MORNING_PEAK, Band.DAY, Band.EVENING_PEAK, Band.NIGHT)
WEEKEND = (Band.WEEKEND_NIGHT, Band.WEEKEND_DAY, Band.WEEKEND_DAY, Band.WEEKEND_DAY, Band.WEEKEND_NIGHT)
"""The bands between the edges, on days of each kind."""


def band_at(at: datetime, time_zone: str) -> Band:
    """The part of the day at a place in that zone."""
    local = at.astimezone(ZoneInfo(time_zone))
    part = next(n for n, ends in enumerate(EDGES[1:]) if local.hour < ends)
    return (WEEKEND if local.weekday() >= 5 else WEEKDAY)[part]


def ratio_of(took: timedelta, kilometres: float, default_seconds: int) -> float | None:
    """How much longer a way took than the default says; None for what no drive can have been.

    ``kilometres`` by road, as far as the default knows.
    """
    hours = took / timedelta(hours=1)
    if kilometres < SHORTEST_KM or not timedelta(0) < took <= LONGEST or kilometres > MOST_KMH * hours:
        return None
    if took < timedelta(minutes=1) and kilometres > 2:
        return None
    return took.total_seconds() / default_seconds


@dataclass(frozen=True)
class ObservedTravel:
    """One area in one part of the day. ``quarters`` are the histograms, by ``2026Q4``."""

    id: str
    time_zone: str
    quarters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def cell(self) -> int:
        return int(self.id.partition(":")[0])

    @property
    def band(self) -> Band:
        return Band(int(self.id.partition(":")[2]))

    def observed(self, at: datetime, ratio: float) -> "ObservedTravel":
        """With one more. Only the last four quarters in which anything was observed count."""
        quarter = f"{at.year}Q{(at.month + 2) // 3}"
        counts = list(self.quarters.get(quarter, (0,) * BINS))
        counts[_bin(ratio)] += 1
        known = {**self.quarters, quarter: tuple(counts)}
        kept = sorted(known)[-QUARTERS_KEPT:]
        return replace(self, quarters={each: known[each] for each in kept})

    @property
    def count(self) -> int:
        return sum(map(sum, self.quarters.values()))

    @property
    def factor(self) -> float | None:
        """How much longer than the default ways there take; None where too little was observed.

        ``exp(n / (n + 20) * median(ln(observed / default)))``, within [0.5, 3]. The median is not moved
        by less than half of the observations (Huber, Robust Statistics, 1981); the weight is Bühlmann's
        credibility n / (n + k) (Experience rating and credibility, ASTIN Bulletin 4, 1967) with the
        default as what is believed before anything was observed.
        """
        count = self.count
        if count < LEAST_COUNT:
            return None
        by_bin = [sum(each) for each in zip(*self.quarters.values(), strict=True)]
        believed = count / (count + CREDIBLE) * _median(by_bin)
        stepped = math.exp(round(believed / STEP) * STEP)
        return min(MOST_FACTOR, max(LEAST_FACTOR, stepped))


def observed_id(cell: int, band: Band) -> str:
    return f"{cell}:{int(band)}"


def _bin(ratio: float) -> int:
    return min(BINS - 1, max(0, math.floor((math.log(ratio) + MOST) / BIN)))


def _median(counts: list[int]) -> float:
    """Of a histogram, as if what is in a bin were spread evenly over it."""
    half, below = sum(counts) / 2, 0
    for n, count in enumerate(counts):
        if count and below + count >= half:
            return (n + (half - below) / count) * BIN - MOST
        below += count
    raise ValueError("nothing was counted")
