"""A few technicians' days by VROOM. Only for worker processes: it keeps the interpreter while it runs."""

from collections.abc import Sequence

import vroom

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import travel_of

MOST_PRIORITY = 100


def solved(problem: Problem, technicians: Sequence[int], visits: Sequence[int], *, level: int) -> Routes:
    """A route for each of the technicians, in their order, with some of the visits.

    ``level`` 0 to 5 is how long VROOM looks: there is no time limit, which it would overshoot and which
    would make its answer a matter of chance.
    """
    if not technicians or not visits:
        return [[] for _ in technicians]
    model = _model(problem, technicians, visits)
    solution = model.solve(exploration_level=level, nb_threads=1).to_dict()
    routes: Routes = [[] for _ in technicians]
    for route in solution["routes"]:
        found = [visits[step["id"]] for step in route["steps"] if step["type"] == "job"]
        routes[route["vehicle"]] = _livable(problem, technicians[route["vehicle"]], found)
    return routes


def _livable(problem: Problem, technician: int, route: list[int]) -> list[int]:
    """VROOM lets people have lunch on their way home, too; without that, a visit may be one too many."""
    while route and travel_of(problem, technician, route) is None:
        route.remove(min(route, key=problem.weight.__getitem__))
    return route


def _model(problem: Problem, technicians: Sequence[int], visits: Sequence[int]) -> vroom.Input:
    """One skill per set of technicians who may serve a visit: exact for levels, parts and pins alike."""
    model = vroom.Input()
    ends = {place[each] for place in (problem.start, problem.home) for each in technicians}
    places = sorted(ends | {problem.site[each] for each in visits})
    at = {place: row for row, place in enumerate(places)}
    model.set_durations_matrix("car", [[problem.travel[a][b] for b in places] for a in places])
    who = [bytes(problem.able[technician][visit] for technician in technicians) for visit in visits]
    skill = {able: number for number, able in enumerate(sorted(set(who)))}
    for row, technician in enumerate(technicians):
        lunch = vroom.TimeWindow(*problem.lunch_window[technician])
        breaks = [vroom.Break(id=1, time_windows=[lunch], service=problem.lunch_seconds[technician])]
        model.add_vehicle(
            vroom.Vehicle(
                id=row,
                start=at[problem.start[technician]],
                end=at[problem.home[technician]],
                skills={number for able, number in skill.items() if able[row]},
                time_window=vroom.TimeWindow(*problem.shift[technician]),
                breaks=breaks if problem.lunches[technician] else [],
            )
        )
    heaviest = max(MOST_PRIORITY, *(problem.weight[visit] for visit in visits))
    for row, visit in enumerate(visits):
        model.add_job(
            vroom.Job(
                id=row,
                location=at[problem.site[visit]],
                default_service=problem.duration[visit],
                skills={skill[who[row]]},
                priority=max(1, problem.weight[visit] * MOST_PRIORITY // heaviest),
                time_windows=[vroom.TimeWindow(*window) for window in problem.windows[visit]],
            )
        )
    return model
