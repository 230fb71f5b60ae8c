"""``python -m tests.flows.previous REF``: keep what an earlier release wrote, for the test of upgrades.

Its own code plays the sample's day on a folder of its own; in the middle of it Kafka falls silent, and then
all of it is killed, so that there are open tickets, visits under way and events on their way. What the
databases and topics hold then is kept beside this file; test_upgrade.py starts today's code on it. Run it at
each release, with the tag before.
"""

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pymongo
from bson import json_util

from contracts.catalogue import SERVICES
from infra.chassis.events.parser import raw_record
from infra.chassis.events.topics import described
from tests.flows.platform import records
from tests.flows.previous.kept import FILE, Document, Kept
from tests.servers import embedded

TICKETS = 14
"""So many are opened before it is killed: by then work is done, under way and still to be planned."""
NOTES = 3
WAIT_SECONDS = 120.0
START = "from infra.cli.main import main; main()"


def play(ref: str, code: Path, data: Path) -> None:
    """The day of that release, until some tickets are there."""
    archive = subprocess.run(["git", "archive", ref], check=True, capture_output=True).stdout
    subprocess.run(["tar", "--extract", "--directory", str(code)], input=archive, check=True)
    ready = data.with_name("ready.json")
    words = ("demo", "--speed", "0", "--port", "0", "--data", str(data), "--ready", str(ready))
    begin = f"import sys; sys.path.insert(0, {str(code)!r}); {START}"
    with data.with_name("play.log").open("wb") as log:
        playing = subprocess.Popen(
            [sys.executable, "-P", "-c", begin, *words],
            cwd=code,
            env={**os.environ, "PYTHONPATH": str(code)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(playing, ready.exists)
        with pymongo.MongoClient[Document](json.loads(ready.read_text())["mongodb"]) as client:
            tickets = client["astreinte_ticket"]["tickets"]
            _wait(playing, lambda: tickets.count_documents({}) >= TICKETS)
            for broker in _brokers(data):
                os.kill(broker, signal.SIGSTOP)
            _note(
                json.loads(ready.read_text()),
                [each["_id"] for each in tickets.find({"state": "scheduled"}, limit=NOTES)],
            )
    finally:
        os.killpg(playing.pid, signal.SIGKILL)
        playing.wait()


def _wait(playing: subprocess.Popen[bytes], there: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + WAIT_SECONDS
    while not there():
        if playing.poll() is not None or time.monotonic() > give_up_at:
            raise SystemExit("that release did not come as far as this")
        time.sleep(0.02)


def _brokers(data: Path) -> list[int]:
    """The processes of the folder's Kafka."""
    commands = {int(each.parent.name): each.read_bytes() for each in Path("/proc").glob("[0-9]*/cmdline")}
    return [pid for pid, said in commands.items() if str(data).encode() in said and b"kafka.Kafka" in said]


def _note(platform: Document, tickets: list[str]) -> None:
    """Something is written on each of them, of which nobody will have heard."""
    bearer = {"Authorization": f"Bearer {platform['tokens']['agent']}"}
    for ticket in tickets:
        note = {"text": "He called again.", "public": True}
        url = f"{platform['http']}/v1/tickets/{ticket}/notes"
        httpx.post(url, json=note, headers=bearer, timeout=30).raise_for_status()


async def keep(ref: str, data: Path) -> Kept:
    """What lies in the databases and topics of a folder."""
    kept = Kept(ref)
    async with (
        embedded(data) as servers,
        pymongo.AsyncMongoClient[Document](servers.mongodb) as client,
    ):
        for service in SERVICES:
            db = client[f"astreinte_{service}"]
            for name in sorted(await db.list_collection_names()):
                kept.documents += [(service, name, document) async for document in db[name].find()]
        there = (await described(servers.kafka)).topics
        kept.lines += [raw_record(each) for each in await records(servers.kafka, *there)]
    return kept


def main(ref: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        code, data = Path(folder) / "code", Path(folder) / "data"
        code.mkdir()
        play(ref, code, data)
        kept = asyncio.run(keep(ref, data))
    with gzip.GzipFile(FILE, "wb", compresslevel=9, mtime=0) as file:
        file.write(json_util.dumps(kept.as_json(), json_options=json_util.CANONICAL_JSON_OPTIONS).encode())
    print(f"{len(kept.documents)} documents, {len(kept.lines)} records, {FILE.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main(sys.argv[1])
