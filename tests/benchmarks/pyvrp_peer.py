"""A whole day planned by PyVRP, as its manual says: a peer of the benchmark `dispatch`.

Visits are optional clients with prizes, several windows a group of alternatives; each technician is a vehicle
type with a routing profile in which only the ways to what he may serve are passable. PyVRP knows no breaks:
lunch is a client that each must serve, and the way to it and on from it is guessed as half the way between
neighbouring sites. Where the guess was too short, what comes too late goes where it fits, if anywhere.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyvrp
from pyvrp.stop import MaxRuntime

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.plan import Routes, unserved
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import lived

PER_POINT = 10_000
"""Seconds on the road that a point is worth: more than any detour."""

NEIGHBOURS = 5
IMPASSABLE = 1 << 30
Matrix = npt.NDArray[Any]


def planned(problem: Problem, seconds: int) -> Routes:
    """The best of so many seconds, with what comes too late in it inserted elsewhere."""
    homes, visits = len(problem.technicians), len(problem.visits)
    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    served: list[int] = []
    for visit in problem.visits:
        alternatives = [len(clients) + n for n in range(len(problem.windows[visit]))]
        for opens, closes in problem.windows[visit]:
            clients.append(
                pyvrp.Client(
                    homes + visit,
                    service_duration=problem.duration[visit],
                    tw_early=opens,
                    tw_late=closes,
                    prize=problem.weight[visit] * PER_POINT,
                    required=False,
                    group=len(groups) if len(alternatives) > 1 else None,
                )
            )
            served.append(visit)
        if len(alternatives) > 1:
            groups.append(pyvrp.ClientGroup(alternatives, required=False))
    for technician in problem.technicians:
        if problem.lunches[technician]:
            opens, closes = problem.lunch_window[technician]
            lunch = homes + visits + technician
            length = problem.lunch_seconds[technician]
            clients.append(pyvrp.Client(lunch, service_duration=length, tw_early=opens, tw_late=closes))
    ways: list[Any] = [_ways(problem, technician) for technician in problem.technicians]
    shifts = enumerate(problem.shift)
    data = pyvrp.ProblemData(
        [pyvrp.Location(0, 0)] * (2 * homes + visits),
        clients,
        [pyvrp.Depot(technician) for technician in problem.technicians],
        [
            pyvrp.VehicleType(start_depot=t, end_depot=t, tw_early=starts, tw_late=ends, profile=t)
            for t, (starts, ends) in shifts
        ],
        ways,
        ways,
        groups,
    )
    best = pyvrp.solve(data, MaxRuntime(seconds), display=False).best
    routes: Routes = [[] for _ in problem.technicians]
    for route in best.routes() if best.is_feasible() else ():
        found = [served[step.idx] for step in route.schedule() if step.is_client() and step.idx < len(served)]
        lost, _ = lived(problem, route.vehicle_type(), found)
        routes[route.vehicle_type()] = [visit for visit in found if visit not in lost]
    return inserted(problem, routes, unserved(problem, routes))


def _ways(problem: Problem, technician: int) -> Matrix:
    """Seconds between homes, sites and lunches, as far as the technician may go there."""
    places = [*problem.home, *problem.site]
    homes, sites = len(problem.home), len(problem.site)
    between: Matrix = np.array([[problem.travel[a][b] for b in places] for a in places], dtype=np.int64)
    able = [homes + visit for visit in problem.visits if problem.able[technician][visit]]
    mine = [technician, *able, homes + sites + technician]
    ways: Matrix = np.full((2 * homes + sites,) * 2, IMPASSABLE, dtype=np.int64)
    near = np.sort(between[np.ix_(able, able)], axis=1)[:, 1 : NEIGHBOURS + 1]
    half = np.zeros(len(mine), dtype=np.int64)
    half[1:-1] = near.mean(axis=1) / 2 if near.size else 0
    mine_between = between[np.ix_(mine[:-1], mine[:-1])]
    ways[np.ix_(mine[:-1], mine[:-1])] = mine_between
    ways[mine, mine[-1]] = ways[mine[-1], mine] = half
    np.fill_diagonal(ways, 0)
    return ways
