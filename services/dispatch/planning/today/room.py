"""Room for one visit in days that are full: one or two others step aside, within what is promised."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import combinations

from services.dispatch.planning.dayahead.day import Day
from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.today.block import Block

MOST_PUT_OFF = 3
"""What is put off to make room may weigh so much: one P4."""

MOST_ASIDE = 2
TRIED = 12
"""Of the ways in which the visit fits so many are gone into, those with the shortest detour."""

OFFERED = 4

Way = tuple[int, int, dict[int, list[int]]]
"""What is put off weighs, seconds more on the road, and the routes that change."""


def room_for(block: Block, visit: int) -> Iterator[Routes]:
    """The members' routes with the visit, the best few: first what puts off nothing, then the least road."""
    days = [Day(block.problem, technician, route) for technician, route in enumerate(block.routes)]
    ways = _without_anybody(days, visit)
    for aside in range(1, MOST_ASIDE + 1):
        if not ways:
            ways = _with_aside(block, days, visit, aside)
    for _, _, changed in heapq.nsmallest(OFFERED, ways, key=lambda way: way[:2]):
        yield [changed.get(n, list(route)) for n, route in enumerate(block.routes)]


def _without_anybody(days: Sequence[Day], visit: int) -> list[Way]:
    """It goes between two others, who at most start a little later."""
    ways: list[Way] = []
    for day in days:
        fit = day.fit(visit)
        if fit is not None:
            detour, position = fit
            ways.append((0, detour, {day.technician: _inserted(day.visits, visit, position)}))
    return ways


def _with_aside(block: Block, days: Sequence[Day], visit: int, aside: int) -> list[Way]:
    """It takes the place of so many others, who go elsewhere or are put off."""
    problem = block.problem
    tried: list[tuple[int, int, tuple[int, ...], Day]] = []
    for day in days:
        if not problem.able[day.technician][visit]:
            continue
        movable = [each for each in day.visits if not block.is_kept(each)]
        for gone in combinations(movable, aside):
            left = Day(problem, day.technician, [each for each in day.visits if each not in gone])
            fit = left.fit(visit)
            if fit is not None:
                left.insert(visit, fit[1])
                tried.append((left.road - day.road, len(tried), gone, left))
    ways = []
    for detour, _, gone, changed in heapq.nsmallest(TRIED, tried):
        way = _elsewhere(problem, days, changed, gone, detour)
        if way is not None:
            ways.append(way)
    return ways


def _elsewhere(
    problem: Problem, days: Sequence[Day], changed: Day, gone: Sequence[int], detour: int
) -> Way | None:
    """Each who stepped aside where the detour is shortest, or put off if it weighs little."""
    routes = {changed.technician: changed}
    put_off = 0
    for visit in sorted(gone, key=lambda each: -problem.weight[each]):
        best: tuple[int, int, Day] | None = None
        for day in days:
            now = routes.get(day.technician, day)
            fit = now.fit(visit)
            if fit is not None and (best is None or fit[0] < best[0]):
                best = fit[0], fit[1], now
        if best is None:
            put_off += problem.weight[visit]
            if put_off > MOST_PUT_OFF:
                return None
            continue
        more, position, now = best
        detour += more
        routes[now.technician] = Day(problem, now.technician, _inserted(now.visits, visit, position))
    return put_off, detour, {technician: list(day.visits) for technician, day in routes.items()}


def _inserted(visits: Sequence[int], visit: int, position: int) -> list[int]:
    return [*visits[:position], visit, *visits[position:]]
