"""The best choice among routes that were seen, by CP-SAT. Only for worker processes."""

from collections.abc import Sequence

from ortools.sat.python import cp_model

from services.dispatch.planning.dayahead.plan import Routes, points
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import travel_of

EFFORT = 1.0
"""In CP-SAT's own units, near a second: counted in steps, so that the answer is the same each time."""


def packed(problem: Problem, seen: Sequence[Sequence[Sequence[int]]], *, effort: float = EFFORT) -> Routes:
    """For each technician one of his routes, none with another's visit, so that the fewest points are lost.

    Of plans that lose the same, one with little road. The first route of each is what he has now: together
    they are a plan, and so the answer is never worse.
    """
    model = cp_model.CpModel()
    of_visit: dict[int, list[cp_model.IntVar]] = {}
    worth: list[cp_model.LinearExprT] = []
    chosen: list[list[cp_model.IntVar]] = []
    per_point = 1 + sum(shift[1] - shift[0] for shift in problem.shift)
    for technician, routes in enumerate(seen):
        mine = [model.new_bool_var("") for _ in routes]
        chosen.append(mine)
        model.add_exactly_one(mine)
        for number, (take, route) in enumerate(zip(mine, routes, strict=True)):
            model.add_hint(take, number == 0)
            worth.append(
                take * (points(problem, route) * per_point - (travel_of(problem, technician, route) or 0))
            )
            for visit in route:
                of_visit.setdefault(visit, []).append(take)
    for takers in of_visit.values():
        model.add_at_most_one(takers)
    model.maximize(cp_model.LinearExpr.sum(worth))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = effort
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return [list(routes[0]) for routes in seen]
    return [
        list(next(route for take, route in zip(mine, routes, strict=True) if solver.value(take)))
        for mine, routes in zip(chosen, seen, strict=True)
    ]
