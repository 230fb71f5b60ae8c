"""Plans of a day: who serves which visits in which order, what is lost, and what makes no sense."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import lived

Routes = list[list[int]]
"""Of each technician, in the problem's order, the visits in the order in which they are served."""


@dataclass(frozen=True)
class Score:
    """What a plan is worth; fewer is better, from left to right.

    ``lost_points``: the weights of the visits not served in time. ``travel_seconds``: of all who work.
    """

    lost_points: int
    travel_seconds: int
    unserved: int
    by_priority: tuple[int, ...]
    violations: tuple[str, ...] = ()


def score(problem: Problem, routes: Mapping[int, Sequence[int]]) -> Score:
    """Judge a plan by ids, sensible or not. What a violation names is taken out, the rest is lived."""
    index_of = {id: index for index, id in enumerate(problem.technician_ids)}
    violations: list[str] = []
    served: set[int] = set()
    travel = 0
    for id, visits in routes.items():
        if id not in index_of:
            violations.append(f"unknown technician {id}")
            continue
        technician = index_of[id]
        good = list(_sensible(problem, technician, visits, served, violations))
        lost, road = lived(problem, technician, good)
        travel += road
        served |= set(good) - set(lost)
    unserved = [visit for visit in problem.visits if visit not in served]
    return Score(
        lost_points=points(problem, unserved),
        travel_seconds=travel,
        unserved=len(unserved),
        by_priority=tuple(
            sum(problem.priority[visit] == priority for visit in unserved) for priority in (1, 2, 3, 4)
        ),
        violations=tuple(violations),
    )


def _sensible(
    problem: Problem, technician: int, ids: Iterable[int], served: set[int], violations: list[str]
) -> Iterator[int]:
    index_of = problem.visit_index
    mine: set[int] = set()
    for id in ids:
        visit = index_of.get(id)
        if visit is None:
            violations.append(f"unknown visit {id}")
        elif visit in served or visit in mine:
            violations.append(f"visit {id} planned twice")
        elif not problem.able[technician][visit]:
            name = problem.technician_ids[technician]
            violations.append(f"technician {name} may not serve visit {id}")
        else:
            mine.add(visit)
            yield visit


def points(problem: Problem, visits: Iterable[int]) -> int:
    """What is lost when nobody serves these visits."""
    return sum(problem.weight[visit] for visit in visits)


def unserved(problem: Problem, routes: Iterable[Sequence[int]]) -> list[int]:
    """The visits of no route, in the problem's order."""
    served = {visit for route in routes for visit in route}
    return [visit for visit in problem.visits if visit not in served]


def named(problem: Problem, routes: Iterable[Sequence[int]]) -> dict[int, list[int]]:
    """The plan by the ids of the problem's file, every technician in it."""
    return {
        id: [problem.visit_ids[visit] for visit in route]
        for id, route in zip(problem.technician_ids, routes, strict=True)
    }
