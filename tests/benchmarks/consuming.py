"""Consuming with exactly-once effects, against a raw aiokafka loop that writes the same documents."""

import asyncio
import secrets
import statistics
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import UpdateOne

from contracts.envelope import Envelope
from infra.chassis.clock import SystemClock
from infra.chassis.events.topics import apply_topics
from infra.chassis.runtime import Runtime, Service
from infra.chassis.store.mongo import aggregate, close, database, open_client
from tests.benchmarks.figures import Figure
from tests.infra.chassis.toy import JarFilled, Shelves, catalogue, on_jar_filled
from tests.servers import RealServers

EVENTS = 30_000
PER_KEY = 10
LIVE = 200
BATCH = 500
TURNS = 3
"""A day's traffic: each aggregate has ten events, spread over those of the 200 that live beside it."""


async def measure(servers: RealServers) -> list[Figure]:
    """Events a second from a full topic to documents that hold their effects."""
    tag = secrets.token_hex(4)
    streams = catalogue(tag)
    await apply_topics(servers.kafka, catalogue=streams)
    topic = streams.topic_for(JarFilled).name
    await fill(servers.kafka, topic)
    theirs, ours = [], []
    for turn in range(TURNS):
        theirs.append(await raw_loop(servers, topic, f"{tag}{turn}"))
        ours.append(await chassis(servers, tag, f"{tag}{turn}"))
    return [
        Figure(
            "consuming-exactly-once",
            statistics.median(ours),
            "events/s",
            "raw aiokafka loop",
            statistics.median(theirs),
            "at least 0.8 x",
        )
    ]


async def fill(kafka: str, topic: str) -> None:
    """Put every event of the run into the topic."""
    now = SystemClock().now()
    producer = AIOKafkaProducer(bootstrap_servers=kafka, linger_ms=20, max_batch_size=262_144)
    await producer.start()
    try:
        for number in range(EVENTS):
            generation, within = divmod(number, LIVE * PER_KEY)
            key, n = f"jar{generation * LIVE + within % LIVE}", within // LIVE + 1
            envelope = Envelope(
                topic=topic,
                source="/astreinte/toy/jars",
                id=f"{key}:{n}",
                type=JarFilled.TYPE,
                major=1,
                subject=key,
                key=key,
                sequence=n,
                occurred_at=now,
                recorded_at=now,
                actor="bench",
                correlation_id="bench",
            )
            headers = [(name, value.encode()) for name, value in envelope.headers().items()]
            value = JarFilled(jar_id=key, amount=1).encode()
            await producer.send(topic, value, key.encode(), headers=headers)
        await producer.flush()
    finally:
        await producer.stop()


async def raw_loop(servers: RealServers, topic: str, tag: str) -> float:
    """The floor: read a batch, write the documents with majority, commit the offsets. No promise kept."""
    client = open_client(servers.mongodb, application="bench")
    shelves = database(client, f"bench_raw_{tag}")["shelves"]
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=servers.kafka,
        group_id=f"raw.{tag}",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=BATCH,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    seen, begun = 0, 0.0
    try:
        while seen < EVENTS:
            records = [r for some in (await consumer.getmany(timeout_ms=200)).values() for r in some]
            if not records:
                continue
            begun = begun or time.perf_counter()
            writes = []
            for record in records:
                event = JarFilled.model_validate_json(record.value, extra="ignore")
                change = {"$inc": {"total": event.amount, "fills": 1}, "$push": {"seen": record.offset}}
                writes.append(UpdateOne({"_id": event.jar_id}, change, upsert=True))
            await shelves.bulk_write(writes, ordered=False)
            await consumer.commit()
            seen += len(records)
        return EVENTS / (time.perf_counter() - begun)
    finally:
        await consumer.stop()
        await client.drop_database(shelves.database.name)
        await close(client)


async def chassis(servers: RealServers, tag: str, turn: str) -> float:
    """Ours: inbox, effects and parked events in one transaction per batch, then the offsets."""
    runtime = Runtime(
        Service("cellar", (Shelves,), handlers={JarFilled: on_jar_filled}),
        clock=SystemClock(),
        mongo=servers.mongodb,
        kafka=servers.kafka,
        database_name=f"bench_cellar_{turn}",
        group=f"cellar.{turn}",
        catalogue=catalogue(tag),
    )
    await runtime.start()
    try:
        while not (first := await _taken_in(runtime)):  # noqa: ASYNC110 - another side writes it
            await asyncio.sleep(0.005)
        begun = time.perf_counter()
        while await _taken_in(runtime) < EVENTS:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        return (EVENTS - first) / (time.perf_counter() - begun)
    finally:
        await runtime.stop()
        client = open_client(servers.mongodb, application="bench")
        await client.drop_database(runtime.db.name)
        await close(client)


async def _taken_in(runtime: Runtime) -> int:
    counted = [{"$group": {"_id": None, "n": {"$sum": {"$size": "$ids"}}}}]
    found = await aggregate(runtime.db["inbox"], counted)
    return int(found[0]["n"]) if found else 0
