"""`astreinte doctor` on servers that somebody runs: each thing that can be wrong with them, for real."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.catalogue import CATALOGUE
from infra.chassis.events.topics import apply_topics
from infra.cli.given import clock, room
from infra.local.mongo import binary, libraries
from infra.local.stack import LocalStack, Servers
from tests.infra.cli.test_command_line import astreinte
from tests.servers import free_port, until

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)

Report = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    """A Kafka without topics and a MongoDB: what is changed about them is nobody else's."""
    async with LocalStack(tmp_path_factory.mktemp("doctors"), environment={}) as servers:
        yield servers


async def examined(folder: Path, *words: str, **environment: str) -> Report:
    """What the doctor found, by name."""
    asked = ("doctor", "--json", "--port", "0", "--data", str(folder), *words)
    seen = await asyncio.to_thread(astreinte, *asked, **environment)
    report = json.loads(seen.stdout)
    found: Report = {check["name"]: check for check in report["checks"]}
    assert (seen.returncode, report["ok"]) == ((1, False) if wrong(found) else (0, True))
    assert all(found[name]["todo"] for name in wrong(found))
    return found


def wrong(found: Report) -> list[str]:
    return [name for name, check in found.items() if not check["ok"]]


@pytest.mark.servers
async def test_topics_that_are_missing_or_not_what_they_should_be_are_named(
    own: Servers, tmp_path: Path
) -> None:
    before = await examined(tmp_path, "--kafka", own.kafka)
    assert wrong(before) == ["topics"]
    assert before["topics"]["found"] == f"{len(CATALOGUE.topics)} of {len(CATALOGUE.topics)} missing"
    assert "astreinte topics apply" in before["topics"]["todo"]

    facts, states = "ticket.lifecycle.v1", "ticket.customers.v1"
    async with admin(own) as hand:
        await hand.create_topics(
            [NewTopic(facts, 5, 1), NewTopic(states, 3, 1, topic_configs={"cleanup.policy": "delete"})]
        )
    await apply_topics(own.kafka)
    other = await examined(tmp_path, "--kafka", own.kafka)
    assert wrong(other) == ["topics"]
    assert other["topics"]["found"].endswith(f"partitions as the catalogue says: {facts}")

    await made_anew(own, facts)
    forgetful = await examined(tmp_path, "--kafka", own.kafka)
    assert forgetful["topics"]["found"].endswith(f"cleanup.policy than the catalogue says: {states}")

    await made_anew(own, states)
    healthy = await examined(tmp_path, ASTREINTE_KAFKA=own.kafka, ASTREINTE_MONGODB=own.mongodb)
    assert wrong(healthy) == []
    assert f"yours at {own.kafka}" in healthy["Kafka"]["found"]
    assert healthy.keys() >= {"topics", "MongoDB", "transactions", "clock", "database's disk", "disk"}


@pytest.mark.servers
async def test_a_database_that_keeps_half_done_work_too_long_is_told_what_to_set(
    own: Servers, tmp_path: Path
) -> None:
    limit = "transactionLifetimeLimitSeconds"
    async with pymongo.AsyncMongoClient[dict[str, Any]](own.mongodb) as client:
        was = (await client.admin.command({"setParameter": 1, limit: 60}))["was"]
        try:
            found = await examined(tmp_path, "--mongo", own.mongodb)
        finally:
            await client.admin.command({"setParameter": 1, limit: was})
    assert wrong(found) == ["transactions"]
    assert found["transactions"]["found"] == "given up after 60 s"
    assert f"{limit}=5" in found["transactions"]["todo"]


@pytest.mark.servers
async def test_a_database_without_a_replica_set_is_told_how_to_become_one(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "alone"
    data.mkdir()
    command = [str(binary()), "--dbpath", str(data), "--port", str(port), "--bind_ip", "127.0.0.1", "--quiet"]
    with (data / "log").open("wb") as log:
        alone = await asyncio.create_subprocess_exec(
            *command, "--nounixsocket", stdout=log, env={**os.environ, **libraries(data)}
        )
    try:

        async def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        await until(listens, within=20)
        found = await examined(tmp_path, "--mongo", f"mongodb://127.0.0.1:{port}")
    finally:
        alone.terminate()
        await asyncio.wait_for(alone.wait(), 20)
    assert "is not a replica set" in found["MongoDB"]["found"]
    assert "--replSet" in found["MongoDB"]["todo"]


@pytest.mark.servers
async def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    secret = f"mongodb://me:secret@{nobody}/?replicaSet=rs0"
    found = await examined(tmp_path, "--kafka", nobody, "--mongo", secret)
    assert wrong(found) == ["Kafka", "MongoDB"]
    assert f"No MongoDB answers at {nobody}" in found["MongoDB"]["todo"]
    assert "secret" not in json.dumps(found)


@pytest.mark.parametrize(("apart", "ok"), [(0, True), (4, True), (6, False), (-3600, False)])
def test_a_clock_that_is_elsewhere_is_told(apart: int, ok: bool) -> None:
    found = clock(MONDAY + timedelta(seconds=apart), MONDAY, MONDAY + timedelta(milliseconds=20))
    assert found.ok is ok
    assert ok or "time server" in found.todo


def test_the_time_that_the_question_took_is_no_skew() -> None:
    assert clock(MONDAY, MONDAY - timedelta(seconds=30), MONDAY + timedelta(seconds=30)).ok


def test_a_disk_that_is_nearly_full_is_told() -> None:
    assert room("disk", 2 * 2**30).ok
    assert not room("disk", 2**29).ok


@asynccontextmanager
async def admin(servers: Servers) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def made_anew(servers: Servers, topic: str) -> None:
    """As the catalogue has it. The broker answers before a topic is gone."""
    async with admin(servers) as hand:
        await hand.delete_topics([topic])

        async def gone() -> bool:
            return topic not in await hand.list_topics()

        await until(gone, within=10)
    await apply_topics(servers.kafka)
