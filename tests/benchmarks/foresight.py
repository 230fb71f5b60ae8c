"""What may come up, sampled from what has been learnt of other days, and ways to plan with it.

`anticipation` lives days with them and says what they are worth. Nothing of a day is looked at before it is
known: sampled visits lie at the sites of other days.
"""

import math
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.plan import Routes, points, unserved
from services.dispatch.planning.dayahead.problem import Problem, problem_of
from services.dispatch.planning.dayahead.problem_file import ProblemFile, VisitInFile
from services.dispatch.planning.dayahead.route import travel_of
from services.dispatch.solvers.dayahead import Search
from services.dispatch.solvers.simulation import FOR_EVER, SETTINGS, Simulation
from tests.benchmarks.arrivals import HOUR, WEEKDAY, Arrival, Rates, area_of, learnt, past_day, skill_of

HORIZON = 3 * HOUR


@dataclass(frozen=True)
class Model:
    """A visit of another day, where it would be in this one."""

    visit: VisitInFile
    area: str
    skill: str
    site: int


class Foresight:
    """``problem`` is the day, its locations followed by those of the days that were learnt from."""

    def __init__(self, day: ProblemFile, others: Sequence[ProblemFile]) -> None:
        self.rates = learnt([past_day(each) for each in others])
        self.models: list[Model] = []
        self._day = day
        self._able: dict[str, bytes] = {}
        locations = list(day.locations)
        for file in others:
            for visit in file.visits:
                if visit.known_at > 0:
                    place = file.locations[visit.site]
                    self.models.append(Model(visit, area_of(place), skill_of(visit), len(locations)))
                    locations.append(place)
        self.problem = problem_of(day.model_copy(update={"locations": tuple(locations)}))

    def sampled(self, today: Problem, moment: int, chance: Random, *, worth: float = 1.0) -> Problem:
        """Today with one future of the next hours, after its own visits; each of ``worth`` its weight."""
        exposure = float(len(self._day.technicians))
        for arrival in arrivals(self.rates, exposure, moment + 1, moment + HORIZON, chance):
            alike = [each for each in self.models if each.skill == arrival.skill]
            near = [math.exp(-abs(each.visit.known_at - arrival.at) / HOUR) for each in alike]
            model = chance.choices(alike, near)[0]
            there = [each.site for each in self.models if each.area == arrival.area]
            today = self._with(today, model.visit, arrival.at, chance.choice(there), worth)
        return today

    def _with(self, today: Problem, visit: VisitInFile, at: int, site: int, worth: float) -> Problem:
        key = f"{sorted(visit.skills.items())} {visit.part}"
        if key not in self._able:
            free = visit.model_copy(update={"technician": None})
            self._able[key] = bytes(each.can_serve(free) for each in self._day.technicians)
        # Deadlines run from when it comes up; sites close when they close.
        later = at - visit.known_at if visit.priority <= 2 else 0
        last = len(visit.windows) - 1
        windows = [(max(a, at), b + later * (n == last)) for n, (a, b) in enumerate(visit.windows)]
        windows = [(opens, closes) for opens, closes in windows if opens <= closes]
        if not windows or 1 not in self._able[key]:
            return today
        return replace(
            today,
            visit_ids=(*today.visit_ids, -1 - len(today.visit_ids)),
            site=(*today.site, site),
            duration=(*today.duration, visit.duration),
            known_at=(*today.known_at, at),
            windows=(*today.windows, tuple(windows)),
            priority=(*today.priority, visit.priority),
            weight=(*today.weight, max(1, round(self._day.weights[visit.priority] * worth))),
            able=tuple(row + self._able[key][t : t + 1] for t, row in enumerate(today.able)),
        )


def arrivals(rates: Rates, exposure: float, since: int, until: int, chance: Random) -> Iterator[Arrival]:
    """One future between two moments of the day, in its order: a Poisson process by the rates."""
    for hour in range(since // HOUR, math.ceil(until / HOUR)):
        cells = [cell for cell in rates.by_cell if cell[2:] == (hour, WEEKDAY)]
        heaped = list(accumulate(rates.by_cell[cell] * exposure for cell in cells))
        if not heaped:
            continue
        at = max(since, hour * HOUR) + chance.expovariate(heaped[-1] / HOUR)
        while at < min(until, (hour + 1) * HOUR):
            area, skill, _, _ = cells[bisect(heaped, chance.random() * heaped[-1], hi=len(cells) - 1)]
            yield Arrival(int(at), area, skill)
            at += chance.expovariate(heaped[-1] / HOUR)


Choice = Callable[[Problem, Sequence[Problem], Sequence[Routes]], Routes]
"""Of plans for today, one: the first knows of no future, each other of one of the futures."""


@dataclass
class WithFutures(Simulation):
    """Beside the plan that knows of no future, one for each of some; ``choose`` takes one of them.

    ``worth`` is that of a visit that may come up, beside one that has.
    """

    foresight: Foresight | None = None
    futures: int = 4
    future_jobs: int = 6
    worth: float = 1.0
    choose: Choice | None = None

    def _better(self, today: Problem, planned: Routes, moment: int) -> Routes:
        assert self.foresight is not None
        assert self.choose is not None
        found = super()._better(today, planned, moment)
        chance = Random(f"{self.seed} {moment}")
        futures = [
            self.foresight.sampled(today, moment, chance, worth=self.worth) for _ in range(self.futures)
        ]
        plans = [found]
        for future in futures:
            search = Search(future, self.crew, self.seed + moment, SETTINGS, begun_with=found)
            self.crew.turn_to(future)
            search.run(FOR_EVER, most_jobs=self.future_jobs)
            plans.append([[visit for visit in route if visit in today.visits] for route in search.routes])
        return self.choose(today, futures, plans)


def last(today: Problem, futures: Sequence[Problem], plans: Sequence[Routes]) -> Routes:
    """The plan for a future, whatever it loses now."""
    return plans[-1]


def agreed(today: Problem, futures: Sequence[Problem], plans: Sequence[Routes]) -> Routes:
    """The plan whose first visits most plans have (Bent and Van Hentenryck's consensus, 2004)."""
    votes = Counter((t, route[0] if route else None) for plan in plans for t, route in enumerate(plan))
    return max(
        plans, key=lambda plan: sum(votes[t, route[0] if route else None] for t, route in enumerate(plan))
    )


def cheapest(today: Problem, futures: Sequence[Problem], plans: Sequence[Routes]) -> Routes:
    """The plan that loses least on average of the futures, what comes up in them inserted."""

    def lost(plan: Routes) -> tuple[int, int]:
        later = sum(points(each, unserved(each, _filled(each, plan))) for each in futures)
        return later, sum(travel_of(today, t, route) or 0 for t, route in enumerate(plan))

    return min(plans, key=lost)


def _filled(future: Problem, plan: Routes) -> Routes:
    return inserted(future, plan, unserved(future, plan))
