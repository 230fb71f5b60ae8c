"""Tickets lived from the call to the resolution, by all four services, each step as a client takes it.

One life: ``POST /v1/tickets``; the platform plans the visit, sets the part aside and tells the technician,
who answers, leaves, arrives, starts and closes, so that the ticket is resolved. Its client and its technician
get their mails. At most ``AT_ONCE`` lives at a time, the next beginning where one ends.
"""

import asyncio
import json
import secrets
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from aiokafka import AIOKafkaConsumer

from infra.local.mail_sink import MailSink
from tests.benchmarks import reference
from tests.benchmarks.load import Connection, post
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers

T = TypeVar("T")

SERVICES = ("ticket", "dispatch", "inventory", "notify")
STEPS = ("acknowledge", "depart", "arrive", "start", "close")
REQUESTS = 1 + len(STEPS)
"""Over HTTP, in one life."""
AT_ONCE = 32
TECHNICIANS = 96
SITES = 60
PATIENCE_SECONDS = 60.0


@dataclass
class Chain:
    """Running services with a firm in them. ``replicas`` are taken in turn."""

    processes: Processes
    sink: MailSink
    replicas: int = 1
    facts: int = 0
    lived: list[str] = field(default_factory=list)
    _told: dict[str, asyncio.Future[str]] = field(default_factory=dict)
    _resolved: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)
    _idle: dict[str, list[Connection]] = field(default_factory=lambda: defaultdict(list))
    _turn: int = 0

    def pids(self, service: str) -> list[int]:
        return [pid for name, pid in self.processes.pids.items() if name.partition("-")[0] == service]

    async def live(self, *, seconds: float = float("inf"), tickets: int = 10**9) -> tuple[int, float]:
        """So many tickets, or as many as begin within the time: how many, and the seconds they took."""
        begun, lived = time.perf_counter(), 0
        numbers = iter(range(tickets))

        async def one_after_another(numbers: Iterator[int]) -> None:
            nonlocal lived
            for number in numbers:
                if time.perf_counter() - begun > seconds:
                    return
                await self._life(number)
                lived += 1

        await asyncio.gather(*(one_after_another(numbers) for _ in range(AT_ONCE)))
        return lived, time.perf_counter() - begun

    async def _life(self, number: int) -> None:
        body = {**reference.ticket(number % SITES), "requester": reference.REQUESTER}
        ticket = json.loads(await self._post("ticket", "/v1/tickets", "agent", "bench", body))["id"]
        technician = await self._within(self._future(self._told, ticket), ticket, "somebody to be told of")
        for step in STEPS:
            given = reference.CLOSING if step == "close" else {}
            await self._post("dispatch", f"/v1/visits/{ticket}-1/{step}", "technician", technician, given)
        await self._within(self._future(self._resolved, ticket), ticket, "the resolution of")
        del self._told[ticket], self._resolved[ticket]
        self.lived.append(ticket)

    async def _within(self, waiting: asyncio.Future[T], ticket: str, what: str) -> T:
        try:
            return await asyncio.wait_for(waiting, PATIENCE_SECONDS)
        except TimeoutError:
            async with self.processes.client("dispatch", "dispatcher") as dispatcher:
                visit = (await dispatcher.get(f"/v1/visits/{ticket}-1")).text
            raise SystemExit(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what} {visit}") from None

    async def _post(self, service: str, path: str, role: str, who: str, body: Mapping[str, object]) -> bytes:
        if who not in self._tokens:
            self._tokens[who] = self.processes.issuer.token(role, subject=who)
        self._turn += 1
        replica = self._turn % self.replicas
        name = service if replica == 0 else f"{service}-{replica}"
        connection = await self._connection(name)
        request = post(path, self._tokens[who], json.dumps(body).encode(), secrets.token_hex(8))
        try:
            status, answer = await connection.ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):  # idle for longer than the server keeps it
            connection = await Connection.open(self.processes.addresses[name])
            status, answer = await connection.ask(request)
        self._idle[name].append(connection)
        if status not in (200, 201):
            raise SystemExit(f"POST {path}: {status} {answer.decode()}")
        return answer

    async def _connection(self, name: str) -> Connection:
        if self._idle[name]:
            return self._idle[name].pop()
        return await Connection.open(self.processes.addresses[name])

    async def follow(self, consumer: AIOKafkaConsumer) -> None:
        """Whom each ticket's visit is told to, and which tickets are resolved."""
        async for record in consumer:
            self.facts += 1
            headers, ticket = dict(record.headers), record.key.decode()
            # A fact may come twice.
            if headers["ce_type"] == b"technician-dispatched":
                told = self._future(self._told, ticket)
                if not told.done():
                    told.set_result(json.loads(record.value)["technician_id"])
            elif headers["ce_type"] == b"ticket-resolved":
                resolved = self._future(self._resolved, ticket)
                if not resolved.done():
                    resolved.set_result(None)

    @staticmethod
    def _future(of: dict[str, asyncio.Future[T]], ticket: str) -> asyncio.Future[T]:
        return of.setdefault(ticket, asyncio.get_running_loop().create_future())


@asynccontextmanager
async def chain(servers: RealServers, replicas: int = 1) -> AsyncIterator[Chain]:
    """All four services, ``replicas`` of each, a firm of technicians with a part in every van."""
    prefix = reference.prefix()
    modules = {
        name if number == 0 else f"{name}-{number}": f"services.{name}"
        for name in SERVICES
        for number in range(replicas)
    }
    sink = MailSink(kept=10)
    await sink.start()
    try:
        async with (
            running(servers, prefix, modules, smtp=f"127.0.0.1:{sink.port}") as processes,
            AIOKafkaConsumer(
                "ticket.lifecycle.v1",
                "ticket.sla.v1",
                "dispatch.visits.v1",
                "inventory.reservations.v1",
                bootstrap_servers=servers.kafka,
                auto_offset_reset="latest",
                fetch_max_wait_ms=20,
            ) as consumer,
        ):
            await reference.write(processes, sites=SITES, technicians=TECHNICIANS, whole=True)
            await consumer.seek_to_end()
            given = Chain(processes, sink, replicas)
            following = asyncio.create_task(given.follow(consumer))
            try:
                yield given
            finally:
                following.cancel()
    finally:
        await sink.stop()
