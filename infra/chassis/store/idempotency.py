"""Idempotency-Key: the same request twice is done once and answered twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from contracts.refusal import Refusal
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
            "this Idempotency-Key was used for another request: send a new key with a new request",
        )


def key_record(key: KeyedBy, result: Any, at: datetime) -> Document:
    """What a command leaves in the document that it changed."""
    kept = result if isinstance(result, str | int | bool | dict | None) else None
    return {"key": key.name, "hash": key.hash, "result": kept, "at": at, "fresh": True}


async def claim(db: Database, key: KeyedBy, id: str, at: datetime) -> str:
    """Reserve the id that a creation with this key uses: ``id``, or the one reserved before."""
    try:
        await db[KEYS].insert_one({"_id": key.name, "hash": key.hash, "id": id, "at": at})
    except DuplicateKeyError:
        found = await db[KEYS].find_one({"_id": key.name})
        if found is None:
            return await claim(db, key, id, at)
        if found["hash"] != key.hash:
            raise KeyReused from None
        claimed: str = found["id"]
        return claimed
    return id


async def release(db: Database, key: KeyedBy, id: str) -> None:
    """Forget a reservation whose creation was refused, so that a corrected request may use the key."""
    await db[KEYS].delete_one({"_id": key.name, "id": id})


async def move_old_keys(db: Database, memory: Memory, unit: Unit) -> None:
    """Before a save would drop a document's oldest keys, keep them in the collection of keys."""
    for change in unit.changes:
        entry = memory.entries.get((change.kind.name, change.value.id))
        if entry is None or len(entry.keys) < KEPT_KEYS:
            continue
        oldest = entry.keys[: len(entry.keys) - KEPT_KEYS + 1]
        documents = [{"_id": f"{entry.kind.name}/{entry.id}/{old['key']}", **old} for old in oldest]
        try:
            await db[KEYS].insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {})["writeErrors"]):
                raise


async def find_moved(db: Database, entry: Entry, key: KeyedBy) -> Document | None:
    """A key that its document has no room for any more."""
    if len(entry.keys) < KEPT_KEYS:
        return None
    return await db[KEYS].find_one({"_id": f"{entry.kind.name}/{entry.id}/{key.name}"})
