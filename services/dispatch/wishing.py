"""What customers and sites wish of who comes is followed by visits that are open already."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from contracts.refusal import Refusal
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause, Entry, UseCase
from services.dispatch.domain.plan import UNPLANNED
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import Wishes, wishes_of
from services.dispatch.planning.roster import Roster
from services.dispatch.replanner import ACTOR
from services.dispatch.store.copies import HAS_WISHES, Customers, Sites
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.follow_wishes import FollowWishes
from services.dispatch.usecases.keep_order import KeepOrder

LOOKS_EVERY_SECONDS = 5.0


class Wishing:
    """Looks at all open visits, so that it makes no difference whether a visit or a wish was there first."""

    def __init__(self, roster: Roster, loaded: asyncio.Event) -> None:
        self._roster = roster
        self._loaded = loaded
        self._wake = asyncio.Event()

    async def run(self, runtime: Runtime) -> None:
        """The service's background task; it ends only by being cancelled."""
        await self._loaded.wait()
        runtime.watch(Visits, self._saw)
        while True:
            self._wake.clear()
            try:
                await self.round(runtime)
            except Exception:
                runtime.log.exception("what customers wish could not be looked at and is looked at again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOKS_EVERY_SECONDS)

    def _saw(self, entry: Entry) -> None:
        """What has changed for one visit of a request may bind the others at once."""
        visit: Visit | None = entry.value
        if visit is not None and (visit.need.same_technician or self._roster.requests.is_ordered(visit)):
            self._wake.set()

    async def round(self, runtime: Runtime) -> None:
        """Bind each open visit that does not say what its customer and its site wish."""
        asking = await runtime.find(Customers, HAS_WISHES, limit=0)
        customers = {each.value.customer_id: each.value for each in asking}
        places = await runtime.find(Sites, HAS_WISHES, limit=0)
        sites = {each.value.site_id: each.value for each in places}
        for visit in list(self._roster.visits.values()):
            wished = wishes_of(customers.get(visit.customer_id), sites.get(visit.site_id), None)
            if self._follows(visit, wished):
                continue
            await self._do(runtime, visit, FollowWishes(visit.id))
        await self._learn(runtime)
        for visit in self._roster.requests.broken(runtime.clock.now()):
            await self._do(runtime, visit, KeepOrder(visit.id, visit.ticket_id))

    async def _learn(self, runtime: Runtime) -> None:
        """Read what has become of the visits that others wait for: another replica may have heard of it, or
        this one before it was begun again."""
        tickets = sorted(self._roster.requests.waiting())
        for kept in await runtime.find(Visits, {"ticket_id": {"$in": tickets}}, limit=0) if tickets else ():
            self._roster.requests.put(kept.value)

    def _follows(self, visit: Visit, wished: Wishes) -> bool:
        """Whether it says what is wished, and is bound to who has the others of its request, as far as open
        ones tell."""
        said, binding = visit.wishes, self._roster.requests.bound_to(visit)
        if replace(said, spoken=None, bound_to=None, released=False) != wished:
            return False
        return said.bound_to == binding or (binding is None and visit.state not in UNPLANNED)

    async def _do(self, runtime: Runtime, visit: Visit, case: UseCase[Visit | None]) -> None:
        with runtime.span("follow-wishes", Cause(ACTOR, visit.id)) as cause:
            try:
                bound: Visit | None = (await runtime.do(case, cause)).result
            except Refusal as refusal:
                runtime.log.warning("visit %s follows what has changed later: %s", visit.id, refusal)
                return
        if bound is not None:
            self._roster.put_visit(bound)
