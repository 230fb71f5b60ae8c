"""Topics read by no group: what a person follows, and how far the domain's time has come."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.values import parse_rfc3339
from infra.chassis.events.parser import RawRecord, raw_record
from infra.chassis.events.reading import Reader
from infra.kafka_address import clients

AWAY = (KafkaError, ConnectionError, TimeoutError)
"""What asking Kafka raises while it does not answer."""

AT_ONCE = 500
IDLE_SECONDS = 0.05
POLL_MS = 500
STOP_SECONDS = 4.0


async def follow(kafka: str, topic: str, *, from_start: bool) -> AsyncGenerator[RawRecord, None]:
    """The topic's records as they come, for ever; with ``from_start`` those that are there first.

    What cannot be parsed is ``unparsable`` and no more than that.
    """
    consumer = Reader(
        **clients(kafka),
        enable_auto_commit=False,
        auto_offset_reset="earliest" if from_start else "latest",
    )
    places = [TopicPartition(topic, n) for n in range(CATALOGUE.topic_named(topic).partitions)]
    try:
        await consumer.start()
        consumer.assign(places)
        while True:
            idle = True
            for place in places:
                for record in await consumer.read(place, AT_ONCE):
                    idle = False
                    yield raw_record(record)
            if idle:
                await asyncio.sleep(IDLE_SECONDS)
    finally:
        await asyncio.wait_for(consumer.stop(), STOP_SECONDS)


async def there_now(kafka: str, topic: str) -> AsyncGenerator[RawRecord, None]:
    """The topic's records up to the ends that it has when asked, each partition's in order."""
    consumer = Reader(**clients(kafka), enable_auto_commit=False, auto_offset_reset="earliest")
    places = [TopicPartition(topic, n) for n in range(CATALOGUE.topic_named(topic).partitions)]
    try:
        await consumer.start()
        consumer.assign(places)
        for place, end in (await consumer.end_offsets(places)).items():
            while await consumer.position(place) < end:
                for record in await consumer.read(place, AT_ONCE, timeout_ms=POLL_MS):
                    if record.offset < end:
                        yield raw_record(record)
    finally:
        await asyncio.wait_for(consumer.stop(), STOP_SECONDS)


async def newest_recorded_at(kafka: str, *, catalogue: Catalogue = CATALOGUE) -> datetime | None:
    """What the domain clock showed when the last facts were recorded; None when there are none.

    The last record of each partition is enough: of one service they stand in the order of time.
    """
    places = [
        TopicPartition(topic.name, n)
        for topic in catalogue.topics
        if topic.kind == "facts"
        for n in range(topic.partitions)
    ]
    consumer = Reader(**clients(kafka), enable_auto_commit=False)
    try:
        await consumer.start()
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        starts = await consumer.beginning_offsets(places)
        found: list[datetime] = []
        filled = [place for place in places if starts[place] < ends[place]]
        for place in filled:
            consumer.seek(place, ends[place] - 1)
        for place in filled:
            while await consumer.position(place) < ends[place]:
                records = await consumer.read(place, 1, timeout_ms=POLL_MS)
                found += [at for each in records if (at := _recorded_at(raw_record(each))) is not None]
        return max(found, default=None)
    finally:
        await asyncio.wait_for(consumer.stop(), STOP_SECONDS)


def _recorded_at(record: RawRecord) -> datetime | None:
    with suppress(ValueError):
        return parse_rfc3339(dict(record.headers).get("ce_recordedtime", b"").decode())
    return None
