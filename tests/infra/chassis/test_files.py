"""Bytes beside aggregates: whole or not at all, and none that nobody names."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import gridfs
import pymongo
import pytest

from infra.chassis.store.files import CHUNK_BYTES, CHUNKS_AT_ONCE, SWEPT_AT_ONCE, Files, Torn
from infra.chassis.store.mongo import DRIVERS, Database, close, database, open_client
from tests.servers import RealServers

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LONG = [bytes([n]) * CHUNK_BYTES for n in range(2 * CHUNKS_AT_ONCE + 1)] + [b"end"]
FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


class StoresFirst(Files):
    """Says that bytes are in doubt once they are there."""

    async def doubt(self, id: str, at: datetime) -> None:
        if await self._files.find_one({"_id": id}) is not None:
            await super().doubt(id, at)

    async def store(self, id: str, at: datetime, parts: Iterable[bytes]) -> None:
        await super().store(id, at, parts)
        await self.doubt(id, at)


class Dies(Exception):
    pass


def until_he_dies() -> Iterator[bytes]:
    yield from LONG[: CHUNKS_AT_ONCE + 1]
    raise Dies


@asynccontextmanager
async def opened(servers: RealServers, unique: str) -> AsyncIterator[Database]:
    client = open_client(servers.mongodb, application="test")
    try:
        yield database(client, unique)
    finally:
        await client.drop_database(unique)
        await close(client)


async def everything(files: Files, id: str) -> bytes:
    return b"".join([part async for part in files.read(id)])


async def nobody(_: str) -> bool:
    return False


@pytest.mark.parametrize("driver", DRIVERS)
async def test_what_is_stored_is_read_back_with_either_driver_and_by_the_tools_of_gridfs(
    driver: str, servers: RealServers, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTREINTE_MONGODB_DRIVER", driver)
    async with opened(servers, unique) as db:
        files = Files(db, "papers")
        await files.store("a", NOW, LONG)
        assert await everything(files, "a") == b"".join(LONG)
        with pymongo.MongoClient[dict[str, object]](servers.mongodb) as client:
            assert gridfs.GridFSBucket(client[unique], "papers").open_download_stream("a").read() == b"".join(
                LONG
            )


async def test_what_is_not_whole_is_never_taken_for_whole(servers: RealServers, unique: str) -> None:
    async with opened(servers, unique) as db:
        files = Files(db, "papers")
        for gone in (0, 1, len(LONG) - 1):
            await files.store(f"a{gone}", NOW, LONG)
            await db["papers.chunks"].delete_one({"files_id": f"a{gone}", "n": gone})
            with pytest.raises(Torn):
                await everything(files, f"a{gone}")
        with pytest.raises(Torn):
            await everything(files, "nothing")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(Files, id="sound"),
        pytest.param(StoresFirst, id="fault-stores-first", marks=FAULT),
    ],
)
async def test_what_a_process_leaves_behind_that_dies_is_swept(
    kind: type[Files], servers: RealServers, unique: str
) -> None:
    async with opened(servers, unique) as db:
        files = kind(db, "papers")
        with pytest.raises(Dies):
            await files.store("a", NOW, until_he_dies())
        assert await db["papers.chunks"].count_documents({}) == CHUNKS_AT_ONCE
        await files.sweep(NOW + timedelta(seconds=1), nobody)
        assert await db["papers.chunks"].count_documents({}) == 0


async def test_a_sweep_leaves_what_is_named_and_what_is_young_and_takes_so_many(
    servers: RealServers, unique: str
) -> None:
    async with opened(servers, unique) as db:
        files = Files(db, "papers")
        for n in range(SWEPT_AT_ONCE + 3):
            await files.doubt(f"{n}", NOW)
        for id, at in (("named", NOW), ("young", NOW + timedelta(hours=2))):
            await files.store(id, at, [b"x"])

        async def is_named(id: str) -> bool:
            return id == "named"

        swept = [await files.sweep(NOW + timedelta(hours=1), is_named) for _ in range(3)]
        assert swept == [SWEPT_AT_ONCE, 3, 0]
        assert [each["_id"] for each in await db["papers.doubts"].find().to_list()] == ["young"]
        assert [await everything(files, id) for id in ("named", "young")] == [b"x", b"x"]
