"""100,000 running clocks on one replica: how late 200 a second are said, while 500 commands a second pass.

A clock is late by the time from its instant to when the fact can be read on Kafka. The commands are notes
over HTTP. Everything shares this machine: the service, MongoDB, Kafka, the load and the reader.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer

from contracts.values import Priority, parse_rfc3339, to_millisecond
from infra.chassis.store.mongo import Database, close, database, open_client
from infra.chassis.store.unit import Entry
from infra.chassis.store.writing import write_for
from services.ticket.domain.contract import MetBy, Target
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.open_ticket import OpenTicket
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.load import Connection, post
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers
from tests.services.ticket.sample import AGENT, a_world, give_contract, request, target
from tests.world import World

TICKETS = 25_000
TARGETS = (
    ("GTI", 240, MetBy.STARTED),
    ("arrival", 720, MetBy.ARRIVED),
    ("GTR", 1440, MetBy.RESTORED),
    ("resolution", 2880, MetBy.RESOLVED),
)
DUE_A_SECOND = 200
COMMANDS_A_SECOND = 500
SECONDS = 60
CONNECTIONS = 128
LEAD = timedelta(seconds=75)
PATIENCE_SECONDS = 60.0
PREFIX = "bench_sla"


async def measure(servers: RealServers) -> list[Figure]:
    """The goal: p99 at most one second, all commands answered at their rate."""
    client = open_client(servers.mongodb, application="bench")
    try:
        db = database(client, f"{PREFIX}_ticket")
        async with running(servers, PREFIX, {"ticket": "services.ticket"}) as processes:
            starts = await seed(db)
            late, answered = await asyncio.gather(lateness(servers, starts), notes(processes, starts))
    finally:
        await close(client)
    if len(late) != DUE_A_SECOND * SECONDS:
        raise AssertionError(f"{len(late)} facts came of {DUE_A_SECOND * SECONDS}, each once")
    return [
        Figure("sla-late-p50", percentile(late, 0.5), "s", "a second", 1.0, "at most 1 x"),
        Figure("sla-late-p99", percentile(late, 0.99), "s", "a second", 1.0, "at most 1 x"),
        Figure("sla-late-commands", answered, "commands/s", "sent", COMMANDS_A_SECOND, "all of them"),
    ]


async def seed(db: Database) -> datetime:
    """Write the tickets as the service would have; when the first of those that fall due does."""
    begun = to_millisecond(datetime.now(UTC))
    starts = begun + LEAD
    world = a_world(begun)
    give_contract(world, "c1", targets={each: _promised() for each in Priority})
    [contract], [revision] = world.all(Contracts), world.all(ContractRevisions)
    await _written(db, [Entry(Contracts, contract.id, contract, version=1)], begun)
    await _written(db, [Entry(ContractRevisions, revision.id, revision, version=1)], begun)
    batch: list[Entry] = []
    for ticket in _tickets(world, starts):
        assert ticket.sla is not None, "a contract covers its site"
        streams = {"lifecycle": 1, "sla": ticket.sla.said}
        batch.append(Entry(Tickets, ticket.id, ticket, version=1, streams=streams))
        if len(batch) == 500:
            await _written(db, batch, begun)
            batch = []
    await _written(db, batch, begun)
    return starts


async def _written(db: Database, entries: list[Entry], at: datetime) -> None:
    if entries:
        writes = [write_for(each, commit="seed", updated_at=at) for each in entries]
        await db[entries[0].kind.name].bulk_write(writes, ordered=False)


def _promised() -> tuple[Target, ...]:
    return tuple(target(name, minutes=minutes, met_by=met_by) for name, minutes, met_by in TARGETS)


def _tickets(world: World, starts: datetime) -> Iterator[Ticket]:
    """Of those that fall due half reach half of what is allowed, half of them breach."""
    now, due = world.clock.now(), DUE_A_SECOND * SECONDS
    for number in range(TICKETS):
        falls = starts + timedelta(seconds=number / DUE_A_SECOND)
        declared = falls - timedelta(minutes=(120, 240)[number % 2])
        if number >= due:
            declared = now - timedelta(minutes=number % 90)
        id = f"s{number}"
        asked = request(occurred_at=to_millisecond(declared), summary="Écran noir")
        world.do(OpenTicket(id=id, number=f"T-2026-{number:06d}", request=asked, viewer=AGENT))
        ticket = world.have(Tickets, id)
        del world.memory.entries[Tickets.name, id]
        world.events.clear()
        yield ticket


async def lateness(servers: RealServers, starts: datetime) -> list[float]:
    """By how many seconds each clock that fell due was late, until all have been said."""
    wanted, late, seen = DUE_A_SECOND * SECONDS, list[float](), set[str]()
    consumer = AIOKafkaConsumer(
        "ticket.sla.v1", bootstrap_servers=servers.kafka, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        deadline = starts + timedelta(seconds=SECONDS + PATIENCE_SECONDS)
        while len(seen) < wanted and datetime.now(UTC) < deadline:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                came = time.time()
                for record in records:
                    headers = dict(record.headers)
                    at = parse_rfc3339(headers["ce_time"].decode())
                    if at < starts or headers["ce_type"] not in (b"sla-at-risk", b"sla-breached"):
                        continue
                    seen.add(headers["ce_id"].decode())
                    late.append(came - at.timestamp())
    finally:
        await consumer.stop()
    return late


async def notes(processes: Processes, starts: datetime) -> float:
    """Notes answered a second while clocks fall due, sent at their rate whatever the answers take."""
    token = processes.issuer.token("agent", subject="bench-agent")
    connections = [await Connection.open(processes.addresses["ticket"]) for _ in range(CONNECTIONS)]
    numbers, statuses = iter(range(COMMANDS_A_SECOND * SECONDS)), list[int]()
    begins = starts.timestamp()
    body = json.dumps({"text": "Le client a rappelé", "public": False}).encode()

    async def worker(connection: Connection) -> None:
        for number in numbers:
            wait = begins + number / COMMANDS_A_SECOND - time.time()
            if wait > 0:
                await asyncio.sleep(wait)
            path = f"/v1/tickets/s{number * 7919 % TICKETS}/notes"
            statuses.append(await connection.send(post(path, token, body, f"n{number}")))

    await asyncio.gather(*(worker(each) for each in connections))
    took = time.time() - begins
    for each in connections:
        each.close()
    if failed := [status for status in statuses if status not in (200, 201)]:
        raise AssertionError(f"{len(failed)} notes were not taken: {failed[:5]}")
    return len(statuses) / took
