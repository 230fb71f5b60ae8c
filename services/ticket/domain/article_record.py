"""How often a known repair was tried, and how often that really fixed it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

Z = 1.959964
"""Standard deviations on either side of 95 % of a normal distribution."""


@dataclass(frozen=True)
class Tried:
    """A known repair that was tried on a ticket, and whether that was it as far as anybody knows."""

    article_id: str
    worked: bool
    at: datetime


@dataclass(frozen=True)
class ArticleRecord:
    """The count of one article; ``id`` is the article's."""

    id: str
    tried: int = 0
    worked: int = 0

    def counting(self, tried: int, worked: int) -> "ArticleRecord":
        return ArticleRecord(self.id, self.tried + tried, self.worked + worked)

    @property
    def fix_rate(self) -> "FixRate | None":
        return fix_rate(self.worked, self.tried) if self.tried > 0 else None


@dataclass(frozen=True)
class FixRate:
    """The share of tries that fixed it, from 0 to 1, and the bounds it lies within 19 times in 20."""

    worked: int
    tried: int
    rate: float
    low: float
    high: float


def fix_rate(worked: int, tried: int) -> FixRate:
    """The Wilson score interval at 95 % (E. B. Wilson, JASA 22, 1927, p. 209); ``tried`` is at least 1."""
    share, spread = worked / tried, Z * Z / tried
    half = Z * sqrt(share * (1 - share) / tried + spread / (4 * tried)) / (1 + spread)
    centre = expected(worked, tried)
    return FixRate(
        worked, tried, share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
    )


def expected(worked: int, tried: int) -> float:
    """The middle of that interval: 0.5 while nothing is known, so that 1 of 1 does not beat 40 of 44."""
    return (worked + Z * Z / 2) / (tried + Z * Z)


def difference(before: Iterable[Tried], after: Iterable[Tried]) -> dict[str, tuple[int, int]]:
    """How many more were tried, and how many more worked, by article, where that is any."""
    tried, worked = Counter[str](), Counter[str]()
    for sign, each in [*((-1, each) for each in before), *((1, each) for each in after)]:
        tried[each.article_id] += sign
        worked[each.article_id] += sign * each.worked
    return {id: (tried[id], worked[id]) for id in tried if tried[id] or worked[id]}
