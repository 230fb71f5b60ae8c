"""A database that comes from a backup: what the service had read since is applied again, and once."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pymongo
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from contracts.catalogue import CATALOGUE
from infra.chassis.clock import SystemClock
from services.inventory.domain.movement import MovementKind
from services.inventory.store.reservations import Reservations
from services.inventory.store.stock import Movements, StockLevels
from tests.servers import RealServers
from tests.services.inventory.facts import closed, planned, technician, used
from tests.services.inventory.running import Running, running
from tests.services.inventory.test_on_real_servers import stock

Backup = dict[str, list[dict[str, Any]]]


async def test_after_a_restore_what_was_read_since_the_backup_is_applied_again_exactly_once(
    servers: RealServers, unique: str
) -> None:
    begun = SystemClock().now()
    async with running(servers, unique) as service:
        await service.state(technician("lea"), "lea")
        await stock(service, unique, "van:lea", 9)
        await service.visit(planned(f"{unique}-1", "lea", (unique, 1)))
        await service.visit(closed(f"{unique}-1", "lea", used(unique, 1)))
        await service.settled()
        backup = await dumped(servers, unique)
        await service.visit(planned(f"{unique}-2", "lea", (unique, 2)))
        await service.visit(closed(f"{unique}-2", "lea", used(unique, 2)))
        await service.visit(planned(f"{unique}-3", "lea", (unique, 3)))
        await service.settled()
        known = await everything(service, unique)
        assert known["stock"] == [(6, 3, 3)]

    await restore(servers, unique, backup)
    await astreinte_restored(servers, unique)
    await rewind(servers, unique, begun)

    async with running(servers, unique) as service:
        await service.settled()
        assert await everything(service, unique) == known
        epochs = {kept["_id"]: kept.get("epoch", 0) for kept in await reservations(servers, unique)}
        assert epochs[f"{unique}-1"] == 0, "the backup had it: it was not touched again"
        assert epochs[f"{unique}-2"] == epochs[f"{unique}-3"] > 0


async def everything(service: Running, unique: str) -> dict[str, Any]:
    """What the facts of the visits made of the stock, whenever it was written down."""
    run = service.runtime
    levels = [kept.value for kept in await run.find(StockLevels, {"sku": unique})]
    issued = await run.find(Movements, {"sku": unique, "kind": MovementKind.ISSUED.value})
    visits = await run.find(Reservations, {"_id": {"$regex": f"^{unique}-"}})
    return {
        "stock": [(level.on_hand, level.reserved, level.moves) for level in levels],
        "issued": sorted((kept.value.visit_id, kept.value.quantity) for kept in issued),
        "reservations": sorted((kept.value.id, kept.version, kept.value.state) for kept in visits),
    }


async def reservations(servers: RealServers, unique: str) -> list[dict[str, Any]]:
    async with pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as client:
        return await client[f"{unique}_inventory"]["reservations"].find().to_list(None)


async def dumped(servers: RealServers, unique: str) -> Backup:
    """Every document of the service's database, as a backup tool would read it."""
    async with pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as client:
        db = client[f"{unique}_inventory"]
        return {name: await db[name].find().to_list(None) for name in await db.list_collection_names()}


async def restore(servers: RealServers, unique: str, backup: Backup) -> None:
    async with pymongo.AsyncMongoClient[dict[str, Any]](servers.mongodb) as client:
        db = client[f"{unique}_inventory"]
        await client.drop_database(db)
        for name, documents in backup.items():
            if documents:
                await db[name].insert_many(documents)


async def astreinte_restored(servers: RealServers, unique: str) -> None:
    given = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("astreinte")),
        *("restored", "inventory", "--prefix", unique),
        env={**os.environ, **given},
    )
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def rewind(servers: RealServers, unique: str, to: datetime) -> None:
    """Have the service's group begin again where each partition was at that time."""
    places = [
        TopicPartition(topic.name, n)
        for topic in CATALOGUE.subscribed("inventory")
        for n in range(topic.partitions)
    ]
    group = AIOKafkaConsumer(
        bootstrap_servers=servers.kafka, group_id=f"{unique}.inventory", enable_auto_commit=False
    )
    await group.start()
    try:
        group.assign(places)
        ends = await group.end_offsets(places)
        at = await group.offsets_for_times(dict.fromkeys(places, int(to.timestamp() * 1000)))
        await group.commit(
            {
                place: OffsetAndMetadata(ends[place] if found is None else found.offset, "")
                for place, found in at.items()
            }
        )
    finally:
        await group.stop()
