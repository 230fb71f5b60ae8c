"""A whole day planned by OR-Tools routing, as its manual says: a peer of the benchmark `dispatch`."""

import itertools
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem

PER_POINT = 100_000
"""Seconds on the road that a point is worth: more than any plan has."""


def planned(problem: Problem, seconds: int) -> Routes:
    """The best of guided local search in so many seconds; empty where it finds none."""
    technicians, visits = problem.technicians, problem.visits
    places = [*problem.home, *problem.site]
    starts = list(technicians)
    nodes = pywrapcp.RoutingIndexManager(len(places), len(starts), starts, starts)
    routing = pywrapcp.RoutingModel(nodes)
    work = [0] * len(starts) + list(problem.duration)

    def way(a: int, b: int) -> int:
        return int(problem.travel[places[nodes.IndexToNode(a)]][places[nodes.IndexToNode(b)]])

    def work_and_way(a: int, b: int) -> int:
        return int(work[nodes.IndexToNode(a)]) + way(a, b)

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(way))
    day = max(ends for _, ends in problem.shift)
    routing.AddDimension(routing.RegisterTransitCallback(work_and_way), day, day, False, "clock")
    clock = routing.GetDimensionOrDie("clock")
    for visit in visits:
        index = nodes.NodeToIndex(len(starts) + visit)
        _confine(clock.CumulVar(index), problem, visit)
        able = [technician for technician in technicians if problem.able[technician][visit]]
        routing.VehicleVar(index).SetValues([-1, *able])
        routing.AddDisjunction([index], problem.weight[visit] * PER_POINT)
    for technician in technicians:
        for index in (routing.Start(technician), routing.End(technician)):
            clock.CumulVar(index).SetRange(*problem.shift[technician])
        if problem.lunches[technician]:
            lunch = routing.solver().FixedDurationIntervalVar(
                *problem.lunch_window[technician],
                problem.lunch_seconds[technician],
                False,
                f"lunch {technician}",
            )
            at_nodes = [work[nodes.IndexToNode(index)] for index in range(routing.Size())]
            clock.SetBreakIntervalsOfVehicle([lunch], technician, at_nodes)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(seconds)
    found = routing.SolveWithParameters(parameters)
    return [[] if found is None else _route(routing, nodes, found, each, len(starts)) for each in technicians]


def _confine(start: Any, problem: Problem, visit: int) -> None:
    windows = problem.windows[visit]
    start.SetRange(windows[0][0], windows[-1][1])
    for (_, closes), (opens, _) in itertools.pairwise(windows):
        if closes + 1 < opens:
            start.RemoveInterval(closes + 1, opens - 1)


def _route(routing: Any, nodes: Any, found: Any, technician: int, homes: int) -> list[int]:
    visits, index = [], found.Value(routing.NextVar(routing.Start(technician)))
    while not routing.IsEnd(index):
        visits.append(nodes.IndexToNode(index) - homes)
        index = found.Value(routing.NextVar(index))
    return visits
