"""A backup taken while people work, everything lost, and the backup brought back."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import CATALOGUE
from infra.backup.restoring import restore
from infra.backup.taking import Source, take
from infra.chassis.store.mongo import close, open_client
from infra.sample.invariants import HOMES
from tests.chaos.fleet import Fleet
from tests.chaos.restored import Restore
from tests.chaos.servers import Platform


@dataclass
class Archivist:
    """``now`` is the load's clock; ``mails`` is the file of the mail server, a line each."""

    platform: Platform
    fleet: Fleet
    now: Callable[[], float]
    folder: Path
    mails: Path
    restored: Restore | None = None
    _taken: float = 0.0
    _mails: int = 0

    @property
    def _file(self) -> Path:
        return self.folder / "run.backup"

    @asynccontextmanager
    async def _source(self) -> AsyncIterator[Source]:
        client = open_client(self.platform.mongodb, application="chaos")
        try:
            yield Source(client, self.platform.kafka, "astreinte", "astreinte")
        finally:
            await close(client)

    async def back_up(self) -> None:
        self._taken, self._mails = self.now(), self._seen()
        async with self._source() as source:
            await take(source, self._file, version="chaos", now=datetime.now(UTC), about={})

    async def bring_back(self) -> None:
        """Kill the services and restore below them; what came after the backup is lost."""
        await self.fleet.lie_down()
        async with self._source() as source:
            await restore(source, self._file, now=datetime.now(UTC), replace_all=True)
        between = (self._mails, self._seen())
        ends, told = await self._ends(), await self._told()
        # Nobody has answered since they lay down: whatever was answered by now may be lost.
        self.restored = Restore(self._taken, self.now(), between, ends, told)
        self.fleet.get_up()

    def _seen(self) -> int:
        return len(self.mails.read_bytes().splitlines()) if self.mails.exists() else 0

    async def _ends(self) -> dict[str, int]:
        places = [
            TopicPartition(topic.name, n) for topic in CATALOGUE.topics for n in range(topic.partitions)
        ]
        reader = AIOKafkaConsumer(bootstrap_servers=self.platform.kafka, enable_auto_commit=False)
        await reader.start()
        try:
            ends = await reader.end_offsets(places)
        finally:
            await reader.stop()
        return {f"{place.topic}/{place.partition}": end for place, end in ends.items()}

    async def _told(self) -> dict[str, dict[str, int]]:
        told = {}
        async with pymongo.AsyncMongoClient[dict[str, Any]](self.platform.mongodb) as client:
            for topic, home in HOMES.items():
                stream = CATALOGUE.topic_named(topic).stream
                service, _, name = home.partition(".")
                found = client[f"astreinte_{service}"][name].find({}, {"streams": 1})
                told[topic] = {each["_id"]: each.get("streams", {}).get(stream, 0) async for each in found}
        return told
