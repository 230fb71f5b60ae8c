"""The machine that plans days anew: neighbours' now and then, and at once where one visit needs room."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from time import perf_counter

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.crew import Crew, Lost
from infra.chassis.ops.metrics import Metrics
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.unit import Cause
from services.dispatch.domain.replan import Overtaken, Replan, Why
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.block import block_of
from services.dispatch.planning.today.groups import LOOKS_AHEAD, Group, neighbours, room_group, worth_a_look
from services.dispatch.planning.today.member import member_of
from services.dispatch.planning.today.proposal import Proposal, makes_room, proposal
from services.dispatch.planning.today.room import room_for
from services.dispatch.solvers.solving import solve, within_bounds
from services.dispatch.solvers.workers import Resolve, Solver
from services.dispatch.store.days import Days
from services.dispatch.store.turns import Turns
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.replan_days import ReplanDays

ACTOR = "service:dispatch"
LEVEL = 3
PATIENCE_SECONDS = 20.0
LEAST_GAINED = 15.0
"""Minutes of travel for which it is worth changing anything in the background."""

LOOKS_BACK = timedelta(days=2)
TRIES = 3
"""So often days are looked at at once where somebody else was faster."""


class Replanner:
    """``seconds`` is how long it rests between two rounds; 0: it plans nothing anew.

    A round looks at neighbours of whom somebody's day has changed since it was looked at. What the
    solvers answer is judged here; where they crash, hang or refuse nothing is planned anew.
    """

    def __init__(
        self,
        roster: Roster,
        loaded: asyncio.Event,
        seconds: float,
        *,
        solver: Solver = solve,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.roster = roster
        self.seconds = seconds
        self._loaded = loaded
        self._solver = solver
        self._patience_seconds = patience_seconds
        self._looked_at: dict[str, int] = {}
        self._crew: Crew | None = None
        self._making_room = asyncio.Lock()
        self._turns = Turns(new_id(), seconds)

    async def run(self, runtime: Runtime) -> None:
        """The service's background task; it ends only by being cancelled."""
        crew = self.begin(runtime.log, runtime.metrics)
        await self._loaded.wait()
        try:
            while self.seconds:
                await asyncio.sleep(self.seconds)
                await self.round(runtime)
            await crew.stay()
        finally:
            crew.dismiss()
            with suppress(PyMongoError):
                await asyncio.shield(self._turns.give_back(runtime))

    async def round(self, runtime: Runtime) -> None:
        """Look once at everybody of our territories whose day is not as it was when it was looked at last."""
        people = self.roster.technicians
        ours = await self._turns.ours(runtime, {_territory(each) for each in people.values()})
        changed = [id for id in people if self._looked_at.get(id) != self._as_it_is(id)]
        done = set[str]()
        for id in changed:
            if id in done or _territory(people[id]) not in ours:
                continue
            done.update(await self._look_around(runtime, id))

    async def _look_around(self, runtime: Runtime, technician_id: str) -> set[str]:
        """Plan his and his neighbours' days anew if that gains something; whose days were looked at."""
        seen: dict[str, int] = {}
        for _ in range(TRIES):
            group = await self.refreshed(runtime, neighbours(self.roster, technician_id, runtime.clock.now()))
            people = {technician_id, *(member.technician.id for member in group)}
            seen = {each: self._as_it_is(each) for each in people}
            now = runtime.clock.now()
            found = await self._solved(group, worth_a_look(self.roster, group, now), now, Why.BACKGROUND)
            if found is None:
                break
            if not found.changes or found.gained.total < LEAST_GAINED:
                self._replans.labels(Why.BACKGROUND, "as-good").inc()
                break
            if await self._apply(runtime, found, Why.BACKGROUND, None):
                return people  # and looked at again in the next round: there may be more to gain
        self._looked_at.update(seen)
        return set(seen)

    async def refreshed(self, runtime: Runtime, group: Group) -> Group:
        """The same people, by what is stored of their visits now: another replica may have changed it."""
        people = [member.technician.id for member in group]
        await self.learn_of(runtime, *people)
        now = runtime.clock.now().timestamp()
        members = (member_of(self.roster, id, now) for id in people)
        return tuple(member for member in members if member is not None)

    async def learn_of(self, runtime: Runtime, *technician_ids: str) -> None:
        """Bring what is known of their next days and of their visits up to date."""
        now = runtime.clock.now()
        since, until = (now - LOOKS_BACK).date().isoformat(), now + LOOKS_AHEAD
        query = {"technician_id": {"$in": technician_ids}, "date": {"$gte": since}}
        for day in await runtime.find(Days, query, limit=0):
            self.roster.put_day(day.value, day.version)
        slots = (slot for id in technician_ids for slot in self.roster.slots(id) if slot.start_at < until)
        await self._learn(runtime, [slot.visit_id for slot in slots])

    async def _learn(self, runtime: Runtime, ids: Collection[str]) -> None:
        known = {id: self.roster.visits.get(id) for id in ids}
        for kept in await runtime.find(Visits, {"_id": {"$in": sorted(known)}}, limit=0):
            # What was stored here since it was asked for is newer.
            if self.roster.visits.get(kept.value.id) is known[kept.value.id]:
                self.roster.put_visit(kept.value)

    async def look(
        self, group: Group, others: Collection[Visit], now: datetime, *, loose: bool = False
    ) -> Proposal | None:
        """What it would change and gain to plan these days anew; None where no solver says.

        ``loose``: also what people have been told.
        """
        found = await self._solved(group, others, now, Why.ASKED, loose=loose)
        if found is not None:
            self._replans.labels(Why.ASKED, "proposed" if found.changes else "as-good").inc()
        return found

    @property
    def is_free(self) -> bool:
        """Whether it makes room for visits, and for none right now."""
        return self._crew is not None and self.seconds > 0 and not self._making_room.locked()

    async def make_room(self, runtime: Runtime, visit: Visit, best: Candidate | None) -> bool:
        """Plan a visit by moving others, where that is better than the best time that is free.

        Whether it is done. For one visit at a time: others go where there is room.
        """
        if not self.is_free:
            return False
        async with self._making_room:
            found = await self.room_for(visit, best, runtime.clock.now())
            return found is not None and await self._apply(runtime, found, Why.VISIT, visit.id)

    async def room_for(self, visit: Visit, best: Candidate | None, now: datetime) -> Proposal | None:
        """The best way to make a visit by moving others, if one is better than the best time that is free."""
        block = block_of(self.roster, room_group(self.roster, visit, now), [visit], now)
        if block is None or not block.optional:
            return None
        began = perf_counter()
        ways = await asyncio.to_thread(list, room_for(block, block.problem.visits[-1]))
        tried = [proposal(self.roster, block, routes) for routes in ways]
        self._solving.labels(Why.VISIT).observe(perf_counter() - began)
        found = [each for each in tried if each and makes_room(block, each, visit, best)]
        return max(found, key=lambda each: each.gained.total, default=None)

    def begin(self, log: logging.Logger, metrics: Metrics) -> Crew:
        """From now on days can be planned anew, by processes that end when ``dismiss`` is called."""
        self._measure(metrics)
        self._crew = Crew(log)
        return self._crew

    def _measure(self, metrics: Metrics) -> None:
        names = ("why", "outcome")
        self._replans = metrics.counter("replans", "Days planned anew, by why and by what came of it", names)
        self._solving = metrics.histogram("planner_solving_seconds", "Time to plan days anew", ("why",))

    def _as_it_is(self, technician_id: str) -> int:
        slots = self.roster.slots(technician_id)
        hours = self.roster.hours(technician_id)
        return hash((*hours, *((each.visit_id, each.start_at) for each in slots)))

    async def _solved(
        self, group: Group, others: Collection[Visit], now: datetime, why: Why, *, loose: bool = False
    ) -> Proposal | None:
        block = block_of(self.roster, group, others, now, loose=loose)
        if block is None or self._crew is None or not block.visits:
            return None
        job = Resolve(tuple(block.problem.technicians), tuple(block.problem.visits), LEVEL)
        began = perf_counter()
        try:
            asked = self._crew.do(within_bounds, self._solver, block.problem, job)
            answer = await asyncio.wait_for(asked, self._patience_seconds)
        except Exception as failed:
            self._replans.labels(why, _outcome(failed)).inc()
            return None
        self._solving.labels(why).observe(perf_counter() - began)
        found = proposal(self.roster, block, answer)
        if found is None:
            self._replans.labels(why, "wrong-answer").inc()
        return found

    async def _apply(self, runtime: Runtime, found: Proposal, why: Why, visit_id: str | None) -> bool:
        replan = Replan(
            new_id(), why, found.changes, found.gained, runtime.clock.now(), ACTOR, visit_id=visit_id
        )
        with runtime.span("replan-days", Cause(ACTOR, replan.id)) as cause:
            try:
                async with runtime.store.precedence.given():
                    await runtime.do(ReplanDays(replan, self.roster.travel), cause)
            except Overtaken:
                self._replans.labels(why, "overtaken").inc()
                await self._learn(runtime, [change.visit_id for change in found.changes])
                return False
            except Refusal as refusal:
                runtime.log.warning("days were not planned anew: %s", refusal)
                return False
            except Exception:
                runtime.log.exception("days could not be planned anew")
                return False
        self._replans.labels(why, "applied").inc()
        return True


def _territory(technician: Technician) -> str:
    return technician.territory or ""


def _outcome(failed: Exception) -> str:
    """What became of a solver, as it is counted."""
    if isinstance(failed, TimeoutError):
        return "hung"
    return "crashed" if isinstance(failed, Lost) else "refused"
