"""A year of tickets lost and brought back: from the command to services that answer.

The floor is MongoDB's: the same documents put into it, nothing verified or compared.
"""

import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from infra.backup import archive
from infra.backup.restoring import restore
from infra.backup.taking import Source, take
from infra.chassis.store.mongo import ONE, Client, close, open_client
from tests.benchmarks.chain import SERVICES, chain
from tests.benchmarks.figures import Figure
from tests.benchmarks.filling import Filler
from tests.benchmarks.processes import running
from tests.servers import RealServers

LIVED = 32
A_YEAR = 25_000
"""As many tickets as a service desk of twenty takes in one."""
PROMISED_MINUTES = 30.0


async def measure(servers: RealServers) -> list[Figure]:
    """Seconds of backup and restore beside the documents alone; minutes of all of it beside the promise."""
    client = open_client(servers.mongodb, application="bench")
    try:
        async with chain(servers) as given:
            await given.live(tickets=LIVED)
            prefix = given.processes.prefix
            filler = Filler(client, prefix)
            await filler.learn(given.lived)
            await filler.fill(A_YEAR)
        source = Source(client, servers.kafka, prefix, prefix)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "year.backup"
            taken = await take(source, file, version="bench", now=datetime.now(UTC), about={})
            begun = time.perf_counter()
            restored = await restore(source, file, now=datetime.now(UTC), replace_all=True)
            async with running(servers, prefix, {name: f"services.{name}" for name in SERVICES}):
                minutes = (time.perf_counter() - begun) / 60
            floor = await _put_alone(client, file)
    finally:
        await close(client)
    documents = f"{taken.documents:,} documents, {taken.bytes / 2**20:.0f} MiB,"
    return [
        Figure("backup-a-year", taken.seconds, "s", f"{documents} put", floor, "at most 1 x"),
        Figure("restore-a-year", restored.seconds, "s", f"{documents} put", floor, "at most 3 x"),
        Figure("recovery-of-a-year", minutes, "min", "promise", PROMISED_MINUTES, "at most 1 x"),
    ]


async def _put_alone(client: Client, file: Path) -> float:
    """Seconds for the file's documents alone, one insertion after the other."""
    name = f"floor_{secrets.token_hex(4)}"
    begun = time.perf_counter()
    for collection, documents in _documents(file):
        alone: Any = client[name][collection].with_options(write_concern=ONE)
        await alone.insert_many(documents, ordered=False)
    seconds = time.perf_counter() - begun
    await client.drop_database(name)
    return seconds


def _documents(file: Path) -> Iterator[tuple[str, list[RawBSONDocument]]]:
    name = ""
    for kind, body in archive.frames(file):
        if kind == archive.COLLECTION:
            place = bson.decode(body)
            name = f"{place['service']}.{place['name']}"
        elif kind == archive.DOCUMENTS:
            yield name, archive.documents(body)
