"""The embedded stack: a real Kafka and a real MongoDB as child processes of this one.

Without Docker, Java or root. ASTREINTE_KAFKA and ASTREINTE_MONGODB, addresses, replace the embedded one."""

import asyncio
import os
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from infra.local import jars
from infra.local.children import Child
from infra.local.errors import StackError
from infra.local.folder import DataFolder
from infra.local.given import check_kafka, check_mongodb
from infra.local.jars import Progress
from infra.local.kafka import Kafka, Node
from infra.local.mongo import Mongod
from infra.local.reasons import disk_full
from infra.local.together import together

_WATCH_SECONDS = 0.25

T = TypeVar("T")


@dataclass
class Servers:
    """Where both servers answer: `kafka` is a bootstrap list, `mongodb` a URL."""

    kafka: str
    mongodb: str
    brokers: Kafka | None
    mongod: Mongod | None

    @property
    def children(self) -> tuple[Child, ...]:
        """The server processes that are ours."""
        kafka = self.brokers.children if self.brokers else ()
        return (*kafka, self.mongod.child) if self.mongod else kafka

    async def kill_kafka(self, *numbers: int) -> None:
        """SIGKILL to these brokers (counted from 1), all by default."""
        brokers = _ours(self.brokers, "Kafka")
        for node, child in zip(brokers.nodes, brokers.children, strict=True):
            if not numbers or node.number in numbers:
                await child.kill()

    async def start_kafka(self, *numbers: int) -> None:
        """Start what was killed; returns when it takes part again."""
        await _ours(self.brokers, "Kafka").start_nodes(*numbers)

    async def kill_mongo(self) -> None:
        await _ours(self.mongod, "MongoDB").child.kill()

    async def start_mongo(self) -> None:
        await _ours(self.mongod, "MongoDB").start()

    async def failure(self) -> StackError:
        """Wait until they cannot go on, a server having ended by itself or the disk full; return why."""
        while True:
            for child in self.children:
                if child.wanted and not child.running:
                    return child.failure()
                if full := disk_full(child.log.parent):
                    return StackError(full)
            await asyncio.sleep(_WATCH_SECONDS)


@dataclass
class LocalStack:
    """`async with LocalStack(folder) as servers`: both answer inside, both are gone after.

    The folder keeps data and addresses across starts; one stack at a time uses it. `brokers` is 1 or 3 and
    stays what it was at the folder's first start. `kafka_settings` are broker properties that win over ours.
    `offline` refuses what could only be fetched. Raises StackError.
    Enter it on the main thread: the kernel ties the servers' lives to the thread that starts them."""

    data_dir: Path
    brokers: int = 1
    progress: Progress | None = None
    kafka_settings: Mapping[str, str] = field(default_factory=dict)
    kafka_lock: Path = jars.LOCK
    offline: bool = False
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    _folder: DataFolder | None = field(default=None, init=False)
    _servers: Servers | None = field(default=None, init=False)

    @property
    def children(self) -> tuple[Child, ...]:
        """The server processes launched so far."""
        return self._servers.children if self._servers else ()

    async def __aenter__(self) -> Servers:
        try:
            return await self._start()
        except BaseException:
            await asyncio.shield(self._stop())
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self._stop())

    async def _start(self) -> Servers:
        kafka = self.environment.get("ASTREINTE_KAFKA", "")
        mongodb = self.environment.get("ASTREINTE_MONGODB", "")
        self._servers = servers = Servers(kafka, mongodb, None, None)
        if kafka:
            await check_kafka(kafka)
        if mongodb:
            await check_mongodb(mongodb)
        if kafka and mongodb:
            return servers
        self._folder = folder = DataFolder(self.data_dir.expanduser().resolve())
        await asyncio.to_thread(folder.open)
        await together(
            *(() if mongodb else (self._mongodb(folder, servers),)),
            *(() if kafka else (self._kafka(folder, servers),)),
        )
        return servers

    async def _mongodb(self, folder: DataFolder, servers: Servers) -> None:
        ports = folder.ports(["mongodb"])
        servers.mongod = mongod = Mongod(folder.path / "mongodb", ports["mongodb"], (folder.lock,))
        servers.mongodb = mongod.url
        await self._told("MongoDB", mongod.start())

    async def _kafka(self, folder: DataFolder, servers: Servers) -> None:
        numbers = range(1, self.brokers + 1)
        ports = folder.ports([name for n in numbers for name in (f"kafka-{n}", f"kafka-controller-{n}")])
        nodes = tuple(Node(n, ports[f"kafka-{n}"], ports[f"kafka-controller-{n}"]) for n in numbers)
        verified = await asyncio.to_thread(
            jars.classpath, self.kafka_lock, offline=self.offline, progress=self.progress
        )
        servers.brokers = kafka = Kafka(
            folder.path / "kafka", nodes, verified, self.kafka_settings, (folder.lock,)
        )
        servers.kafka = kafka.bootstrap
        await self._told("Kafka", kafka.start())

    async def _told(self, name: str, starting: Awaitable[None]) -> None:
        if self.progress:
            self.progress(f"{name}: starting")
        began = time.monotonic()
        await starting
        if self.progress:
            self.progress(f"{name}: ready after {time.monotonic() - began:.1f} s")

    async def _stop(self) -> None:
        """Kafka first: a broker that ends while its clients' database is there loses them nothing."""
        if self._servers and self._servers.brokers:
            await self._servers.brokers.stop()
        if self._servers and self._servers.mongod:
            await self._servers.mongod.stop()
        if self._folder:
            self._folder.close()


def _ours(server: T | None, name: str) -> T:
    if server is None:
        raise StackError(f"{name} is not the embedded one: its address was given in the environment.")
    return server
