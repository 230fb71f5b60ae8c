"""A day in which the least is put off until most has come up, and all else is brought forward.

The shortest ways fill a few technicians' days and leave others without work in the morning, which nobody
gives back when more comes up in the afternoon; and who is busy with what could wait is not there for what
cannot. A part of the benchmark `anticipation`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.plan import Routes, points, unserved
from services.dispatch.planning.dayahead.problem import Problem, Window
from services.dispatch.planning.dayahead.route import travel_of
from services.dispatch.solvers.dayahead import Search
from services.dispatch.solvers.simulation import FOR_EVER, SETTINGS, Simulation
from tests.benchmarks.arrivals import HOUR, Rates

SHARE_STILL_TO_COME = 0.2
LOWEST_PRIORITY = 4
WITHIN_HOURS = (2, 3, 4, 6)
FORWARD_JOBS = 6
"""For each number of hours within which everything might be begun."""


@dataclass
class PuttingOff(Simulation):
    """Visits of the lowest priority are begun from ``lowest_from`` on (seconds from midnight) where they can
    be; with ``forward`` all else is, as soon as nothing more is lost by it."""

    lowest_from: int = 0
    forward: bool = True

    def __post_init__(self) -> None:
        self.problem = put_off(self.problem, self.lowest_from)
        super().__post_init__()

    def _better(self, today: Problem, planned: Routes, moment: int) -> Routes:
        found = super()._better(today, planned, moment)
        if not self.forward:
            return found
        since = max(moment, min(begins for begins, _ in self.problem.shift))
        return self._brought_forward(today, found, since, self.seed + moment + 1)

    def _brought_forward(self, problem: Problem, routes: Routes, since: int, seed: int) -> Routes:
        """Routes that lose no more, and begin all but what is put off within so many hours; or these."""
        lost = points(problem, unserved(problem, routes))
        for hours in WITHIN_HOURS:
            by = since + hours * HOUR
            early = replace(
                problem,
                windows=tuple(
                    windows if self.lowest_from and priority >= LOWEST_PRIORITY else _until(by, windows)
                    for priority, windows in zip(problem.priority, problem.windows, strict=True)
                ),
            )
            begun = [_livable(early, technician, route) for technician, route in enumerate(routes)]
            search = Search(early, self.crew, seed=seed, settings=SETTINGS, begun_with=begun)
            self.crew.turn_to(early)
            search.run(FOR_EVER, most_jobs=FORWARD_JOBS)
            found = inserted(problem, search.routes, unserved(problem, search.routes))
            if points(problem, unserved(problem, found)) <= lost:
                return found
        return routes


def released_at(rates: Rates, weekday: int) -> int:
    """From which hour on (seconds from midnight) no more than a fifth of what comes up is still to come."""
    hours = range(0, 24 * HOUR, HOUR)
    return next((hour for hour in hours if rates.share_after(hour, weekday) <= SHARE_STILL_TO_COME), 0)


def put_off(problem: Problem, until: int) -> Problem:
    """The day with visits of the lowest priority begun from ``until`` on, where they can be begun then.

    Two points are lost where there is no time for one of them later, thirty or a hundred where whoever might
    have come is still busy with it.
    """
    later = []
    for priority, windows in zip(problem.priority, problem.windows, strict=True):
        left = tuple((max(opens, until), closes) for opens, closes in windows if closes >= until)
        later.append(left if left and priority >= LOWEST_PRIORITY else windows)
    return replace(problem, windows=tuple(later))


def _until(by: int, windows: tuple[Window, ...]) -> tuple[Window, ...]:
    """As much of them as lies before; all of them where nothing does."""
    return tuple((opens, min(closes, by)) for opens, closes in windows if opens <= by) or windows


def _livable(problem: Problem, technician: int, route: Sequence[int]) -> list[int]:
    """As much of the route, from its start, as can be lived."""
    left = list(route)
    while left and travel_of(problem, technician, left) is None:
        left.pop()
    return left
