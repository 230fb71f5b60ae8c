"""Services as processes of their own, as in production: each may be killed, restarted and doubled alone."""

import asyncio
import itertools
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import pymongo

from contracts.routes import owner_of
from infra.local import tether
from infra.local.issuer import DevelopmentIssuer
from tests.flows.platform import NOT_DURING_A_STORY, START_SECONDS, Deployment, stop
from tests.flows.waiting import until
from tests.servers import RealServers, free_port

NOTHING = timedelta(0)


@dataclass(eq=False)
class Replica:
    service: str
    port: int
    process: Process

    async def stops(self) -> None:
        await stop(self.process)

    async def is_killed(self) -> None:
        self.process.kill()
        await self.process.wait()

    @property
    def runs(self) -> bool:
        return self.process.returncode is None


class Listens(Protocol):
    """A process that answers for a service, while it runs."""

    @property
    def service(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def runs(self) -> bool: ...


class ToReplicas(httpx.AsyncBaseTransport):
    """Hands each request to a replica of the service that answers its path, in turn."""

    def __init__(self, replicas: Sequence[Listens]) -> None:
        self._replicas = replicas
        self._turns = itertools.count()
        self._wire = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=None))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = owner_of(request.url.path)
        able = [each for each in self._replicas if each.service == service and each.runs]
        if not able:
            raise httpx.ConnectError(f"no replica of {service} runs", request=request)
        request.url = request.url.copy_with(port=able[next(self._turns) % len(able)].port)
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        await self._wire.aclose()


@dataclass
class Apart(Deployment):
    """Services that a story starts one by one, on names that nobody else uses.

    ``settings`` are given to those that start from then on.
    """

    replicas: list[Replica] = field(default_factory=list, kw_only=True)
    settings: dict[str, str] = field(default_factory=dict, kw_only=True)

    async def start(self, *services: str, ahead: timedelta = NOTHING) -> list[Replica]:
        """A replica more of each, once it is ready; its clock is so far ahead of the machine's."""
        started = [await self._process(service, ahead) for service in services]
        async with httpx.AsyncClient() as client:
            for each in started:
                await self._ready(client, each)
        self.replicas += started
        return started

    async def _process(self, service: str, ahead: timedelta) -> Replica:
        port = free_port()
        alone = (f"services.{service}",)
        shifted = ("tests.flows.ahead", service, str(ahead.total_seconds()))
        settings = {
            "KAFKA": self.kafka,
            "MONGODB": self.mongodb,
            "PROFILE": "development",
            "JWKS": json.dumps(self.issuer.jwks),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DATABASE_PREFIX": self.prefix,
            "GROUP_PREFIX": self.prefix,
            "REQUESTS_PER_MINUTE": "0",
            "LOG_LEVEL": "WARNING",
            "REPLAN_SECONDS": NOT_DURING_A_STORY,
            **self.settings,
        }
        with self.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())),
                *(sys.executable, "-m", *(shifted if ahead else alone)),
                env={**os.environ, **{f"ASTREINTE_{name}": value for name, value in settings.items()}},
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )
        return Replica(service, port, process)

    async def _ready(self, client: httpx.AsyncClient, replica: Replica) -> None:
        async def is_ready() -> bool:
            assert replica.runs, self.log.read_text()[-2000:]
            try:
                return (await client.get(f"http://127.0.0.1:{replica.port}/ready")).is_success
            except httpx.TransportError:
                return False

        await until(is_ready, within=START_SECONDS, why=f"for {replica.service}")


@asynccontextmanager
async def apart(servers: RealServers, folder: Path, unique: str) -> AsyncIterator[Apart]:
    """Nothing runs yet. What still runs in the end is stopped."""
    replicas: list[Replica] = []
    async with AsyncExitStack() as stack:
        client = httpx.AsyncClient(transport=ToReplicas(replicas), base_url="http://127.0.0.1", timeout=30)
        await stack.enter_async_context(client)
        database = pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb, tz_aware=True)
        await stack.enter_async_context(database)
        deployment = Apart(
            folder,
            "http://127.0.0.1",
            servers.kafka,
            servers.mongodb,
            DevelopmentIssuer(folder, profile="development"),
            client,
            database,
            prefix=unique,
            replicas=replicas,
        )
        try:
            yield deployment
        finally:
            await asyncio.gather(*(each.stops() for each in replicas))
