"""How many visits come up where, for what and when: rates learnt from the days that were.

A cell is an area, a skill, an hour and a weekday. What was counted in it is Poisson, its rate Gamma around
what its margins say, so that a cell of few counts stays near its margins and one of many near its counts
(Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6; how strongly it is held there is what makes the counts
likeliest, 5.3, where they are negative binomial). The margins are held to equal shares the same way.

A part of the benchmark `anticipation`: nothing that was tried with it is sure to be worth it (decision 0046).
"""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from services.dispatch.planning.dayahead.problem_file import Location, ProblemFile, VisitInFile

HOUR = 3600
SHAPES = tuple(2.0**power for power in range(-2, 12))
"""Of the Gamma prior: from cells that tell nothing of each other to cells that are as their margins say."""

LEAST_MEAN = 1e-3
"""Of a cell that was never seen: that something comes up in it nevertheless is no impossibility."""

WEEKDAY = 0
"""Files of days say none: all are taken for the same."""

Cell = tuple[str, str, int, int]
"""Area, skill, hour of the day, weekday."""


@dataclass(frozen=True)
class Arrival:
    """A visit that came up ``at`` seconds from midnight."""

    at: int
    area: str
    skill: str


@dataclass(frozen=True)
class PastDay:
    """What came up on a day. Rates are by unit of ``exposure``: the technicians at work, or 1 for any day;
    never 0."""

    weekday: int
    arrivals: tuple[Arrival, ...]
    exposure: float = 1.0

    def counts(self) -> Counter[Cell]:
        """How many arrivals each cell has."""
        return Counter((each.area, each.skill, each.at // HOUR, self.weekday) for each in self.arrivals)


@dataclass(frozen=True)
class Rates:
    """Arrivals on a day by unit of exposure, by cell."""

    by_cell: Mapping[Cell, float]

    def of(self, cell: Cell) -> float:
        """The cell's rate; 0 of an area, a skill or an hour that was never seen."""
        return self.by_cell.get(cell, 0.0)

    def share_after(self, moment: int, weekday: int) -> float:
        """Which share of a weekday's arrivals is usually still to come at a moment (seconds), 0 to 1."""
        still = total = 0.0
        for (_, _, hour, day), rate in self.by_cell.items():
            if day == weekday:
                total += rate
                still += rate * min(1.0, max(0.0, hour + 1 - moment / HOUR))
        return still / total if total else 0.0


def learnt(days: Sequence[PastDay]) -> Rates:
    """The rates that the days let one expect."""
    counts = sum((day.counts() for day in days), Counter[Cell]())
    exposure: dict[int, float] = {}
    for day in days:
        exposure[day.weekday] = exposure.get(day.weekday, 0.0) + day.exposure
    if not counts:
        return Rates({})
    areas = _shares(Counter(cell[0] for cell in counts.elements()))
    skills = _shares(Counter(cell[1] for cell in counts.elements()))
    seen = Counter(cell[2] for cell in counts.elements())
    hours = _shares(Counter({hour: seen[hour] for hour in range(min(seen), max(seen) + 1)}))
    weekdays = _shares(
        Counter({day: sum(cell[3] == day for cell in counts.elements()) for day in exposure}), exposure
    )
    cells = list(product(areas, skills, hours, weekdays))
    means = [counts.total() * areas[a] * skills[s] * hours[h] * weekdays[d] for a, s, h, d in cells]
    pulls = shrunk([counts[cell] for cell in cells], means)
    return Rates(
        {cell: mean * pull / exposure[cell[3]] for cell, mean, pull in zip(cells, means, pulls, strict=True)}
    )


def shrunk(counts: Sequence[int], means: Sequence[float]) -> list[float]:
    """By which factor each rate differs from its prior mean: the mean of its Gamma posterior."""
    shape = max(SHAPES, key=lambda shape: _likelihood(counts, means, shape))
    return [(count + shape) / (mean + shape) for count, mean in zip(counts, means, strict=True)]


_Value = TypeVar("_Value", bound=Hashable)


def _shares(
    margin: Mapping[_Value, int], exposure: Mapping[_Value, float] | None = None
) -> dict[_Value, float]:
    """Which share of all arrivals each value has, held to what its exposure says; that of all is 1."""
    weights = [1.0 if exposure is None else exposure[value] for value in margin]
    total = sum(margin.values())
    means = [total * weight / sum(weights) for weight in weights]
    pulled = [mean * pull for mean, pull in zip(means, shrunk([*margin.values()], means), strict=True)]
    return {value: each / sum(pulled) for value, each in zip(margin, pulled, strict=True)}


def _likelihood(counts: Sequence[int], means: Sequence[float], shape: float) -> float:
    """The logarithm of the negative binomial's, but for what does not depend on the shape."""
    return sum(
        math.lgamma(count + shape)
        - math.lgamma(shape)
        + shape * math.log(shape)
        - (count + shape) * math.log(mean + shape)
        for count, mean in zip(counts, means, strict=True)
    )


@dataclass(frozen=True)
class Fit:
    """How well each day is foretold by the others, in Poisson deviances; the smaller the better.

    ``dispersion`` is Pearson's: 1 where arrivals scatter around the rates as Poisson's do, more where they
    come in bursts or the rates are wrong.
    """

    days: int
    arrivals: int
    deviance: float
    constant_deviance: float
    dispersion: float

    @property
    def explained(self) -> float:
        """The share of a constant rate's deviance that the model explains; below 0 it is the worse."""
        return 1 - self.deviance / self.constant_deviance if self.constant_deviance else 0.0


def fit_of(days: Sequence[PastDay]) -> Fit:
    """Each day foretold by all others, beside one rate for all cells."""
    seen = {cell for day in days for cell in day.counts()}
    areas, skills, hours = (
        {cell[0] for cell in seen},
        {cell[1] for cell in seen},
        {cell[2] for cell in seen},
    )
    deviance = constant = pearson = 0.0
    looked_at = 0
    for day in days:
        others = [each for each in days if each is not day]
        rates, counts = learnt(others), day.counts()
        cells = list(product(areas, skills, hours, (day.weekday,)))
        known, exposed = sum(len(each.arrivals) for each in others), sum(each.exposure for each in others)
        flat = known / exposed / len(cells) * day.exposure if others and cells else 0.0
        for cell in cells:
            mean = max(rates.of(cell) * day.exposure, LEAST_MEAN)
            deviance += _deviance(counts[cell], mean)
            constant += _deviance(counts[cell], max(flat, LEAST_MEAN))
            pearson += (counts[cell] - mean) ** 2 / mean
        looked_at += len(cells)
    return Fit(
        len(days), sum(len(day.arrivals) for day in days), deviance, constant, pearson / max(1, looked_at)
    )


def _deviance(count: int, mean: float) -> float:
    return 2 * ((count * math.log(count / mean) if count else 0.0) - (count - mean))


def past_day(file: ProblemFile) -> PastDay:
    """What became known in the day, by technician of it."""
    return PastDay(
        weekday=WEEKDAY,
        arrivals=tuple(
            Arrival(visit.known_at, area_of(file.locations[visit.site]), skill_of(visit))
            for visit in file.visits
            if visit.known_at > 0
        ),
        exposure=float(len(file.technicians)),
    )


def area_of(place: Location) -> str:
    """The cell of one degree of latitude and longitude around a whole one: some 110 km by 75 in France."""
    return f"{place[0]:.0f}/{place[1]:.0f}"


def skill_of(visit: VisitInFile) -> str:
    """The first that it asks for: a second is rare, and level and parts are not told apart."""
    return min(visit.skills, default="")
