"""Who is on call when, proposed so that nobody bears more than others: a pure function of what is known."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from contracts.calendars import Interval, total
from contracts.values import SkillLevels
from services.dispatch.domain.labour_limits import Limits, Rule
from services.dispatch.domain.local_days import A_DAY
from services.dispatch.domain.on_call_load import Load, load_of
from services.dispatch.domain.rota import RotaEntry
from services.dispatch.domain.technician import Technician, shortfall

A_YEAR = timedelta(days=365)
"""Fair over so long, up to the end of the period."""

LEAST_SHARE = 0.1


class Every(StrEnum):
    """How often somebody else takes over."""

    DAY = "day"
    WEEK = "week"


def turns_of(first: date, last: date, every: Every, handover: time, zone: str) -> list[Interval]:
    """The turns from ``first`` to ``last`` at the hour of the handover; the last one may be shorter."""
    step = A_DAY if every is Every.DAY else 7 * A_DAY
    days = []
    day = first
    while day < last:
        days.append(day)
        day += step
    bounds = [datetime.combine(day, handover, ZoneInfo(zone)).astimezone(UTC) for day in (*days, last)]
    return list(pairwise(bounds))


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be on call. ``known`` are his entries of the year and those to come."""

    technician: Technician
    limits: Limits
    known: tuple[RotaEntry, ...] = ()

    @property
    def id(self) -> str:
        return self.technician.id

    def load(self, since: datetime, until: datetime) -> Load:
        """What he bears in ``[since, until)`` already."""
        periods = [(max(e.from_at, since), min(e.to_at, until)) for e in self.known]
        called = [(call.from_at, call.to_at) for e in self.known for call in e.calls if call.from_at >= since]
        return load_of(periods, self.technician.time_zone, self.technician.holidays, called)

    def share(self, since: datetime, until: datetime) -> float:
        """The part of the time in which he was not away: who was away for half a year owes half as much."""
        away = [(max(a.from_at, since), min(a.to_at, until)) for a in self.technician.absences]
        return max(LEAST_SHARE, 1 - total(away) / (until - since))


@dataclass(frozen=True)
class Asked:
    """What holds for every turn. ``exceptional``: one clear day of notice is enough (L3121-12)."""

    now: datetime
    skills: SkillLevels
    exceptional: bool = False
    seed: int = 0


def barred(candidate: Candidate, turn: Interval, taken: Sequence[Interval], asked: Asked) -> str | None:
    """The rule that keeps somebody from a turn, besides the notice: a slug, or None.

    Nobody is on call twice in a row: at least his daily rest lies between two turns, free of any call.
    """
    technician, (start, end) = candidate.technician, turn
    if candidate.limits.minor:
        return Rule.NIGHT.value
    lacking = shortfall(technician.skills, asked.skills)
    if lacking is not None:
        return lacking[0]
    if technician.is_absent(start, end):
        return "absent"
    rest = technician.rest_in(start, end)
    if rest is not None:
        return rest.rule
    apart = candidate.limits.daily_rest or timedelta(0)
    for since, until in (*((e.from_at, e.to_at) for e in candidate.known), *taken):
        if since < end and start < until:
            return "on-call-already"
        if since < end + apart and start < until + apart:
            return Rule.DAILY_REST.value
    return None


def told_too_late(candidate: Candidate, turn: Interval, now: datetime, *, exceptional: bool) -> bool:
    """Whether the notice would be shorter than the law has it."""
    entry = RotaEntry("", candidate.id, *turn, told_at=now)
    late = entry.told_without_a_clear_day(candidate.technician.time_zone)
    return late or (not exceptional and entry.told_late(candidate.limits.notice))


@dataclass(frozen=True)
class Bar:
    """Why somebody may not: ``rule`` is a slug."""

    technician_id: str
    rule: str


@dataclass(frozen=True)
class Turn:
    """``technician_id`` None: nobody may, and ``barred`` says for each by which rule."""

    from_at: datetime
    to_at: datetime
    technician_id: str | None
    barred: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Borne:
    """What one person bears over the year; ``share`` is the part of it in which he was not away."""

    technician_id: str
    share: float
    before: Load
    after: Load


@dataclass(frozen=True)
class Proposed:
    turns: tuple[Turn, ...]
    borne: tuple[Borne, ...]


def propose(turns: Sequence[Interval], candidates: Sequence[Candidate], asked: Asked) -> Proposed:
    """Each turn to whoever bears least by then, then changed while a change makes the loads more equal.

    The same question has the same answer; ``seed`` decides between who bears the same. Of three or more
    who may take every turn and bear the same before, nobody bears more than the heaviest turn more than
    another after.
    """
    draft = _Draft(turns, candidates, asked)
    draft.fill()
    while draft.improve():
        pass
    return draft.proposed()


class _Draft:
    """Turns and who has them, by their places in ``turns`` and ``candidates``."""

    def __init__(self, turns: Sequence[Interval], candidates: Sequence[Candidate], asked: Asked) -> None:
        self._turns = list(turns)
        self._people = sorted(candidates, key=lambda each: _drawn(asked.seed, each.id))
        self._asked = asked
        until = max(end for _, end in turns)
        since = until - A_YEAR
        self._before = [each.load(since, until) for each in self._people]
        self._share = [each.share(since, until) for each in self._people]
        self._weights = [
            [load_of([turn], p.technician.time_zone, p.technician.holidays) for p in self._people]
            for turn in self._turns
        ]
        self._rules = [[self._rule(turn, each) for each in self._people] for turn in self._turns]
        self._has: list[int | None] = [None] * len(self._turns)
        self._bears = [float(load.weight) for load in self._before]

    def _rule(self, turn: Interval, person: Candidate) -> str | None:
        """What bars him whatever else is proposed."""
        rule = barred(person, turn, (), self._asked)
        if rule is None and told_too_late(person, turn, self._asked.now, exceptional=self._asked.exceptional):
            return Rule.NOTICE.value
        return rule

    def _may(self, t: int, p: int, without: int | None = None) -> bool:
        """Whether the person may have the turn beside what he has; ``without`` is a turn he would give."""
        if self._rules[t][p] is not None:
            return False
        apart = self._people[p].limits.daily_rest or timedelta(0)
        start, end = self._turns[t]
        return not any(
            has == p and n not in (t, without) and since < end + apart and start < until + apart
            for n, (has, (since, until)) in enumerate(zip(self._has, self._turns, strict=True))
        )

    def fill(self) -> None:
        for t in range(len(self._turns)):
            able = [p for p in range(len(self._people)) if self._may(t, p)]
            if able:
                self._give(t, min(able, key=self._felt))

    def _felt(self, p: int) -> float:
        return self._bears[p] / self._share[p]

    def _give(self, t: int, p: int | None) -> None:
        had = self._has[t]
        if had is not None:
            self._bears[had] -= self._weights[t][had].weight
        self._has[t] = p
        if p is not None:
            self._bears[p] += self._weights[t][p].weight

    def improve(self) -> bool:
        """Make one change for the better: a turn that nobody had, one given on, two exchanged."""
        for t, had in enumerate(self._has):
            for p in range(len(self._people)):
                if p != had and self._may(t, p) and (had is None or self._gains([(t, p)])):
                    self._give(t, p)
                    return True
        for t, u in self._pairs():
            a, b = self._has[t], self._has[u]
            assert a is not None
            assert b is not None
            if self._gains([(t, b), (u, a)]) and self._may(t, b, without=u) and self._may(u, a, without=t):
                self._give(t, b)
                self._give(u, a)
                return True
        return False

    def _pairs(self) -> Iterator[tuple[int, int]]:
        held = [t for t, p in enumerate(self._has) if p is not None]
        for n, t in enumerate(held):
            yield from ((t, u) for u in held[n + 1 :] if self._has[t] != self._has[u])

    def _gains(self, changes: Sequence[tuple[int, int]]) -> bool:
        """Whether the loads as they are felt have a smaller sum of squares afterwards."""
        bears = dict[int, float]()
        for t, p in changes:
            had = self._has[t]
            assert had is not None
            bears[had] = bears.get(had, self._bears[had]) - self._weights[t][had].weight
            bears[p] = bears.get(p, self._bears[p]) + self._weights[t][p].weight
        after = sum((load / self._share[p]) ** 2 for p, load in bears.items())
        before = sum(self._felt(p) ** 2 for p in bears)
        return after < before - 0.5

    def proposed(self) -> Proposed:
        return Proposed(
            tuple(self._turn(t) for t in range(len(self._turns))),
            tuple(
                Borne(
                    person.id,
                    round(self._share[p], 4),
                    self._before[p],
                    sum(
                        (self._weights[t][p] for t, has in enumerate(self._has) if has == p), self._before[p]
                    ),
                )
                for p, person in sorted(enumerate(self._people), key=lambda pair: pair[1].id)
            ),
        )

    def _turn(self, t: int) -> Turn:
        has = self._has[t]
        if has is not None:
            return Turn(*self._turns[t], self._people[has].id)
        bars = (
            Bar(person.id, rule or Rule.DAILY_REST.value)
            for person, rule in zip(self._people, self._rules[t], strict=True)
        )
        return Turn(*self._turns[t], None, tuple(sorted(bars, key=lambda bar: bar.technician_id)))


@dataclass(frozen=True)
class Seen:
    """The version of a technician that a proposal was made from."""

    technician_id: str
    version: int


@dataclass(frozen=True)
class RotaProposal:
    """A proposal as it is kept until it is applied. ``exceptional``: the reason for a short notice."""

    id: str
    proposed: Proposed
    seen: tuple[Seen, ...]
    author: str
    proposed_at: datetime
    territory: str | None = None
    respond_within_minutes: int | None = None
    exceptional: str | None = None
    applied_at: datetime | None = None

    def entries(self) -> list[RotaEntry]:
        """What applying it writes."""
        return [
            RotaEntry(
                f"{self.id}-{n}",
                turn.technician_id,
                turn.from_at,
                turn.to_at,
                self.territory,
                respond_within_minutes=self.respond_within_minutes,
            )
            for n, turn in enumerate(self.proposed.turns, 1)
            if turn.technician_id is not None
        ]


def spread(borne: Sequence[Borne], *, after: bool) -> int:
    """How much more the most burdened bears than the least, for the time in which each was there."""
    felt = [(each.after if after else each.before).weight / each.share for each in borne]
    return round(max(felt) - min(felt)) if felt else 0


def _drawn(seed: int, id: str) -> str:
    return hashlib.sha256(f"{seed}:{id}".encode()).hexdigest()
