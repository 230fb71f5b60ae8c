"""Cheapest feasible insertion of one visit into the free stretches of many technicians."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from contracts.values import Priority
from services.dispatch.planning.gaps import Flags, Floats, GapTable, Stretch, Vector
from services.dispatch.planning.travel import Numbers, Travel

OVERRUN_SECONDS = 900.0
"""Somebody who should have finished by now is taken to need this much longer."""

NEVER = 1e13
"""A start that no gap reaches; finite, so that arithmetic with it stays defined."""

LATE_COST = {Priority.P1: 100.0, Priority.P2: 30.0, Priority.P3: 8.0, Priority.P4: 2.0, Priority.P5: 2.0}
"""What a minute past a deadline costs, in minutes of travel."""

WAIT_COST = {Priority.P1: 1000.0, Priority.P2: 10.0, Priority.P3: 0.1, Priority.P4: 0.03, Priority.P5: 0.03}
"""What a minute until the start costs: urgent work goes to whoever can be there first."""

UNCERTAIN_SHARE, UNCERTAIN_AHEAD = 0.1, 2 * 3600.0
"""What is planned begins sooner or later by about this share of the time until then: nobody knows how long
the work before it takes. More than so many seconds count as these: breaks make up for what has piled up."""

PRESSING_WAIT_COST = WAIT_COST[Priority.P2]
"""What it costs at least where a deadline presses, whatever the priority."""


@dataclass(frozen=True)
class Ask:
    """One visit as the insertion sees it: seconds since 1970 throughout.

    ``at`` None: no need to go anywhere.

    ``windows`` (sorted, disjoint; None: any time) hold the start, and the end too where the work
    fits into the window. ``penalty`` is in minutes of travel, by row; ``allowed`` says which rows
    may serve it at all.
    """

    at: Vector | None
    duration: float
    now: float
    earliest: float
    priority: Priority
    allowed: Flags
    penalty: Floats
    respond_by: float = math.inf
    restore_by: float = math.inf
    pressing: bool = False
    windows: Sequence[Stretch] | None = None

    @property
    def waiting_cost(self) -> float:
        """What each minute until the start costs."""
        return max(WAIT_COST[self.priority], PRESSING_WAIT_COST if self.pressing else 0.0)


@dataclass(frozen=True)
class Fits:
    """The best insertion of each row; ``cost`` is infinite where there is none.

    ``sources``: where ``travel`` comes from, as numbers of ``SOURCES``.
    """

    start: Floats
    cost: Floats
    travel: Floats
    added_travel: Floats
    late: Floats
    sources: Numbers
    rows: Numbers = field(repr=False)

    def ranked(self) -> list[int]:
        """Positions in these arrays of the rows that can serve, cheapest first."""
        order = np.lexsort((self.rows, self.start, self.cost))
        return [int(i) for i in order if self.cost[i] < math.inf]


def insert(table: GapTable, ask: Ask, travel: Travel) -> Fits:
    """The cheapest start of the visit for every row that may serve it."""
    rows = np.flatnonzero(ask.allowed[: table.size])
    width = table.width
    if rows.size == 0 or width == 0:
        nothing = np.full(rows.size, math.inf)
        return Fits(nothing, nothing, nothing, nothing, nothing, np.zeros_like(rows), rows)
    everybody = rows.size == table.size
    pick = (slice(table.size), slice(width)) if everybody else np.ix_(rows, np.arange(width))

    leave, until, direct = table.leave[pick], table.until[pick], table.direct[pick]
    depart = departures(leave, table.after_open[pick], ask.now)
    at, origin = None if ask.at is None else np.asarray(ask.at), table.origin[pick]
    place = None if at is None else travel.places(at)
    there = np.zeros_like(direct)
    if at is not None and place is not None:
        there = travel.between(origin, at, depart, (table.origin_place[pick], place))
    start = np.ceil(np.maximum(depart + there, ask.earliest) / 60.0) * 60.0
    if ask.windows is not None:
        start = inside(start, ask.windows, ask.duration)
    end = start + ask.duration
    onward = direct
    if at is not None and place is not None:
        onward = travel.between(at, table.target[pick], end, (place, table.target_place[pick]))
    fits = (end <= table.work_until[pick]) & (end + onward <= until)
    added = (there + onward - direct) / 60.0
    cost = np.where(fits, time_costs(ask, start) + added, math.inf)
    best = cost.argmin(axis=1)
    each = np.arange(rows.size)
    sources = np.zeros_like(rows)
    if at is not None:
        sources = travel.sources(origin[each, best], at, depart[each, best])
    return Fits(
        start=start[each, best],
        cost=cost[each, best] + ask.penalty[rows],
        travel=there[each, best],
        added_travel=added[each, best],
        late=late(ask, start[each, best]),
        sources=sources,
        rows=rows,
    )


def late(ask: Ask, start: Floats) -> Floats:
    """By how many minutes a start then misses a deadline, if nothing comes in between."""
    found: Floats = np.maximum(_past(ask, start), 0.0) / 60.0
    return found


def time_costs(ask: Ask, start: Floats) -> Floats:
    """What it costs that it starts then, in minutes of travel: that people wait, that a deadline is missed or
    may be."""
    wait = (start - ask.now) / 60.0
    missed = late(ask, start) + minutes_at_risk(np.abs(_past(ask, start)), start - ask.now)
    costs: Floats = LATE_COST[ask.priority] * missed + ask.waiting_cost * wait
    return costs


def minutes_at_risk(from_deadline: Floats, ahead: Floats) -> Floats:
    """By how much more than is foreseen a visit is to be expected to miss its deadline, in minutes.

    It is to begin ``ahead`` seconds from now, ``from_deadline`` seconds before or after the deadline. Where
    the error is logistic with the scale ``s`` around a miss of ``m``, the mean of ``max(0, miss)`` is
    ``s ln(1 + exp(m/s))``, which is ``s ln(1 + exp(-|m|/s))`` more than ``max(0, m)``.
    """
    scale = UNCERTAIN_SHARE * np.clip(ahead, 60.0, UNCERTAIN_AHEAD)
    found: Floats = scale * np.log1p(np.exp(-from_deadline / scale)) / 60.0
    return found


def _past(ask: Ask, start: Floats) -> Floats:
    """Seconds past the deadline that is missed by most; negative where none is missed."""
    past: Floats = np.maximum(start - ask.respond_by, start + ask.duration - ask.restore_by)
    return past


def departures(leave: Floats, after_open: Flags, now: float) -> Floats:
    """When each can leave, who is late with what he has before, some time from now."""
    overrun = after_open & (leave < now)
    depart = np.maximum(leave, now)
    return np.where(overrun, now + OVERRUN_SECONDS, depart) if overrun.any() else depart


def inside(start: Floats, windows: Sequence[Stretch], duration: float) -> Floats:
    """Each start moved to the first moment that the windows allow; ``NEVER`` when none is left."""
    opens = np.array([window[0] for window in windows] + [NEVER])
    latest = np.array([latest_start(window, duration) for window in windows] + [NEVER])
    return np.maximum(start, np.ceil(opens / 60.0)[np.searchsorted(latest, start)] * 60.0)


def latest_start(window: Stretch, duration: float) -> float:
    """The last start in an opening: the work ends in it, too, if it can."""
    opens, closes = window
    return closes - duration if closes - duration >= opens else closes - 60.0
