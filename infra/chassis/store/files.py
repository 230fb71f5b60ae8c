"""Bytes beside aggregates, laid out as GridFS, so that its tools read them.

They take no part in a transaction. So what is being stored, or about to be removed, is noted as in doubt
before, and settled once the aggregate that names it is stored, or has let it go. What a process leaves in
doubt that dies in between is swept: the bytes stay where an aggregate names them, and go where none does.

The driver's own GridFS is not used: it keeps up to 48 MB of an upload in memory before it sends any.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import datetime

from infra.chassis.store.collection import Document, Index
from infra.chassis.store.mongo import Database

CHUNK_BYTES = 255 * 1024
CHUNKS_AT_ONCE = 4
"""What of a file is in memory at a time: about a megabyte."""
SWEPT_AT_ONCE = 100


class Torn(Exception):
    """Bytes have gone while they were read."""


def file_indexes(name: str) -> Mapping[str, tuple[Index, ...]]:
    """The indexes of the collections of such files, as a service lists them."""
    return {
        f"{name}.files": (Index((("filename", 1), ("uploadDate", 1))),),
        f"{name}.chunks": (Index((("files_id", 1), ("n", 1)), unique=True),),
        f"{name}.doubts": (Index((("at", 1),)),),
    }


class Files:
    """The files of one kind. An id is used once: what is stored anew has a new one."""

    def __init__(self, db: Database, name: str) -> None:
        self._files = db[f"{name}.files"]
        self._chunks = db[f"{name}.chunks"]
        self._doubts = db[f"{name}.doubts"]

    async def doubt(self, id: str, at: datetime) -> None:
        """From now on a sweep removes its bytes unless an aggregate names them; until it is settled."""
        await self._doubts.update_one({"_id": id}, {"$set": {"at": at}}, upsert=True)

    async def settle(self, id: str) -> None:
        """An aggregate that is stored names it."""
        await self._doubts.delete_one({"_id": id})

    async def store(self, id: str, at: datetime, parts: Iterable[bytes]) -> None:
        """Store what ``parts`` give, each of ``CHUNK_BYTES`` but the last. It is in doubt until settled."""
        await self.doubt(id, at)
        length = 0
        waiting: list[Document] = []
        for n, part in enumerate(parts):
            waiting.append({"files_id": id, "n": n, "data": part})
            length += len(part)
            if len(waiting) == CHUNKS_AT_ONCE:
                await self._chunks.insert_many(waiting)
                waiting = []
        if waiting:
            await self._chunks.insert_many(waiting)
        await self._files.insert_one(
            {"_id": id, "length": length, "chunkSize": CHUNK_BYTES, "uploadDate": at, "filename": id}
        )

    async def read(self, id: str) -> AsyncIterator[bytes]:
        """Its bytes in order; ``Torn`` as soon as some are missing, be it at once."""
        about = await self._files.find_one({"_id": id})
        if about is None:
            raise Torn(id)
        read = n = 0
        found = self._chunks.find({"files_id": id}).sort("n", 1).batch_size(CHUNKS_AT_ONCE)
        async for chunk in found:
            if chunk["n"] != n:
                raise Torn(id)
            n += 1
            read += len(chunk["data"])
            yield bytes(chunk["data"])
        if read != about["length"]:
            raise Torn(id)

    async def drop(self, id: str) -> None:
        """Remove the bytes, if there are any; it is in doubt until they are gone."""
        await self._files.delete_one({"_id": id})
        await self._chunks.delete_many({"files_id": id})
        await self.settle(id)

    async def sweep(self, before: datetime, is_named: Callable[[str], Awaitable[bool]]) -> int:
        """Decide what is in doubt since before then, the longest first, some at a time; how many went."""
        dropped = 0
        doubts = self._doubts.find({"at": {"$lt": before}}).sort("at", 1)
        for doubt in await doubts.to_list(SWEPT_AT_ONCE):
            if await is_named(doubt["_id"]):
                await self.settle(doubt["_id"])
            else:
                await self.drop(doubt["_id"])
                dropped += 1
        return dropped
