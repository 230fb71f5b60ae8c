"""Commands with their events: group commit against one write per command, 256 at once."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from infra.chassis.clock import SystemClock
from infra.chassis.store.collection import Ref
from infra.chassis.store.loading import load
from infra.chassis.store.merge import merge
from infra.chassis.store.mongo import close, database, open_client
from infra.chassis.store.runner import CommandRunner, Store
from infra.chassis.store.unit import Cause, Entry, Memory, Unit
from infra.chassis.store.writing import write_for
from tests.benchmarks.figures import Figure
from tests.infra.chassis.toy import Fill, Jars, MakeJar, catalogue
from tests.servers import RealServers

CONCURRENT = 256
JARS = 1024
COMMANDS = 8_000
CAUSE = Cause(actor="bench", correlation_id="bench")


async def measure(servers: RealServers) -> list[Figure]:
    """Commands a second on aggregates that differ, each one update with one event."""
    client = open_client(servers.mongodb, application="bench")
    db = database(client, f"bench_{secrets.token_hex(4)}")
    clock = SystemClock()
    store = Store(client, db, clock, clock, 0, catalogue("bench"))
    runner = CommandRunner(store, _published)
    try:
        for each in range(JARS):
            await runner.run(MakeJar(f"jar{each}"), CAUSE)
        await db[Jars.name].update_many({}, {"$set": {"outbox": []}})

        async def grouped(number: int) -> None:
            await runner.run(Fill(f"jar{number % JARS}"), CAUSE)

        async def alone(number: int) -> None:
            await one_write(store, Fill(f"jar{number % JARS}"))

        theirs = await rate(alone)
        await db[Jars.name].update_many({}, {"$set": {"outbox": []}})
        ours = await rate(grouped)
    finally:
        await client.drop_database(db.name)
        await close(client)
    return [
        Figure("commands-group-commit", ours, "commands/s", "one write per command", theirs, "at least 4 x")
    ]


def _published(entries: Sequence[Entry]) -> None:
    """Publishing is the same for both and is left out of both."""


async def rate(command: Callable[[int], Awaitable[None]]) -> float:
    """Commands a second with ``CONCURRENT`` of them at any moment."""
    numbers = iter(range(COMMANDS))

    async def worker() -> None:
        for number in numbers:
            await command(number)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONCURRENT)))
    return COMMANDS / (time.perf_counter() - begun)


async def one_write(store: Store, fill: Fill) -> None:
    """The same decision and the same document write, but each command reads and writes by itself."""
    while True:
        memory = Memory()
        await load(store.db, memory, [Ref(Jars, fill.id)])
        unit = Unit(memory, now=store.clock.now(), cause=CAUSE)
        fill.decide(unit)
        [place] = merge(memory, unit, store.stamp(CAUSE, unit.now))
        entry = replace(memory.entries[place])
        write = write_for(entry, commit=secrets.token_hex(6), updated_at=store.system_clock.now())
        done = await store.db[Jars.name].update_one(write._filter, write._doc)  # type: ignore[union-attr]
        if done.modified_count == 1:
            return
