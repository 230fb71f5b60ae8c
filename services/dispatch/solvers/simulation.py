"""A day lived with a planner: at each new visit what is not begun is planned anew, by who knows no more.

The new visit goes where it makes the shortest detour; then neighbours' days are solved anew for so many jobs,
not for so long, so that a seed says everything.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.dispatch.planning.dayahead.living import Lived, Step, at_home, live
from services.dispatch.planning.dayahead.plan import Routes, points
from services.dispatch.planning.dayahead.problem import Problem, left_of
from services.dispatch.solvers.dayahead import Search, Settings
from services.dispatch.solvers.workers import Crew

JOBS = 15
"""At each moment at which visits come up: some for everybody in blocks, the others around what is lost."""

FOR_EVER = float("inf")
SETTINGS = Settings(block=12, block_level=3, many_block=12, per_pack=8)


@dataclass
class Simulation:
    """``jobs`` 0 is insertion alone. ``told`` hears of each moment at which the plan was made anew."""

    problem: Problem
    crew: Crew
    seed: int = 0
    jobs: int = JOBS
    told: Callable[[int], None] = lambda _: None
    lived: list[Lived] = field(init=False)

    def __post_init__(self) -> None:
        self.lived = [at_home(self.problem, technician) for technician in self.problem.technicians]

    def run(self) -> None:
        """From before the first shift until everybody is home."""
        problem = self.problem
        routes: Routes = [[] for _ in problem.technicians]
        for moment in sorted(set(problem.known_at)):
            routes = self._planned(moment, self._lived_until(moment, routes))
            self.told(moment)
        self._lived_until(max((ends for _, ends in problem.shift), default=0) + 1, routes)

    @property
    def lost_points(self) -> int:
        """The weights of the visits that nobody made."""
        made = {step.visit for lived in self.lived for step in lived.steps}
        return points(self.problem, set(self.problem.visits) - made)

    def _lived_until(self, moment: int, routes: Routes) -> Routes:
        left = []
        for technician, route in enumerate(routes):
            lived = self.lived[technician]
            left.append(live(self.problem, technician, lived, route, moment))
            lived.standing = replace(lived.standing, free=max(moment, lived.standing.free))
        return left

    def _planned(self, moment: int, routes: Routes) -> Routes:
        """The routes that are left, with what has come up; by the indices of the whole day."""
        problem = self.problem
        begun = {step.visit for lived in self.lived for step in lived.steps}
        open_still = [
            visit
            for visit in problem.visits
            if problem.known_at[visit] <= moment
            and visit not in begun
            and any(moment <= closes for _, closes in problem.windows[visit])
        ]
        here = {visit: number for number, visit in enumerate(open_still)}
        today = left_of(
            problem,
            open_still,
            start=[each.standing.place for each in self.lived],
            shift=[
                (each.standing.free, max(each.standing.free, ends))
                for each, (_, ends) in zip(self.lived, problem.shift, strict=True)
            ],
            lunches=[each.standing.hungry for each in self.lived],
        )
        left = [[here[visit] for visit in route] for route in routes]
        return [[open_still[visit] for visit in route] for route in self._better(today, left, moment)]

    def _better(self, today: Problem, planned: Routes, moment: int) -> Routes:
        """What is gone on with, of what is left of the day and how it was planned so far; by its indices."""
        search = Search(today, self.crew, seed=self.seed + moment, settings=SETTINGS, begun_with=planned)
        if self.jobs:
            self.crew.turn_to(today)
            search.run(FOR_EVER, most_jobs=self.jobs)
        return search.routes


def executed(problem: Problem, lived: Sequence[Lived]) -> dict[int, list[Mapping[str, Any]]]:
    """What everybody did, by the ids of the problem's file."""
    return {
        id: [_as_told(problem, step) for step in each.steps]
        for id, each in zip(problem.technician_ids, lived, strict=True)
    }


def _as_told(problem: Problem, step: Step) -> Mapping[str, Any]:
    if step.visit is None:
        return {"lunch": step.start}
    return {"visit": problem.visit_ids[step.visit], "depart": step.depart, "start": step.start}
