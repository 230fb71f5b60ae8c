"""Kafka and MongoDB with a wire of its own to each service, so that one of them alone can be cut off."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import AutoReconnect, PyMongoError

from contracts.catalogue import SERVICES
from infra.local import jars
from infra.local.children import Child
from infra.local.kafka import Kafka, Node
from infra.local.mongo import REPLICA_SET, Mongod
from tests.chaos.disk import Disk
from tests.chaos.proxy import Proxy
from tests.servers import free_port, kafka_answers, takes_writes, until

START_SECONDS = 60.0
STOP_SECONDS = 10.0
QUICK_ELECTIONS = {
    "electionTimeoutMillis": 2000,
    "heartbeatIntervalMillis": 500,
    "catchUpTimeoutMillis": 2000,
}
SETTINGS = {"group.min.session.timeout.ms": "1000", "auto.create.topics.enable": "true"}


@dataclass
class Wired(Kafka):
    """Brokers that each service reaches by an address of its own: the port of its proxy."""

    doors: Mapping[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By service and broker: where the broker listens, and what it tells that service to connect to."""

    def _properties(self, node: Node) -> dict[str, str]:
        properties = super()._properties(node)
        for (service, number), (port, told) in self.doors.items():
            if number == node.number:
                name = service.upper()
                for key, value in (
                    ("listeners", f"{name}://127.0.0.1:{port}"),
                    ("advertised.listeners", f"{name}://127.0.0.1:{told}"),
                    ("listener.security.protocol.map", f"{name}:PLAINTEXT"),
                ):
                    properties[key] += f",{value}"
        return {**properties, "inter.broker.listener.name": "PLAINTEXT"}


@dataclass
class Replica(Mongod):
    """A member of a replica set that somebody else puts together."""

    async def start(self) -> None:
        self.child.start()

        async def answers() -> bool:
            try:
                async with pymongo.AsyncMongoClient[dict[str, Any]](
                    "127.0.0.1", self.port, directConnection=True, serverSelectionTimeoutMS=200
                ) as client:
                    await client.admin.command("ping")
            except PyMongoError:
                return False
            return True

        await self.child.ready(answers, within=START_SECONDS)


@asynccontextmanager
async def _frozen(children: Sequence[Child]) -> AsyncIterator[None]:
    """Processes that stand still, their connections open."""
    for child in children:
        os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for child in children:
            os.kill(child.pid, signal.SIGCONT)


@dataclass
class Platform:
    """The servers, their wires, and what may be done to them. Numbers of members count from 1."""

    folder: Path
    members: int = 1
    disk: Disk | None = None
    kafka: str = field(default="", init=False)
    mongodb: str = field(default="", init=False)
    wires: dict[str, list[Proxy]] = field(default_factory=dict, init=False)
    """By ``<service>-kafka`` and ``<service>-mongodb``."""
    _brokers: Wired = field(init=False)
    _mongods: list[Mongod] = field(default_factory=list, init=False)

    async def start(self) -> None:
        numbers = range(1, self.members + 1)
        doors: dict[tuple[str, int], tuple[int, int]] = {}
        for service in SERVICES:
            for number in numbers:
                port = free_port()
                wire = Proxy(port)
                await wire.start()
                self.wires.setdefault(f"{service}-kafka", []).append(wire)
                doors[service, number] = (port, wire.port)
        nodes = tuple(Node(n, free_port(), free_port()) for n in numbers)
        classpath = await asyncio.to_thread(jars.classpath, jars.LOCK)
        self._brokers = Wired(self.folder / "kafka", nodes, classpath, SETTINGS, doors=doors)
        self.kafka = self._brokers.bootstrap
        await asyncio.gather(self._brokers.start(), self._start_mongodb())

    async def _start_mongodb(self) -> None:
        if self.members > 1:
            await self._start_replica_set()
            return
        [mongod] = self._mongods = [Mongod(self.folder / "mongodb", free_port())]
        self.mongodb = f"mongodb://127.0.0.1:{mongod.port}/?directConnection=true"
        await mongod.start()
        for service in SERVICES:
            wire = Proxy(mongod.port)
            await wire.start()
            self.wires[f"{service}-mongodb"] = [wire]

    async def _start_replica_set(self) -> None:
        """Members that reach each other, as everybody does, by their wires: what is cut off is cut off."""
        self._mongods = [
            Replica(self.folder / "mongodb" / str(number), free_port())
            for number in range(1, self.members + 1)
        ]
        for number, mongod in enumerate(self._mongods, 1):
            wire = Proxy(mongod.port)
            await wire.start()
            self.wires[f"{number}-mongodb"] = [wire]
        ports = [
            wire.port for number in range(1, self.members + 1) for wire in self.wires[f"{number}-mongodb"]
        ]
        hosts = [f"127.0.0.1:{port}" for port in ports]
        self.mongodb = f"mongodb://{','.join(hosts)}/?replicaSet={REPLICA_SET}"
        await asyncio.gather(*(each.start() for each in self._mongods))
        members = [{"_id": number, "host": host} for number, host in enumerate(hosts)]
        config = {"_id": REPLICA_SET, "members": members, "settings": QUICK_ELECTIONS}
        async with pymongo.AsyncMongoClient[dict[str, Any]](
            "127.0.0.1", self._mongods[0].port, directConnection=True
        ) as client:
            await client.admin.command("replSetInitiate", config)
        await until(lambda: takes_writes(self.mongodb), within=START_SECONDS)

    async def stop(self) -> None:
        for wire in self.every_wire():
            wire.heal()
        await self._brokers.stop()
        await asyncio.gather(*(each.stop() for each in self._mongods))
        await asyncio.gather(*(wire.stop() for wire in self.every_wire()))

    def every_wire(self) -> list[Proxy]:
        return [wire for wires in self.wires.values() for wire in wires]

    def kafka_for(self, service: str) -> str:
        return ",".join(f"127.0.0.1:{wire.port}" for wire in self.wires[f"{service}-kafka"])

    def mongodb_for(self, service: str) -> str:
        if self.members > 1:
            return self.mongodb
        [wire] = self.wires[f"{service}-mongodb"]
        return f"mongodb://127.0.0.1:{wire.port}/?directConnection=true"

    # -- faults ------------------------------------------------------------------------------

    async def kill_brokers(self, *numbers: int) -> None:
        for node, child in zip(self._brokers.nodes, self._brokers.children, strict=True):
            if not numbers or node.number in numbers:
                await child.kill()

    async def start_brokers(self, *numbers: int) -> None:
        await self._brokers.start_nodes(*numbers)

    async def kill_databases(self, *numbers: int) -> None:
        for number, mongod in enumerate(self._mongods, 1):
            if not numbers or number in numbers:
                await mongod.child.kill()

    async def start_databases(self, *numbers: int) -> None:
        for number, mongod in enumerate(self._mongods, 1):
            if (not numbers or number in numbers) and not mongod.child.running:
                await mongod.start()

    async def move_leaders(self, number: int) -> None:
        """A broker is stopped in order: it hands on what it leads before it goes, and comes back."""
        child = self._brokers.children[number - 1]
        await child.stop(grace=STOP_SECONDS)
        await self.start_brokers(number)

    async def step_down(self) -> None:
        """The primary hands over to another member."""
        async with pymongo.AsyncMongoClient[dict[str, Any]](self.mongodb) as client:
            with suppress(AutoReconnect):
                await client.admin.command("replSetStepDown", 10, secondaryCatchUpPeriodSecs=4)

    async def primary(self) -> int:
        """The number of the database that takes writes."""
        async with pymongo.AsyncMongoClient[dict[str, Any]](self.mongodb) as client:
            hello = await client.admin.command("hello")
        hosts = [f"127.0.0.1:{self.wires[f'{n}-mongodb'][0].port}" for n in range(1, self.members + 1)]
        return hosts.index(hello["primary"]) + 1

    def brokers_frozen(self, *, but: int) -> AbstractAsyncContextManager[None]:
        return _frozen([each for n, each in enumerate(self._brokers.children, 1) if n != but])

    def databases_frozen(self, *, but: int) -> AbstractAsyncContextManager[None]:
        return _frozen([each.child for n, each in enumerate(self._mongods, 1) if n != but])

    async def answers(self) -> None:
        """Wait until both take requests."""
        await until(lambda: kafka_answers(self.kafka), within=START_SECONDS)
        await until(lambda: takes_writes(self.mongodb), within=START_SECONDS)
