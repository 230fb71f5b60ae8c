"""From a request's decision to ``technician-dispatched`` readable on Kafka, against the bare floor.

The floor does what no such chain can do without: a majority write, a record produced and consumed, a
second majority write, a second record produced and consumed, with the same drivers and nothing else.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.values import parse_rfc3339
from infra.chassis.store.mongo import close, database, open_client
from tests.benchmarks import reference
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.load import Connection, post
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers

SECONDS = 20
RATES = (2, 100)
TECHNICIANS = 300
SITES = 100
PATIENCE_SECONDS = 30.0


async def measure(servers: RealServers) -> list[Figure]:
    """Milliseconds at 2 and 100 requests a second, at p50 and p99."""
    figures = []
    modules = {name: f"services.{name}" for name in ("ticket", "dispatch", "inventory")}
    for rate in RATES:
        floor = await _floor(servers, rate)
        async with running(servers, reference.prefix(), modules) as processes:
            await reference.write(processes, sites=SITES, technicians=TECHNICIANS)
            await asyncio.sleep(2)
            ours = await _ours(servers, processes, rate)
        for name, q, goal in (("p50", 0.5, "at most 2 x"), ("p99", 0.99, "at most 4 x")):
            figures.append(
                Figure(
                    f"dispatch-{name}-at-{rate}-a-second",
                    percentile(ours, q),
                    "ms",
                    "bare floor",
                    percentile(floor, q),
                    goal,
                )
            )
    return figures


async def paced(rate: int, act: Callable[[int], Coroutine[Any, Any, None]]) -> None:
    """``act`` at an even pace for the benchmark's seconds, whether or not earlier ones are done."""
    begun, tasks = time.perf_counter(), []
    for number in range(rate * SECONDS):
        await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        tasks.append(asyncio.create_task(act(number)))
    await asyncio.gather(*tasks)


async def _ours(servers: RealServers, processes: Processes, rate: int) -> list[float]:
    opened: dict[str, float] = {}
    waited: dict[str, float] = {}
    expected = rate * SECONDS
    consumer = AIOKafkaConsumer(
        "ticket.lifecycle.v1",
        "dispatch.visits.v1",
        bootstrap_servers=servers.kafka,
        auto_offset_reset="latest",
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    await consumer.seek_to_end()

    async def read() -> None:
        async for record in consumer:
            headers = dict(record.headers)
            kind, key = headers["ce_type"], record.key.decode()
            if kind == b"ticket-opened":
                opened[key] = parse_rfc3339(headers["ce_recordedtime"].decode()).timestamp()
            elif kind == b"technician-dispatched" and key in opened and key not in waited:
                waited[key] = (time.time() - opened[key]) * 1000
                if len(waited) == expected:
                    return

    reading = asyncio.create_task(read())
    try:
        await _post(processes, rate)
        await asyncio.wait_for(reading, PATIENCE_SECONDS)
    except TimeoutError:
        raise SystemExit(f"{expected - len(waited)} of {expected} requests were not dispatched") from None
    finally:
        reading.cancel()
        await consumer.stop()
    return list(waited.values())


async def _post(processes: Processes, rate: int) -> None:
    token = processes.issuer.token("agent", subject="bench")
    bodies = [json.dumps(reference.ticket(site)).encode() for site in range(SITES)]
    run, address = secrets.token_hex(4), processes.addresses["ticket"]
    idle: list[Connection] = []

    async def act(number: int) -> None:
        connection = idle.pop() if idle else await Connection.open(address)
        request = post("/v1/tickets", token, bodies[number % SITES], f"{run}-{number}")
        try:
            status = await connection.send(request)
        except (asyncio.IncompleteReadError, ConnectionError):  # idle for longer than the server keeps it
            connection = await Connection.open(address)
            status = await connection.send(request)
        idle.append(connection)
        if status != 201:
            raise SystemExit(f"the benchmark needs 201s only and got {status}")

    await paced(rate, act)


async def _floor(servers: RealServers, rate: int) -> list[float]:
    """Two hops of nothing but writes and records."""
    tag = secrets.token_hex(4)
    first, second = f"bench.{tag}.first", f"bench.{tag}.second"
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(name, 12, 1) for name in (first, second)])
    await admin.close()
    client = open_client(servers.mongodb, application="bench")
    db = database(client, f"bench_floor_{tag}")
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, enable_idempotence=True, acks="all")
    options: dict[str, Any] = {
        "bootstrap_servers": servers.kafka,
        "auto_offset_reset": "earliest",
        "fetch_max_wait_ms": 50,
    }
    hop = AIOKafkaConsumer(first, group_id=f"floor.{tag}", enable_auto_commit=False, **options)
    end = AIOKafkaConsumer(second, **options)
    began: dict[str, float] = {}
    waited: list[float] = []
    for each in (producer, hop, end):
        await each.start()

    async def request(number: int) -> None:
        id = f"{tag}-{number}"
        began[id] = time.time()
        await db["first"].insert_one({"_id": id, "text": "x" * 500})
        await producer.send_and_wait(first, b"x" * 500, id.encode())

    async def dispatch() -> None:
        async for record in hop:
            id = record.key.decode()
            await db["second"].insert_one({"_id": id, "text": "x" * 500})
            await producer.send_and_wait(second, b"x" * 500, record.key)

    async def read() -> None:
        async for record in end:
            waited.append((time.time() - began[record.key.decode()]) * 1000)
            if len(waited) == rate * SECONDS:
                return

    tasks = [asyncio.create_task(dispatch()), asyncio.create_task(read())]
    try:
        await paced(rate, request)
        await asyncio.wait_for(tasks[1], PATIENCE_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        for each in (hop, end, producer):
            await each.stop()
        await client.drop_database(db.name)
        await close(client)
    return waited
