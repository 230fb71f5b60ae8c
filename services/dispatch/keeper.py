"""Open visits follow what is wished of who comes, the order of their request, who makes the others, and who
goes along with whom."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.inventory.states import SiteChanged
from contracts.refusal import Refusal
from contracts.ticket.states import CustomerChanged
from contracts.values import VisitState
from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Cause, Entry, UseCase
from services.dispatch.domain.plan import MOVABLE, UNPLANNED
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import NO_WISHES, wishes_of
from services.dispatch.planning.gone_along import REMEMBERED, GoneAlong
from services.dispatch.planning.roster import Roster
from services.dispatch.replanner import ACTOR
from services.dispatch.store.copies import HAS_WISHES, Customers, Sites
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.accompany import FollowTutor
from services.dispatch.usecases.follow_wishes import FollowWishes
from services.dispatch.usecases.keep_order import KeepOrder

LOOKS_EVERY_SECONDS = 5.0

WRITTEN_WITHIN = timedelta(minutes=1)
"""What other replicas store may be found so much later than it says, their clocks included."""


class Keeper:
    """Looks at all open visits, so that it makes no difference what came first: visit, wish, or move."""

    def __init__(self, roster: Roster, loaded: asyncio.Event) -> None:
        self._roster = roster
        self._loaded = loaded
        self._wake = asyncio.Event()
        self._gone_along = GoneAlong()
        self._recalled_at: datetime | None = None

    async def run(self, runtime: Runtime) -> None:
        """The service's background task; it ends only by being cancelled."""
        await self._loaded.wait()
        runtime.watch(Visits, self._saw)
        while True:
            self._wake.clear()
            try:
                await self.round(runtime)
            except Exception:
                runtime.log.exception("open visits could not be looked at and are looked at again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOKS_EVERY_SECONDS)

    def _saw(self, entry: Entry) -> None:
        """What has changed for one visit of a request may bind the others at once."""
        visit: Visit | None = entry.value
        if visit is None:
            return
        bound = visit.need.same_technician or self._roster.requests.is_ordered(visit)
        if bound or (visit.plan is not None and self._apprentices(visit)):
            self._wake.set()

    async def round(self, runtime: Runtime) -> None:
        """Bind each open visit that does not say what holds by now, and plan anew what is before its turn."""
        asking = await runtime.find(Customers, HAS_WISHES, limit=0)
        customers = {each.value.customer_id: each.value for each in asking}
        places = await runtime.find(Sites, HAS_WISHES, limit=0)
        sites = {each.value.site_id: each.value for each in places}
        await self._learn(runtime)
        for visit in list(self._roster.visits.values()):
            if not self._follows(visit, customers.get(visit.customer_id), sites.get(visit.site_id)):
                await self._do(runtime, visit, FollowWishes(visit.id))
        for visit in self._roster.requests.broken(runtime.clock.now()):
            await self._do(runtime, visit, KeepOrder(visit.id, visit.ticket_id))
        await self._recall(runtime)
        for visit in list(self._roster.visits.values()):
            apprentices = self._apprentices(visit)
            if apprentices or visit.apprentices:
                await self._follow_tutor(runtime, visit, apprentices)

    async def _recall(self, runtime: Runtime) -> None:
        """Read what apprentices have been along for since it was read last."""
        now = runtime.clock.now()
        since = now - REMEMBERED if self._recalled_at is None else self._recalled_at - WRITTEN_WITHIN
        if not self._roster.apprentices:
            return
        along = {"apprentices": {"$in": sorted(self._roster.apprentices)}, "state": VisitState.CLOSED}
        for kept in await runtime.find(Visits, {**along, "updated_at": {"$gte": since}}, limit=0):
            self._gone_along.put(kept.value)
        self._gone_along.forget(now)
        self._recalled_at = now

    async def _follow_tutor(self, runtime: Runtime, visit: Visit, apprentices: list[Technician]) -> None:
        along = self._gone_along.accompanying(self._roster, visit, apprentices)
        if visit.state in MOVABLE and along != visit.apprentices:
            await self._do(runtime, visit, FollowTutor(visit.id, tuple(each.id for each in apprentices)))

    def _apprentices(self, visit: Visit) -> list[Technician]:
        """Whose tutor makes the visit."""
        if visit.plan is None:
            return []
        return [
            each
            for each in self._roster.apprentices.values()
            if each.apprenticeship is not None and visit.is_made_by(each.apprenticeship.tutor_id)
        ]

    async def _learn(self, runtime: Runtime) -> None:
        """Read which of the visits are over that others wait for or are bound to: another replica may have
        heard of it, or this one before it was begun again."""
        tickets = sorted(self._roster.requests.waiting())
        over = {"ticket_id": {"$in": tickets}, "state": {"$in": [VisitState.CLOSED, VisitState.CANCELLED]}}
        for kept in await runtime.find(Visits, over, limit=0) if tickets else ():
            self._roster.requests.put(kept.value)

    def _follows(self, visit: Visit, customer: CustomerChanged | None, site: SiteChanged | None) -> bool:
        """Whether it says what is wished, and is bound to who has the others of its request."""
        said = replace(visit.wishes, spoken=None, bound_to=None, released=False)
        nothing = customer is None and site is None
        if said != (NO_WISHES if nothing else wishes_of(customer, site, None)):
            return False
        known, binding = visit.wishes.bound_to, self._roster.requests.bound_to(visit)
        return known == binding or (binding is None and visit.state not in UNPLANNED)

    async def _do(self, runtime: Runtime, visit: Visit, case: UseCase[Visit | None]) -> None:
        with runtime.span("keep-visit", Cause(ACTOR, visit.id)) as cause:
            try:
                bound: Visit | None = (await runtime.do(case, cause)).result
            except Refusal as refusal:
                runtime.log.warning("visit %s follows what has changed later: %s", visit.id, refusal)
                return
        if bound is not None and self._roster.visits.get(visit.id) is visit:
            self._roster.put_visit(bound)  # what was stored here is known, and may have changed again
