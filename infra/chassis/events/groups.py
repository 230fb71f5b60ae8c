"""What an operator asks and changes of the groups that read the topics."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, NoError, for_code
from aiokafka.structs import OffsetAndMetadata

from infra.chassis.events.parser import RawRecord, raw_record
from infra.chassis.events.reading import Reader
from infra.kafka_address import clients

Place = tuple[str, int]
T = TypeVar("T")
AT_ONCE = 500
POLL_MS = 500
RETRY_SECONDS = 0.25
COORDINATOR_WITHIN_SECONDS = 30.0
STOP_SECONDS = 4.0


class Groups:
    """Groups, offsets and records of one cluster, as an operator sees them."""

    def __init__(self, kafka: str, admin: Any, reader: Reader) -> None:
        self._kafka = kafka
        self._admin = admin
        self._reader = reader

    async def cluster(self) -> str:
        """The id that the cluster was given when it was laid out."""
        return str((await self._admin.describe_cluster())["cluster_id"])

    async def committed(self, group: str) -> dict[Place, int]:
        """How far a group has read, where it has."""
        found = await _patiently(lambda: self._admin.list_consumer_group_offsets(group))
        return {(place.topic, place.partition): meta.offset for place, meta in found.items()}

    async def members(self, group: str) -> int:
        """How many processes read for a group at this moment."""
        return await _patiently(lambda: self._members(group))

    async def _members(self, group: str) -> int:
        [answer] = await self._admin.describe_consumer_groups([group])
        [found] = answer.to_object()["groups"]
        said = for_code(found["error_code"])
        if said is not NoError:
            raise said(group)
        return len(found["members"])

    async def bounds(self, places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
        """The offsets of each partition's first record and of its end."""
        asked = [TopicPartition(*place) for place in places]
        starts = await self._reader.beginning_offsets(asked)
        ends = await self._reader.end_offsets(asked)
        return {(each.topic, each.partition): (starts[each], ends[each]) for each in asked}

    async def records(self, ranges: Mapping[Place, tuple[int, int]]) -> AsyncGenerator[RawRecord, None]:
        """The records of each partition from an offset up to before another."""
        places = {TopicPartition(*place): span for place, span in ranges.items() if span[0] < span[1]}
        self._reader.assign(list(places))
        for place, (start, _) in places.items():
            self._reader.seek(place, start)
        for place, (_, end) in places.items():
            while await self._reader.position(place) < end:
                for record in await self._reader.read(place, AT_ONCE, timeout_ms=POLL_MS):
                    if record.offset < end:
                        yield raw_record(record)

    async def commit(self, group: str, offsets: Mapping[Place, int]) -> None:
        """Have a group that nobody reads for go on from there."""
        if not offsets:
            return
        member = AIOKafkaConsumer(**clients(self._kafka), group_id=group, enable_auto_commit=False)
        await member.start()
        try:
            member.assign([TopicPartition(*place) for place in offsets])
            await member.commit(
                {TopicPartition(*place): OffsetAndMetadata(offset, "") for place, offset in offsets.items()}
            )
        finally:
            await asyncio.wait_for(member.stop(), STOP_SECONDS)

    async def append(self, records: Iterable[RawRecord]) -> int:
        """Put records at the end of their partitions, in this order; returns when Kafka has them."""
        producer = AIOKafkaProducer(**clients(self._kafka), acks="all", enable_idempotence=True)
        await producer.start()
        try:
            sent = [
                await producer.send(
                    each.topic,
                    each.value,
                    key=each.key,
                    partition=each.partition,
                    headers=list(each.headers),
                )
                for each in records
            ]
            await asyncio.gather(*sent)
            return len(sent)
        finally:
            await producer.stop()


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What a group's coordinator answers: an empty broker makes its topic only when it is first asked."""
    deadline = time.monotonic() + COORDINATOR_WITHIN_SECONDS
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def groups_of(kafka: str) -> AsyncIterator[Groups]:
    """The groups of the cluster at ``kafka``."""
    admin = AIOKafkaAdminClient(**clients(kafka))
    reader = Reader(
        **clients(kafka),
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    await admin.start()
    try:
        await reader.start()
        yield Groups(kafka, admin, reader)
    finally:
        await asyncio.wait_for(reader.stop(), STOP_SECONDS)
        await admin.close()
