"""Notify running behind real HTTP, with its people, and a reader of its streams."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts.catalogue import CATALOGUE
from contracts.dispatch.events import TechnicianDispatched
from infra.chassis.clock import SteppedClock
from infra.chassis.http.serving import server_of
from infra.chassis.runtime import Runtime
from infra.local.issuer import DevelopmentIssuer
from infra.local.mail_sink import MailSink
from services.notify.app import build
from services.notify.mail.smtp import Server
from services.notify.push.sealing import VapidKey, new_secret
from services.notify.settings import Settings
from services.notify.webhooks.posting import networks_of
from tests.servers import RealServers, until
from tests.services.notify.bench import Bench
from tests.services.notify.people import ANNE, CLINIC, LEA, MARC, NORTH, at, moved
from tests.services.notify.sink import Sink
from tests.world import MONDAY_NINE

KEY = VapidKey(new_secret(), "mailto:firm@firm.example")


@dataclass
class Heard:
    """One event of a stream as it came over the wire; a comment has no event."""

    id: str | None
    event: str | None
    data: Any


@dataclass
class Notify:
    """The running service; ``ids`` are this test's own people, places and visits."""

    http: httpx.AsyncClient
    bench: Bench
    mails: MailSink
    issuer: DevelopmentIssuer
    runtime: Runtime
    me: str

    def bearer(self, role: str, customer: str | None = None, subject: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token(role, customer, subject)}"}

    def mine(self, id: str) -> str:
        return f"{self.me}-{id}"

    def dispatch(
        self, number: int, technician: str = "lea", customer: str = "clinic"
    ) -> TechnicianDispatched:
        return moved(
            TechnicianDispatched,
            at(9, 30),
            technician=self.mine(technician),
            ticket_id=self.mine(f"t{number}"),
            visit_id=self.mine(f"t{number}-1"),
            number=f"INC-{number}",
            customer_id=self.mine(customer),
            site_id=self.mine("north"),
            requester_id=self.mine("anne"),
            on_site_contact_id=None,
        )

    async def settle(self) -> None:
        async def quiet() -> bool:
            try:
                return not await self.runtime.unquiet()
            except ConnectionError:
                return False

        await until(quiet, within=20, every=0.05)

    @asynccontextmanager
    async def stream(
        self, who: dict[str, str], path: str = "/v1/streams/visits", **headers: str
    ) -> AsyncIterator[AsyncIterator[Heard]]:
        async with self.http.stream("GET", path, headers=who | headers) as answer:
            assert answer.status_code == 200, await answer.aread()
            assert answer.headers["content-type"].startswith("text/event-stream")
            heard = events(answer)
            assert (await anext(heard)).event is None
            yield heard


async def events(answer: httpx.Response) -> AsyncIterator[Heard]:
    fields: dict[str, str] = {}
    async for line in answer.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
        elif fields:
            data = json.loads(fields["data"]) if "data" in fields else None
            yield Heard(fields.get("id"), fields.get("event"), data)
            fields = {}


async def heard_of(stream: AsyncIterator[Heard], count: int) -> list[Heard]:
    async with asyncio.timeout(10):
        found: list[Heard] = []
        while len(found) < count:
            each = await anext(stream)
            if each.event is not None:
                found.append(each)
        return found


@pytest.fixture
async def notify(servers: RealServers, unique: str, tmp_path: Path) -> AsyncIterator[Notify]:
    async with serving(servers, unique, tmp_path) as made:
        yield made


@asynccontextmanager
async def serving(
    servers: RealServers, unique: str, tmp_path: Path, **settings_of: Any
) -> AsyncIterator[Notify]:
    issuer = DevelopmentIssuer(tmp_path, profile="development")
    mails = MailSink()
    await mails.start()
    clock = SteppedClock(MONDAY_NINE)
    given: dict[str, Any] = {
        "smtp": Server("127.0.0.1", mails.port),
        "webhook_networks": networks_of("127.0.0.0/8"),
        "push": KEY,
        **settings_of,
    }
    settings = Settings(
        profile="development",
        jwks=json.dumps(issuer.jwks),
        database_prefix=unique,
        group_prefix=unique,
        **given,
    )
    app = build(settings, clock=clock, mongo=servers.mongodb, kafka=servers.kafka)
    server = server_of(app)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started, within=10, every=0.02)
    runtime: Runtime = app.state.runtime
    await runtime.prepared.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    bench = Bench(servers, "", CATALOGUE, producer, Sink(), clock)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http:
        made = Notify(http, bench, mails, issuer, runtime, unique)
        await bench.publish(*people(made))
        await made.settle()
        yield made
    server.should_exit = True
    await serving
    await producer.stop()
    await mails.stop()


def people(notify: Notify) -> list[Any]:
    clinic = notify.mine("clinic")
    return [
        LEA.model_copy(update={"technician_id": notify.mine("lea")}),
        MARC.model_copy(update={"technician_id": notify.mine("marc")}),
        CLINIC.model_copy(update={"customer_id": clinic}),
        CLINIC.model_copy(update={"customer_id": notify.mine("school")}),
        NORTH.model_copy(update={"site_id": notify.mine("north"), "customer_id": clinic}),
        ANNE.model_copy(
            update={
                "contact_id": notify.mine("anne"),
                "customer_id": clinic,
                "sites": (notify.mine("north"),),
            }
        ),
    ]
