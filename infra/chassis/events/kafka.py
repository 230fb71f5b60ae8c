"""The only place where Kafka is spoken to: FastStream's broker, set up so that no record is lost.

Raw aiokafka is used where FastStream has no door: reading end offsets and a group's offsets.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Literal

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import ProducerClosed
from aiokafka.partitioner import murmur2
from faststream.kafka import KafkaBroker, Topic
from faststream.kafka.message import FAKE_CONSUMER, KafkaAckableMessage
from faststream.middlewares import AckPolicy

from infra.chassis.ending import left
from infra.chassis.events.committing import Committer, Offsets
from infra.chassis.events.connecting import (
    RECONNECT_SECONDS,
    STOP_SECONDS,
    Connected,
    broker_at,
    failed,
    opened,
    quiet,
)
from infra.chassis.events.metadata import keep_learning
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.events.parser import Incoming, RawRecord, raw_record, read
from infra.chassis.events.reading import Parse, Reader
from infra.kafka_address import clients

BATCH_RECORDS = 500
STUCK_SECONDS = 120.0

OnBatch = Callable[[Sequence[Incoming]], Awaitable[None]]


async def _abandon(broker: Any) -> None:
    """End a producer with events in its hands: it would send them long after its successor did.

    aiokafka's own stop waits until they are sent, and stopped in that wait it goes on sending.
    """
    producer = broker.config.producer._producer.producer
    sending = producer._sender.sender_task
    sending.cancel()
    await left(producer.client.close(), within=STOP_SECONDS)
    await asyncio.wait([sending], timeout=STOP_SECONDS)
    producer._message_accumulator.fail_all(ProducerClosed())


class Producer:
    """Sends outbox items; idempotent, acknowledged by every in-sync replica. Rebuilt when stuck."""

    def __init__(self, kafka: str, *, client_id: str, log: logging.Logger) -> None:
        def make() -> KafkaBroker:
            return KafkaBroker(
                **broker_at(kafka),
                client_id=client_id,
                enable_idempotence=True,
                acks="all",
                linger_ms=0,
                request_timeout_ms=20_000,
                retry_backoff_ms=50,
                allow_auto_create_topics=False,
                graceful_timeout=STOP_SECONDS,
                logger=quiet(log),
                log_level=logging.DEBUG,
            )

        self._make = make
        self._log = log
        self._connected = Connected(make, log)

    def start(self) -> None:
        self._connected.start()

    async def stop(self) -> None:
        await self._connected.stop()

    async def rebuild(self) -> None:
        """Throw the producer away and connect a new one; nothing while the present one still connects."""
        if self._connected.broker is None:
            return
        self._log.warning("the Kafka producer is stuck and is rebuilt")
        await _abandon(self._connected.broker)
        await self._connected.stop()
        self._connected = Connected(self._make, self._log)
        self._connected.start()

    async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
        """Hand over one event; the future is done when Kafka has it."""
        broker = self._connected.broker
        if broker is None:
            raise ConnectionError("no connection to Kafka")
        value = item["value"]
        return await broker.publish(
            None if value is None else bytes(value),
            item["topic"],
            key=item["key"].encode(),
            headers=item["headers"],
            no_confirm=True,
        )


class _Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]
    """Counts how often the group has shared its partitions out."""

    def __init__(self) -> None:
        self.count = 0

    def on_partitions_revoked(self, revoked: object) -> None:
        """They are counted once, when they are given."""

    def on_partitions_assigned(self, assigned: object) -> None:
        self.count += 1


class _ReadingBroker(KafkaBroker):
    """A broker whose consumers are ours."""

    def __init__(self, *args: Any, reader: Callable[..., Reader], **options: Any) -> None:
        super().__init__(*args, **options)
        self._reader = reader

    async def _connect(self) -> Any:
        config: Any = self.config.broker_config
        made = await super()._connect()
        config.builder = partial(self._reader, **config.builder.keywords)
        return made


class Consumer:
    """One consumer group reading some topics in batches; offsets follow what ``on_batch`` stored."""

    session_timeout_ms = 6000
    auto_offset_reset: Literal["earliest", "latest"] = "earliest"
    reader: type[Reader] = Reader

    def __init__(
        self,
        kafka: str,
        *,
        group: str,
        topics: Sequence[str],
        on_batch: OnBatch,
        log: logging.Logger,
        instance: str | None = None,
        linger_seconds: float = 0.0,
        parse: Parse = read,
    ) -> None:
        self._log = log
        self._parse = parse
        self._linger_seconds = linger_seconds
        self.topics = tuple(topics)
        self._group = group
        self._instance = instance
        self._on_batch = on_batch
        self._kafka = kafka
        self._subscriber: Any = None
        self._admin: asyncio.Task[Any] | None = None
        self._asking: asyncio.Task[Any] | None = None
        self._connected = Connected(self._make, log)
        self.batches = 0
        self._rebalances = _Rebalances()
        self._committer = Committer(log)
        self._working_since: float | None = None

    @property
    def rebalances(self) -> int:
        """How often this process has been given its share of the partitions."""
        return self._rebalances.count

    @property
    def working(self) -> bool:
        """Whether a batch is being stored."""
        return self._working_since is not None

    @property
    def stuck(self) -> bool:
        """Whether one batch has been worked on for so long that the process is better restarted."""
        since = self._working_since
        return since is not None and asyncio.get_running_loop().time() - since > STUCK_SECONDS

    def _make(self) -> KafkaBroker:
        broker = _ReadingBroker(
            **broker_at(self._kafka),
            reader=partial(self.reader, linger_seconds=self._linger_seconds, parse=self._parse),
            client_id=self._group,
            consumer_only=True,
            allow_auto_create_topics=False,
            apply_types=False,
            graceful_timeout=STOP_SECONDS,
            retry_backoff_ms=100,
            logger=quiet(self._log),
            log_level=logging.DEBUG,
        )
        subscriber = broker.subscriber(
            *(Topic(name, declare=False) for name in self.topics),
            batch=True,
            max_records=BATCH_RECORDS,
            group_id=self._group,
            group_instance_id=self._instance,
            auto_offset_reset=self.auto_offset_reset,
            isolation_level="read_committed",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            session_timeout_ms=self.session_timeout_ms,
            heartbeat_interval_ms=500,
            fetch_max_wait_ms=50,
            batch_timeout_ms=10,
            no_reply=True,
            listener=self._rebalances,
        )

        async def parse(batch: Any) -> KafkaAckableMessage:
            records = tuple(each.record for each in batch)
            offsets = Offsets(subscriber.consumer or FAKE_CONSUMER, records, self._committer)
            return KafkaAckableMessage(body=batch, raw_message=records, consumer=offsets)

        async def decode(message: Any) -> Any:
            return message.body

        @subscriber(parser=parse, decoder=decode)
        async def handle(batch: Any) -> None:
            self._working_since = asyncio.get_running_loop().time()
            try:
                await self._on_batch(batch)
            except Exception:
                self._log.exception("a batch could not be stored and is read again")
                await asyncio.sleep(RECONNECT_SECONDS)
                raise
            finally:
                self._working_since = None
            self.batches += 1

        self._subscriber = subscriber
        return broker

    def read_ahead(self) -> None:
        """Poll for the batch after the one that is being stored."""
        if self._consumer is not None:
            self._consumer.read_ahead()

    def start(self) -> None:
        if self.topics:
            self._connected.start()

    async def stop(self) -> None:
        await self._committer.settle(STOP_SECONDS)
        await self._connected.stop()

    @property
    def _consumer(self) -> Any:
        return getattr(self._subscriber, "consumer", None) if self._connected.broker else None

    async def connected(self) -> None:
        """Wait until Kafka has answered; at once where there is nothing to read."""
        if self.topics:
            await self._connected.ready.wait()

    def assignment(self) -> tuple[str, ...]:
        """The partitions that this process reads now, as ``topic/partition``."""
        consumer = self._consumer
        found = consumer.assignment() if consumer is not None else ()
        return tuple(sorted(f"{each.topic}/{each.partition}" for each in found))

    async def partitions_of(self, topic: str) -> int:
        consumer = self._require()
        found = consumer.partitions_for_topic(topic)
        if not found:
            raise ConnectionError(f"Kafka knows no topic {topic}")
        return len(found)

    async def end_offset(self, topic: str, key: str) -> tuple[int, int]:
        """The partition that ``key`` lies in and its end offset now; 0 when it holds no record (any more)."""
        count = await self.partitions_of(topic)
        partition = (murmur2(key.encode()) & 0x7FFFFFFF) % count
        place = TopicPartition(topic, partition)
        reader = await self._offsets_reader()
        ends = await asyncio.wait_for(reader.end_offsets([place]), 2)
        starts = await asyncio.wait_for(reader.beginning_offsets([place]), 2)
        return partition, 0 if starts[place] == ends[place] else ends[place]

    async def lag(self) -> dict[str, int]:
        """Records that the group has not read yet, by topic."""
        left = [(topic, end - read) for (topic, _), (read, end) in (await self.unread()).items()]
        return {topic: sum(n for each, n in left if each == topic) for topic in self.topics}

    async def unread(self) -> dict[tuple[str, int], tuple[int, int]]:
        """Of every partition that the group has not read to its end: how far it has, and the end."""
        consumer = self._require()
        places = [
            TopicPartition(topic, partition)
            for topic in self.topics
            for partition in consumer.partitions_for_topic(topic) or ()
        ]
        reader = await self._offsets_reader()
        ends = await asyncio.wait_for(reader.end_offsets(places), 5)
        committed = await self.committed()
        unread = [p for p in places if committed.get((p.topic, p.partition), 0) < ends[p]]
        starts = await asyncio.wait_for(reader.beginning_offsets(unread), 5) if unread else {}
        read = {p: max(committed.get((p.topic, p.partition), 0), starts[p]) for p in unread}
        return {(p.topic, p.partition): (read[p], ends[p]) for p in unread if read[p] < ends[p]}

    async def committed(self) -> dict[tuple[str, int], int]:
        """The group's committed offsets, whichever process committed them."""
        admin = await self._admin_client()
        found = await asyncio.wait_for(admin.list_consumer_group_offsets(self._group), 2)
        return {(place.topic, place.partition): meta.offset for place, meta in found.items()}

    async def scan(self, topic: str) -> AsyncIterator[RawRecord]:
        """Every record of a topic as it stands now, by partition and offset."""
        reader = self.reader(
            **clients(self._kafka),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        admin = await self._admin_client()
        [described] = await asyncio.wait_for(admin.describe_topics([topic]), 5)
        places = [TopicPartition(topic, each["partition"]) for each in described["partitions"]]
        if not places:
            raise ConnectionError(f"Kafka knows no topic {topic}")
        await reader.start()
        try:
            reader.assign(places)
            ends = await reader.end_offsets(places)
            await reader.seek_to_beginning(*places)
            for place in places:
                while await reader.position(place) < ends[place]:
                    for record in await reader.read(place, BATCH_RECORDS, timeout_ms=500):
                        if record.offset < ends[place]:
                            yield raw_record(record)
        finally:
            await asyncio.wait_for(reader.stop(), STOP_SECONDS)

    async def _admin_client(self) -> Any:
        if self._admin is None or failed(self._admin):
            admin = AIOKafkaAdminClient(**clients(self._kafka), request_timeout_ms=2000)
            keep_learning(admin._client)
            self._admin = asyncio.create_task(opened(admin, admin.close))
        return await asyncio.shield(self._admin)

    async def _offsets_reader(self) -> Any:
        """Asks for offsets on a connection of its own: on the consumer's they wait for its long polls."""
        if self._asking is None or failed(self._asking):
            asking = Reader(
                **clients(self._kafka), isolation_level="read_committed", enable_auto_commit=False
            )
            self._asking = asyncio.create_task(opened(asking, asking.stop))
        return await asyncio.shield(self._asking)

    async def close_admin(self) -> None:
        for opening in (self._admin, self._asking):
            if opening is None or failed(opening):
                continue
            if not opening.done():
                opening.cancel()
                await asyncio.wait([opening])
                continue
            client = opening.result()
            closing = client.close() if opening is self._admin else client.stop()
            await left(closing, within=STOP_SECONDS)
        self._admin = self._asking = None

    def _require(self) -> Any:
        consumer = self._consumer
        if consumer is None:
            raise ConnectionError("no connection to Kafka")
        return consumer
