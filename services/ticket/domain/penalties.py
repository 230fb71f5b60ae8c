"""What a broken commitment costs the firm, by the contract's scale.

Amounts are decimal (never binary floats) and rounded once, half up, to the cent, where a line is made:
sums are sums of what is printed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import groupby

from contracts.values import Priority
from services.ticket.domain.amounts import to_the_cent
from services.ticket.domain.commitment import Commitment
from services.ticket.domain.tally import Tally

HOUR = timedelta(hours=1)
NOTHING = Decimal("0.00")


class Per(StrEnum):
    """What a rule counts."""

    HOUR = "hour"
    INCIDENT = "incident"
    RATE = "rate"


@dataclass(frozen=True)
class SmallSample:
    """In a month of fewer than ``below`` commitments the first ``allowed`` broken ones count as kept: 1 of 3
    says nothing of a service."""

    below: int
    allowed: int


@dataclass(frozen=True)
class Rule:
    """One line of the scale, for ``targets`` and ``priorities`` (all where none is named).

    It costs ``amount``, or ``percent`` of the scale's base, per hour begun of what is late beyond
    ``free_minutes``, per broken commitment beyond the month's first ``free_count``, or per point begun that
    the month's rate of kept ones is below ``rate`` percent. ``cap`` is the most for one commitment (by the
    hour) or for the rule in a month.
    """

    name: str
    per: Per
    amount: Decimal | None = None
    percent: Decimal | None = None
    targets: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    free_minutes: int = 0
    free_count: int = 0
    rate: Decimal | None = None
    small_sample: SmallSample | None = None
    cap: Decimal | None = None

    def concerns(self, target: str, priority: Priority) -> bool:
        return (not self.targets or target in self.targets) and (
            not self.priorities or priority in self.priorities
        )


@dataclass(frozen=True)
class Scale:
    """``base`` is what percentages are of (a month's price), ``cap`` the most in a month."""

    currency: str
    rules: tuple[Rule, ...]
    base: Decimal | None = None
    cap: Decimal | None = None

    @property
    def computable(self) -> bool:
        """Whether each rule says what it costs: what was written before scales were checked may not."""
        return all(
            (rule.amount is not None or None not in (rule.percent, self.base))
            and (rule.per is not Per.RATE or rule.rate is not None)
            for rule in self.rules
        )


class Why(StrEnum):
    """Why a line costs less than its rule says, or nothing."""

    FREE = "free"
    CAPPED = "capped"
    MAJOR = "major-incident"
    SMALL_SAMPLE = "small-sample"


@dataclass(frozen=True)
class Penalty:
    """A line: ``quantity`` hours or points begun, or one commitment. ``commitment`` is none for a rate, whose
    ``kept`` of ``counted`` it shows."""

    rule: str
    per: Per
    quantity: int
    amount: Decimal
    commitment: tuple[str, str, str] | None = None
    why: Why | None = None
    kept: int | None = None
    counted: int | None = None


@dataclass(frozen=True)
class Penalties:
    """``total`` is the sum of the lines' amounts, at most the scale's cap."""

    currency: str
    lines: tuple[Penalty, ...]
    gross: Decimal
    total: Decimal


@dataclass(frozen=True)
class _Concerned:
    """What a rule is about: how many were kept, and those that were broken, in their order."""

    kept: int
    broken: Sequence[Commitment]


def penalties_of(scale: Scale, month: Tally) -> Penalties:
    """What a month costs. ``month`` has counted every commitment that was kept, broken or went on late in it,
    and of each major incident those that were broken before."""
    broken = sorted(month.broken, key=lambda each: each.key)
    lines: list[Penalty] = []
    for rule in scale.rules:
        mine = [each for each in broken if rule.concerns(each.target, each.priority)]
        lines += _LINES[rule.per](rule, scale, _Concerned(month.kept(rule.concerns), mine))
    gross = sum((line.amount for line in lines), NOTHING)
    return Penalties(
        scale.currency, tuple(lines), gross, gross if scale.cap is None else min(gross, scale.cap)
    )


def _price(rule: Rule, scale: Scale) -> Decimal:
    if rule.amount is not None:
        return rule.amount
    assert rule.percent is not None, "a rule has an amount, or a share of the base"
    assert scale.base is not None, "what has shares has a base"
    return rule.percent * scale.base / 100


def _begun(span: timedelta, of: timedelta = HOUR) -> int:
    """How many whole units have begun."""
    return -(-max(span, timedelta(0)) // of)


def _by_the_hour(rule: Rule, scale: Scale, there: _Concerned) -> Iterator[Penalty]:
    """The month's part of what is late, so that what goes on over months costs what it would in one."""
    price, free = _price(rule, scale), timedelta(minutes=rule.free_minutes)

    def worth(late: timedelta) -> Decimal:
        uncapped = to_the_cent(price * _begun(late - free))
        return uncapped if rule.cap is None else min(uncapped, rule.cap)

    def hours(each: Commitment) -> int:
        return _begun(each.late - free) - _begun(each.late_before - free)

    for group in _once_for_each_major(there.broken):
        worst = max(group, key=lambda each: worth(each.late))
        amount = worth(worst.late) - max(worth(each.late_before) for each in group)
        for each in group:
            if each.late <= each.late_before and not each.broken_in_month:
                continue
            if each is not worst:
                yield Penalty(rule.name, rule.per, hours(each), NOTHING, each.key, Why.MAJOR)
                continue
            why = None
            if rule.cap is not None and worth(each.late) == rule.cap:
                why = Why.CAPPED
            elif not hours(each):
                why = Why.FREE
            yield Penalty(rule.name, rule.per, hours(each), amount, each.key, why)


def _by_the_incident(rule: Rule, scale: Scale, there: _Concerned) -> Iterator[Penalty]:
    price, left = to_the_cent(_price(rule, scale)), rule.cap
    free = rule.free_count
    groups = list(_once_for_each_major(there.broken))
    groups.sort(key=lambda group: min((each.breached, each.key) for each in group))
    for group in groups:
        fresh = sorted((e for e in group if e.broken_in_month), key=lambda e: (e.breached, e.key))
        paid_before = len(fresh) < len(group)
        for n, each in enumerate(fresh):
            amount, why = price, None
            if n or paid_before:
                amount, why = NOTHING, Why.MAJOR
            elif free:
                amount, why, free = NOTHING, Why.FREE, free - 1
            elif left is not None:
                amount = min(price, left)
                left, why = left - amount, Why.CAPPED if amount < price else None
            yield Penalty(rule.name, rule.per, 1, amount, each.key, why)


def _by_the_rate(rule: Rule, scale: Scale, there: _Concerned) -> Iterator[Penalty]:
    assert rule.rate is not None, "a rule by the rate has one"
    kept = there.kept
    broken = sum(all(each.broken_in_month for each in group) for group in _once_for_each_major(there.broken))
    counted = kept + broken
    if not counted:
        return
    small = rule.small_sample
    why = Why.SMALL_SAMPLE if small is not None and counted < small.below else None
    good = kept + (min(broken, small.allowed) if why and small is not None else 0)
    short = rule.rate - Decimal(100 * good) / counted
    points = int(max(short, Decimal(0)).to_integral_value(ROUND_CEILING))
    full = to_the_cent(_price(rule, scale) * points)
    amount = full if rule.cap is None else min(full, rule.cap)
    if amount < full:
        why = Why.CAPPED
    yield Penalty(rule.name, rule.per, points, amount, None, why, kept=kept, counted=counted)


def _once_for_each_major(broken: Iterable[Commitment]) -> Iterator[list[Commitment]]:
    """What is broken, by what is paid for once: all of a major incident together, anything else alone."""

    def what(each: Commitment) -> tuple[str, ...]:
        return each.key if each.major_id is None else (each.major_id,)

    for _, group in groupby(sorted(broken, key=lambda each: (what(each), each.key)), key=what):
        yield list(group)


_LINES: Mapping[Per, Callable[[Rule, Scale, _Concerned], Iterator[Penalty]]] = {
    Per.HOUR: _by_the_hour,
    Per.INCIDENT: _by_the_incident,
    Per.RATE: _by_the_rate,
}
