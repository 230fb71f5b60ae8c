"""Cheapest feasible insertion of a visit that two make together into the free stretches of both."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from services.dispatch.planning.candidate import Beside, Candidate
from services.dispatch.planning.gaps import Flags, Floats, GapTable
from services.dispatch.planning.insertion import Ask, departures, inside, late, time_costs
from services.dispatch.planning.travel import SOURCES, Numbers, Travel

Tables = Sequence[tuple[GapTable, Floats]]
"""Free stretches of everybody by row, and what using them costs more, in minutes of travel by row."""

May = Callable[[int, int, float], bool]
"""Whether the first row may lead and the second accompany him until then, in seconds since 1970."""


@dataclass(frozen=True)
class OneOfTwo:
    """``travel`` is his way there in seconds, ``source`` where that comes from, a number of ``SOURCES``."""

    row: int
    travel: float
    source: int


@dataclass(frozen=True)
class Pair:
    """``start`` in seconds since 1970, the rest in minutes of travel; the travel is that of both."""

    lead: OneOfTwo
    companion: OneOfTwo
    start: float
    cost: float
    added_travel: float
    late: float

    def candidate(self, ids: Sequence[str], lasts: timedelta) -> Candidate:
        """``ids`` names the technicians by row."""
        start = datetime.fromtimestamp(self.start, UTC)
        lead, beside = (
            Beside(ids[each.row], int(each.travel), SOURCES[each.source])
            for each in (self.lead, self.companion)
        )
        return Candidate(
            technician_id=lead.technician_id,
            start_at=start,
            end_at=start + lasts,
            travel_seconds=lead.travel_seconds,
            added_travel_minutes=round(self.added_travel, 1),
            late_minutes=round(self.late, 1),
            cost=round(self.cost, 1),
            travel_source=lead.travel_source,
            beside=(beside,),
        )


def insert_pairs(
    tables: Tables, lead: Ask, companion: Ask, travel: Travel, may: May, limit: int | None
) -> list[Pair]:
    """The cheapest common start for every row that may lead, with its best companion; cheapest first, the
    ``limit`` best if there is one."""
    leads, others = _Openings(tables, lead, travel), _Openings(tables, companion, travel)
    best: dict[int, Pair] = {}
    if others.rows.size == 0:
        return []
    first = np.maximum(leads.start, others.start.min())
    beside = (others.penalty + others.detour(companion, others.start, travel)).min()
    bound = time_costs(lead, first) + leads.penalty + leads.detour(lead, first, travel) + beside
    together = _meets(leads, others)
    for i in np.lexsort((leads.start, bound)):
        row = int(leads.rows[i])
        known = best.get(row)
        if not together[i] or (known is not None and known.cost <= bound[i]):
            continue
        if limit is not None and len(best) >= limit and _worst_of(best, limit) <= bound[i]:
            break
        for pair in _with_companion(lead, leads, int(i), others, travel):
            if may(row, pair.companion.row, pair.start + lead.duration):
                if known is None or pair.cost < known.cost:
                    best[row] = pair
                break
    ranked = sorted(best.values(), key=lambda pair: (pair.cost, pair.start, pair.lead.row))
    return ranked[:limit]


class _Openings:
    """Every free stretch of those who may, side by side: ``start`` is the first start in each."""

    def __init__(self, tables: Tables, ask: Ask, travel: Travel) -> None:
        parts: dict[str, list[Floats]] = defaultdict(list)
        rows: list[Numbers] = []
        for table, penalty in tables:
            columns = np.arange(table.width)
            there = ask.allowed[: table.size, None] & (columns < table.counts[: table.size, None])
            pick = np.nonzero(there)
            rows.append(pick[0])
            leave = table.leave[pick]
            parts["depart"].append(departures(leave, table.after_open[pick], ask.now))
            for name in ("work_until", "until", "direct", "origin", "target"):
                parts[name].append(getattr(table, name)[pick])
            parts["penalty"].append(ask.penalty[pick[0]] + penalty[pick[0]])
        self.rows = np.concatenate(rows)
        self.depart, self.work_until, self.until, self.direct, self.origin, self.target, self.penalty = (
            np.concatenate(parts[name])
            for name in ("depart", "work_until", "until", "direct", "origin", "target", "penalty")
        )
        self.there = np.zeros_like(self.depart)
        if ask.at is not None:
            self.there = travel.between(self.origin, np.asarray(ask.at), self.depart)
        self.start = _whole(np.maximum(self.depart + self.there, ask.earliest), ask)
        self.latest = np.minimum(self.work_until, self.until) - ask.duration
        self._keep(self.start <= self.latest)

    def detour(self, ask: Ask, start: Floats, travel: Travel) -> Floats:
        """What starting then adds to his travel, in minutes."""
        onward = self.direct
        if ask.at is not None:
            onward = travel.between(np.asarray(ask.at), self.target, start + ask.duration)
        added: Floats = (self.there + onward - self.direct) / 60.0
        return added

    def _keep(self, which: Flags) -> None:
        for name, values in vars(self).items():
            setattr(self, name, values[which])


def _meets(leads: _Openings, others: _Openings) -> Flags:
    """Which of the leads' openings have a start in common with an opening of anybody."""
    order = np.argsort(others.start)
    reached = np.maximum.accumulate(others.latest[order])
    before = np.searchsorted(others.start[order], leads.latest, side="right")
    met = reached[np.maximum(before - 1, 0)] >= leads.start
    return (before > 0) & met


def _with_companion(ask: Ask, leads: _Openings, i: int, others: _Openings, travel: Travel) -> Iterator[Pair]:
    """The companions for one opening of who leads, cheapest first."""
    # Ways are dear: they are asked for only where there is a start in common at all.
    met = (
        (others.rows != leads.rows[i]) & (others.start <= leads.latest[i]) & (others.latest >= leads.start[i])
    )
    near = np.flatnonzero(met)
    start = _whole(np.maximum(others.start[near], leads.start[i]), ask)
    end = start + ask.duration
    home, onward = leads.direct[i], others.direct[near]
    if ask.at is not None:
        at, target = np.asarray(ask.at), others.target[near]
        home = travel.between(at, np.broadcast_to(leads.target[i], target.shape), end)
        onward = travel.between(at, target, end)
    fits = (
        (end <= np.minimum(leads.work_until[i], others.work_until[near]))
        & (end + home <= leads.until[i])
        & (end + onward <= others.until[near])
    )
    beside = others.there[near] + onward - others.direct[near]
    added = (leads.there[i] + home - leads.direct[i] + beside) / 60.0
    cost = time_costs(ask, start) + added + leads.penalty[i] + others.penalty[near]
    cost = np.where(fits, cost, math.inf)
    for j in np.argsort(cost, kind="stable"):
        if cost[j] == math.inf:
            return
        yield Pair(
            _seat(leads, i, ask, travel),
            _seat(others, int(near[j]), ask, travel),
            float(start[j]),
            float(cost[j]),
            float(added[j]),
            float(late(ask, start[j : j + 1])[0]),
        )


def _seat(openings: _Openings, i: int, ask: Ask, travel: Travel) -> OneOfTwo:
    source = 0
    if ask.at is not None:
        only = slice(i, i + 1)
        found = travel.sources(openings.origin[only], np.asarray(ask.at), openings.depart[only])
        source = int(found[0])
    return OneOfTwo(int(openings.rows[i]), float(openings.there[i]), source)


def _whole(start: Floats, ask: Ask) -> Floats:
    start = np.ceil(start / 60.0) * 60.0
    return start if ask.windows is None else inside(start, ask.windows, ask.duration)


def _worst_of(best: dict[int, Pair], limit: int) -> float:
    return sorted(pair.cost for pair in best.values())[limit - 1]
