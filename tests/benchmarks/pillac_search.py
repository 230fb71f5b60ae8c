"""A plan for technicians with tools and parts: neighbourhood search, then the best choice of days seen.

The way of the day-ahead planner with another engine inside: VROOM knows neither waiting as a cost nor a depot
that is called at once. Strings of neighbouring requests are taken out and put back where they cost least
(Christiaens and Vanden Berghe, 2020), worse plans are taken for a while, and CP-SAT packs what was seen.
"""

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ortools.sat.python import cp_model

from tests.benchmarks.pillac_problem import DEPOT, TOLERANCE, Instance, working_time

MEAN_REMOVED, LONGEST_STRING = 12, 8
BLINK = 0.015
"""How often a place is overlooked."""
HOT, COLD = 0.02, 0.0001
"""Temperatures, as shares of what the first plan costs."""
KEPT_ROUTES = 40_000
WORTH_KEEPING = 1.02
"""Days of plans that cost so much of the present one's are kept for packing, too."""
REMEMBERED_ROUTES = 400_000
PRECISION = 1000
UNSERVED = 1e4
"""What a request costs that nobody makes: more than any day."""
LOOK_AT_THE_CLOCK_EVERY = 16

Plan = dict[int, list[int]]
Seen = list[tuple[int, list[int], float]]
"""Days that were looked at: technician, stops with ``DEPOT`` among them, what they cost."""

Segment = tuple[float, float, float]
"""A piece of a day: how long it takes at least, and the earliest and latest start for which that is so."""
Pieces = tuple[list[Segment | None], list[Segment | None]]
"""For each gap of a day what lies before it, and what behind."""


@dataclass(slots=True)
class Route:
    technician: int
    stops: tuple[int, ...]
    cost: float
    places: dict[int, tuple[float, tuple[int, ...]]] = field(default_factory=dict)
    """For requests that were asked for: what the cheapest place costs more, and the stops with it."""
    pieces: Pieces | None = None
    bare: tuple[int, ...] | None = None
    """The stops without the depot."""
    supplied_for: int = 0


class Days:
    """Every day that was looked at, each once."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        count, crew = len(instance.requests), len(instance.technicians)
        self.depot = count
        stops = [*instance.requests, instance.depot]
        self.ways = [[a.way(b) for b in stops] for a in stops]
        self.from_home = [[he.way(stop) for stop in stops] for he in instance.technicians]
        self.alone: list[Segment] = [(each.service, each.opens, each.closes) for each in stops]
        self.at_home: list[Segment] = [(0.0, he.opens, he.closes) for he in instance.technicians]
        self.able = [[each.skills <= he.skills for each in instance.requests] for he in instance.technicians]
        self.lacks_tool = [
            [not each.tools <= he.tools for each in instance.requests] for he in instance.technicians
        ]
        self.known = 0
        self.parts = [
            [(part, need) for part, need in enumerate(each.parts) if need] for each in instance.requests
        ]
        self.routes: list[dict[tuple[int, ...], Route]] = [{} for _ in range(crew)]

    def route(self, technician: int, stops: tuple[int, ...]) -> Route:
        """The day with these stops; it costs infinitely much where it cannot be lived."""
        known = self.routes[technician].get(stops)
        if known is None:
            known = Route(technician, stops, self._cost(technician, stops))
            self.routes[technician][stops] = known
            self.known += 1
        return known

    def _cost(self, technician: int, stops: Sequence[int]) -> float:
        if not stops:
            return 0.0
        day = _joined(self.at_home[technician], self.from_home[technician][stops[0]], self.alone[stops[0]])
        for before, stop in pairwise(stops):
            if day is None:
                return math.inf
            day = _joined(day, self.ways[before][stop], self.alone[stop])
        if day is not None:
            day = _joined(day, self.from_home[technician][stops[-1]], self.at_home[technician])
        return math.inf if day is None else day[0]

    def forget_beyond(self, most: int) -> None:
        """Days are worked out anew when they come again."""
        if self.known > most:
            for routes in self.routes:
                routes.clear()
            self.known = 0

    def without(self, route: Route, gone: set[int]) -> Route:
        """The day that is left, with the depot where it is best, if it is needed still."""
        kept = tuple(stop for stop in route.stops if stop not in gone and stop != self.depot)
        return self.cheapest(route.technician, kept)

    def cheapest(self, technician: int, requests: tuple[int, ...]) -> Route:
        """The requests in this order, with the depot where it is best, if it is needed."""
        supplied = self._supplied_for(technician, requests)
        if supplied == len(requests):
            return self.route(technician, requests)
        possible = ((*requests[:at], self.depot, *requests[at:]) for at in range(supplied + 1))
        return min((self.route(technician, each) for each in possible), key=lambda each: each.cost)

    def place(self, route: Route, request: int) -> tuple[float, tuple[int, ...]]:
        """What a request costs more at its cheapest place, and the stops then; infinite where it has none."""
        known = route.places.get(request)
        if known is None:
            known = route.places[request] = self._place(route, request)
        return known

    def _place(self, route: Route, request: int) -> tuple[float, tuple[int, ...]]:
        technician = route.technician
        if not self.able[technician][request]:
            return math.inf, ()
        if route.bare is None:
            route.bare = tuple(stop for stop in route.stops if stop != self.depot)
            route.supplied_for = self._supplied_for(technician, route.bare)
        bare, with_it = route.bare, self._supplied_for(technician, route.bare, request)
        if with_it == len(bare):
            cost, stops = self._inserted(self.route(technician, bare), request)
            return cost - route.cost, stops
        cost, stops = math.inf, ()
        for at in range(route.supplied_for + 1):
            supplied = self.route(technician, (*bare[:at], self.depot, *bare[at:]))
            found = self._inserted(supplied, request, 0 if at <= with_it else at + 1)
            if found[0] < cost:
                cost, stops = found
        return cost - route.cost, stops

    def _supplied_for(self, technician: int, requests: Sequence[int], besides: int | None = None) -> int:
        """How many of them, from the first on, he makes with what he has at home; -1 where not even
        ``besides``, which he makes as well."""
        lacks_tool, kept = self.lacks_tool[technician], list(self.instance.technicians[technician].parts)
        for at, each in enumerate(requests if besides is None else (besides, *requests)):
            made = at - (besides is not None)
            if lacks_tool[each]:
                return made
            for part, need in self.parts[each]:
                kept[part] -= need
                if kept[part] < 0:
                    return made
        return len(requests)

    def _inserted(self, route: Route, request: int, earliest: int = 0) -> tuple[float, tuple[int, ...]]:
        """The cheapest place in this day from ``earliest`` on, in linear time."""
        technician, stops = route.technician, route.stops
        from_home, to = self.from_home[technician], self.ways[request]
        service, opens, closes = self.alone[request]
        if route.pieces is None:
            route.pieces = self._pieces(technician, stops)
        count = len(stops)
        best, place = math.inf, -1
        # The innermost loop of the search: `_joined` twice, written out.
        for at, (before, behind) in enumerate(zip(*route.pieces, strict=True)):
            if before is None:
                break
            if at < earliest or behind is None:
                continue
            takes, start, latest = before
            away = takes + (from_home[request] if at == 0 else to[stops[at - 1]])
            if start + away > closes + TOLERANCE:
                break
            waits = opens - away - latest
            if waits > 0:
                takes, start = away + service + waits, latest
            else:
                takes = away + service
                start, latest = max(opens - away, start), min(closes - away, latest)
            away = takes + (from_home[request] if at == count else to[stops[at]])
            if start + away > behind[2] + TOLERANCE:
                continue
            waits = behind[1] - away - latest
            takes = away + behind[0] + waits if waits > 0 else away + behind[0]
            if takes < best:
                best, place = takes, at
        return (best, (*stops[:place], request, *stops[place:])) if place >= 0 else (math.inf, ())

    def _pieces(
        self, technician: int, stops: tuple[int, ...]
    ) -> tuple[list[Segment | None], list[Segment | None]]:
        home, from_home = self.at_home[technician], self.from_home[technician]
        alone, ways, count = self.alone, self.ways, len(stops)
        before: list[Segment | None] = [home]
        for at, stop in enumerate(stops):
            way = from_home[stop] if at == 0 else ways[stops[at - 1]][stop]
            so_far = before[at]
            before.append(None if so_far is None else _joined(so_far, way, alone[stop]))
        behind: list[Segment | None] = [home] * (count + 1)
        for at in range(count - 1, -1, -1):
            stop, after = stops[at], behind[at + 1]
            way = from_home[stop] if at == count - 1 else ways[stop][stops[at + 1]]
            behind[at] = None if after is None else _joined(alone[stop], way, after)
        return before, behind


def _joined(a: Segment, way: float, b: Segment) -> Segment | None:
    """One after the other; None where the second's window is over by then (Vidal et al., 2013)."""
    takes, earliest, latest = a
    away = takes + way
    if earliest + away > b[2] + TOLERANCE:
        return None
    waits = b[1] - away - latest
    if waits > 0:
        return away + b[0] + waits, latest, latest
    return away + b[0], max(b[1] - away, earliest), min(b[2] - away, latest)


class Search:
    """One descent with a temperature. ``best`` is the cheapest plan so far, ``seen`` days of such plans."""

    def __init__(self, instance: Instance, seed: int) -> None:
        self.instance, self.chance = instance, random.Random(seed)
        self.days = Days(instance)
        self.count = len(instance.requests)
        requests = range(self.count)
        self.near = [sorted(requests, key=self.days.ways[each].__getitem__) for each in requests]
        self.rounds = 0
        empty = [self.days.route(each, ()) for each in range(len(instance.technicians))]
        self.now, self.absent = self._filled(empty, list(range(self.count)))
        self.best, self.best_cost = self.now, self._cost(self.now, self.absent)
        self.seen: dict[tuple[int, tuple[int, ...]], float] = {}

    def run(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        begun, cost = clock(), self.best_cost
        hot, cold = HOT * cost, COLD * cost
        temperature = hot
        while True:
            if self.rounds % LOOK_AT_THE_CLOCK_EVERY == 0:
                share = (clock() - begun) / seconds
                if share >= 1:
                    return
                temperature = hot * (cold / hot) ** share
                self.days.forget_beyond(REMEMBERED_ROUTES)
            self.rounds += 1
            routes, absent = self._filled(*self._ruined())
            then = self._cost(routes, absent)
            if then < cost * WORTH_KEEPING and len(self.seen) < KEPT_ROUTES:
                self.seen.update({(each.technician, each.stops): each.cost for each in routes if each.stops})
            if then < cost - temperature * math.log(self.chance.random() or TOLERANCE):
                self.now, self.absent, cost = routes, absent, then
                if then < self.best_cost - TOLERANCE:
                    self.best, self.best_cost = routes, then

    @staticmethod
    def _cost(routes: Sequence[Route], absent: Sequence[int]) -> float:
        return sum(each.cost for each in routes) + UNSERVED * len(absent)

    def _ruined(self) -> tuple[list[Route], list[int]]:
        """The plan without strings of requests that lie near each other, and these with who was absent."""
        chance, routes = self.chance, list(self.now)
        of = {stop: route.technician for route in routes for stop in route.stops}
        used = [len(route.stops) for route in routes if route.stops]
        mean = sum(used) / max(1, len(used))
        longest = min(LONGEST_STRING, mean)
        strings = max(1, int(chance.random() * (4 * MEAN_REMOVED / (1 + longest) - 1)) + 1)
        ruined: set[int] = set()
        gone = list(self.absent)
        for request in self.near[chance.randrange(self.count)]:
            technician = of.get(request)
            if technician is None or technician in ruined:
                continue
            stops = [stop for stop in routes[technician].stops if stop != self.days.depot]
            length = int(chance.random() * min(len(stops), longest)) + 1
            at = stops.index(request)
            first = chance.randint(max(0, at - length + 1), min(at, len(stops) - length))
            taken = stops[first : first + length]
            routes[technician] = self.days.without(routes[technician], set(taken))
            gone += taken
            ruined.add(technician)
            if len(ruined) >= strings:
                break
        return routes, gone

    def _filled(self, routes: list[Route], gone: list[int]) -> tuple[list[Route], list[int]]:
        """Each put where it costs least, one after the other, in an order of chance's choice."""
        chance, absent = self.chance, []
        for request in self._ordered(gone):
            best, to = math.inf, -1
            stops: tuple[int, ...] = ()
            for technician, route in enumerate(routes):
                cost, then = self.days.place(route, request)
                if cost < best and chance.random() >= BLINK:
                    best, to, stops = cost, technician, then
            if to < 0:
                absent.append(request)
            else:
                routes[to] = self.days.route(to, stops)
        return routes, absent

    def _ordered(self, gone: list[int]) -> list[int]:
        requests, depot = self.instance.requests, self.instance.depot
        chance = self.chance
        chance.shuffle(gone)
        match chance.randrange(8):
            case 0 | 1:
                gone.sort(key=lambda each: requests[each].closes - requests[each].opens)
            case 2 | 3:
                gone.sort(key=lambda each: requests[each].opens)
            case 4:
                gone.sort(key=lambda each: -requests[each].closes)
            case 5:
                gone.sort(key=lambda each: -requests[each].way(depot))
            case _:
                pass
        return gone


def searched(instance: Instance, seconds: float, seed: int) -> tuple[Plan, Seen]:
    """The best plan of one search, and the days that it saw, the cheapest way to each first."""
    search = Search(instance, seed)
    search.run(seconds)
    depot = search.days.depot
    seen = [
        (technician, [DEPOT if each == depot else each for each in stops], cost)
        for (technician, stops), cost in search.seen.items()
    ]
    plan = {
        each.technician: [DEPOT if stop == depot else stop for stop in each.stops]
        for each in search.best
        if each.stops
    }
    return plan, seen


def packed(instance: Instance, found: Sequence[tuple[Plan, Seen]], seconds: float, *, workers: int) -> Plan:
    """Of everybody's days that were seen one each, with every request in one: the cheapest choice."""
    best = min((plan for plan, _ in found), key=lambda plan: _worth(instance, plan))
    cheapest: dict[tuple[int, frozenset[int]], tuple[float, list[int]]] = {}
    mine = [(each, stops, working_time(instance, each, stops)) for each, stops in best.items()]
    for technician, stops, cost in (*mine, *(day for _, seen in found for day in seen)):
        key = technician, frozenset(stops) - {DEPOT}
        if key not in cheapest or cost < cheapest[key][0]:
            cheapest[key] = cost, stops
    hinted = {(technician, frozenset(stops) - {DEPOT}) for technician, stops in best.items()}
    model = cp_model.CpModel()
    by_request: dict[int, list[cp_model.IntVar]] = {}
    by_technician: dict[int, list[cp_model.IntVar]] = {}
    taken = {key: model.new_bool_var("") for key in cheapest}
    for key, take in taken.items():
        model.add_hint(take, key in hinted)
        by_technician.setdefault(key[0], []).append(take)
        for request in key[1]:
            by_request.setdefault(request, []).append(take)
    for takers in by_request.values():
        model.add_exactly_one(takers)
    for takers in by_technician.values():
        model.add_at_most_one(takers)
    model.minimize(sum(round(cheapest[key][0] * PRECISION) * take for key, take in taken.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.max_time_in_seconds = seconds
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return best
    chosen = {key[0]: cheapest[key][1] for key, take in taken.items() if solver.value(take)}
    return min(best, chosen, key=lambda plan: _worth(instance, plan))


def _worth(instance: Instance, plan: Plan) -> float:
    made = sum(len(set(stops) - {DEPOT}) for stops in plan.values())
    lost = UNSERVED * (len(instance.requests) - made)
    return lost + sum(working_time(instance, *each) for each in plan.items())
