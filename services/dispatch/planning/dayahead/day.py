"""A technician's day kept ready for changes: where one more visit fits, in one look at each place."""

from collections.abc import Iterable
from itertools import pairwise

from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import (
    NEVER,
    clocks_after,
    clocks_at_start,
    fed_here,
    latest_arrival,
)

Fit = tuple[int, int]
"""Seconds more on the road, and the position before which the visit goes."""


class Day:
    """A day that can be lived, with both clocks before and both deadlines after each of its places.

    ``_hungry[k]`` and ``_fed[k]``: when he is free to leave for the visit at ``k``. ``_for_hungry[k]``
    and ``_for_fed[k]``: when he must be there at the latest, lunch still to be eaten there or later, or
    done with. The last place is home.
    """

    def __init__(self, problem: Problem, technician: int, visits: Iterable[int] = ()) -> None:
        self.problem = problem
        self.technician = technician
        self.visits = list(visits)
        self._work_out()

    def fit(self, visit: int) -> Fit | None:
        """The shortest detour that serves the visit and everything else; None when there is none."""
        problem, places, who = self.problem, self._places, self.technician
        if not problem.able[who][visit]:
            return None
        there = problem.travel[problem.site[visit]]
        latest_end = problem.shift[who][1] - there[places[-1]]
        best: Fit | None = None
        for k, direct in enumerate(self._ways):
            way, onward = there[places[k]], there[places[k + 1]]
            detour = way + onward - direct
            if best is not None and detour >= best[0]:
                continue
            hungry, fed = clocks_after(problem, who, visit, way, latest_end, self._hungry[k], self._fed[k])
            fed = fed_here(problem, who, hungry, fed)
            if fed + onward <= self._for_fed[k] or hungry + onward <= self._for_hungry[k]:
                best = detour, k
        return best

    def insert(self, visit: int, position: int) -> None:
        """Serve the visit before the one at ``position``; the caller knows that it fits."""
        self.visits.insert(position, visit)
        self._work_out()

    def remove(self, visit: int) -> None:
        """Serve it no longer. The rest can always be lived: ways obey the triangle inequality."""
        self.visits.remove(visit)
        self._work_out()

    @property
    def road(self) -> int:
        """Seconds on the road; a whole day without visits has none."""
        return sum(self._ways)

    def _work_out(self) -> None:
        problem = self.problem
        start, home = problem.start[self.technician], problem.home[self.technician]
        self._places = [start, *(problem.site[visit] for visit in self.visits), home]
        self._ways = [problem.travel[a][b] for a, b in pairwise(self._places)]
        self._go_forward()
        self._go_back()

    def _go_forward(self) -> None:
        problem = self.problem
        ends, home = problem.shift[self.technician][1], self._places[-1]
        hungry, fed = clocks_at_start(problem, self.technician)
        self._hungry, self._fed = [hungry], [fed]
        for visit, way in zip(self.visits, self._ways, strict=False):
            latest_end = ends - problem.travel[problem.site[visit]][home]
            hungry, fed = clocks_after(problem, self.technician, visit, way, latest_end, hungry, fed)
            self._hungry.append(hungry)
            self._fed.append(fed)

    def _go_back(self) -> None:
        problem = self.problem
        lunch_from, lunch_until = problem.lunch_window[self.technician]
        lunch = problem.lunch_seconds[self.technician]
        ends = problem.shift[self.technician][1]
        count = len(self.visits)
        self._for_fed = [ends] * (count + 1)
        self._for_hungry = [-NEVER] * (count + 1)
        for k in range(count - 1, -1, -1):
            visit, way = self.visits[k], self._ways[k + 1]
            latest_end = ends - problem.travel[self._places[k + 1]][self._places[-1]]
            leave_fed = self._for_fed[k + 1] - way
            leave_hungry = self._for_hungry[k + 1] - way
            if leave_fed - lunch >= lunch_from:
                leave_hungry = max(leave_hungry, min(lunch_until, leave_fed - lunch))
            windows, work = problem.windows[visit], problem.duration[visit]
            fed = latest_arrival(windows, min(leave_fed, latest_end) - work)
            hungry = latest_arrival(windows, min(leave_hungry, latest_end) - work)
            if fed - lunch >= lunch_from:
                hungry = max(hungry, min(lunch_until, fed - lunch))
            self._for_fed[k], self._for_hungry[k] = fed, hungry
