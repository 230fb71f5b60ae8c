"""Play a day of a sample through the real APIs, the domain clock stepped from moment to moment."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import httpx

from contracts.values import rfc3339
from infra.chassis.clock import SystemClock
from infra.local.platform import Platform
from infra.sample import narrating
from infra.sample.agenda import Agenda
from infra.sample.calling import NOT_FOUND, Telephone, Who
from infra.sample.crew import BUSY_STATES, Crew, Visit
from infra.sample.day import Day, Request, loss
from infra.sample.hotline import Hotline
from infra.sample.rota import PARIS
from infra.sample.script import SICK_AT
from infra.sample.watching import Watch

Told = Callable[[datetime, str], None]

END_OF_DAY = time(12, 0)
"""Of the day after: the night on call and what it does to the morning are part of it."""
BEFORE = frozenset({"planned", "dispatched", "acknowledged"})
"""An urgent visit is dispatched as soon as it is planned."""
GIVEN_STATES = BEFORE | BUSY_STATES
"""Of a visit that is a technician's, and not over."""
PAGE = 200
LOOK_AGAIN = timedelta(seconds=5)
"""What was stored so shortly before the last look may have come too late for it."""


@dataclass
class Player:
    """``play`` lives the day; ``told`` hears of each thing that people do, for a board.

    What an earlier day, or one that was killed, has left to the firm's technicians they do as well.
    """

    platform: Platform
    day: Day
    told: Told
    agenda: Agenda = field(default_factory=Agenda)
    tickets: dict[str, Request] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    _seen: dict[str, Visit] = field(default_factory=dict)
    _had: dict[str, str] = field(default_factory=dict)

    @property
    def visits(self) -> list[Visit]:
        """Those of the day's requests, and what else is its technicians' to do."""
        return [
            visit
            for visit in self._seen.values()
            if visit["ticket_id"] in self.tickets or visit["technician_id"] in self.day.firm.technicians
        ]

    async def play(self) -> None:
        """The whole day, from now until its last visit is over or the next day's noon has come."""
        noon = datetime.combine(self.day.on + timedelta(days=1), END_OF_DAY, PARIS)
        now, agenda, day = self.platform.clock.now, self.agenda, self.day
        async with httpx.AsyncClient(base_url=self.platform.http, timeout=60) as client:
            self._telephone = Telephone(client, self.platform.issuer)
            hotline = Hotline(self._telephone, agenda, now, day, self._say, self._opened)
            self._crew = Crew(self._telephone, agenda, now, day, self._say, lambda: self.visits, self._look)
            self._looked_at = SystemClock().now() - LOOK_AGAIN
            await self._take_over()
            for request in day.requests:
                agenda.at(request.at, hotline.opening(request))
            if day.requests:
                agenda.at(datetime.combine(day.on, time.fromisoformat(SICK_AT), PARIS), self._fall_sick)
            watch = Watch(self._telephone, self.told)
            managers = day.firm.all_who_are("contract-manager") if day.requests else ()
            watching = [asyncio.create_task(watch.watch(manager)) for manager in managers]
            try:
                await self._live_until(noon)
            finally:
                for task in watching:
                    task.cancel()
            for ended in await asyncio.gather(*watching, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    async def _live_until(self, noon: datetime) -> None:
        while (moment := await self._next_moment()) is not None and moment <= noon:
            await self.platform.control.go(moment)
            await self.agenda.do_what_is_due(self.platform.clock.now)
            await self.platform.control.until_quiet()
            await self._look()

    async def _take_over(self) -> None:
        given = self._listed(state=sorted(GIVEN_STATES))
        self._seen = {visit["id"]: visit async for visit in given}
        for visit in self.visits:
            self._crew.take_over(visit)
        await self.platform.control.until_quiet()
        await self._look()

    async def _next_moment(self) -> datetime | None:
        due, first = await self.platform.control.next_due(), self.agenda.first
        moments = [due] if due and (first or self._open()) else []
        if first:
            moments.append(first)
        return max(min(moments), self.platform.clock.now()) if moments else None

    def _open(self) -> bool:
        return any(visit["state"] not in {"closed", "cancelled", "failed"} for visit in self.visits)

    async def _look(self) -> None:
        """What has come of it: each newly told technician will answer, each planned part may be lost."""
        since, self._looked_at = self._looked_at, SystemClock().now() - LOOK_AGAIN
        async for visit in self._listed(updated_after=rfc3339(since)):
            self._seen[visit["id"]] = visit
            if (who := visit["technician_id"]) is not None:
                had = self._had.setdefault(visit["id"], who)
                if had != who:
                    self._had[visit["id"]] = who
                    self._say(f"{visit['number']} goes from {had} to {who}")
        for visit in self.visits:
            request = self.tickets.get(visit["ticket_id"])
            if visit["state"] == "dispatched":
                self._crew.is_told(visit, request)
            if request and request.missing and request.n not in self.lost and visit["state"] in BEFORE:
                await self._lose(visit, request, request.missing)

    async def _listed(self, **which: Any) -> AsyncIterator[Visit]:
        """All such visits, page by page."""
        query = {"limit": PAGE, **which}
        while True:
            page = await self._telephone.get("/v1/visits", self._one("dispatcher"), **query)
            for visit in page["items"]:
                yield visit
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    async def _lose(self, visit: Visit, request: Request, missing: str) -> None:
        keeper = self._one("stock-keeper")
        reservation = await self._telephone.get(f"/v1/reservations/{visit['id']}", keeper, fine=NOT_FOUND)
        if not reservation or reservation["state"] != "reserved":
            return
        self.lost.add(request.n)
        place = reservation["held"][0]["location"]
        call = loss(place, missing, self.platform.clock.now())
        await self._telephone.post(call.path, keeper, dict(call.body), key=call.key)
        self._say(narrating.missing(self.day.firm, missing, place))

    async def _fall_sick(self) -> None:
        """Whoever has most before him and is not on call goes home, best of those who are not under way."""
        called = {id for turns in self.day.firm.house.turns.values() for id in turns}
        before: dict[str, int] = {}
        for visit in self.visits:
            if visit["state"] in BEFORE:
                before[visit["technician_id"]] = before.get(visit["technician_id"], 0) + 1
        able = sorted(id for id in before if id not in called)
        if not able:
            return
        # What somebody is at he still finishes.
        who = max(able, key=lambda id: (not self._crew.is_busy(id), before[id]))
        now = self.platform.clock.now()
        midnight = datetime.combine(self.day.on + timedelta(days=1), time(0), PARIS)
        body = {"from": rfc3339(now), "to": rfc3339(midnight), "kind": "sick"}
        path = f"/v1/technicians/{who}/absences"
        await self._telephone.post(path, self._one("dispatcher"), body, key=f"sick-{who}-{self.day.on}")
        goes = "falls sick and goes home once done" if self._crew.is_busy(who) else "goes home sick"
        anew = "1 visit" if before[who] == 1 else f"{before[who]} visits"
        self._say(f"{who} {goes}: {anew} to plan anew")

    def _one(self, role: str) -> Who:
        return Who(role, self.day.firm.someone(role))

    def _opened(self, ticket: dict[str, Any], request: Request) -> None:
        self.tickets[ticket["id"]] = request

    def _say(self, text: str) -> None:
        self.told(self.platform.clock.now(), text)
