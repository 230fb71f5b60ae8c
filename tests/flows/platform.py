"""`astreinte up` as a process of its own, seen the way everybody sees it: HTTP, Kafka, MongoDB."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pymongo
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.catalogue import CATALOGUE
from infra.chassis.http.principal import ALL_CONTRACTS
from infra.local import tether
from infra.local.issuer import DevelopmentIssuer
from tests.flows.waiting import until
from tests.servers import resident

ASTREINTE = Path(sys.executable).with_name("astreinte")
NOT_DURING_A_STORY = "3600"
"""Seconds between two looks at the days of everybody: other stories' visits stay where they are."""

START_SECONDS = 60.0
STOP_SECONDS = 20.0
"""What is promised, as is the next on a folder that was filled before."""
MEMORY_BYTES = 2**30

Database = pymongo.AsyncMongoClient[dict[str, Any]]


@dataclass
class Deployment:
    """Running services, the way everybody sees them. Names of databases begin with ``prefix``."""

    data: Path
    http: str
    kafka: str
    mongodb: str
    issuer: DevelopmentIssuer
    client: httpx.AsyncClient
    database: Database
    prefix: str = field(default="astreinte", kw_only=True)

    @property
    def log(self) -> Path:
        return self.data / "services.log"

    def db(self, service: str) -> Any:
        """The database of one service, read as an operator would."""
        return self.database[f"{self.prefix}_{service}"]

    def bearer(
        self,
        role: str,
        subject: str | None = None,
        customer: str | None = None,
        scopes: tuple[str, ...] = (ALL_CONTRACTS,),
    ) -> dict[str, str]:
        token = self.issuer.token(role, customer, subject or role, scopes=scopes)
        return {"Authorization": f"Bearer {token}"}

    # -- the domain clock --------------------------------------------------------------------

    async def clock(self) -> dict[str, Any]:
        """``{now, quiet, next_due}``."""
        answer = await self.client.get("/v1/clock", headers=self.bearer("admin"))
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def step(self, to: datetime) -> None:
        """Go through each due moment up to ``to``."""
        answer = await self.client.post(
            "/v1/clock", json={"to": to.isoformat()}, headers=self.bearer("admin"), timeout=130
        )
        assert answer.status_code == 200, answer.text

    async def quiet(self, within: float = 30) -> None:
        """Wait until nothing is on its way in any service."""
        await until(self._is_quiet, within=within, why="for the platform to come to rest")

    async def _is_quiet(self) -> bool:
        return bool((await self.clock())["quiet"])

    # -- Kafka -------------------------------------------------------------------------------

    async def records(self, *topics: str) -> list[Any]:
        """Every record of these topics, partition by partition, in the order of their offsets."""
        return await records(self.kafka, *topics)


@dataclass
class Platform(Deployment):
    """A platform that is up, ``ready_after`` seconds. ``process`` is the one that `astreinte up` runs in."""

    process: Process
    ready_after: float

    def memory(self) -> int:
        """The bytes that it and all that it started hold, servers included."""
        parents = {int(stat.parent.name): _parent_of(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
        family = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return sum(resident(pid) for pid in family)


@asynccontextmanager
async def up(
    data: Path, *, servers: Mapping[str, str] | None = None, arguments: Iterable[str] = ()
) -> AsyncIterator[Platform]:
    """Start `astreinte up` on ``data`` and stop it in order, unless somebody has killed it by then.

    ``servers`` gives the addresses of a Kafka and a MongoDB that are there already.
    """
    data.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - once, before anything runs
    ready = data / "ready.json"
    ready.unlink(missing_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASTREINTE_")}
    with (data / "up.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(tether.__file__), str(os.getpid())),
            *(str(ASTREINTE), "up", "--data", str(data), "--port", "0", "--ready", str(ready), *arguments),
            env={**environment, "ASTREINTE_REPLAN_SECONDS": NOT_DURING_A_STORY, **(servers or {})},
            stdout=log,
            stderr=log,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    begun = time.monotonic()
    try:

        async def answers() -> bool:
            assert process.returncode is None, (data / "up.log").read_text()[-2000:]
            return ready.exists()

        await until(answers, within=START_SECONDS, why="for `astreinte up`")
        ready_after = time.monotonic() - begun
        said = json.loads(ready.read_text())
        async with (
            httpx.AsyncClient(base_url=said["http"], timeout=30) as client,
            pymongo.AsyncMongoClient[dict[str, Any]](said["mongodb"], tz_aware=True) as database,
        ):
            issuer = DevelopmentIssuer(data, profile="development")
            yield Platform(
                data,
                said["http"],
                said["kafka"],
                said["mongodb"],
                issuer,
                client,
                database,
                process,
                ready_after,
            )
        if process.returncode is None:
            process.terminate()
            assert await asyncio.wait_for(process.wait(), STOP_SECONDS) == 0, "it does not stop in order"
    finally:
        await stop(process)


def _parent_of(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0  # it has ended meanwhile


async def stop(process: Process) -> None:
    """SIGTERM, and SIGKILL for what does not end in time."""
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def records(kafka: str, *topics: str) -> list[Any]:
    """Every record that these topics hold by now."""
    reader = AIOKafkaConsumer(
        bootstrap_servers=kafka,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 * 2**20,
    )
    await reader.start()
    try:
        places = [
            TopicPartition(topic, n)
            for topic in topics
            for n in range(CATALOGUE.topic_named(topic).partitions)
        ]
        reader.assign(places)
        ends = await reader.end_offsets(places)
        found: dict[TopicPartition, list[Any]] = {place: [] for place in places}
        while any([await reader.position(place) < ends[place] for place in places]):
            for place, some in (await reader.getmany(timeout_ms=100)).items():
                found[place].extend(some)
        return [record for place in places for record in found[place]]
    finally:
        await reader.stop()


@asynccontextmanager
async def producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    """Somebody else who writes to the topics."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as sends:
        yield sends
