"""What can be seen from the outside while a run goes on, twice a second: how far each service has read, how
much is answered, who says that he is ready, and what each process holds."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from contracts.catalogue import CATALOGUE, SERVICES
from tests.chaos.fleet import Fleet, Member

EVERY_SECONDS = 0.5
ANSWERS_WITHIN_SECONDS = 3.0

Place = tuple[str, int]


@dataclass(frozen=True)
class Sample:
    """``ends`` and ``read`` (by service) are offsets by partition; empty when Kafka did not answer."""

    at: float
    ends: Mapping[Place, int]
    read: Mapping[str, Mapping[Place, int]]
    done: int
    memory: Mapping[str, int]

    def behind(self, service: str) -> Mapping[Place, int]:
        """How many records a service has not taken in, of each partition where there are any."""
        read = self.read.get(service, {})
        left = {
            place: end - read.get(place, 0) for place, end in self.ends.items() if place[0] in READS[service]
        }
        return {place: count for place, count in left.items() if count > 0}

    def lag(self, service: str) -> int:
        return sum(self.behind(service).values())


READS = {service: {topic.name for topic in CATALOGUE.subscribed(service)} for service in SERVICES}


@dataclass
class Watcher:
    """``begun`` is when the load's clock was 0. ``unready``: when /ready said what was not so."""

    kafka: str
    fleet: Fleet
    done: Callable[[], int]
    begun: float
    see: Callable[[Sample], None]
    samples: list[Sample] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)
    _admin: AIOKafkaAdminClient | None = None
    _ends: AIOKafkaConsumer | None = None

    @property
    def now(self) -> float:
        return time.monotonic() - self.begun

    async def run(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=ANSWERS_WITHIN_SECONDS) as client:
                while True:
                    await self._sample()
                    await asyncio.gather(*(self._tries(client, each) for each in self.fleet.members))
                    await asyncio.sleep(EVERY_SECONDS)
        finally:
            await self._forget()

    async def _sample(self) -> None:
        ends: dict[Place, int] = {}
        read: dict[str, dict[Place, int]] = {}
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
                ends, read = await self._offsets()
        except (TimeoutError, KafkaError, OSError):
            await self._forget()
        memory: dict[str, int] = {}
        for member in self.fleet.members:
            memory[member.service] = memory.get(member.service, 0) + member.memory()
        self.samples.append(Sample(self.now, ends, read, self.done(), memory))
        self.see(self.samples[-1])
        self.looked.set()

    async def _offsets(self) -> tuple[dict[Place, int], dict[str, dict[Place, int]]]:
        if self._admin is None or self._ends is None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self.kafka, request_timeout_ms=2000)
            await admin.start()
            self._admin = admin
            ends = AIOKafkaConsumer(bootstrap_servers=self.kafka, enable_auto_commit=False)
            await ends.start()
            self._ends = ends
        places = [
            TopicPartition(topic.name, n)
            for topic in CATALOGUE.topics
            if topic.kind != "dead"
            for n in range(topic.partitions)
        ]
        found = await self._ends.end_offsets(places)
        read = {}
        for service in SERVICES:
            committed = await self._admin.list_consumer_group_offsets(f"astreinte.{service}")
            read[service] = {(each.topic, each.partition): meta.offset for each, meta in committed.items()}
        return {(each.topic, each.partition): end for each, end in found.items()}, read

    async def _forget(self) -> None:
        admin, ends, self._admin, self._ends = self._admin, self._ends, None, None
        for each in (admin.close() if admin else None, ends.stop() if ends else None):
            if each is not None:
                with suppress(Exception):
                    await asyncio.wait_for(each, 2)

    async def _tries(self, client: httpx.AsyncClient, member: Member) -> None:
        """Who is ready, does not answer, is ready again and again does not answer is not to be believed.

        Once is no proof: the database may have gone and come back in between.
        """
        if not member.runs:
            return
        address, starts = f"http://127.0.0.1:{member.port}", member.starts
        with suppress(httpx.TransportError):
            for _ in range(2):
                if not await self._is_ready(client, address) or await self._answers(client, member, address):
                    return
            if await self._is_ready(client, address) and member.starts == starts:
                at = time.monotonic() - self.begun
                self.unready.append(
                    f"at {at:.1f} s {member.service} said that it was ready and did not answer"
                )

    @staticmethod
    async def _is_ready(client: httpx.AsyncClient, address: str) -> bool:
        return (await client.get(f"{address}/ready")).is_success

    async def _answers(self, client: httpx.AsyncClient, member: Member, address: str) -> bool:
        try:
            answer = await client.get(f"{address}{PROBES[member.service]}", headers=self.headers)
        except httpx.TransportError:
            return False
        return answer.status_code < 500

    @property
    def headers(self) -> dict[str, str]:
        token = self.fleet.issuer.token("admin", None, "watcher", scopes=())
        return {"Authorization": f"Bearer {token}"}


PROBES = {
    "ticket": "/v1/tickets?limit=1",
    "dispatch": "/v1/visits?limit=1",
    "inventory": "/v1/sites?limit=1",
    "notify": "/v1/deliveries?limit=1",
}
