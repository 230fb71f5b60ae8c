"""The machine that asks a road service about the ways around visits, so that planning finds them at hand.

While the service does not answer, planning goes on with what is known, and this asks again less and less
often, with one request at a time.
"""

import asyncio
import math
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from time import monotonic

import numpy as np

from infra.chassis.ops.metrics import Metrics
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.unit import Cause, Entry
from services.dispatch.domain.plan import OPEN, UNDER_WAY
from services.dispatch.domain.road_times import KEPT, RoadTimes
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.known_roads import Asked, KnownRoads, Places, place_of, point_of
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.travel import Vectors, unit_vector
from services.dispatch.roads.osrm import Refused, TableService, Unanswered
from services.dispatch.store.road_times import RoadTimesKept
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.keep_road_times import KeepRoadTimes

ACTOR = "service:dispatch"
HOMES, SITES = 40, 40
"""So many of the nearest technicians' homes and of the nearest other sites are asked about."""

FARTHEST = 2 * math.sin(150 / 6371 / 2)
"""Nobody is sent farther than 150 km where somebody is nearer; as a chord of the unit sphere."""

FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 300.0
LOOKED_AROUND_SECONDS = 30.0
REMEASURED_SECONDS = 5.0


class Surveyor:
    """``service`` None: nobody is asked."""

    def __init__(
        self,
        roster: Roster,
        roads: KnownRoads,
        loaded: asyncio.Event,
        service: TableService | None,
        *,
        rest_seconds: float = FIRST_REST_SECONDS,
    ) -> None:
        self._roster = roster
        self._roads = roads
        self._loaded = loaded
        self._service = service
        self._rest_seconds = rest_seconds
        self._watching = False
        self._failures = 0
        self._silent_since: float | None = None
        self._wanted: dict[int, None] = {}
        self._lacking: dict[int, None] = {}
        self._rests_until = -math.inf
        self._seen: set[str] = set()
        self._since: dict[int, datetime] = {}
        self._wake = asyncio.Event()
        self._around: tuple[float, tuple[tuple[Places, Vectors], ...]] = (-math.inf, ())
        self._remeasured_at = -math.inf

    async def run(self, runtime: Runtime) -> None:
        """The service's background task; it ends only by being cancelled."""
        self._measure(runtime.metrics)
        await self._loaded.wait()
        if self._service is None:
            await asyncio.get_running_loop().create_future()
            return
        if not self._watching:
            self._watching = True
            runtime.watch(Visits, self._saw)
        self._seen.clear()
        for visit in self._roster.visits.values():
            self._want(visit)
        async with self._service as service:
            while True:
                await self._wake.wait()
                await self._survey(runtime, service)

    def _measure(self, metrics: Metrics) -> None:
        self._asked = metrics.counter("road_requests", "Places asked about, by what came of it", ("outcome",))
        self._fallbacks = metrics.counter(
            "travel_fallbacks", "Times that the road service failed, so that times come from elsewhere"
        )
        silent = metrics.gauge(
            "road_service_silent_seconds", "How long the road service has not answered; 0 while it does"
        )
        silent.set_function(lambda: 0.0 if self._silent_since is None else monotonic() - self._silent_since)

    def _saw(self, entry: Entry) -> None:
        if entry.value is not None:
            self._want(entry.value)

    def _want(self, visit: Visit) -> None:
        if visit.state not in OPEN - UNDER_WAY:
            self._seen.discard(visit.id)
        elif visit.where is not None and visit.id not in self._seen:
            self._seen.add(visit.id)
            self._wanted[place_of(visit.where)] = None
            self._wake.set()

    async def _survey(self, runtime: Runtime, service: TableService) -> None:
        """What is stored first, also while the service is silent; then what it has to be asked about.

        The latest comes first: what has just been asked for is planned next.
        """
        while self._wanted or self._lacking:
            if self._wanted:
                place, _ = self._wanted.popitem()
                if await self._lacks(runtime, place):
                    self._lacking[place] = None
            elif (rests := self._rests_until - monotonic()) > 0:
                self._wake.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), rests)
            else:
                place, _ = self._lacking.popitem()
                await self._ask(runtime, service, place)
            if not self._wanted or monotonic() - self._remeasured_at > REMEASURED_SECONDS:
                self._remeasured_at = monotonic()
                self._roster.travel_changed()
        self._wake.clear()

    async def _lacks(self, runtime: Runtime, place: int) -> bool:
        """Whether the service has to be asked about a place, now that what was stored is known."""
        now, others = runtime.system_clock.now(), self._near(place)
        if (since := self._since.get(place)) is not None and now - since > KEPT:
            self._roads.forget(place)
            del self._since[place]
        if not self._roads.lacking(place, others):
            return False
        kept = await runtime.read(RoadTimesKept, str(place))
        if kept is not None and not kept.value.is_old(now):
            self._since[place] = kept.value.since_at
            self._roads.put(place, [_recalled(*way) for way in kept.value.ways])
        return bool(self._roads.lacking(place, others))

    async def _ask(self, runtime: Runtime, service: TableService, place: int) -> None:
        lacking = self._roads.lacking(place, self._near(place))
        try:
            answers = await service.around(place, lacking)
        except Refused as refused:
            runtime.log.warning("the road service refuses what is near %s: %s", point_of(place), refused)
            self._asked.labels(refused.why).inc()
            self._roads.put(place, [(other, math.nan, math.nan) for other in lacking])
            return
        except Unanswered as failed:
            # Last in the queue: it may be the place that it has no sense for.
            self._lacking = {place: None, **self._lacking}
            self._failed(runtime, failed)
            return
        self._asked.labels("answered").inc()
        self._failures, self._silent_since = 0, None
        self._roads.put(place, answers)
        since = self._since.setdefault(place, runtime.system_clock.now())
        said = RoadTimes(str(place), since, tuple(_stored(each) for each in answers))
        try:
            await runtime.do(KeepRoadTimes(said), Cause(ACTOR, new_id()))
        except Exception:
            runtime.log.exception("travel times around a place are kept until the service stops only")

    def _failed(self, runtime: Runtime, failed: Unanswered) -> None:
        self._asked.labels(failed.why).inc()
        self._fallbacks.inc()
        if self._silent_since is None:
            self._silent_since = monotonic()
            runtime.log.warning("travel times come from elsewhere for now: %s", failed)
        rest = min(LONGEST_REST_SECONDS, self._rest_seconds * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._rests_until = monotonic() + rest

    def _near(self, place: int) -> list[int]:
        """The homes and the sites that are nearest."""
        at = np.array(unit_vector(point_of(place)))
        found: list[int] = []
        for (places, vectors), most in zip(self._everywhere(), (HOMES, SITES), strict=True):
            far = np.sqrt(np.square(vectors - at).sum(axis=-1))
            nearest = np.argsort(far, kind="stable")[: most + 1]
            found += [int(places[n]) for n in nearest if far[n] <= FARTHEST and places[n] != place][:most]
        return list(dict.fromkeys(found))

    def _everywhere(self) -> tuple[tuple[Places, Vectors], ...]:
        looked_at, found = self._around
        if monotonic() - looked_at > LOOKED_AROUND_SECONDS:
            homes = (each.home for each in self._roster.technicians.values())
            sites = (each.where for each in self._roster.visits.values())
            found = tuple(
                _points({place_of(point) for point in points if point is not None})
                for points in (homes, sites)
            )
            self._around = (monotonic(), found)
        return found


def _points(places: Iterable[int]) -> tuple[Places, Vectors]:
    numbers = sorted(places)
    vectors = [unit_vector(point_of(each)) for each in numbers]
    return np.array(numbers, dtype=np.int64), np.array(vectors, dtype=np.float64).reshape(-1, 3)


def _stored(asked: Asked) -> tuple[int, float | None, float | None]:
    place, there, back = asked
    return place, None if math.isnan(there) else there, None if math.isnan(back) else back


def _recalled(place: int, there: float | None, back: float | None) -> Asked:
    return place, math.nan if there is None else there, math.nan if back is None else back
