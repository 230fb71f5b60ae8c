"""How often machines of a model fail, with how sure that is.

Failures of a model are taken as a Poisson process: so many a machine-year. The interval is the exact one
(Garwood, 1936): the rates under which what was seen, or more, and what was seen, or less, is no rarer than
half of what confidence leaves. A machine's own rate is its failures and its model's rate weighed against each
other (the mean of the Gamma distribution that both lead to), so that one failure in a month does not make a
bad machine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt

CONFIDENCE = 0.95
MODEL_YEARS = 5.0
"""A model's own figures weigh as much as the whole park's once its machines have lived so long."""
MACHINE_YEARS = 2.0
"""A machine's own figures weigh as much as its model's once it has lived so long."""
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Tally:
    """``failures`` of ``machines`` in ``years`` that they lived together, since failures are counted."""

    failures: int = 0
    machines: int = 0
    years: float = 0.0

    def with_machine(self, failures: int, years: float) -> "Tally":
        return Tally(self.failures + failures, self.machines + 1, self.years + years)

    @property
    def rate(self) -> float | None:
        """Failures a machine-year; None where nothing was lived yet."""
        return self.failures / self.years if self.years > 0 else None

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float] | None:
        """From which to which rate; None where nothing was lived yet."""
        if self.years <= 0:
            return None
        low, high = counted_interval(self.failures, confidence)
        return low / self.years, high / self.years


def counted_interval(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which expectations a count is no surprise (Garwood's interval)."""
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _where(lambda mean: 1 - at_most(count - 1, mean) >= tail, count)
    return low, _where(lambda mean: at_most(count, mean) <= tail, count)


def at_most(count: int, mean: float) -> float:
    """The probability of ``count`` or fewer where ``mean`` are expected."""
    if mean <= 0:
        return 1.0
    return min(1.0, sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1)))


def _where(holds: Callable[[float], bool], count: int) -> float:
    """The least mean from which on it holds, to ten digits."""
    low, high = 0.0, count + 10 * sqrt(count + 1) + 10
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def weighed(own: Tally, wider: float, years: float) -> float:
    """Failures a year to be expected by its own figures and by those of what it is one of."""
    return (own.failures + wider * years) / (own.years + years)


def chance_within(days: int, rate: float) -> float:
    """Of at least one failure in so many days, at so many a year."""
    return 1 - exp(-rate * days / DAYS_A_YEAR)
