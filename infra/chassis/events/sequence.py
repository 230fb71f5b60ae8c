"""Numbered streams: lines that get numbers without holes, visible in order, kept for some days.

A stream is one counter document and one row per line. Both change in the transaction that the
lines belong to, so a line exists exactly when what it tells of is stored; two transactions that
want numbers of the same stream at once conflict on the counter and one of them runs again.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import OperationFailure

from infra.chassis.store.collection import Document, Index
from infra.chassis.store.mongo import Database, Session
from infra.chassis.store.unit import Emission

COUNTERS = "stream_counters"
JITTER_SECONDS = 0.02


def rows_of(stream: str) -> str:
    """The collection that holds a stream's lines."""
    return f"stream_{stream}"


def indexes_of(days: Mapping[str, int], *, by: str) -> dict[str, tuple[Index, ...]]:
    """The indexes that streams' collections need: each keeps its lines for so many ``days``; ``by`` is the
    field that most readers select by.

    The counters have one so that their collection is there before the first line: two transactions that
    each made it would both count from 0.
    """
    selecting = Index(((by, 1), ("_id", 1)), name="selecting")
    rows = {rows_of(stream): (_expiry(kept), selecting) for stream, kept in days.items()}
    return {**rows, COUNTERS: (Index((("last", 1),), name="last"),)}


def _expiry(days: int) -> Index:
    return Index((("at", 1),), expire_after_seconds=days * 86_400, name="expiry")


async def append(db: Database, session: Session, emissions: Sequence[Emission], now: datetime) -> None:
    """Give each line the next number of its stream, inside the session's transaction.

    To be called last in the transaction: from here to its end nobody else can number a line.
    A conflict surfaces as the driver's ``TransientTransactionError``, after a little random wait:
    run the whole transaction again, unchanged. ``now`` is the system clock's, for retention.
    """
    lines: dict[str, list[Document]] = defaultdict(list)
    for emission in emissions:
        lines[emission.stream].append(emission.document)
    for stream, documents in sorted(lines.items()):
        last = await _advance(db, session, stream, len(documents))
        first = last - len(documents) + 1
        await db[rows_of(stream)].insert_many(
            [{"_id": first + i, "at": now, **document} for i, document in enumerate(documents)],
            session=session,
        )


async def _advance(db: Database, session: Session, stream: str, by: int) -> int:
    try:
        counter = await db[COUNTERS].find_one_and_update(
            {"_id": stream},
            {"$inc": {"last": by}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
    except OperationFailure as error:
        if error.has_error_label("TransientTransactionError"):
            # The server has aborted the transaction, so nothing is held while waiting here; the
            # driver runs it again at once, and without the wait the same two would meet again.
            await asyncio.sleep(random.uniform(0, JITTER_SECONDS))
        raise
    assert counter is not None, "an upsert gives what it made"
    last: int = counter["last"]
    return last


async def last_number(db: Database, stream: str) -> int:
    """The number of the newest line that everybody can see; 0 when there has been none."""
    counter = await db[COUNTERS].find_one({"_id": stream})
    return counter["last"] if counter else 0


@dataclass(frozen=True)
class Line:
    """One stored line: its number and the document that was emitted."""

    number: int
    document: Document


@dataclass(frozen=True)
class Gap:
    """Lines that a reader cannot be given, both ends included; ``resume`` is the number he goes on after.

    They are past retention, or lie ahead of the stream: then the reader is from before a restore.
    """

    first: int
    last: int
    resume: int


@dataclass(frozen=True)
class Selection:
    """Which lines a reader gets: each field named must be, or hold, one of the values given."""

    conditions: Mapping[str, frozenset[str]]

    def query(self) -> Document:
        """The selection as a database filter."""
        return {field: {"$in": sorted(values)} for field, values in self.conditions.items()}

    def matches(self, document: Document) -> bool:
        """The same decision on a line in memory."""
        return all(_holds(document.get(field), values) for field, values in self.conditions.items())


def _holds(found: Any, values: frozenset[str]) -> bool:
    if isinstance(found, list | tuple):
        return not values.isdisjoint(found)
    return found in values
