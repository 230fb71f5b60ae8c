"""Idempotency-Key: the same request twice is done once and answered twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Document, Index
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Entry, Memory, Unit
from infra.chassis.store.writing import DUPLICATE_KEY, KEPT_KEYS

KEYS = "idempotency_keys"
KEPT_DAYS = 7
KEY_INDEX = Index((("at", 1),), expire_after_seconds=KEPT_DAYS * 86400, name="expiry")


@dataclass(frozen=True)
class KeyedBy:
    """A caller's key and the digest of what he asked with it."""

    caller: str
    key: str
    hash: str

    @property
    def name(self) -> str:
        return f"{self.caller}/{self.key}"


class KeyReused(Refusal):
    """The key was used before, for something else."""

    def __init__(self) -> None:
        super().__init__(
            "idempotency-key-reused",
            Text(
                "This Idempotency-Key was used for another request: send a new key with a new request.",
                "Cet Idempotency-Key a servi à une autre demande : envoyez une clé neuve.",
            ),
        )


def key_record(key: KeyedBy, result: Any, at: datetime) -> Document:
    """What a command leaves in the document that it changed."""
    kept = result if isinstance(result, str | int | bool | dict | None) else None
    return {"key": key.name, "hash": key.hash, "result": kept, "at": at, "fresh": True}


@dataclass(frozen=True)
class Claimed:
    """The id that a creation uses. ``anew``: its key was given back by a creation that was refused."""

    id: str
    anew: bool = False


@dataclass(eq=False)
class _Claim:
    key: KeyedBy
    document: Document
    future: "asyncio.Future[Claimed]"


class Claims:
    """Reserves the ids that creations use; those that come together share one write."""

    def __init__(self, db: Database) -> None:
        self._keys = db[KEYS]
        self._waiting: list[_Claim] = []
        self._task: asyncio.Task[None] | None = None

    async def claim(self, key: KeyedBy, id: str, at: datetime) -> Claimed:
        """The id that a creation with this key uses: ``id``, or the one reserved before."""
        document = {"_id": key.name, "hash": key.hash, "id": id, "at": at}
        claim = _Claim(key, document, asyncio.get_running_loop().create_future())
        self._waiting.append(claim)
        if self._task is None:
            self._task = asyncio.create_task(self._write())
        return await claim.future

    @asynccontextmanager
    async def held(self, key: KeyedBy | None, token: str, at: datetime) -> AsyncIterator[None]:
        """The key is this request's: with another one, on whatever, it is refused (``KeyReused``).

        A request that was refused gives its key back, so that a corrected one may use it. Where the
        database did not answer it does not: the request may have been stored. ``token`` is new.
        """
        reserved = None if key is None else await self.claim(key, token, at)
        try:
            yield
        except Refusal as refused:
            if key is not None and reserved == Claimed(token) and refused.slug != "not-ready":
                await self._keys.delete_one({"_id": key.name, "id": token})
            raise

    async def _write(self) -> None:
        claims: list[_Claim] = []
        try:
            while self._waiting:
                claims, self._waiting = self._waiting, []
                await self._reserve(claims)
        except Exception as error:
            for claim in claims:
                if not claim.future.done():
                    claim.future.set_exception(error)
        finally:
            self._task = None
            if self._waiting:
                self._task = asyncio.create_task(self._write())

    async def _reserve(self, claims: list[_Claim]) -> None:
        taken: list[_Claim] = []
        try:
            await self._keys.insert_many([claim.document for claim in claims], ordered=False)
        except BulkWriteError as error:
            refused = (error.details or {})["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in refused):
                raise
            taken = [claims[each["index"]] for each in refused]
        before = {
            document["_id"]: document for document in await self._found([claim.key.name for claim in taken])
        }
        for claim in claims:
            if claim.future.done():
                continue
            if claim not in taken:
                claim.future.set_result(Claimed(claim.document["id"]))
                continue
            found = before.get(claim.key.name)
            if found is None:
                self._waiting.append(claim)
            elif found["hash"] == claim.key.hash:
                claim.future.set_result(Claimed(found["id"]))
            elif await self._reopened(found, claim.key):
                claim.future.set_result(Claimed(found["id"], anew=True))
            else:
                claim.future.set_exception(KeyReused())

    async def _reopened(self, found: Document, key: KeyedBy) -> bool:
        """Whether this request has the key that another one gave back."""
        free = {"_id": found["_id"], "hash": found["hash"], "released": True}
        return (await self._keys.update_one(free, {"$set": {"hash": key.hash}})).matched_count == 1

    async def _found(self, names: list[str]) -> list[Document]:
        return await self._keys.find({"_id": {"$in": names}}).to_list(None) if names else []


async def release(db: Database, key: KeyedBy, id: str) -> None:
    """Give a key back whose creation was refused, so that a corrected request may use it.

    The reservation keeps its id: a twin may have created it in the meantime, which a repetition must find.
    """
    await db[KEYS].update_one({"_id": key.name, "id": id}, {"$set": {"released": True}})


async def move_old_keys(db: Database, memory: Memory, unit: Unit) -> bool:
    """Before a save would drop a document's oldest keys, keep them in the collection of keys.

    False where one of them is not stored yet: in the collection it would stand for a command that may
    still fail.
    """
    for change in unit.changes:
        entry = memory.entries.get((change.kind.name, change.value.id))
        if entry is None or len(entry.keys) < KEPT_KEYS:
            continue
        oldest = entry.keys[: len(entry.keys) - KEPT_KEYS + 1]
        if any(old.get("fresh") for old in oldest):
            return False
        documents = [{"_id": f"{entry.kind.name}/{entry.id}/{old['key']}", **old} for old in oldest]
        try:
            await db[KEYS].insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {})["writeErrors"]):
                raise
    return True


async def find_moved(db: Database, entry: Entry, key: KeyedBy) -> Document | None:
    """A key that its document has no room for any more."""
    if len(entry.keys) < KEPT_KEYS:
        return None
    return await db[KEYS].find_one({"_id": f"{entry.kind.name}/{entry.id}/{key.name}"})
