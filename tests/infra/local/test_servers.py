"""Both backends of the tests behave the same."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.servers import BACKENDS, RealServers, chosen_backend, started

pytestmark = [pytest.mark.in_turn, pytest.mark.servers]


@pytest.fixture(scope="module")
async def other_servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealServers]:
    [backend] = set(BACKENDS) - {chosen_backend()}
    async with started(backend, tmp_path_factory.mktemp("other")) as given:
        yield given


@pytest.fixture(params=BACKENDS)
def either(request: pytest.FixtureRequest) -> RealServers:
    name = "servers" if request.param == chosen_backend() else "other_servers"
    found: RealServers = request.getfixturevalue(name)
    return found


async def make_topic(kafka: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def read_one(kafka: str, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        record = await asyncio.wait_for(consumer.getone(), 20)
        value: bytes | None = record.value
        return value
    finally:
        await consumer.stop()


async def produce(kafka: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, enable_idempotence=True) as producer:
        await producer.send_and_wait(topic, value)


async def test_what_is_produced_is_read_back(either: RealServers, unique: str) -> None:
    await make_topic(either.kafka, unique)
    await produce(either.kafka, unique, b"hello")
    assert await read_one(either.kafka, unique) == b"hello"


async def test_a_transaction_is_stored_whole_or_not_at_all(either: RealServers, unique: str) -> None:
    async with pymongo.AsyncMongoClient[dict[str, Any]](either.mongodb) as client:
        things = client[unique]["things"]
        async with client.start_session() as session:
            async with await session.start_transaction():
                await things.insert_many([{"_id": 1}, {"_id": 2}], session=session)
            await session.start_transaction()
            await things.insert_one({"_id": 3}, session=session)
            await session.abort_transaction()
        assert await things.count_documents({}) == 2


async def test_what_was_acknowledged_survives_a_kill_of_both(either: RealServers, unique: str) -> None:
    await make_topic(either.kafka, unique)
    async with pymongo.AsyncMongoClient[dict[str, Any]](either.mongodb) as client:
        things = client[unique].get_collection(
            "things", write_concern=pymongo.WriteConcern("majority", j=True)
        )
        await things.insert_one({"_id": "kept"})
        await produce(either.kafka, unique, b"kept")
        await either.kill_kafka()
        await either.kill_mongo()
        await either.start_mongo()
        await either.start_kafka()
        assert await things.find_one({"_id": "kept"})
    assert await read_one(either.kafka, unique) == b"kept"
