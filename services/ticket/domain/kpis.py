"""From cases to figures: shares, sums, means and percentiles, each with how many cases it stands on."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from contracts.text import Text
from services.ticket.domain.kpi_case import Age, By, Case, Measure, Standing
from services.ticket.domain.measured import Period
from services.ticket.domain.statement import percent_kept


class Statistic(StrEnum):
    SHARE = "share"
    COUNT = "count"
    HOURS = "hours"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    OF_SOLD = "of-sold"


class Unit(StrEnum):
    PERCENT = "percent"
    TICKETS = "tickets"
    HOURS = "hours"
    MINUTES = "minutes"


UNITS: Mapping[Statistic, Unit] = {
    Statistic.SHARE: Unit.PERCENT,
    Statistic.COUNT: Unit.TICKETS,
    Statistic.HOURS: Unit.HOURS,
    Statistic.MEAN: Unit.MINUTES,
    Statistic.MEDIAN: Unit.MINUTES,
    Statistic.P90: Unit.MINUTES,
    Statistic.OF_SOLD: Unit.PERCENT,
}


@dataclass(frozen=True)
class Kpi:
    """``by`` is how it is broken down unless something else is asked for: each a set of rows."""

    id: str
    measure: Measure
    statistic: Statistic
    name: Text
    definition: Text
    by: tuple[tuple[By, ...], ...] = ()

    @property
    def unit(self) -> Unit:
        return UNITS[self.statistic]


@dataclass(frozen=True)
class Row:
    """A part of a figure: those cases of which ``of`` is true."""

    of: Mapping[By, str]
    value: float | None
    n: int
    unknown: int


@dataclass(frozen=True)
class Figure:
    """``value`` is none where there is nothing to divide by. ``unknown`` cases are not among the ``n``."""

    kpi: Kpi
    value: float | None
    n: int
    unknown: int
    rows: tuple[Row, ...]


_MINUTE, _HOUR = 60_000, 3_600_000

_Key = tuple[tuple[By, str], ...]


@dataclass
class _Tally:
    n: int = 0
    unknown: int = 0
    total: int = 0
    amounts: list[int] = field(default_factory=list)

    def add(self, case: Case) -> None:
        if case.standing is Standing.UNKNOWN:
            self.unknown += 1
        elif case.standing is Standing.COUNTED:
            self.n += 1
            self.total += case.amount
            if case.measure in _LISTED:
                self.amounts.append(case.amount)

    def value(self, statistic: Statistic, sold: Fraction | None) -> float | None:
        match statistic:
            case Statistic.SHARE:
                return percent_kept(self.total, self.n - self.total)
            case Statistic.COUNT:
                return self.n
            case Statistic.HOURS:
                return round(self.total / _HOUR, 2)
            case Statistic.OF_SOLD:
                return None if not sold else round(float(100 * Fraction(self.total, _HOUR) / sold), 2)
        if not self.amounts:
            return None
        if statistic is Statistic.MEAN:
            return round(self.total / self.n / _MINUTE, 1)
        return round(percentile(self.amounts, 50 if statistic is Statistic.MEDIAN else 90) / _MINUTE, 1)


_LISTED = frozenset({Measure.REPAIR, Measure.REPAIR_OPEN})


def percentile(amounts: Sequence[int], percent: int) -> int:
    """The smallest amount that so many percent do not exceed (nearest rank)."""
    return sorted(amounts)[math.ceil(len(amounts) * percent / 100) - 1]


class Counting:
    """Cases as they come in, a page of tickets at a time, in any order."""

    def __init__(self, kpis: Iterable[Kpi], by: By | None = None) -> None:
        """``by``: broken down by that instead of each figure's own ways."""
        self._kpis = tuple(kpis)
        self._by = {kpi.measure: ((by,),) if by is not None else kpi.by for kpi in self._kpis}
        self._tallies: dict[tuple[Measure, _Key], _Tally] = {}

    def add(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self._tally(case.measure, ()).add(case)
            for group in self._by.get(case.measure, ()):
                key = _key(case, group)
                if key is not None and case.standing is not Standing.LEFT_OUT:
                    self._tally(case.measure, key).add(case)

    def figures(self, sold: Fraction | None = None) -> list[Figure]:
        """``sold``: the hours that are, none where no hours are sold."""
        return [self._figure(kpi, sold) for kpi in self._kpis]

    def _figure(self, kpi: Kpi, sold: Fraction | None) -> Figure:
        whole = self._tally(kpi.measure, ())
        parts = [
            (key, each) for (measure, key), each in self._tallies.items() if measure is kpi.measure and key
        ]
        parts.sort(key=lambda each: _place(each[0]))
        rows = tuple(
            Row(dict(key), each.value(kpi.statistic, sold), each.n, each.unknown) for key, each in parts
        )
        return Figure(kpi, whole.value(kpi.statistic, sold), whole.n, whole.unknown, rows)

    def _tally(self, measure: Measure, key: _Key) -> _Tally:
        return self._tallies.setdefault((measure, key), _Tally())


def _place(key: _Key) -> tuple[list[int], list[tuple[int, str]]]:
    """Rows of one kind beside each other, ages from young to old."""
    ages = [each.value for each in Age]
    values = [(ages.index(value) if by is By.AGE else 0, value) for by, value in key]
    return [list(By).index(by) for by, _ in key], values


def _key(case: Case, group: Sequence[By]) -> _Key | None:
    found = [(by, value) for by in group if (value := case.by(by)) is not None]
    return tuple(found) if len(found) == len(group) else None


@dataclass(frozen=True)
class HoursSold:
    """So many minutes in each calendar month."""

    minutes_a_month: int

    def within(self, period: Period) -> Fraction:
        """The hours sold for a period: of a month that it only touches, by the days."""
        days: dict[date, int] = {}
        day = period.first
        while day <= period.last:
            month = day.replace(day=1)
            days[month] = days.get(month, 0) + 1
            day += timedelta(days=1)
        months = sum((Fraction(n, _length(month)) for month, n in days.items()), Fraction(0))
        return months * self.minutes_a_month / 60


def hours_sold(billing: Mapping[str, Any] | None) -> HoursSold | None:
    """What a contract's terms say of hours: those that a ``forfait`` includes in each month.

    None where hours are paid as they are used, or from a book that knows no months.
    """
    if billing is None or billing.get("model") != "forfait":
        return None
    included = billing.get("included")
    if not isinstance(included, int) or isinstance(included, bool) or included <= 0:
        return None
    return HoursSold(included)


def _length(month: date) -> int:
    return ((month + timedelta(days=31)).replace(day=1) - month).days
