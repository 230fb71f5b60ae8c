"""The services' processes, and somebody who starts again what has died, as an orchestrator does."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from contracts.catalogue import SERVICES
from infra.local import tether
from infra.local.issuer import DevelopmentIssuer
from tests.chaos.servers import Platform
from tests.servers import free_port, resident

REPLICAS: Mapping[str, int] = {"ticket": 2, "dispatch": 1, "inventory": 1, "notify": 2}
RESTART_SECONDS = 0.5
START_SECONDS = 90.0
STOP_SECONDS = 12.0


@dataclass(eq=False)
class Member:
    """One replica: always the same port, a process after another."""

    service: str
    port: int
    process: Process | None = None
    wanted: bool = True
    starts: int = 0

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.runs:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def told(self, order: str) -> None:
        """An order that its process obeys (tests/chaos/service.py)."""
        if self.process is not None and self.runs and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.write(order.encode() + b"\n")

    def memory(self) -> int:
        """Bytes that its process holds now."""
        return resident(self.process.pid) if self.process else 0


@dataclass
class Fleet:
    folder: Path
    platform: Platform
    issuer: DevelopmentIssuer
    smtp: str
    mutation: str = "none"
    members: list[Member] = field(default_factory=list)
    _may_run: asyncio.Event = field(default_factory=asyncio.Event)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def log(self) -> Path:
        return self.folder / "services.log"

    async def start(self) -> None:
        self.members += [
            Member(service, free_port()) for service in SERVICES for _ in range(REPLICAS[service])
        ]
        self._may_run.set()
        self._keepers = [asyncio.create_task(self._keep(each)) for each in self.members]
        await self.ready()

    async def ready(self) -> None:
        """Wait until every replica says that it is."""
        async with httpx.AsyncClient(timeout=2) as client:
            for each in self.members:
                await asyncio.wait_for(_ready(client, each), START_SECONDS)

    async def stop(self) -> None:
        for each in self.members:
            each.wanted = False
            each.signal(signal.SIGCONT)
            each.signal(signal.SIGTERM)
        self._may_run.set()
        _, late = await asyncio.wait(self._keepers, timeout=STOP_SECONDS)
        for each in self.members:
            each.signal(signal.SIGKILL)
        if late:
            await asyncio.wait(late)

    async def lie_down(self) -> None:
        """Kill every process; none is started again before ``get_up``."""
        self._may_run.clear()
        for each in self.members:
            each.signal(signal.SIGKILL)
        for each in self.members:
            if each.process is not None:
                await each.process.wait()

    def get_up(self) -> None:
        self._may_run.set()

    def of(self, service: str) -> list[Member]:
        return [each for each in self.members if each.service == service]

    async def _keep(self, member: Member) -> None:
        while True:
            await self._may_run.wait()
            if not member.wanted:
                return
            member.process = await self._process(member)
            member.starts += 1
            if not self._may_run.is_set():  # it was being started when all were told to lie down
                member.signal(signal.SIGKILL)
            await member.process.wait()
            await asyncio.sleep(RESTART_SECONDS)

    async def _process(self, member: Member) -> Process:
        settings = {
            "KAFKA": self.platform.kafka_for(member.service),
            "MONGODB": self.platform.mongodb_for(member.service),
            "PROFILE": "development",
            "JWKS": json.dumps(self.issuer.jwks),
            "HOST": "127.0.0.1",
            "PORT": str(member.port),
            "SMTP": self.smtp,
            "WEBHOOK_NETWORKS": "127.0.0.0/8",
            "REQUESTS_PER_MINUTE": "0",
            "LOG_LEVEL": "WARNING",
        }
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())),
                *(sys.executable, "-m", "tests.chaos.service", member.service, self.mutation),
                env={**os.environ, **{f"ASTREINTE_{name}": value for name, value in settings.items()}},
                stdin=PIPE,
                stdout=log,
                stderr=log,
            )


async def _ready(client: httpx.AsyncClient, member: Member) -> None:
    while True:
        with contextlib.suppress(httpx.TransportError):
            if (await client.get(f"http://127.0.0.1:{member.port}/ready")).is_success:
                return
        await asyncio.sleep(0.1)
