"""What somebody had not read when the backup was taken, and no outbox holds any more: it comes back."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
    register,
)

from contracts.catalogue import SERVICES
from contracts.envelope import Envelope
from infra.backup.restoring import restore
from infra.backup.taking import Source, take
from infra.chassis.events.topics import apply_topics
from infra.chassis.store.mongo import Database, close, database, open_client
from tests.flows.platform import records
from tests.servers import embedded

pytestmark = pytest.mark.in_turn

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
VISITS = 100
TOPIC = "dispatch.visits.v1"


@pytest.mark.servers
async def test_what_a_service_had_yet_to_read_is_in_an_empty_kafka_again(tmp_path: Path) -> None:
    """Dispatch told of its visits and was rid of it; ticket did not run."""
    file = tmp_path / "astreinte.backup"
    told = [_acknowledged(f"v{n}", 1) for n in range(VISITS)]
    forgotten = _acknowledged("v0", 2)
    async with _platform(tmp_path / "before") as source:
        for service in SERVICES:
            await _db(source, service)["things"].insert_one({"_id": "one"})
        visits = [{"_id": each.subject, "streams": {"visits": 1}, "outbox": []} for each in told]
        await _db(source, "dispatch")["visits"].insert_many(visits)
        await _publish(source.kafka, [*told, forgotten])
        taken = await take(source, file, version="1", now=NOW, about={})
        assert taken.records == VISITS + 1
    seen = Commands()
    register(seen)
    async with _platform(tmp_path / "after") as source:
        restored = await restore(source, file, now=NOW, replace_all=False)
        assert restored.appended == VISITS
        there = [dict(each.headers)["ce_id"].decode() for each in await records(source.kafka, TOPIC)]
        assert sorted(there) == sorted(each.id for each in told)
        assert seen.unsafe_reads == 0, "a majority may not see yet what was put back"


class Commands(CommandListener):
    """Counts the reads of aggregates after writes that a majority's journal may not have.

    What such a read shows is chance, mostly all of it: what the restore asks for is what can be held.
    """

    def __init__(self) -> None:
        self._unsafe = False
        self.unsafe_reads = 0

    def started(self, event: CommandStartedEvent) -> None:
        concern = event.command.get("writeConcern")
        if concern is not None:
            self._unsafe = concern.get("w") != "majority"
        elif event.command_name == "find" and event.command["find"] == "visits":
            self.unsafe_reads += self._unsafe

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to count."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to count."""


@asynccontextmanager
async def _platform(folder: Path) -> AsyncIterator[Source]:
    """Its servers alone."""
    async with embedded(folder) as servers:
        await apply_topics(servers.kafka)
        client = open_client(servers.mongodb, application="test")
        try:
            yield Source(client, servers.kafka, "astreinte", "astreinte")
        finally:
            await close(client)


def _db(source: Source, service: str) -> Database:
    return database(source.client, source.database(service))


def _acknowledged(visit: str, n: int) -> Envelope:
    return Envelope(
        topic=TOPIC,
        source="/astreinte/dispatch/visits",
        id=f"{visit}:{n}",
        type="dispatch-acknowledged",
        major=1,
        subject=visit,
        key=visit,
        sequence=n,
        occurred_at=NOW,
        recorded_at=NOW,
        actor="somebody",
        correlation_id="c",
    )


async def _publish(kafka: str, told: Sequence[Envelope]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all") as producer:
        sent: list[Any] = []
        for each in told:
            headers = [(name, value.encode()) for name, value in each.headers().items()]
            sent.append(await producer.send(each.topic, b"{}", key=each.key.encode(), headers=headers))
        await asyncio.gather(*sent)
