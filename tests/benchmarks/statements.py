"""A month of 20,000 tickets under one contract: four targets each, a tenth broken, a fifth held for a while.

The floor is reading what a statement reads of the same tickets from MongoDB, and nothing else. Ten seconds
are promised.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from contracts.values import HoldReason, Priority, WorkMode
from infra.chassis.store.mongo import Database, close, database, open_client
from infra.chassis.store.unit import Entry
from infra.chassis.store.writing import write_for
from services.ticket.domain.contract import MetBy
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import running
from tests.benchmarks.usage import MEGABYTE
from tests.servers import RealServers
from tests.services.ticket.sample import AGENT, a_world, give_contract, opened, target

TICKETS = 20_000
SHAPES = 200
MONTH = "2026-03"
BEGINS = datetime.fromisoformat("2026-03-02T08:00:00+01:00")
TARGETS = (
    ("gti-remote", 60, MetBy.STARTED),
    ("gti-on-site", 480, MetBy.STARTED_ONSITE),
    ("gtr", 600, MetBy.RESTORED),
    ("resolution", 1200, MetBy.RESOLVED),
)
SCALE = {
    "currency": "EUR",
    "rules": [
        {"name": "late", "per": "hour", "amount": "12.50"},
        {"name": "rate", "per": "rate", "amount": "100.00", "rate": "95"},
    ],
}
PREFIX = "bench_statements"


async def measure(servers: RealServers) -> list[Figure]:
    """Seconds from the request to the last byte, and the most memory of the service and its crew."""
    client = open_client(servers.mongodb, application="bench")
    try:
        db = database(client, f"{PREFIX}_ticket")
        async with running(servers, PREFIX, {"ticket": "services.ticket"}) as processes:
            pid = processes.pids["ticket"]
            before = _memory(pid)
            await seed(db)
            floor = await _floor(db)
            figures = []
            looking = asyncio.create_task(_most_memory(pid, most := [before]))
            async with processes.client("ticket", "admin") as admin:
                for suffix in ("", ".xlsx", ".pdf"):
                    begun = time.perf_counter()
                    answer = await admin.get(f"/v1/contracts/c1/statements/{MONTH}{suffix}", timeout=120)
                    took = time.perf_counter() - begun
                    answer.raise_for_status()
                    if not suffix and len(answer.json()["statement"]["commitments"]) < TICKETS:
                        raise AssertionError("not every ticket is in it")
                    name = f"statement{suffix.replace('.', '-') or '-json'}"
                    figures.append(Figure(name, took, "s", "reading the documents", floor, "at most 10 s"))
            looking.cancel()
    finally:
        await close(client)
    return [*figures, Figure("statement-memory", max(most), "MiB", "the service at rest", before, "")]


async def seed(db: Database) -> None:
    """Tickets of two hundred lives, each many times, as the service would have written them."""
    at = BEGINS - timedelta(days=1)
    world = a_world(at)
    targets = tuple(target(name, minutes=n, met_by=met_by) for name, n, met_by in TARGETS)
    give_contract(world, "c1", targets=dict.fromkeys(Priority, targets), penalties=SCALE)
    [contract], [revision] = world.all(Contracts), world.all(ContractRevisions)
    # Known as of today: months before are not frozen by themselves while this measures.
    await _written(db, [Entry(Contracts, contract.id, contract, version=1)], datetime.now(UTC))
    await _written(db, [Entry(ContractRevisions, revision.id, revision, version=1)], datetime.now(UTC))
    shapes = list(_lives())
    batch: list[Entry] = []
    for n in range(TICKETS):
        ticket = replace(shapes[n % SHAPES], id=f"m{n:05}", number=f"T-2026-{n:06}")
        streams = {"lifecycle": 1, "sla": ticket.sla.said if ticket.sla is not None else 0}
        batch.append(Entry(Tickets, ticket.id, ticket, version=1, streams=streams))
        if len(batch) == 500:
            await _written(db, batch, at)
            batch = []


def _lives() -> Iterator[Ticket]:
    for n in range(SHAPES):
        world = a_world(BEGINS + timedelta(hours=3 * n))
        targets = tuple(target(name, minutes=m, met_by=met_by) for name, m, met_by in TARGETS)
        give_contract(world, "c1", targets=dict.fromkeys(Priority, targets))
        ticket = opened(world, viewer=AGENT)
        asked: dict[str, Any] = {"ticket_id": ticket.id, "viewer": AGENT}
        world.advance(timedelta(minutes=30))
        world.do(StartWork(**asked, mode=WorkMode.REMOTE))
        if n % 5 == 0:
            world.do(HoldTicket(**asked, reason=HoldReason.WAITING_FOR_CLIENT))
            world.advance(timedelta(minutes=400))
            world.do(ResumeTicket(**asked))
        world.advance(timedelta(minutes=1300 if n % 10 == 1 else 200))
        world.do(ResolveTicket(**asked, work_done="Réparé"))
        world.do(CloseTicket(**asked))
        yield world.have(Tickets, ticket.id)


async def _written(db: Database, entries: list[Entry], at: datetime) -> None:
    writes = [write_for(each, commit="seed", updated_at=at) for each in entries]
    await db[entries[0].kind.name].bulk_write(writes, ordered=False)


async def _floor(db: Database) -> float:
    begun = time.perf_counter()
    shown = {"number": 1, "priority": 1, "sla.promises": 1, "sla.log": 1}
    found = await db[Tickets.name].find({"sla.promises.contract_id": "c1"}, shown).to_list(None)
    if len(found) != TICKETS:
        raise AssertionError(f"{len(found)} tickets were seeded")
    return time.perf_counter() - begun


async def _most_memory(pid: int, seen: list[float]) -> None:
    while True:
        seen.append(_memory(pid))
        await asyncio.sleep(0.1)


def _memory(pid: int) -> float:
    """MiB that the process and its children have now."""
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return sum(_resident(each) for each in (pid, *children))


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # it has gone since
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
