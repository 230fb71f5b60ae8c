"""The machine that plans: woken by the commits that leave visits waiting, with a sweep as its backstop."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from contracts.refusal import Refusal
from contracts.values import Priority, VisitState
from infra.chassis.ops.metrics import Metrics
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause, Entry, UseCase
from services.dispatch.domain.plan import OPEN, URGENT
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.learning import Learning
from services.dispatch.planning.candidate import Candidate, gains
from services.dispatch.planning.known_travel import KnownTravel
from services.dispatch.planning.reasons import against
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.starting import is_beyond
from services.dispatch.planning.van_stock import VanStock
from services.dispatch.replanner import ACTOR, LOOKS_BACK, Replanner
from services.dispatch.store.copies import Parts, StockLevels
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.plan_visit import FailVisit, Planned, PlanVisit

SWEEP_SECONDS = 5.0
RETRY_FAILED_SECONDS = 30.0
SWEPT = 2000
STALE_TRIES = 5
FORESEEN_AT_ONCE = 32
"""Planning one visit takes about a millisecond, in which the batch that it is part of stands still."""
FORESEEN_SECONDS = 10.0
MAKES_ROOM_AMONG = 20
"""While more visits wait, none has others moved for it: those after it would only wait longer."""


class Assigner:
    """Holds the snapshot, plans on it, and applies plans where they still hold.

    A slot being stored is kept free in the snapshot, so that visits planned one after the other
    never compete; what another replica stored in between makes a plan stale, and it is made again.
    """

    def __init__(
        self, clock_now: datetime, travel: KnownTravel | None = None, *, replan_seconds: float = 0.0
    ) -> None:
        travel = travel or KnownTravel()
        self.roster = Roster(clock_now, travel)
        self.loaded = asyncio.Event()
        self.learning = Learning(self.roster, travel.factors)
        self.replanner = Replanner(self.roster, self.loaded, replan_seconds)
        self._waiting: dict[str, Visit] = {}
        self._working: dict[str, asyncio.Task[None]] = {}
        self._foreseen: dict[str, tuple[Candidate, asyncio.TimerHandle]] = {}
        self._versions: dict[str, int] = {}
        self._stale_tries: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._retry_failed = True
        self._failed_tried_at = 0.0
        self._watching = False
        self._chosen_in: Callable[[float], object] = lambda _: None
        self._planned_in: Callable[[str, float], object] = lambda _, __: None

    async def run(self, runtime: Runtime) -> None:
        """The service's background task; it ends only by being cancelled."""
        self._watch(runtime)
        await self._load(runtime)
        self.loaded.set()
        try:
            while True:
                await self._sweep(runtime)
                deadline = asyncio.get_running_loop().time() + SWEEP_SECONDS
                while (left := deadline - asyncio.get_running_loop().time()) > 0:
                    await self._wait(left)
                    if self._retry_failed:
                        break
                    await self._plan_waiting(runtime)
        finally:
            for task in self._working.values():
                task.cancel()

    async def busy(self) -> bool:
        """Whether visits are being planned or about to be."""
        return bool(self._waiting or self._working) or not self.loaded.is_set()

    def foresee(self, visit: Visit, now: datetime) -> PlanVisit | None:
        """Who is to make an urgent visit that is about to be stored, if that can be told here and now.

        His time is kept free until the visit is stored, or for a while should it never be.
        """
        if visit.id in self._foreseen:
            return self._plan(visit, self._foreseen[visit.id][0])
        if (
            visit.priority not in URGENT
            or visit.need.parts
            or visit.need.after
            or visit.need.same_technician
            or not self.loaded.is_set()
            or len(self._foreseen) >= FORESEEN_AT_ONCE
        ):
            return None
        best = self._best(visit, now)
        if best is None or self._wants_room(visit, best):
            return None
        self.roster.hold(best, visit)
        expiry = asyncio.get_running_loop().call_later(FORESEEN_SECONDS, self._let_go, visit.id)
        self._foreseen[visit.id] = (best, expiry)
        return self._plan(visit, best)

    def sooner(self, visit: Visit, now: datetime) -> bool:
        """Whether it is worth planning a visit anew for the sake of its deadlines.

        Until it is known who could make it, a late one is planned anew.
        """
        if not self.loaded.is_set():
            return visit.late_by > timedelta(0)
        best = self._best(visit, now)
        return best is not None and gains(visit, best)

    def _let_go(self, visit_id: str) -> None:
        if visit_id in self._foreseen:
            best, expiry = self._foreseen.pop(visit_id)
            expiry.cancel()
            self.roster.release(best, visit_id)

    async def know_stock(self, runtime: Runtime, visit: Visit) -> None:
        """Bring what the snapshot knows of the visit's parts up to date."""
        await read_stock(runtime, self.roster.stock, visit)

    # -- what operators see -------------------------------------------------------------------

    def _measure(self, metrics: Metrics) -> None:
        self._chosen_in = metrics.histogram(
            "planner_choosing_seconds", "Time to find who is to make a visit: nothing else runs meanwhile"
        ).observe
        planning = metrics.histogram(
            "planning_seconds", "Time to plan a visit that waits and to store that", ("outcome",)
        )
        self._planned_in = lambda outcome, seconds: planning.labels(outcome).observe(seconds)
        self._ways = metrics.counter(
            "planned_ways", "Ways planned, by where their times come from", ("source",)
        )
        waiting = metrics.gauge("planner_waiting_visits", "Visits that are being planned or about to be")
        waiting.set_function(lambda: len(self._waiting) + len(self._working))

    def _best(self, visit: Visit, now: datetime) -> Candidate | None:
        began = perf_counter()
        best = self.roster.best(visit, now)
        self._chosen_in(perf_counter() - began)
        return best

    # -- what commits tell --------------------------------------------------------------------

    def _watch(self, runtime: Runtime) -> None:
        if not self._watching:
            self._watching = True
            self._measure(runtime.metrics)
            runtime.watch(Visits, self._saw_visit)
            runtime.watch(Days, self._saw_day)
            runtime.watch(Technicians, self._saw_technician)
            self.learning.watch(runtime)
            runtime.busy.append(self.busy)

    def _saw_visit(self, entry: Entry) -> None:
        visit: Visit | None = entry.value
        if visit is None:
            return
        self._let_go(visit.id)
        self.roster.put_visit(visit)
        if visit.state is VisitState.WAITING and not visit.held:
            self._stale_tries.pop(visit.id, None)
            self._waiting[visit.id] = visit
            self._wake.set()
        else:
            self._waiting.pop(visit.id, None)

    def _saw_day(self, entry: Entry) -> None:
        if entry.value is not None:
            self.roster.put_day(entry.value, entry.version)

    def _saw_technician(self, entry: Entry) -> None:
        if entry.value is not None:
            self._know(entry.value, entry.version)

    def _know(self, technician: Technician, version: int) -> None:
        if version > self._versions.get(technician.id, 0):
            self._versions[technician.id] = version
            self.roster.put_technician(technician)
            self._retry_failed = True
            self._wake.set()

    # -- what is read -------------------------------------------------------------------------

    async def _load(self, runtime: Runtime) -> None:
        await self.learning.catch_up(runtime)
        for technician in await runtime.find(Technicians, {}, limit=0):
            self._know(technician.value, technician.version)
        await self._load_days(runtime, {"date": {"$gte": self._oldest(runtime)}})
        await self._load_visits(runtime, {"state": {"$in": sorted(OPEN)}})

    async def _load_visits(self, runtime: Runtime, query: dict[str, Any]) -> None:
        for visit in await runtime.find(Visits, query, limit=0):
            self.roster.put_visit(visit.value)

    async def _load_days(self, runtime: Runtime, query: dict[str, Any]) -> None:
        for day in await runtime.find(Days, query, limit=0):
            self.roster.put_day(day.value, day.version)

    def _oldest(self, runtime: Runtime) -> str:
        return (runtime.clock.now() - LOOKS_BACK).date().isoformat()

    async def _sweep(self, runtime: Runtime) -> None:
        """See what other replicas stored, and every visit that waits still."""
        await self._catch_up(runtime)
        states = [VisitState.WAITING]
        now = asyncio.get_running_loop().time()
        if self._retry_failed or now - self._failed_tried_at > RETRY_FAILED_SECONDS:
            self._retry_failed = False
            self._failed_tried_at = now
            states.append(VisitState.FAILED)
        query = {"state": {"$in": states}, "held": False}
        for kept in await runtime.find(Visits, query, sort=(("updated_at", 1),), limit=SWEPT):
            if kept.value.id not in self._working:
                self._waiting[kept.value.id] = kept.value
                self.roster.put_visit(kept.value)
        await self._plan_waiting(runtime)

    async def _catch_up(self, runtime: Runtime) -> None:
        recent = {"date": {"$gte": self._oldest(runtime)}}
        days = await runtime.collection(Days.name).find(recent, {"version": 1}).to_list(None)
        newer = [day["_id"] for day in days if self.roster.is_newer(day["_id"], day["version"])]
        if newer:
            await self._load_days(runtime, {"_id": {"$in": newer}})
            taken = [slot.visit_id for id in newer for slot in self.roster.day_slots(id)]
            await self._load_visits(runtime, {"_id": {"$in": taken}, "state": {"$in": sorted(OPEN)}})
        people = await runtime.collection(Technicians.name).find({}, {"version": 1}).to_list(None)
        changed = [one["_id"] for one in people if one["version"] > self._versions.get(one["_id"], 0)]
        await self.learning.catch_up(runtime)
        for technician in (
            await runtime.find(Technicians, {"_id": {"$in": changed}}, limit=0) if changed else ()
        ):
            self._know(technician.value, technician.version)

    # -- planning -----------------------------------------------------------------------------

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return
        self._wake.clear()

    async def _plan_waiting(self, runtime: Runtime) -> None:
        for visit in _by_urgency(list(self._waiting.values())):
            if self._waiting.get(visit.id) is not visit or visit.id in self._working:
                continue
            if visit.need.parts:
                await self.know_stock(runtime, visit)
            del self._waiting[visit.id]
            now = runtime.clock.now()
            best = self._best(visit, now)
            if self._wants_room(visit, best):
                self._begin(visit, self._make_room(runtime, visit, best))
            elif (work := self._work_for(runtime, visit, best, now)) is not None:
                self._begin(visit, work)
            # Planning takes about a millisecond: whoever else waits for the loop goes first.
            await asyncio.sleep(0)

    def _wants_room(self, visit: Visit, best: Candidate | None) -> bool:
        """Whether others are moved for it if that helps: where nobody can come in time."""
        return (
            (best is None or best.late_minutes > 0)
            and self.replanner.is_free
            and visit.where is not None
            and visit.need.technicians == 1
            and len(self._waiting) <= MAKES_ROOM_AMONG
        )

    async def _make_room(self, runtime: Runtime, visit: Visit, best: Candidate | None) -> None:
        if await self.replanner.make_room(runtime, visit, best):
            return
        now = runtime.clock.now()
        best = self._best(visit, now)
        if (work := self._work_for(runtime, visit, best, now)) is not None:
            await work

    def _work_for(
        self, runtime: Runtime, visit: Visit, best: Candidate | None, now: datetime
    ) -> Coroutine[Any, Any, object] | None:
        """Store the best plan, whose time is kept free from now on, or that there is none; or nothing."""
        if best is not None:
            self.roster.hold(best, visit)
            return self._apply(runtime, visit, best)
        waits = is_beyond(visit, now, self.roster.until) or self.roster.requests.turn(visit, now).waits
        if visit.state is VisitState.WAITING and not waits:
            reasons = tuple(each.ruled_out() for each in against(self.roster, visit, now, (), 0))
            return self._run(runtime, visit, FailVisit(visit.id, reasons))
        return None

    def _begin(self, visit: Visit, work: Any) -> None:
        task = asyncio.create_task(work)
        self._working[visit.id] = task

        def done(_: "asyncio.Task[None]") -> None:
            self._working.pop(visit.id, None)
            if visit.id in self._waiting:
                self._wake.set()

        task.add_done_callback(done)

    async def _apply(self, runtime: Runtime, visit: Visit, best: Candidate) -> None:
        try:
            outcome = await self._run(runtime, visit, self._plan(visit, best))
        finally:
            self.roster.release(best, visit.id)
        if outcome is Planned.DONE:
            self._ways.labels(best.travel_source).inc()
        if outcome is Planned.STALE:
            for each in best.crew:
                await self._load_days(
                    runtime, {"technician_id": each.technician_id, "date": {"$gte": self._oldest(runtime)}}
                )
                stored = await runtime.read(Technicians, each.technician_id)
                if stored is not None:
                    self._know(stored.value, stored.version)
            tries = self._stale_tries[visit.id] = self._stale_tries.get(visit.id, 0) + 1
            if tries <= STALE_TRIES:
                self._waiting.setdefault(visit.id, visit)
            else:
                runtime.log.warning(
                    "visit %s was planned %d times in vain and is tried again", visit.id, tries
                )

    def _plan(self, visit: Visit, best: Candidate) -> PlanVisit:
        return PlanVisit(
            visit.id,
            best.technician_id,
            best.start_at,
            best.end_at,
            best.travel_seconds,
            self.roster.travel,
            best.travel_source,
            best.beside,
        )

    async def _run(self, runtime: Runtime, visit: Visit, use_case: UseCase[Planned]) -> Planned | None:
        """Store what was decided; None where that could not be done now."""
        with runtime.span("plan-visit", _cause(visit)) as cause:
            try:
                async with runtime.store.precedence.given():
                    began = perf_counter()
                    outcome: Planned = (await runtime.do(use_case, cause)).result
                self._planned_in(outcome, perf_counter() - began)
                return outcome
            except Refusal as refusal:
                runtime.log.warning("visit %s is planned later: %s", visit.id, refusal)
            except Exception:
                runtime.log.exception("visit %s could not be planned and is tried again", visit.id)
            return None


def _by_urgency(visits: Sequence[Visit]) -> list[Visit]:
    return sorted(visits, key=_urgency)


def _urgency(visit: Visit) -> tuple[Priority, bool, VisitState, datetime, str]:
    return visit.priority, not visit.need.pressing, visit.state, visit.requested_at, visit.id


def _cause(visit: Visit) -> Cause:
    if visit.origin is None:
        return Cause(actor=ACTOR, correlation_id=visit.id)
    origin = visit.origin
    return Cause(ACTOR, origin.correlation_id, origin.causation_id, origin.traceparent)


async def read_stock(runtime: Runtime, stock: VanStock, visit: Visit) -> None:
    """Bring what ``stock`` knows of the visit's parts up to date: what would serve, and where it is."""
    if not visit.need.parts:
        return
    asked: set[str] = set()
    # Twice: what a kit consists of may have substitutes, too.
    for _ in range(2):
        skus = {need.sku for need in stock.unpacked(visit.need.parts)} | {
            need.sku for need in visit.need.parts
        }
        if skus <= asked:
            break
        for part in await runtime.find(Parts, {"_id": {"$in": sorted(skus - asked)}}, limit=0):
            stock.know(part.value)
        asked |= skus
    serving = sorted(stock.serving(visit.need.parts))
    for level in await runtime.find(StockLevels, {"sku": {"$in": serving}}, limit=0):
        stock.put(level.value.location, level.value.sku, level.value.on_hand - level.value.reserved)
