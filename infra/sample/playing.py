"""Play a day of the sample firm through the real APIs, the domain clock stepped from moment to moment."""

import heapq
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import httpx

from contracts.values import parse_rfc3339, rfc3339
from infra.chassis.clock import SystemClock
from infra.chassis.failed import Failed
from infra.local.platform import Platform
from infra.sample.day import Day, Request, loss
from infra.sample.living import Lived
from infra.sample.rota import PARIS

Act = Callable[[], Awaitable[None]]
Told = Callable[[datetime, str], None]

END_OF_DAY = time(20, 0)
TRAVEL = timedelta(minutes=20)
KILOMETRES_PER_MINUTE = 0.8
BUSY_STATES = frozenset({"en-route", "arrived", "started", "paused"})
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
    agenda: list[tuple[datetime, int, Act]] = field(default_factory=list)
    tickets: dict[str, Request] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    answered: set[tuple[str, str, str]] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    _seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _tokens: dict[tuple[str, str, str | None], str] = field(default_factory=dict)

    @property
    def visits(self) -> list[dict[str, Any]]:
        """Those of the day's requests, and what else is its technicians' to do."""
        return [
            visit
            for visit in self._seen.values()
            if visit["ticket_id"] in self.tickets or visit["technician_id"] in self.day.firm.technicians
        ]

    @property
    def _dispatcher(self) -> tuple[str, str]:
        return "dispatcher", self.day.firm.someone("dispatcher")

    @property
    def _keeper(self) -> tuple[str, str]:
        return "stock-keeper", self.day.firm.someone("stock-keeper")

    async def play(self) -> None:
        """The whole day, from now until its last visit is over or the evening has come."""
        evening = datetime.combine(self.day.on, END_OF_DAY, PARIS)
        async with httpx.AsyncClient(base_url=self.platform.http, timeout=60) as client:
            self._client = client
            self._looked_at = SystemClock().now() - LOOK_AGAIN
            await self._take_over()
            for request in self.day.requests:
                self._at(request.at, self._opening(request))
            while True:
                moment = await self._next_moment()
                if moment is None or moment > evening:
                    break
                await self.platform.control.go(moment)
                await self._do_what_is_due()
                await self.platform.control.until_quiet()
                await self._look()

    async def _take_over(self) -> None:
        """Whoever was on his way or at work when the day before ended goes on with it."""
        given = self._listed(state=sorted(GIVEN_STATES))
        self._seen = {visit["id"]: visit async for visit in given}
        now = self.platform.clock.now()
        for visit in self.visits:
            life = self._life(visit, asked=1)
            match visit["state"]:
                case "acknowledged":
                    self._at(now, self._leaving(visit, life))
                case "en-route":
                    self._at(now + TRAVEL * life.travel_factor, self._arriving(visit, life))
                case "arrived" | "paused":
                    self._at(now, self._starting(visit, life))
                case "started":
                    started = parse_rfc3339(visit["started_at"])
                    self._at(now, self._closing(visit, life, started))
        await self.platform.control.until_quiet()
        await self._look()

    async def _next_moment(self) -> datetime | None:
        due = await self.platform.control.next_due()
        moments = [due] if due and (self.agenda or self._open()) else []
        if self.agenda:
            moments.append(self.agenda[0][0])
        return max(min(moments), self.platform.clock.now()) if moments else None

    def _open(self) -> bool:
        return any(visit["state"] not in {"closed", "cancelled", "failed"} for visit in self.visits)

    async def _do_what_is_due(self) -> None:
        while self.agenda and self.agenda[0][0] <= self.platform.clock.now():
            _, _, act = heapq.heappop(self.agenda)
            await act()

    async def _look(self) -> None:
        """What has come of it: each newly told technician will answer, each planned part may be lost."""
        since, self._looked_at = self._looked_at, SystemClock().now() - LOOK_AGAIN
        async for visit in self._listed(updated_after=rfc3339(since)):
            self._seen[visit["id"]] = visit
        for visit in self.visits:
            if visit["state"] == "dispatched":
                self._expect_answer(visit)
            request = self.tickets.get(visit["ticket_id"])
            if request and request.missing and request.n not in self.lost and visit["state"] in BEFORE:
                await self._lose(visit, request)

    async def _listed(self, **which: Any) -> AsyncIterator[dict[str, Any]]:
        """All such visits, page by page."""
        query = {"limit": PAGE, **which}
        while True:
            page = await self._call("GET", "/v1/visits", *self._dispatcher, query=query)
            for visit in page["items"]:
                yield visit
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def _life(self, visit: dict[str, Any], *, asked: int) -> Lived:
        request = self.tickets.get(visit["ticket_id"])
        if request is None:
            return self.day.left_over(visit["id"], visit["category"], visit["duration_minutes"])
        return self.day.lived(request, visit["site_id"], asked=asked, follow_up=visit["follows"] is not None)

    def _expect_answer(self, visit: dict[str, Any]) -> None:
        told = (visit["id"], visit["technician_id"], visit["planned_start"])
        if told in self.answered:
            return
        self.answered.add(told)
        asked = self.asked.get(visit["id"], 0)
        self.asked[visit["id"]] = asked + 1
        life = self._life(visit, asked=asked)
        if life.answer == "silence":
            self._say(f"{visit['technician_id']} does not answer for {visit['number']}")
            return
        at = self.platform.clock.now() + timedelta(seconds=life.answer_seconds)
        self._at(at, self._answering(visit, life))

    async def _lose(self, visit: dict[str, Any], request: Request) -> None:
        reservation = await self._call(
            "GET", f"/v1/reservations/{visit['id']}", *self._keeper, gone_is_fine=frozenset({404})
        )
        if not reservation or reservation["state"] != "reserved" or request.missing is None:
            return
        self.lost.add(request.n)
        place = reservation["held"][0]["location"]
        call = loss(place, request.missing, self.platform.clock.now())
        await self._call("POST", call.path, *self._keeper, body=dict(call.body), key=call.key)
        self._say(f"{request.missing} is missing from {place}")

    # -- what people do ----------------------------------------------------------------------

    def _opening(self, request: Request) -> Act:
        async def act() -> None:
            opened = await self._call(
                "POST",
                "/v1/tickets",
                request.role,
                request.subject,
                customer=request.customer,
                body=dict(request.body),
                key=request.key,
            )
            self.tickets[opened["id"]] = request
            places = ", ".join(request.body["sites"])
            self._say(f"{opened['priority']} {opened['number']} {request.body['summary']} [{places}]")

        return act

    def _answering(self, visit: dict[str, Any], life: Lived) -> Act:
        async def act() -> None:
            present = await self._present(visit, {"dispatched"})
            if present is None:
                return
            if life.answer == "decline":
                if not await self._still(visit, "decline", {"reason": life.reason}):
                    return
                self._say(f"{visit['technician_id']} declines {visit['number']}: {life.reason}")
                return
            if not await self._still(visit, "acknowledge"):
                return
            start = parse_rfc3339(present["planned_start"])
            leaving = max(self.platform.clock.now(), start - TRAVEL) + timedelta(minutes=life.late_minutes)
            self._at(leaving, self._leaving(visit, life))

        return act

    def _leaving(self, visit: dict[str, Any], life: Lived) -> Act:
        async def act() -> None:
            present = await self._present(visit, {"acknowledged"})
            if present is None:
                return
            busy = any(
                other["technician_id"] == visit["technician_id"] and other["state"] in BUSY_STATES
                for other in self.visits
                if other["id"] != visit["id"]
            )
            start = parse_rfc3339(present["planned_start"]) - TRAVEL
            now = self.platform.clock.now()
            if busy or start > now + timedelta(minutes=10):
                self._at(max(now + timedelta(minutes=5), start), self._leaving(visit, life))
                return
            if not await self._still(visit, "depart"):
                return
            await self._look()
            self._at(now + TRAVEL * life.travel_factor, self._arriving(visit, life))

        return act

    def _arriving(self, visit: dict[str, Any], life: Lived) -> Act:
        async def act() -> None:
            if await self._present(visit, {"en-route"}) is None:
                return
            await self._step(visit, "arrive")
            at = self.platform.clock.now() + timedelta(minutes=life.waiting_minutes)
            self._at(at, self._starting(visit, life) if life.begins else self._closing(visit, life, None))

        return act

    def _starting(self, visit: dict[str, Any], life: Lived) -> Act:
        async def act() -> None:
            if await self._present(visit, {"arrived", "paused"}) is None:
                return
            await self._step(visit, "start")
            now = self.platform.clock.now()
            self._at(now + timedelta(minutes=life.work_minutes), self._closing(visit, life, now))

        return act

    def _closing(self, visit: dict[str, Any], life: Lived, started: datetime | None) -> Act:
        async def act() -> None:
            if await self._present(visit, {"arrived", "started"}) is None:
                return
            minutes = round(TRAVEL.total_seconds() / 60 * life.travel_factor)
            body = life.closing(
                started_at=started,
                ended_at=self.platform.clock.now(),
                travel_minutes=minutes,
                kilometres=minutes * KILOMETRES_PER_MINUTE,
                signer="Référent du site",
            )
            await self._step(visit, "close", dict(body))
            self._say(f"{visit['technician_id']} closes {visit['number']}: {life.outcome}")

        return act

    async def _present(self, visit: dict[str, Any], states: set[str]) -> dict[str, Any] | None:
        """The visit as it is now, if it is still this technician's and in one of these states."""
        now = await self._call("GET", f"/v1/visits/{visit['id']}", *self._dispatcher)
        same = now["technician_id"] == visit["technician_id"] and now["state"] in states
        return now if same else None

    async def _still(self, visit: dict[str, Any], verb: str, body: dict[str, Any] | None = None) -> bool:
        """A step on a visit that may be moved at the same moment; False when it was."""
        return await self._step(visit, verb, body, gone_is_fine=frozenset({404, 409})) is not None

    async def _step(
        self,
        visit: dict[str, Any],
        verb: str,
        body: dict[str, Any] | None = None,
        *,
        gone_is_fine: frozenset[int] = frozenset(),
    ) -> Any:
        technician = visit["technician_id"]
        at = rfc3339(self.platform.clock.now())
        return await self._call(
            "POST",
            f"/v1/visits/{visit['id']}/{verb}",
            "technician",
            technician,
            body=body or {},
            key=f"{visit['id']}-{verb}-{technician}-{at}",
            gone_is_fine=gone_is_fine,
        )

    # -- the plumbing ------------------------------------------------------------------------

    def _at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self.agenda, (at, next(self._numbers), act))

    def _say(self, text: str) -> None:
        self.told(self.platform.clock.now(), text)

    async def _call(
        self,
        method: str,
        path: str,
        role: str,
        subject: str,
        *,
        customer: str | None = None,
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
        gone_is_fine: frozenset[int] = frozenset(),
    ) -> Any:
        who = (role, subject, customer)
        if who not in self._tokens:
            self._tokens[who] = self.platform.issuer.token(role, customer, subject)
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = await self._client.request(method, path, json=body, params=query, headers=headers)
        if answer.status_code in gone_is_fine:
            return None
        if not answer.is_success:
            raise Failed(f"{method} {path} as {role} {subject}: {answer.status_code} {answer.text}")
        return answer.json()
