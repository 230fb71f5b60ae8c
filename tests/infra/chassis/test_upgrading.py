"""What an older version stored, brought up to the present schema while others work on it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient

from contracts.inventory.states import PartChanged
from infra.chassis.store.collection import Collection, Document, ReadCopy
from infra.chassis.store.loading import entry_of
from infra.chassis.store.mongo import Database, close, database, ensure_indexes, open_client
from infra.chassis.store.unit import Entry
from infra.chassis.store.upgrading import BATCH, upgrade_stored
from infra.chassis.store.writing import write_each
from tests.servers import RealServers

LOG = logging.getLogger("test")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MANY = 2 * BATCH + 1


@dataclass(frozen=True)
class Jar:
    id: str
    amount: int
    litres: int = 0


def in_litres(old: Document) -> Document:
    return {**old, "litres": old["amount"]}


def jars(**options: Any) -> Collection[Jar]:
    return Collection("jars", Jar, **{"schema": 2, "upgrades": {1: in_litres}, **options})


def old(id: str, amount: int = 5, **changes: Any) -> Document:
    return {"_id": id, "amount": amount, "version": 3, "schema": 1, "updated_at": NOW, **changes}


@pytest.fixture
async def db(servers: RealServers, unique: str) -> AsyncIterator[Database]:
    client = open_client(servers.mongodb, application="test")
    yield database(client, unique)
    await client.drop_database(unique)
    await close(client)


async def test_all_of_it_is_upgraded_once_by_however_many_replicas(db: Database) -> None:
    kind = jars()
    await ensure_indexes(db, (kind,))
    await db["jars"].insert_many([old(f"j{n:05}", n) for n in range(MANY)])
    counts = await asyncio.gather(*(upgrade_stored(db, (kind,), LOG) for _ in range(3)))
    assert sum(counts) == MANY
    assert await upgrade_stored(db, (kind,), LOG) == 0
    stored = await db["jars"].find({}).sort("_id").to_list(None)
    assert [each["litres"] for each in stored] == list(range(MANY))
    assert {(each["schema"], each["version"], each["updated_at"]) for each in stored} == {(2, 3, NOW)}


async def test_a_newer_write_is_never_undone(db: Database, servers: RealServers, unique: str) -> None:
    elsewhere = MongoClient(servers.mongodb)  # type: ignore[var-annotated]
    raced: list[str] = []

    def slowly(document: Document) -> Document:
        """While the first one is upgraded somebody who still writes the older schema changes it."""
        if not raced:
            raced.append(document["_id"])
            newer = {"$set": {"amount": 9, "version": 4}}
            elsewhere[unique]["jars"].update_one({"_id": document["_id"]}, newer)
        return in_litres(document)

    await db["jars"].insert_one(old("a"))
    await upgrade_stored(db, (jars(upgrades={1: slowly}),), LOG)
    elsewhere.close()
    stored = await db["jars"].find_one({"_id": "a"})
    assert stored is not None
    assert (stored["version"], stored["amount"], stored["litres"], stored["schema"]) == (4, 9, 9, 2)


async def test_what_cannot_be_upgraded_is_left_and_keeps_nothing_else_from_it(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {name: value for name, value in old("a").items() if name != "amount"}
    await db["jars"].insert_many([broken, old("b"), {"_id": "c", "erased": True, "version": 2, "schema": 1}])
    assert await upgrade_stored(db, (jars(),), LOG, batch=1) == 1
    assert await db["jars"].distinct("_id", {"schema": 1}) == ["a", "c"]
    assert "jars/a cannot be upgraded" in caplog.text


async def test_a_copy_gets_what_it_is_found_by(db: Database) -> None:
    copy: ReadCopy[PartChanged] = ReadCopy(
        "parts", PartChanged, searched_by=lambda part: {"key": part.name.casefold()}, schema=2
    )
    await db["parts"].insert_one({"_id": "psu", "sku": "psu", "name": "PSU", "version": 7, "epoch": 0})
    await upgrade_stored(db, (copy,), LOG)
    stored = await db["parts"].find_one({"_id": "psu"})
    assert stored is not None
    assert (stored["key"], stored["schema"], stored["version"]) == ("psu", 2, 7)


async def test_a_document_that_is_changed_in_an_older_schema_is_written_whole(db: Database) -> None:
    kind = jars()
    await db["jars"].insert_one(old("a"))
    [document] = await db["jars"].find({}).to_list(None)
    loaded = entry_of(kind, document)
    changed = Entry(kind, "a", loaded.value, version=4, stored=loaded.stored, stored_version=3)
    assert await write_each(db, [changed], commit="c", updated_at=NOW) == {}
    stored = await db["jars"].find_one({"_id": "a"})
    assert stored is not None
    assert (stored["schema"], stored["litres"]) == (2, 5)
