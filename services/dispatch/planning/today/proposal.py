"""What planning a few days anew would move, and what that gains."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.dispatch.domain.replan import Booking, Gained, Replanned
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.dayahead.living import Standing, steps
from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import travel_of
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.block import WEIGHT, Block
from services.dispatch.planning.today.costs import (
    MOVE_COST,
    WITHIN_WINDOW_COST,
    fit_cost,
    move_cost,
    put_off_cost,
    time_cost,
)
from services.dispatch.planning.today.room import MOST_PUT_OFF


@dataclass(frozen=True)
class Proposal:
    """What changes for which visits, and what that gains."""

    changes: tuple[Replanned, ...]
    gained: Gained


MOST_MOVED = 3
"""To make room for one visit so many others may change, beside those that start a little later."""

Starts = dict[int, list[tuple[int, int]]]
"""Of members whose days change the visits in order, each with its start in seconds of the problem."""


def proposal(roster: Roster, block: Block, routes: Routes) -> Proposal | None:
    """What the routes would change; None where they are no plan, or none that keeps what has to be kept."""
    chosen = [visit for route in routes for visit in route]
    if (
        len(routes) != len(block.members)
        or len(set(chosen)) < len(chosen)
        or not block.known.issuperset(chosen)
    ):
        return None
    left_out = (block.visits[n] for n in block.booked - set(chosen))
    if any(visit.pinned or visit.companions or visit.promised is not None for visit in left_out):
        return None
    starts: Starts = {}
    for technician, route in enumerate(routes):
        if tuple(route) != block.routes[technician]:
            timed = _timed(block, technician, route)
            if timed is None:
                return None
            starts[technician] = timed
    gained = [0.0, 0.0, 0.0, 0.0]
    for technician, timed in starts.items():
        planned = [(n, block.planned(n)) for n in block.routes[technician]]
        was, will = (_cost(roster, block, technician, each) for each in (planned, timed))
        gained = [so_far + a - b for so_far, a, b in zip(gained, was, will, strict=True)]
    for n in set(chosen) - block.booked:
        gained[1] += put_off_cost(block.visits[n], block.now)
    for n in block.booked - set(chosen):
        visit = block.visits[n]
        gained[1] -= put_off_cost(visit, block.now, booked_today=True)
        gained[3] -= MOVE_COST[visit.state]
    return Proposal(tuple(_changes(roster, block, starts, chosen)), Gained(*gained))


def makes_room(block: Block, found: Proposal, visit: Visit, best: Candidate | None) -> bool:
    """Whether the visit is made today at little cost to others, and better than by the best that is free."""
    visits = {each.id: each for each in block.visits}
    others = [(visits[each.visit_id], each.after) for each in found.changes if each.visit_id != visit.id]
    if (
        not any(each.visit_id == visit.id and each.after is not None for each in found.changes)
        or sum(_is_moved(*each) for each in others) > MOST_MOVED
        or sum(WEIGHT[other.priority] for other, after in others if after is None) > MOST_PUT_OFF
    ):
        return False
    free = 0.0 if best is None else put_off_cost(visit, block.now) - best.cost
    return found.gained.total > free


def _is_moved(visit: Visit, after: Booking | None) -> bool:
    """Whether somebody else makes it, or outside the arrival window that the client knows."""
    return after is None or move_cost(visit, after.technician_id, after.start_at) > WITHIN_WINDOW_COST


def _timed(block: Block, technician: int, route: Sequence[int]) -> list[tuple[int, int]] | None:
    """When each visit starts: as planned where it stays and that can be, or later, or else early."""
    problem = block.problem
    if not all(problem.able[technician][visit] for visit in route):
        return None
    stay = [visit for visit in route if visit in block.routes[technician]]
    for tried in (
        _bounded(block, stay, exactly=True),
        _bounded(block, stay, exactly=False),
        problem,
    ):
        if tried is not None and travel_of(tried, technician, route) is not None:
            standing = Standing(
                problem.start[technician], problem.shift[technician][0], problem.lunches[technician]
            )
            return [
                (step.visit, step.start)
                for step, _ in steps(tried, technician, standing, route)
                if step.visit is not None
            ]
    return None


def _bounded(block: Block, stay: Sequence[int], *, exactly: bool) -> Problem | None:
    """The problem in which these start no earlier than planned, or exactly then."""
    windows = list(block.problem.windows)
    for visit in stay:
        start = block.planned(visit)
        if exactly:
            windows[visit] = ((start, start),)
        else:
            later = tuple((max(a, start), b) for a, b in windows[visit] if b >= start)
            if not later:
                return None
            windows[visit] = later
    return replace(block.problem, windows=tuple(windows))


def _cost(
    roster: Roster, block: Block, technician: int, timed: Sequence[tuple[int, int]]
) -> tuple[float, float, float, float]:
    """What it costs, in the order of ``Gained``, that he makes these then."""
    problem, now = block.problem, block.now
    id, here = block.members[technician].technician.id, problem.start[technician]
    travel, time, fit, disruption = 0, 0.0, 0.0, 0.0
    for n, start in timed:
        visit, at = block.visits[n], block.starts_at(n, start)
        travel += problem.travel[here][problem.site[n]]
        here = problem.site[n]
        time += time_cost(visit, at, now)
        fit += fit_cost(roster, id, visit)
        disruption += move_cost(visit, id, at)
    travel += problem.travel[here][problem.home[technician]]
    return travel / 60, time, fit, disruption


def _changes(roster: Roster, block: Block, starts: Starts, chosen: Collection[int]) -> Iterator[Replanned]:
    for technician, timed in starts.items():
        member = block.members[technician]
        here, leave = member.place, datetime.fromtimestamp(member.free, UTC)
        for n, start in timed:
            visit, at = block.visits[n], block.starts_at(n, start)
            before = block.before[visit.id]
            changed = before is None or (before.technician_id, before.start_at) != (member.technician.id, at)
            if changed and not visit.companions:  # which stays as it is, in both days
                way = roster.travel.way(here, visit.where, leave)
                ends = at + visit.need.duration
                after = Booking(member.technician.id, at, ends, way.seconds, way.source)
                yield Replanned(visit.id, visit.number, before, after)
            here, leave = visit.where, at + visit.need.duration
    for n in sorted(block.booked.difference(chosen)):
        visit = block.visits[n]
        yield Replanned(visit.id, visit.number, block.before[visit.id], None)
