"""Runs toy services on the real Kafka and MongoDB, as they are or with one protection taken away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

from contracts.envelope import Envelope, read_envelope
from contracts.refusal import Refusal
from infra.chassis.clock import Clock, SteppedClock, SystemClock
from infra.chassis.ending import end
from infra.chassis.events import dead
from infra.chassis.events.deciding import Handlers, SpanOf, caused
from infra.chassis.ops.watching import Watch
from infra.chassis.runtime import Born, Parts, Runtime, Service
from infra.chassis.store.collection import Collection, Document, Index
from infra.chassis.store.mongo import close, open_client
from infra.chassis.store.runner import EmissionWriter
from infra.chassis.store.unit import Cause
from tests.infra.chassis.spoiling import send_spoilt
from tests.infra.chassis.toy import (
    PARTITIONS,
    JarFilled,
    Jars,
    LampChanged,
    LampCopies,
    Lamps,
    Pages,
    Ring,
    ShelfGrew,
    Shelves,
    catalogue,
    on_jar_filled,
)
from tests.servers import RealServers

ME = Cause(actor="tester", correlation_id="c-test")
NOW = SystemClock().now()


@dataclass(frozen=True)
class Variant:
    """What runtimes under test are built with. The default is the chassis as it is."""

    parts: Parts = field(default_factory=Parts)
    runtime: type[Runtime] = Runtime
    collection: type[Collection[Any]] = Collection
    indexes: Mapping[str, tuple[Index, ...]] = field(default_factory=dict)
    span: SpanOf = caused
    drop: Callable[..., Awaitable[None]] = dead.drop
    watch: type[Watch] = Watch
    one_clock: bool = False


@dataclass(frozen=True)
class Sent:
    """A record to produce by hand."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


async def no_lines(*_: object) -> None:
    """Numbered streams have tests of their own."""


class Stage:
    """Unique topics, groups and databases of one test, and the runtimes that it starts."""

    def __init__(
        self, servers: RealServers, tag: str, variant: Variant, producer: AIOKafkaProducer, patience: float
    ) -> None:
        self.servers = servers
        self.mongodb = servers.mongodb
        self.tag = tag
        self.variant = variant
        self.parts = variant.parts
        self.patience = patience
        self.last_patience = patience
        self.catalogue = catalogue(tag)
        self.jars = self.catalogue.topic_for(JarFilled).name
        self.lamps = self.catalogue.topic_for(LampChanged).name
        self.shelves = self.catalogue.topic_for(ShelfGrew).name
        self._producer = producer
        self._runtimes: list[Runtime] = []
        self._databases: set[str] = set()

    # -- runtimes --------------------------------------------------------------------------

    async def maker(
        self, *, clock: Clock | None = None, system_clock: Clock | None = None, **parts: Any
    ) -> Runtime:
        """A replica of the service that fills jars and paints lamps; ``parts`` are the test's instruments."""
        service = Service("maker", (Jars, Pages, Lamps), timers={Jars: Ring}, indexes=self.variant.indexes)
        return await self.run(service, clock=clock, system_clock=system_clock, **parts)

    async def cellar(
        self,
        *,
        handlers: Handlers | None = None,
        emissions: EmissionWriter = no_lines,
        clock: Clock | None = None,
        system_clock: Clock | None = None,
        group: str | None = None,
        born: Mapping[str, Born] | None = None,
        **parts: Any,
    ) -> Runtime:
        """A replica of the service that reads what the maker tells."""
        service = Service(
            "cellar",
            (Shelves,),
            copies=(LampCopies,),
            handlers={JarFilled: on_jar_filled} if handlers is None else handlers,
            born=born or {},
            emissions=emissions,
            indexes=self.variant.indexes,
        )
        return await self.run(service, clock=clock, system_clock=system_clock, group=group, **parts)

    async def run(
        self,
        service: Service,
        *,
        clock: Clock | None = None,
        system_clock: Clock | None = None,
        group: str | None = None,
        **parts: Any,
    ) -> Runtime:
        """Any service, started and prepared."""
        runtime = await self.begin(service, clock=clock, system_clock=system_clock, group=group, **parts)
        await asyncio.wait_for(runtime.prepared.wait(), 10)
        return runtime

    async def begin(
        self,
        service: Service,
        *,
        clock: Clock | None = None,
        system_clock: Clock | None = None,
        group: str | None = None,
        **parts: Any,
    ) -> Runtime:
        """Any service, started."""
        clock = clock or SystemClock()
        runtime = self.variant.runtime(
            service,
            clock=clock,
            mongo=self.mongodb,
            kafka=self.servers.kafka,
            database_name=f"{service.name}_{self.tag}",
            group=group or f"{service.name}.{self.tag}",
            system_clock=clock if self.variant.one_clock else system_clock,
            catalogue=self.catalogue,
            span=self.variant.span,
            parts=replace(self.parts, **parts),
        )
        self._runtimes.append(runtime)
        self._databases.add(runtime.db.name)
        await runtime.start()
        return runtime

    async def stop(self, runtime: Runtime) -> None:
        """End a runtime in order."""
        self._runtimes.remove(runtime)
        await runtime.stop()

    async def kill(self, runtime: Runtime) -> None:
        """End a runtime as a power cut would: nothing that has begun is finished."""
        self._runtimes.remove(runtime)
        await cut(runtime)

    async def close(self) -> None:
        """End what still runs and leave no database behind."""
        while self._runtimes:
            await self.kill(self._runtimes[-1])
        client = open_client(self.servers.mongodb, application="tests")
        for name in self._databases:
            await client.drop_database(name)
        await close(client)

    # -- waiting ---------------------------------------------------------------------------

    async def until(self, holds: Callable[[], Awaitable[Any]], why: str = "") -> None:
        """Wait until ``holds`` says yes; an AssertionError once patience is at its end."""
        await _until(holds, self.patience, why)

    async def ends_with(self, holds: Callable[[], Awaitable[Any]], why: str = "") -> None:
        """The same for what the test is about: with a fault, which breaks it, patience ends sooner."""
        await _until(holds, self.last_patience, why)

    async def all_read(self, runtime: Runtime) -> None:
        """Wait until the runtime's group has read everything that its topics hold."""

        async def caught_up() -> bool:
            try:
                return not any((await runtime.consumer.lag()).values())
            except (ConnectionError, TimeoutError):
                return False

        await self.until(caught_up, "for the consumer")

    # -- Kafka by hand ---------------------------------------------------------------------

    async def produce(self, *records: Sent) -> None:
        """Put records on their topics, in this order."""
        futures = [
            await self._producer.send(each.topic, each.value, each.key, headers=list(each.headers))
            for each in records
        ]
        await asyncio.gather(*futures)

    async def spoil(self, record: Sent) -> TopicPartition:
        """Put a record on its topic with a header whose name is not UTF-8; the partition it lies in."""
        assert record.key is not None
        place = TopicPartition(record.topic, (murmur2(record.key) & 0x7FFFFFFF) % PARTITIONS)
        await send_spoilt(self._producer, place, record.key, record.value)
        return place

    async def log(self, topic: str) -> list[Any]:
        """Every record of a topic, partition by partition, in the order of their offsets."""
        reader = AIOKafkaConsumer(
            bootstrap_servers=self.servers.kafka, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await reader.start()
        try:
            places = [TopicPartition(topic, each) for each in range(PARTITIONS)]
            reader.assign(places)
            ends = await reader.end_offsets(places)
            await reader.seek_to_beginning(*places)
            records: dict[TopicPartition, list[Any]] = {place: [] for place in places}
            while any([await reader.position(place) < ends[place] for place in places]):
                for place, some in (await reader.getmany(timeout_ms=200)).items():
                    records[place].extend(some)
            return [record for place in places for record in records[place]]
        finally:
            await reader.stop()

    async def told(self, topic: str) -> list[Envelope]:
        """The envelopes of a topic's records."""
        return [read_envelope(r.topic, r.key, r.headers) for r in await self.log(topic)]

    def filled(
        self, jar: str, n: int, amount: int = 1, *, lamp: str | None = None, epoch: int = 0, **headers: Any
    ) -> Sent:
        """A jar-filled event as the maker would send it; ``headers`` replace (or, None, remove) some."""
        value = JarFilled(jar_id=jar, amount=amount, lamp=lamp).encode()
        return self._sent(self.jars, "jars", JarFilled.TYPE, jar, n, value, epoch, headers)

    def lamp(self, id: str, version: int, colour: str | None, *, epoch: int = 0, **headers: Any) -> Sent:
        """A lamp's state, or (no colour) its erasure."""
        value = None if colour is None else LampChanged(colour=colour).encode()
        kind = LampChanged.ERASED if colour is None else LampChanged.TYPE
        return self._sent(self.lamps, "lamps", kind, id, version, value, epoch, headers)

    def _sent(
        self,
        topic: str,
        stream: str,
        kind: str,
        id: str,
        n: int,
        value: bytes | None,
        epoch: int,
        changed: Mapping[str, bytes | None],
    ) -> Sent:
        envelope = Envelope(
            topic=topic,
            source=f"/astreinte/toy/{stream}",
            id=f"{id}:{epoch}.{n}" if epoch else f"{id}:{n}",
            type=kind,
            major=1,
            subject=id,
            key=id,
            sequence=n,
            occurred_at=NOW,
            recorded_at=NOW,
            actor="tester",
            correlation_id="c-test",
            epoch=epoch,
        )
        headers: dict[str, bytes | None] = {k: v.encode() for k, v in envelope.headers().items()}
        headers |= changed
        kept = tuple((name, text) for name, text in headers.items() if text is not None)
        return Sent(topic, id.encode(), value, kept)


async def _until(holds: Callable[[], Awaitable[Any]], patience: float, why: str) -> None:
    deadline = time.monotonic() + patience
    while not await holds():
        assert time.monotonic() < deadline, f"waited {patience} s in vain {why}"
        await asyncio.sleep(0.02)


async def cut(runtime: Runtime) -> None:
    """Cancel everything that a runtime does, in no order, and let its connections go."""
    lanes = [lane.task for lane in runtime.publisher._lanes.values() if lane.task is not None]
    tasks = [*runtime._tasks, *lanes, *runtime.commands._transactions]
    tasks += [task for task in (runtime.commands._drain, runtime.publisher._trimming) if task is not None]
    await end(tasks, within=10)
    await asyncio.gather(runtime.consumer.stop(), runtime.producer.stop(), runtime.consumer.close_admin())
    await close(runtime.client)


def frozen() -> SteppedClock:
    """A system clock that moves only when the test says so."""
    return SteppedClock(frozen=True)


def step(clock: SteppedClock, **duration: float) -> None:
    clock.set(clock.now() + timedelta(**duration))


def numbers(envelopes: Sequence[Envelope], subject: str) -> list[int]:
    """The numbers of one aggregate's events, in the order of the log."""
    return [
        int(each.id.rpartition(":")[2].rpartition(".")[2]) for each in envelopes if each.subject == subject
    ]


def first_occurrences(found: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(found))


async def document(runtime: Runtime, collection: str, id: str) -> Document:
    """A stored document, which must exist."""
    found = await runtime.db[collection].find_one({"_id": id})
    assert found is not None, f"{collection} has no {id}"
    return found


async def expire(runtime: Runtime, collection: str) -> None:
    """Do to a collection what MongoDB does every minute: delete what its index says is too old."""
    kept = (await runtime.db[collection].index_information())["expiry"]["expireAfterSeconds"]
    since = SystemClock().now() - timedelta(seconds=kept)
    await runtime.db[collection].delete_many({"at": {"$lt": since}})


async def refusal_of(work: Awaitable[object]) -> str | None:
    """The slug of the refusal that ``work`` ends with; None when it succeeds."""
    try:
        await work
    except Refusal as refusal:
        return refusal.slug
    return None
