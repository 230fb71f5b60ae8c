"""What people do, whatever happens to the platform: requests, commands on hot tickets, steps of visits.

30 % new tickets, single and multi-site; 70 % commands on the latest 300 tickets and on visits; 5 % of all are
sent again with their key after the connection was cut; for each hundred one poisoned record. As many tickets
end as are opened: what grows meanwhile is not the work that is open.
"""

import asyncio
import random
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from tests.chaos.ledger import MARK, Ledger, Line, Outcome
from tests.chaos.world import World
from tests.flows.firm import Customer, Json, Person, Technician
from tests.flows.poison import CONSUMED, poisons, readers_of
from tests.infra.chassis.spoiling import send_spoilt

HOT = 300
AT_ONCE = 200
PATIENCE_SECONDS = 40.0
"""After so long somebody who is not answered gives up."""
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0)
NEW_TICKETS, CUT, POISONED, SPOILT = 0.30, 0.05, 0.01, 0.001
SOME_TIME_AGO = timedelta(seconds=55)
"""A caller may say that it began so long ago: a promise of a minute falls due within a short run, too."""

NEXT = {
    "dispatched": "acknowledge",
    "acknowledged": "depart",
    "en-route": "arrive",
    "arrived": "start",
    "started": "close",
}
OUTCOMES = {"fixed": 80, "workaround": 5, "not-fixed": 5, "part-dead": 3, "no-access": 4, "user-absent": 3}
COMMANDS = {
    "resolve": 44,
    "step": 24,
    "note": 14,
    "worklog": 4,
    "hold": 3,
    "resume": 3,
    "requalify": 3,
    "receive": 3,
    "site": 1,
    "cancel": 1,
}
"""By how often. The desk resolves those that are not among the hot ones any more; where none is, it notes."""


@dataclass
class Crowd:
    """``rate`` requests a second, however long each takes; ``leaks``: answers that showed others' things."""

    world: World
    ledger: Ledger
    chance: random.Random
    rate: float
    kafka: str
    begun: float = field(default_factory=time.monotonic)
    hot: deque[tuple[str, Customer]] = field(default_factory=lambda: deque(maxlen=HOT))
    cooled: deque[tuple[str, Customer]] = field(default_factory=deque)
    leaks: list[str] = field(default_factory=list)
    letters: dict[str, list[str]] = field(default_factory=dict)
    """Where each poisoned record lies, and the services that must put it aside. One whose sending was broken
    off may lie there too, or twice: its mark says that it is ours."""
    spoilt: set[str] = field(default_factory=set)
    """The topics with records that nobody can parse, which bear no mark."""
    in_flight: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    async def run(self, seconds: float) -> None:
        """Until the time is over and everybody has his answer."""
        self.begun = time.monotonic()
        sent = 0
        async with AIOKafkaProducer(bootstrap_servers=self.kafka, acks="all") as hand:
            while self.now < seconds:
                await asyncio.sleep(max(0.0, sent / self.rate - self.now))
                sent += 1
                if self.in_flight < AT_ONCE:
                    self._spawn(self._something())
                if self.chance.random() < POISONED:
                    self._spawn(self._poison(hand))
                if self.chance.random() < SPOILT:
                    self._spawn(self._spoilt(hand))
                if sent % 10 == 0:
                    self._spawn(self._look())
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _spawn(self, work: Awaitable[None]) -> None:
        async def counted() -> None:
            self.in_flight += 1
            try:
                await work
            finally:
                self.in_flight -= 1

        task = asyncio.create_task(counted())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    # -- one request -------------------------------------------------------------------------

    async def _ask(
        self,
        kind: str,
        who: Person,
        path: str,
        body: Json,
        *,
        customer: str = "",
        id: str = "",
        method: str = "POST",
    ) -> httpx.Response | None:
        """Ask until there is an answer, always with the same key; what came of it is in the ledger."""
        key, token = uuid.uuid4().hex, body.pop("_token", "")
        begun, tries, answer = self.now, 0, None
        cut = self.chance.random() < CUT
        while answer is None and self.now - begun < PATIENCE_SECONDS:
            tries += 1
            try:
                async with asyncio.timeout(self.chance.uniform(0, 0.03) if cut and tries == 1 else 15):
                    answer = await self.world.firm.platform.client.request(
                        method, path, json=body, headers={**who.headers, "Idempotency-Key": key}
                    )
            except (TimeoutError, httpx.TransportError):
                answer = None
            if answer is not None and _comes_again(answer):
                answer = None
            if answer is None:
                await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1])
        found: Json = {}
        if answer is not None and answer.headers.get("content-type", "").endswith("json"):
            found = answer.json()
        outcome: Outcome = "refused" if answer is None or answer.status_code >= 500 else "declined"
        if answer is not None and answer.is_success:
            outcome = "done"
            id = str(found.get("id", id)) if kind == "ticket" else id
        self.ledger.write(
            Line(
                kind,
                outcome,
                round(begun, 3),
                round(self.now, 3),
                tries,
                key,
                token,
                customer,
                id,
                answer.status_code if answer is not None else None,
                str(found.get("type", "")).rpartition("/")[2] if outcome != "done" else "",
                str(found.get("detail", ""))[:200] if outcome == "refused" else "",
            )
        )
        return answer if outcome == "done" else None

    # -- what is asked -----------------------------------------------------------------------

    async def _something(self) -> None:
        if not self.hot or self.chance.random() < NEW_TICKETS:
            await self._opens()
            return
        [what] = self.chance.choices(list(COMMANDS), list(COMMANDS.values()))
        if what == "step":
            await self._steps()
        elif what == "receive":
            await self._receives()
        elif what == "site":
            await self._moves()
        elif what == "resolve" and self.cooled:
            await self._commands(what, *self.cooled.popleft())
        else:
            await self._commands("note" if what == "resolve" else what, *self.chance.choice(self.hot))

    async def _opens(self) -> None:
        firm, chance = self.world.firm, self.chance
        customer = chance.choice(self.world.customers)
        count = chance.choices((1, 2, 4), (75, 15, 10))[0]
        sites = self.world.sites_of(customer, count, chance)
        token = uuid.uuid4().hex
        body = firm.request(chance.choice(self.world.works), *sites, urgent=chance.random() < 0.6)
        began = datetime.now(UTC) - SOME_TIME_AGO * chance.choice((0, 1))
        body |= {"description": token, "_token": token, "occurred_at": began.isoformat()}
        answer = await self._ask("ticket", customer.portal, "/v1/tickets", body, customer=customer.id)
        if answer is not None:
            if len(self.hot) == HOT:
                self.cooled.append(self.hot[0])
            self.hot.append((answer.json()["id"], customer))

    async def _commands(self, what: str, ticket: str, customer: Customer) -> None:
        firm, token = self.world.firm, uuid.uuid4().hex
        now = datetime.now(UTC)
        bodies: dict[str, Callable[[], Json]] = {
            "note": lambda: {"text": token, "public": self.chance.random() < 0.5},
            "worklog": lambda: {
                # One person cannot have worked on several things at once.
                "person": f"{firm.agent.id}-{token}",
                "from": (now - timedelta(minutes=5)).isoformat(),
                "to": now.isoformat(),
                "kind": "remote",
                "billable": True,
                "text": token,
            },
            "hold": lambda: {"reason": "waiting-for-client"},
            "resume": dict,
            "resolve": lambda: {"work_done": token},
            "requalify": lambda: {
                "impact": self.chance.choice(("high", "medium", "low")),
                "urgency": "medium",
                "agreed_by": "Ann",
                "reason": token,
            },
            "cancel": lambda: {"reason": "client-consent"},
        }
        path = f"/v1/tickets/{ticket}/{ {'note': 'notes', 'worklog': 'worklogs'}.get(what, what) }"
        body = {**bodies[what](), "_token": token}
        await self._ask(what, firm.agent, path, body, customer=customer.id, id=ticket)

    async def _steps(self) -> None:
        """A technician who has nothing in his hands does the next thing at a visit of his."""
        free = [each for each in self.world.technicians if each.id not in self.world.busy]
        if not free:
            return
        technician = self.chance.choice(free)
        self.world.busy.add(technician.id)
        try:
            await self._step(technician)
        finally:
            self.world.busy.discard(technician.id)

    async def _step(self, technician: Technician) -> None:
        try:
            answer = await technician.get("/v1/visits", state=list(NEXT), limit=200)
        except httpx.TransportError:
            return
        if not answer.is_success:
            return
        visits = sorted(answer.json()["items"], key=lambda each: -list(NEXT).index(each["state"]))
        if not visits:
            return
        visit = visits[0]
        verb = NEXT[visit["state"]]
        if verb == "acknowledge" and self.chance.random() < 0.05:
            verb = "decline"
        token = uuid.uuid4().hex
        body: Json = {"_token": token}
        if verb == "decline":
            body["reason"] = "my car broke down"
        if verb == "close":
            [outcome] = self.chance.choices(list(OUTCOMES), list(OUTCOMES.values()))
            parts = [{"sku": self.chance.choice(self.world.skus), "quantity": self.chance.choice((1, 2))}]
            body |= {"outcome": outcome, "work_done": token, "parts_used": parts}
        await self._ask(
            verb,
            technician,
            f"/v1/visits/{visit['id']}/{verb}",
            body,
            customer=visit.get("customer_id", ""),
            id=visit["id"],
        )

    async def _receives(self) -> None:
        van = f"van:{self.chance.choice(self.world.technicians).id}"
        token = uuid.uuid4().hex
        body = {
            "location": van,
            "sku": self.chance.choice(self.world.skus),
            "quantity": 1,
            "serials": [token],
            "_token": token,
        }
        await self._ask("receive", self.world.firm.stock_keeper, "/v1/stock/receive", body, id=van)

    async def _moves(self) -> None:
        """A change of what the other services keep copies of."""
        customer = self.chance.choice(self.world.customers)
        site = self.chance.choice(self.world.sites[customer.id])
        token = uuid.uuid4().hex
        body: Json = {
            "customer_id": customer.id,
            "name": token,
            "address": "1 rue de la Paix",
            "postcode": "35000",
            "commune": "Rennes",
            "latitude": 48.11 + self.chance.uniform(-0.05, 0.05),
            "longitude": -1.68 + self.chance.uniform(-0.05, 0.05),
            "time_zone": "Europe/Paris",
            "holidays": "FR",
            "_token": token,
        }
        keeper = self.world.firm.stock_keeper
        await self._ask(
            "site", keeper, f"/v1/sites/{site}", body, customer=customer.id, id=site, method="PUT"
        )

    # -- who must see nothing ----------------------------------------------------------------

    async def _look(self) -> None:
        """Somebody of one client looks at what is his, and tries what is another's."""
        customer = self.chance.choice(self.world.customers)
        for path in ("/v1/tickets?limit=50", "/v1/visits?limit=50", "/v1/sites?limit=50"):
            answer = await self._read(customer, path)
            for each in (answer or {}).get("items", ()):
                if each.get("customer_id", customer.id) != customer.id:
                    self.leaks.append(f"{customer.id} saw {each['id']} of {each['customer_id']} at {path}")
        others = [ticket for ticket, whose in self.hot if whose.id != customer.id]
        if others:
            path = f"/v1/tickets/{self.chance.choice(others)}"
            if await self._read(customer, path) is not None:
                self.leaks.append(f"{customer.id} read {path}")

    async def _read(self, customer: Customer, path: str) -> Json | None:
        try:
            answer = await self.world.firm.platform.client.get(path, headers=customer.portal.headers)
        except httpx.TransportError:
            return None
        return answer.json() if answer.is_success else None

    # -- who writes nonsense -----------------------------------------------------------------

    async def _poison(self, hand: AIOKafkaProducer) -> None:
        topic = self.chance.choice(CONSUMED)
        poison = self.chance.choice(list(poisons(topic, f"poison-{uuid.uuid4().hex}")))
        poison = replace(poison, headers=(*poison.headers, (MARK, b"")))
        try:
            place = await poison.spread(hand)
        except KafkaError:
            return
        self.letters[place] = sorted(poison.services)

    async def _spoilt(self, hand: AIOKafkaProducer) -> None:
        topic = self.chance.choice(CONSUMED)
        self.spoilt.add(topic.name)
        try:
            offset = await send_spoilt(hand, TopicPartition(topic.name, 0), b"spoilt", b"{}")
        except KafkaError:
            return
        self.letters[f"{topic.name}/0/{offset}"] = sorted(readers_of(topic))


def _comes_again(answer: httpx.Response) -> bool:
    """Whether the same request may have another answer in a moment."""
    if answer.status_code in (502, 503, 504):
        return True
    return answer.status_code == 409 and answer.json().get("type", "").endswith("idempotency-in-progress")
