"""The whole platform in one process: embedded servers, four services and the tools behind one address."""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from contracts.catalogue import SERVICES
from infra.chassis.clock import SteppedClock
from infra.chassis.events.browsing import newest_recorded_at
from infra.chassis.events.topics import apply_topics
from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER, Authenticator
from infra.chassis.ops.telemetry import telemetry_of
from infra.chassis.runtime import Runtime
from infra.chassis.settings import Settings, SettingsError
from infra.local.clock_control import CLOCK_FILE, ClockControl, ClockFile, started
from infra.local.errors import StackError
from infra.local.gateway import Gateway, gateway
from infra.local.issuer import DevelopmentIssuer
from infra.local.jars import Progress
from infra.local.mail_sink import MailSink
from infra.local.people import People, entrances
from infra.local.serving import Server, unbound_socket
from infra.local.sms_sink import SmsSink
from infra.local.stack import LocalStack, Servers
from services.dispatch.app import build as build_dispatch
from services.dispatch.settings import Settings as DispatchSettings
from services.inventory.app import build as build_inventory
from services.inventory.settings import Settings as InventorySettings
from services.notify.app import build as build_notify
from services.notify.settings import Settings as NotifySettings
from services.ticket.app import build as build_ticket
from services.ticket.settings import Settings as TicketSettings

READY_SECONDS = 30.0
STOP_SECONDS = 8.0
"""For requests and services together; Kafka (6 s) and MongoDB (4 s) come after: under 20 s in all."""
REQUESTS_STOP_SECONDS = 2
_SETTINGS: Mapping[str, type[Settings]] = {
    "dispatch": DispatchSettings,
    "inventory": InventorySettings,
    "notify": NotifySettings,
    "ticket": TicketSettings,
}
LOG_FILE = "services.log"

BUILDERS: Mapping[str, Callable[..., FastAPI]] = {
    "ticket": build_ticket,
    "dispatch": build_dispatch,
    "inventory": build_inventory,
    "notify": build_notify,
}


@dataclass(frozen=True)
class Platform:
    """A running platform."""

    http: str
    servers: Servers
    issuer: DevelopmentIssuer
    mail_sink: MailSink
    sms_sink: SmsSink
    clock: SteppedClock
    control: ClockControl
    runtimes: Mapping[str, Runtime]
    data: Path
    front: Gateway

    @property
    def people(self) -> People:
        """Who is there for each role: strangers, until somebody is said to be known."""
        known: People = self.front.state.people
        return known

    def knows(self, people: People) -> None:
        """Tokens, and the addresses of screens, are theirs from now on."""
        self.front.state.people = people

    @property
    def entrances(self) -> Mapping[str, str]:
        """Each screen's address, signed in as somebody whose it is."""
        return entrances(self.http, self.people)

    def ready(self) -> dict[str, Any]:
        """What ``--ready FILE`` says, with a token for each role."""
        return {
            "http": self.http,
            "kafka": self.servers.kafka,
            "mongodb": self.servers.mongodb,
            "tokens": {
                role: self.issuer.token(role, who.customer, who.subject)
                for role, who in sorted(self.people.items())
            },
        }


@asynccontextmanager
async def running(
    data: Path,
    *,
    port: int = 8000,
    brokers: int = 1,
    clock_start: datetime | None = None,
    progress: Progress | None = None,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Platform]:
    """Start everything on ``data`` and stop it in order. ``port`` 0 takes any free one.

    The domain clock starts at ``clock_start``, or where the data folder left it if that is later.
    Raises ``StackError`` with one sentence when something cannot start.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    data = data.expanduser().resolve()
    environment = os.environ if environment is None else environment
    _check_settings(environment)
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_socket(port))
        stack_of_servers = LocalStack(data, brokers=brokers, progress=progress, environment=environment)
        servers = await stack.enter_async_context(stack_of_servers)
        await apply_topics(servers.kafka)
        kept = ClockFile(data / CLOCK_FILE)
        newest = await newest_recorded_at(servers.kafka)
        clock = started(kept, newest, clock_start, told=progress or (lambda _: None))
        issuer = DevelopmentIssuer(data, profile="development")
        sink = MailSink(file=data / "mail.jsonl")
        await sink.start()
        stack.push_async_callback(sink.stop)
        sms_sink = SmsSink(file=data / "sms.jsonl")
        await sms_sink.start()
        stack.push_async_callback(sms_sink.stop)
        log = stack.enter_context((data / LOG_FILE).open("a", encoding="utf-8"))
        http = f"http://127.0.0.1:{listening.getsockname()[1]}"
        apps = {
            name: BUILDERS[name](
                _settings(name, servers, issuer, sink, sms_sink, http, environment),
                clock=clock,
                mongo=servers.mongodb,
                kafka=servers.kafka,
                telemetry=telemetry_of(name, stream=log, collector=environment.get("ASTREINTE_TRACES", "")),
            )
            for name in SERVICES
        }
        runtimes: dict[str, Runtime] = {name: app.state.runtime for name, app in apps.items()}
        control = ClockControl(clock, tuple(runtimes.values()), kept)
        local = telemetry_of("local", stream=log)
        authenticator = Authenticator(
            jwks=issuer.jwks, issuer=DEVELOPMENT_ISSUER, audience=AUDIENCE, profile="development"
        )
        front = gateway(
            apps,
            authenticator=authenticator,
            telemetry=local,
            kafka=servers.kafka,
            issuer=issuer,
            mail_sink=sink,
            sms_sink=sms_sink,
            clock_control=control,
        )
        await stack.enter_async_context(_serving(front, listening))
        await _ready(runtimes)
        platform = Platform(http, servers, issuer, sink, sms_sink, clock, control, runtimes, data, front)
        written = data / "running.json"
        write_private(written, json.dumps(platform.ready()))
        stack.callback(written.unlink, missing_ok=True)
        yield platform


def write_private(path: Path, text: str) -> None:
    """Write a file that holds tokens: only this user can read it, and it appears whole."""
    _written_beside(path, text).replace(path)


def clear_private(path: Path) -> None:
    """Remove what an earlier run wrote there; ``OSError`` where this one could not write it.

    Who waits for the file never sees one that only tries whether it can be written.
    """
    _written_beside(path, "").unlink()
    path.unlink(missing_ok=True)


def _written_beside(path: Path, text: str) -> Path:
    fresh = path.with_name(path.name + ".fresh")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    return fresh


def _settings(
    name: str,
    servers: Servers,
    issuer: DevelopmentIssuer,
    sink: MailSink,
    sms_sink: SmsSink,
    http: str,
    environment: Mapping[str, str],
) -> Settings:
    return _SETTINGS.get(name, Settings).from_environment(
        {
            **environment,
            "ASTREINTE_PROFILE": "development",
            "ASTREINTE_KAFKA": servers.kafka,
            "ASTREINTE_MONGODB": servers.mongodb,
            "ASTREINTE_JWKS": json.dumps(issuer.jwks),
            "ASTREINTE_ISSUER": DEVELOPMENT_ISSUER,
            "ASTREINTE_SMTP": sink.url.removeprefix("smtp://"),
            **{name: "" for name in environment if name.startswith("ASTREINTE_SMS_")},
            "ASTREINTE_SMS_URL": sms_sink.url,
            "ASTREINTE_WEBHOOK_NETWORKS": environment.get(
                "ASTREINTE_WEBHOOK_NETWORKS", "127.0.0.0/8 ::1/128"
            ),
            "ASTREINTE_PUBLIC_URL": http,
            "ASTREINTE_SIGN_IN": f"{http}/issuer",
            "ASTREINTE_REQUESTS_PER_MINUTE": "0",
        }
    )


def _check_settings(environment: Mapping[str, str]) -> None:
    """Raises StackError for a setting that makes no sense, before anything is started."""
    try:
        for kind in _SETTINGS.values():
            kind.from_environment({**environment, "ASTREINTE_KAFKA": "-", "ASTREINTE_MONGODB": "-"})
    except SettingsError as error:
        raise StackError(f"{error}.") from error


def _socket(port: int) -> socket.socket:
    """The address that people use, taken before anything else starts."""
    listening = unbound_socket()
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise StackError(
            f"Port {port} is taken by another program, or by an Astreinte that already runs; stop that one "
            f"(`ss -ltnp sport = :{port}` names it), or choose another with --port (0: any free one)."
        ) from error
    return listening


@asynccontextmanager
async def _serving(front: Gateway, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        front,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=REQUESTS_STOP_SECONDS,
        timeout_keep_alive=30,
    )
    server = Server(config)
    with contextlib.closing(listening):
        task = asyncio.create_task(server.serve([listening]))
        try:
            while not server.started:
                if task.done():
                    await task
                    raise StackError("The services did not start; their log says why.")
                await asyncio.sleep(0.01)
            yield
        finally:
            front.state.closing.set()
            server.should_exit = True
            try:
                await asyncio.wait_for(task, STOP_SECONDS)
            except TimeoutError:
                task.cancel()


async def _ready(runtimes: Mapping[str, Runtime]) -> None:
    """Both servers answer every service: a first request may rest on what another service said."""
    for server, waits in (
        ("MongoDB", [runtime.prepared.wait() for runtime in runtimes.values()]),
        ("Kafka", [runtime.consumer.connected() for runtime in runtimes.values()]),
    ):
        try:
            await asyncio.wait_for(asyncio.gather(*waits), READY_SECONDS)
        except TimeoutError:
            raise StackError(f"The services do not get ready: {server} does not answer them.") from None
