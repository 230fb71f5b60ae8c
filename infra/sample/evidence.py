"""What a run left behind, read straight from the servers: nothing here imports the chassis."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, GroupLoadInProgressError
from aiokafka.structs import OffsetAndMetadata
from pymongo import AsyncMongoClient

from contracts.catalogue import CATALOGUE, SERVICES
from infra.kafka_address import clients

Document = dict[str, Any]

POLL_MS = 500
COORDINATOR_TRIES = 50
COORDINATOR_WAIT_SECONDS = 0.1


@dataclass(frozen=True)
class Event:
    """One record of a topic of facts or states that is a CloudEvent; the others are not evidence.

    ``n`` counts the aggregate's events in this stream; ``sequence`` is the same on facts and the
    aggregate's version on states. ``written_ms`` is the broker's record timestamp.
    """

    topic: str
    partition: int
    offset: int
    type: str
    source: str
    id: str
    subject: str
    epoch: int
    n: int
    sequence: int
    occurred_at: datetime
    recorded_at: datetime
    written_ms: int
    body: Document | None

    @property
    def identity(self) -> str:
        return f"{self.source}#{self.id}"


@dataclass(frozen=True)
class Evidence:
    """``events`` are in the order of each partition; ``documents`` are keyed ``<service>.<collection>``.

    ``cut`` are the partitions whose beginning retention or compaction has taken; ``mails`` are the
    Message-IDs that a mail server saw, ``texts`` the keys of the SMS that a gateway did, None without one;
    ``lag`` is how many records each service
    has not taken in.
    """

    events: tuple[Event, ...]
    documents: Mapping[str, tuple[Document, ...]]
    cut: frozenset[tuple[str, int]] = frozenset()
    mails: tuple[str, ...] | None = None
    texts: tuple[str, ...] | None = None
    lag: Mapping[str, int] | None = None

    def lacks(self, topic: str) -> bool:
        """Whether the topic's oldest records are gone."""
        return any(name == topic for name, _ in self.cut)

    def of(self, name: str) -> tuple[Document, ...]:
        """The documents of ``<service>.<collection>``."""
        return self.documents.get(name, ())

    def facts(self, *types: str) -> list[Event]:
        """Distinct events of these types, each where it first stands in the log."""
        seen: set[str] = set()
        found = []
        for event in self.events:
            if event.type in types and event.identity not in seen:
                seen.add(event.identity)
                found.append(event)
        return found


def key_of(mail: str) -> str:
    """The idempotency key of a message, from its Message-ID: ``<key@…>`` or ``<ticket.<ticket>.key@…>``."""
    return mail.strip("<>").rpartition("@")[0].rpartition(".")[2]


async def gather(
    kafka: str,
    mongodb: str,
    *,
    mails: Path | None = None,
    texts: Path | None = None,
    database_prefix: str = "astreinte",
    group_prefix: str = "astreinte",
) -> Evidence:
    """Read everything. ``mails`` and ``texts`` are the sinks' files of JSON lines."""
    events, cut, ends = await _read_topics(kafka)
    client: AsyncMongoClient[Document] = AsyncMongoClient(mongodb, tz_aware=True)
    async with client:
        documents = {}
        for service in SERVICES:
            database = client[f"{database_prefix}_{service}"]
            for name in await database.list_collection_names():
                documents[f"{service}.{name}"] = tuple(await database[name].find().to_list(None))
    return Evidence(
        events=tuple(events),
        documents=documents,
        cut=frozenset(cut),
        mails=_read_keys(mails) if mails is not None else None,
        texts=_read_keys(texts) if texts is not None else None,
        lag=await _read_lag(kafka, group_prefix, ends),
    )


async def _partitions(kafka: str) -> list[TopicPartition]:
    """Those of the catalogue's topics of facts and states that the cluster has."""
    admin = AIOKafkaAdminClient(**clients(kafka))
    await admin.start()
    try:
        there = set(await admin.list_topics())
        wanted = [topic.name for topic in CATALOGUE.topics if topic.name in there and topic.kind != "dead"]
        described = await admin.describe_topics(wanted)
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]


async def _read_topics(kafka: str) -> tuple[list[Event], set[tuple[str, int]], dict[TopicPartition, int]]:
    """All events, the partitions that do not begin at their beginning any more, and where each ends."""
    partitions = await _partitions(kafka)
    consumer = AIOKafkaConsumer(**clients(kafka), enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(partitions)
        begins = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition, offset in begins.items():
            consumer.seek(partition, offset)
        events: list[Event] = []
        left = {partition for partition in partitions if begins[partition] < ends[partition]}
        careful = False
        while left:
            before = {each: await consumer.position(each) for each in left}
            try:
                found = await consumer.getmany(timeout_ms=POLL_MS, max_records=1 if careful else None)
            except UnicodeDecodeError:
                for partition, offset in before.items():
                    consumer.seek(partition, offset)
                if careful:
                    await _pass_over_unparsable(consumer, before)
                careful = not careful
                continue
            for records in found.values():
                events.extend(event for record in records if (event := _event(record)) is not None)
            left = {each for each in left if await consumer.position(each) < ends[each]}
    finally:
        await consumer.stop()
    return events, {(each.topic, each.partition) for each in partitions if begins[each] > 0}, ends


async def _pass_over_unparsable(consumer: AIOKafkaConsumer, at: dict[TopicPartition, int]) -> None:
    """Go past the records next in line that aiokafka cannot parse: no event is in them."""
    for partition, offset in at.items():
        try:
            await consumer.getmany(partition, timeout_ms=POLL_MS, max_records=1)
        except UnicodeDecodeError:
            consumer.seek(partition, offset + 1)
        else:
            consumer.seek(partition, offset)


def _event(record: Any) -> Event | None:
    try:
        headers = {name: value.decode() for name, value in record.headers}
        subject, _, number = headers["ce_id"].rpartition(":")
        epoch, _, n = number.rpartition(".")
        return Event(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            type=headers["ce_type"],
            source=headers["ce_source"],
            id=headers["ce_id"],
            subject=subject,
            epoch=int(epoch or 0),
            n=int(n),
            sequence=int(headers["ce_sequence"]),
            occurred_at=datetime.fromisoformat(headers["ce_time"]),
            recorded_at=datetime.fromisoformat(headers["ce_recordedtime"]),
            written_ms=record.timestamp,
            body=None if record.value is None else json.loads(record.value),
        )
    except (KeyError, ValueError, AttributeError):
        return None


async def _read_lag(kafka: str, prefix: str, ends: Mapping[TopicPartition, int]) -> dict[str, int]:
    """How far each service's group stands behind the ends seen before."""
    admin = AIOKafkaAdminClient(**clients(kafka))
    await admin.start()
    try:
        lag = {}
        for service in SERVICES:
            committed = await _committed(admin, f"{prefix}.{service}")
            read = {topic.name for topic in CATALOGUE.subscribed(service)}
            lag[service] = sum(
                max(0, end - (committed[partition].offset if partition in committed else 0))
                for partition, end in ends.items()
                if partition.topic in read
            )
        return lag
    finally:
        await admin.close()


async def _committed(admin: AIOKafkaAdminClient, group: str) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """A group's offsets; the cluster needs a moment before it knows where it keeps any."""
    for _ in range(COORDINATOR_TRIES):
        try:
            found: Mapping[TopicPartition, OffsetAndMetadata]
            found = await admin.list_consumer_group_offsets(group)
        except (GroupCoordinatorNotAvailableError, GroupLoadInProgressError):
            await asyncio.sleep(COORDINATOR_WAIT_SECONDS)
        else:
            return found
    return {}


def _read_keys(file: Path) -> tuple[str, ...]:
    return tuple(_keys(file.read_text(encoding="utf-8").splitlines() if file.exists() else ()))


def _keys(lines: Iterable[str]) -> Iterable[str]:
    """A line that a kill has cut short was not acknowledged: that message came again."""
    for line in lines:
        with suppress(ValueError):
            yield json.loads(line)["key"]
