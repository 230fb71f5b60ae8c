"""Bring what is stored up to the present schemas, so that queries find it as reading would show it."""

import logging
from collections.abc import Iterable
from typing import Any

from pymongo import UpdateOne

from infra.chassis.store.collection import Document, Kind
from infra.chassis.store.mongo import Database, DocumentCollection

BATCH = 200


async def upgrade_stored(
    db: Database, kinds: Iterable[Kind[Any]], log: logging.Logger, batch: int = BATCH
) -> int:
    """Rewrite documents of older schemas; how many there were.

    A document keeps its version, for nothing happened to it, and whoever is changing it meanwhile wins:
    what he leaves in an older schema is found the next time.
    """
    return sum([await _upgrade(db[kind.name], kind, log, batch) for kind in kinds if kind.schema > 1])


async def _upgrade(stored: DocumentCollection, kind: Kind[Any], log: logging.Logger, batch: int) -> int:
    upgraded = 0
    seen: list[str] = []
    older: Document = {"$or": [{"schema": None}, {"schema": {"$lt": kind.schema}}], "erased": {"$ne": True}}
    while found := await stored.find({**older, "_id": {"$nin": seen}}).limit(batch).to_list(None):
        writes = []
        for document in found:
            try:
                writes.append(_write(kind, document))
            except Exception as error:
                seen.append(document["_id"])
                log.warning("%s/%s cannot be upgraded: %s", kind.name, document["_id"], error)
        if writes:
            upgraded += (await stored.bulk_write(writes, ordered=False)).modified_count
    return upgraded


def _write(kind: Kind[Any], document: Document) -> UpdateOne:
    """What a version that is leaving still reads stays beside what is new."""
    new = kind.encode(kind.decode(document))
    as_read = {name: document.get(name) for name in ("_id", "version", "epoch", "schema")}
    return UpdateOne(as_read, {"$set": {**new, "schema": kind.schema}})
