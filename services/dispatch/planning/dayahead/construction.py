"""Best insertion: the plan that needs no solver, at once, whatever else fails."""

from collections.abc import Iterable

from services.dispatch.planning.dayahead.day import Day, Fit
from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem

NEARBY = 24
"""Technicians that are looked at together, those who live nearest first."""


def inserted(problem: Problem, routes: Routes, visits: Iterable[int]) -> Routes:
    """The routes with as many of the visits as fit, what weighs most first, each by a short detour.

    Of equal weight, what is due first. It goes to the shortest detour among the nearest technicians who can
    still take it, so that time grows with the visits and hardly with the technicians.
    """
    days = [Day(problem, technician, route) for technician, route in enumerate(routes)]
    for visit in sorted(visits, key=lambda v: (-problem.weight[v], problem.windows[v][-1:], v)):
        way = problem.travel[problem.site[visit]]
        able = [each for each in problem.technicians if problem.able[each][visit]]
        able.sort(key=lambda technician: way[problem.home[technician]])
        for first in range(0, len(able), NEARBY):
            found = _shortest(days, able[first : first + NEARBY], visit)
            if found is not None:
                technician, (_, position) = found
                days[technician].insert(visit, position)
                break
    return [day.visits for day in days]


def _shortest(days: list[Day], technicians: Iterable[int], visit: int) -> tuple[int, Fit] | None:
    best: tuple[int, Fit] | None = None
    for technician in technicians:
        fit = days[technician].fit(visit)
        if fit is not None and (best is None or fit[0] < best[1][0]):
            best = technician, fit
    return best
