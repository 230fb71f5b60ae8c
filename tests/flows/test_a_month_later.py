"""A data folder that nobody opened for a month: what was done then is not done again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import OffsetAndMetadata

from contracts.catalogue import CATALOGUE, SERVICES, Catalogue
from infra.chassis.events.topics import apply_topics
from tests.flows.firm import Firm
from tests.flows.platform import producer, records, up
from tests.flows.waiting import until
from tests.servers import embedded

pytestmark = pytest.mark.in_turn

AWAY = timedelta(days=31)
TOPICS = tuple(topic.name for topic in CATALOGUE.topics)

Snapshot = dict[str, list[dict[str, Any]]]


async def test_a_folder_left_for_31_days_applies_nothing_twice(tmp_path: Path, unique: str) -> None:
    data = tmp_path / "data"
    async with up(data) as platform:
        await a_day(Firm(platform, unique))
        await platform.quiet()

    async with embedded(data) as servers:
        kept = await everything(servers.mongodb)
        written = await age_topics(servers.kafka)
        await rewind_groups(servers.kafka)
        await age_inboxes(servers.mongodb)
        assert await retention_of_offsets(servers.kafka) > AWAY

    async with up(data) as platform:
        await platform.quiet(within=60)
        assert await everything(platform.mongodb) == kept
        assert {topic: len(await platform.records(topic)) for topic in TOPICS} == written
        mails = (await platform.client.get("/mail.json")).json()
        assert mails["total"] == 0, "somebody was written to again"


async def a_day(firm: Firm) -> None:
    """Requests made and closed, one of them declined first, with parts and mails."""
    acme = await firm.customer()
    lea, max_ = await firm.technician("lea"), await firm.technician("max")
    fuser = await firm.part("fuser")
    for each in (lea, max_):
        await firm.stock(f"van:{each.id}", fuser, 2)
    office, work = await firm.site(acme), await firm.work(parts={fuser: 1})
    request = await firm.opens(work, office, requester=acme.ann)
    first = (await request.visit.is_("dispatched"))["technician_id"]
    one, other = (lea, max_) if first == lea.id else (max_, lea)
    await one.declines(request.visit)
    await request.visit.is_("dispatched", to=other)
    await other.works_on(request.visit)
    await other.closes(request.visit, parts_used=[{"sku": fuser, "quantity": 1}])
    await request.is_("resolved")
    await firm.agent.post(f"/v1/tickets/{request.id}/close")
    await request.is_("closed")


async def everything(mongodb: str) -> Snapshot:
    """Every document of every service, without what is about time and place of this run."""
    found: Snapshot = {}
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongodb) as client:
        for service in SERVICES:
            db = client[f"astreinte_{service}"]
            for name in await db.list_collection_names():
                if name not in ("inbox", "keys"):
                    found[f"{service}.{name}"] = await db[name].find().sort("_id", 1).to_list(None)
    return found


async def age_topics(kafka: str) -> dict[str, int]:
    """Write every topic anew with timestamps of 31 days ago; how many records each has.

    Facts stay longer than their 14 days here, so that there is something to apply twice.
    """
    then = int((datetime.now(UTC) - AWAY).timestamp() * 1000)
    old = {topic: await records(kafka, topic) for topic in TOPICS}
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics(list(TOPICS))

        async def gone() -> bool:
            return not set(await admin.list_topics()) & set(TOPICS)

        await until(gone, why="for the topics to go")
    finally:
        await admin.close()
    kept = (replace(t, retention_days=t.retention_days and 365) for t in CATALOGUE.topics)
    await apply_topics(kafka, catalogue=Catalogue(kept))
    async with producer(kafka) as hand:
        for topic, found in old.items():
            for record in found:
                await hand.send(
                    topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                    timestamp_ms=then,
                )
        await hand.flush()
    return {topic: len(found) for topic, found in old.items()}


async def rewind_groups(kafka: str) -> None:
    """The worst that time could do to offsets: each group begins at the beginning."""
    for service in SERVICES:
        places = [
            TopicPartition(topic.name, n)
            for topic in CATALOGUE.subscribed(service)
            for n in range(topic.partitions)
        ]
        group = AIOKafkaConsumer(
            bootstrap_servers=kafka, group_id=f"astreinte.{service}", enable_auto_commit=False
        )
        await group.start()
        try:
            group.assign(places)
            await group.commit({place: OffsetAndMetadata(0, "") for place in places})
        finally:
            await group.stop()


async def age_inboxes(mongodb: str) -> None:
    """Date what the inboxes know back: still within what MongoDB keeps."""
    async with pymongo.AsyncMongoClient[dict[str, Any]](mongodb) as client:
        for service in SERVICES:
            inbox = client[f"astreinte_{service}"].inbox
            back = {"$dateSubtract": {"startDate": "$at", "unit": "day", "amount": AWAY.days}}
            assert (await inbox.update_many({}, [{"$set": {"at": back}}])).modified_count
            kept = (await inbox.index_information())["expiry"]["expireAfterSeconds"]
            assert timedelta(seconds=kept) > AWAY, f"the inbox of {service} forgets too soon"


async def retention_of_offsets(kafka: str) -> timedelta:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        broker = (await admin.describe_cluster())["brokers"][0]["node_id"]
        [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, str(broker))])
        settings = {entry[0]: entry[1] for entry in answer.resources[0][4]}
        return timedelta(minutes=int(settings["offsets.retention.minutes"]))
    finally:
        await admin.close()
