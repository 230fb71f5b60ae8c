"""A day planned ahead: best insertion at once, then neighbours' days solved anew until time is over.

First everybody, in blocks of neighbours; then a few neighbours at a time, around what is lost or anywhere;
and now and then the best choice among all routes that were seen. What is answered is taken only when it is
a plan, judged here, and no worse than what was there.
"""

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from services.dispatch.planning.dayahead.construction import inserted
from services.dispatch.planning.dayahead.plan import Routes, points, unserved
from services.dispatch.planning.dayahead.problem import Problem
from services.dispatch.planning.dayahead.route import travel_of
from services.dispatch.solvers.workers import Crew, Pack, Resolve

MOST_SEEN = 60
"""Routes of one technician that are remembered and chosen among: the last."""

MANY = 100
"""From so many technicians on everybody is planned in smaller blocks, and sooner; and as many jobs as there
are technicians look less far, for at first there is much to gain everywhere."""

AROUND_LOST = 0.5
"""How often neighbours are chosen around a visit that is lost, while there are some."""


@dataclass
class Settings:
    """How the search goes about it; sizes in technicians, levels as VROOM's.

    ``per_pack``: jobs from one choice among all routes to the next; three for each technician when absent.
    A plan is gone on with that loses ``slack`` points more than the best, or takes longer by ``tolerance``.
    """

    block: int = 25
    block_level: int = 5
    many_block: int = 15
    many_block_level: int = 1
    least: int = 4
    most: int = 8
    level: int = 3
    per_pack: int | None = None
    tolerance: float = 0.02
    slack: int = 0


@dataclass
class Search:
    """One day's plan while it becomes better.

    ``routes`` is the best so far at any moment, ``best`` its points lost and seconds on the road. A plan that
    there is already, which can be lived, is what it was ``begun_with``.
    """

    problem: Problem
    crew: Crew
    seed: int = 0
    settings: Settings = field(default_factory=Settings)
    told: Callable[["Search"], None] = lambda _: None
    begun_with: Routes | None = None

    def __post_init__(self) -> None:
        begun = self.begun_with or [[] for _ in self.problem.technicians]
        self._random = random.Random(self.seed)
        self._now = inserted(self.problem, begun, unserved(self.problem, begun))
        self.routes = [list(route) for route in self._now]
        self._road = [self._road_of(t, route) or 0 for t, route in enumerate(self._now)]
        self._lost = set(unserved(self.problem, self._now))
        self._busy: set[int] = set()
        self._asked: set[int] = set()
        self._fresh_from = self._given = 0
        self._under_way: deque[tuple[int, Resolve]] = deque()
        self._packing: int | None = None
        self._per_pack = self.settings.per_pack or max(20, 3 * len(self.problem.technicians))
        many = len(self.problem.technicians) > MANY
        self._quick_jobs = len(self.problem.technicians) if many else 0
        self._block_level = self.settings.many_block_level if many else self.settings.block_level
        self._blocks = deque(self._everybody(self.settings.many_block if many else self.settings.block))
        self._seen: list[dict[tuple[int, ...], None]] = [{} for _ in self.problem.technicians]
        self.best = points(self.problem, self._lost), sum(self._road)
        for technician in self.problem.technicians:
            self._see(technician, self._now[technician])

    def run(self, until: float, *, most_jobs: int | None = None) -> None:
        """Work until ``until`` (monotonic seconds) or for so many jobs; without a cut a seed says all."""
        try:
            while time.monotonic() < until and self._step(until, most_jobs):
                self.told(self)
        except TimeoutError:
            return

    def _step(self, until: float, most_jobs: int | None) -> bool:
        """Give what there is to do, take the oldest answer; False when nothing is left to wait for."""
        while len(self._under_way) <= self.crew.size and (most_jobs is None or self._given < most_jobs):
            block = self._blocks.popleft() if self._blocks else None
            job = self._neighbours() if block is None else self._resolving(block, self._block_level)
            if job is None:
                break
            self._under_way.append((self.crew.give(job), job))
            self._given += 1
            self._pack_now_and_then(until)
        if not self._under_way:
            return False
        ticket, job = self._under_way.popleft()
        answer = self.crew.collect(ticket, until)
        self._busy -= set(job.technicians)
        self._asked -= set(job.visits)
        if answer is not None:
            self._take_days(ticket, job, answer)
        return True

    def _pack_now_and_then(self, until: float) -> None:
        """The choice is taken some jobs later, always as many, so that the others go on meanwhile."""
        turn = self._given % self._per_pack
        if turn == 0:
            self._packing = self.crew.give(Pack(tuple(map(self._choices, self.problem.technicians))))
        elif turn == self._per_pack // 2 and self._packing is not None:
            answer = self.crew.collect(self._packing, until)
            self._packing = None
            if answer is not None:
                self._take_choice(answer)

    def _everybody(self, block: int) -> list[list[int]]:
        """All technicians in blocks of neighbours, from whoever lives farthest out."""
        travel, home = self.problem.travel, self.problem.home
        way_out = [sum(travel[mine][other] for other in home) for mine in home]
        left = sorted(self.problem.technicians, key=lambda t: (-way_out[t], t))
        count = math.ceil(len(left) / block)
        size = math.ceil(len(left) / max(1, count))
        blocks = []
        while left:
            way = travel[home[left[0]]]
            near = sorted(left, key=lambda t: (way[home[t]], t))[:size]
            left = [technician for technician in left if technician not in near]
            blocks.append(near)
        return blocks

    def _neighbours(self) -> Resolve | None:
        """A few technicians who are free, around a lost visit or around one of them; None when nobody is."""
        problem, chance = self.problem, self._random
        free = [technician for technician in problem.technicians if technician not in self._busy]
        lost = sorted(self._lost - self._asked)
        if not free:
            return None
        able: list[int] = []
        if lost and chance.random() < AROUND_LOST:
            visit = chance.choices(lost, [problem.weight[each] for each in lost])[0]
            centre = problem.site[visit]
            able = [technician for technician in free if problem.able[technician][visit]]
        else:
            centre = chance.choice(self._places(chance.choice(free)))
        way = problem.travel[centre]
        away = {
            each: min(way[place] for place in self._places(each)) * chance.uniform(0.7, 1.3) for each in free
        }
        size = chance.randint(self.settings.least, self.settings.most)
        skilled = sorted(able, key=away.__getitem__)[: size // 2]
        others = sorted(away.keys() - set(skilled), key=lambda each: (away[each], each))
        level = self._block_level if self._given < self._quick_jobs else self.settings.level
        return self._resolving([*skilled, *others][:size], level, centre)

    def _places(self, technician: int) -> list[int]:
        problem = self.problem
        return [problem.home[technician], *(problem.site[visit] for visit in self._now[technician])]

    def _resolving(self, group: list[int], level: int, centre: int | None = None) -> Resolve:
        """Have the group's days planned anew; what is lost near the centre (or the first home) may join."""
        problem = self.problem
        way = problem.travel[problem.home[group[0]] if centre is None else centre]
        mine = [visit for technician in group for visit in self._now[technician]]
        extra = [
            visit
            for visit in sorted(self._lost - self._asked)
            if any(problem.able[technician][visit] for technician in group)
        ]
        extra.sort(key=lambda visit: (way[problem.site[visit]] / problem.weight[visit], visit))
        extra = extra[: 3 * len(group)]
        self._busy |= set(group)
        self._asked |= set(extra)
        visits = [*mine, *extra]
        self._random.shuffle(visits)  # VROOM's answer depends on the order
        return Resolve(tuple(group), tuple(visits), level)

    def _choices(self, technician: int) -> tuple[tuple[int, ...], ...]:
        has = tuple(self.routes[technician])
        return (has, *(route for route in self._seen[technician] if route != has))

    def _see(self, technician: int, route: Iterable[int]) -> None:
        """Remember it as the last that was seen."""
        seen, key = self._seen[technician], tuple(route)
        seen.pop(key, None)
        seen[key] = None
        if len(seen) > MOST_SEEN:
            del seen[next(iter(seen))]

    def _take_days(self, ticket: int, job: Resolve, answer: Routes) -> None:
        problem, group = self.problem, job.technicians
        roads = self._sensible(group, job.visits, answer)
        if roads is None:
            return
        for technician, route in zip(group, answer, strict=True):
            self._see(technician, route)
        if ticket < self._fresh_from:
            return
        lost = (self._lost | set(job.visits)) - {visit for route in answer for visit in route}
        fewer = points(problem, self._lost) - points(problem, lost)
        longer = sum(roads) > sum(self._road[each] for each in group) * (1 + self.settings.tolerance)
        most_lost = self.best[0] + self.settings.slack
        if fewer > 0 or (not longer if fewer == 0 else points(problem, lost) <= most_lost):
            self._go_on_with(group, answer, roads, lost)

    def _take_choice(self, answer: Routes) -> None:
        everybody = self.problem.technicians
        roads = self._sensible(everybody, self.problem.visits, answer)
        lost = set(unserved(self.problem, answer))
        if roads is not None and (points(self.problem, lost), sum(roads)) < self.best:
            self._go_on_with(everybody, answer, roads, lost)
            # What is under way will fit a plan that is gone: it is seen, and no more than that.
            self._fresh_from = self._under_way[-1][0] + 1

    def _go_on_with(self, group: Sequence[int], routes: Routes, roads: list[int], lost: set[int]) -> None:
        for technician, route, road in zip(group, routes, roads, strict=True):
            self._now[technician], self._road[technician] = route, road
        self._lost = lost
        cost = points(self.problem, lost), sum(self._road)
        if cost < self.best:
            self.best = cost
            self.routes = [list(route) for route in self._now]

    def _sensible(self, group: Sequence[int], visits: Iterable[int], answer: Routes) -> list[int] | None:
        """Seconds on the road of each route; None when they are no plan, whatever a solver thinks."""
        chosen = [visit for route in answer for visit in route]
        roads = [self._road_of(*each) for each in zip(group, answer, strict=False)]
        if (
            len(roads) < max(len(group), len(answer))
            or None in roads
            or len(set(chosen)) < len(chosen)
            or not set(visits).issuperset(chosen)
        ):
            self.crew.failures["wrong answer"] += 1
            return None
        return [road for road in roads if road is not None]

    def _road_of(self, technician: int, route: list[int]) -> int | None:
        problem = self.problem
        if not route:
            return problem.travel[problem.start[technician]][problem.home[technician]]
        able = all(visit in problem.visits and problem.able[technician][visit] for visit in route)
        return travel_of(problem, technician, route) if able else None
