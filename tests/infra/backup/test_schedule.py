"""`astreinte backup FOLDER --every`: what bounds how much a disaster costs."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE
from pathlib import Path

import pymongo

from contracts.catalogue import SERVICES
from infra.backup import archive
from tests.flows.platform import ASTREINTE, stop
from tests.servers import RealServers

TURNS = 4
KEPT = 2


async def test_it_goes_on_over_a_failure_and_keeps_the_newest(
    servers: RealServers, unique: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    words = ("--every", "1s", "--keep", str(KEPT), "--prefix", unique, "--group-prefix", unique, "--json")
    process = await asyncio.create_subprocess_exec(
        *(str(ASTREINTE), "backup", str(folder), "--data", str(tmp_path), *words),
        env={**os.environ, "ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            refused = await process.stderr.readline()
            assert b"No backup at this turn: There is no database" in refused
            async with pymongo.AsyncMongoClient[dict[str, str]](servers.mongodb) as client:
                for service in SERVICES:
                    await client[f"{unique}_{service}"]["things"].insert_one({"_id": service})
            taken = [json.loads(await process.stdout.readline()) for _ in range(TURNS)]
    finally:
        await stop(process)
    assert {each["documents"] for each in taken} == {len(SERVICES)}
    there = sorted(folder.glob("*.backup"))
    assert there[0] > Path(taken[0]["file"]), "the oldest stay"
    assert len(there) in (KEPT, KEPT + 1)  # stopped, perhaps, between a backup and the leave of an older one
    archive.verify(Path(taken[-1]["file"]))
