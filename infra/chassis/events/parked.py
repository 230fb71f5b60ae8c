"""Events put aside: retried in order, waiting for a read copy, or dead.

One collection per service. A parked event blocks the later events with its key, which follow it in;
a dead one keeps blocking until it is replayed or dropped. Records that name no aggregate are dead at
once and block nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bson import Binary

from infra.chassis.events.parser import RawRecord, Reason
from infra.chassis.store.collection import A_DATE, A_STRING, Document, Index
from infra.chassis.store.mongo import Database, Session, aggregate

PARKED = "parked"
PARKED_AUDIT = "parked_audit"
RETRY_DELAYS = (timedelta(seconds=1), timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
AWAITING_RETRY = timedelta(seconds=1)
POSTPONED = timedelta(seconds=10)
AWAITING_LIMIT = timedelta(minutes=10)

PARKED_INDEXES = (
    Index((("key", 1), ("order", 1)), name="key"),
    Index((("next_due", 1),), partial={"next_due": A_DATE}, name="due"),
    Index((("awaiting", 1),), partial={"awaiting": A_STRING}, name="awaiting"),
    Index((("state", 1), ("order", 1)), name="state"),
    Index((("outbox.0.at", 1),), partial={"outbox.0.at": {"$exists": True}}, name="unpublished"),
)

State = Literal["parked", "awaiting", "follower", "dead"]


@dataclass(frozen=True)
class Parked:
    """One event put aside. ``order`` rises with arrival; times are the system clock's."""

    id: str
    key: str | None
    state: State
    order: int
    record: RawRecord
    reason: Reason
    first_at: datetime
    attempts: int = 0
    next_due: datetime | None = None
    awaiting: str | None = None
    outbox: tuple[Document, ...] = field(default=())


def failed_again(parked: Parked, reason: Reason, now: datetime) -> Parked:
    """The event after one more failure: due later, or dead when its tries are used up."""
    attempts = parked.attempts + 1
    if attempts > len(RETRY_DELAYS):
        return died(replace(parked, attempts=attempts), reason)
    due = now + RETRY_DELAYS[attempts - 1]
    return replace(parked, state="parked", attempts=attempts, next_due=due, reason=reason, awaiting=None)


def waits_for(parked: Parked, reference: str, reason: Reason, now: datetime) -> Parked:
    """The event while the read copy it needs is missing; dead after ten minutes of that."""
    if now - parked.first_at >= AWAITING_LIMIT:
        return died(parked, reason)
    due = now + AWAITING_RETRY
    return replace(parked, state="awaiting", next_due=due, reason=reason, awaiting=reference)


def died(parked: Parked, reason: Reason) -> Parked:
    """The event as a dead letter."""
    return replace(parked, state="dead", next_due=None, awaiting=None, reason=reason)


def to_document(parked: Parked) -> Document:
    """The stored form; keys, headers and values stay bytes."""
    record = parked.record
    return {
        "_id": parked.id,
        "key": parked.key,
        "state": parked.state,
        "order": parked.order,
        "attempts": parked.attempts,
        "next_due": parked.next_due,
        "awaiting": parked.awaiting,
        "first_at": parked.first_at,
        "reason": {
            "slug": parked.reason.slug,
            "detail": parked.reason.detail,
            "handler": parked.reason.handler,
        },
        "record": {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key,
            "headers": [[name, Binary(value or b"")] for name, value in record.headers],
            "value": record.value,
        },
        "outbox": list(parked.outbox),
    }


def from_document(document: Document) -> Parked:
    """The stored form read back."""
    raw, reason = document["record"], document["reason"]
    return Parked(
        id=document["_id"],
        key=document["key"],
        state=document["state"],
        order=document["order"],
        record=RawRecord(
            raw["topic"],
            raw["partition"],
            raw["offset"],
            raw["key"],
            tuple((name, bytes(value)) for name, value in raw["headers"]),
            raw["value"],
        ),
        reason=Reason(reason["slug"], reason["detail"], reason["handler"]),
        first_at=document["first_at"],
        attempts=document["attempts"],
        next_due=document["next_due"],
        awaiting=document["awaiting"],
        outbox=tuple(document.get("outbox", ())),
    )


async def blocked_keys(db: Database, keys: Iterable[str]) -> set[str]:
    """Those of ``keys`` that have an event put aside."""
    return set(await db[PARKED].distinct("key", {"key": {"$in": list(keys)}}))


async def known(db: Database, ids: Iterable[str]) -> set[str]:
    """Those of ``ids`` that are put aside already: a redelivery adds none."""
    return set(await db[PARKED].distinct("_id", {"_id": {"$in": list(ids)}}))


async def of_key(db: Database, key: str) -> list[Parked]:
    """Everything put aside under a key, in order."""
    found = db[PARKED].find({"key": key}).sort("order", 1)
    return [from_document(document) for document in await found.to_list(None)]


async def due_keys(db: Database, now: datetime, limit: int = 100) -> list[str]:
    """Keys whose first event is due for another try."""
    due = {"next_due": {"$lte": now, **A_DATE}}
    found = db[PARKED].find(due, {"key": 1}).sort("next_due", 1).limit(limit)
    return list(dict.fromkeys(document["key"] for document in await found.to_list(None)))


async def postpone(db: Database, key: str, now: datetime) -> None:
    """Let the other keys go first: what is due under this one could not even be tried."""
    due = {"key": key, "next_due": {"$lte": now}}
    await db[PARKED].update_many(due, {"$set": {"next_due": now + POSTPONED}})


async def arrived(db: Database, references: Iterable[str], now: datetime) -> None:
    """Make what awaited these references due at once."""
    awaited = {"awaiting": {"$in": list(references), **A_STRING}}
    await db[PARKED].update_many(awaited, {"$set": {"next_due": now}})


async def insert(db: Database, session: Session, parked: list[Parked], behind: Iterable[str] = ()) -> None:
    """Put events aside in the transaction that also stores the others' effects.

    Those of the keys ``behind`` go to the end of their queues, whatever the clock says by now.
    """
    later: dict[str | None, int] = {}
    for key in behind:
        newest = await db[PARKED].find_one({"key": key}, {"order": 1}, sort=[("order", -1)], session=session)
        first = min(each.order for each in parked if each.key == key)
        if newest is not None and newest["order"] >= first:
            later[key] = newest["order"] + 1 - first
    if parked:
        queued = [replace(each, order=each.order + later.get(each.key, 0)) for each in parked]
        await db[PARKED].insert_many([to_document(each) for each in queued], session=session)


class Taken(Exception):
    """Another process has had these parked events."""


async def stay_behind(db: Database, session: Session, keys: Iterable[str]) -> None:
    """Touch what blocks each key; ``Taken`` where it has gone.

    Followers are only tried after what they follow: one that is put aside while another process
    empties the queue would wait for ever. Both touch the same document, so one of them runs again.
    """
    for key in keys:
        head = await db[PARKED].find_one_and_update(
            {"key": key, "state": {"$ne": "follower"}},
            {"$inc": {"followed": 1}},
            sort=[("order", 1)],
            session=session,
        )
        if head is None:
            raise Taken


async def settle(db: Database, session: Session, unparked: Sequence[Parked], again: Sequence[Parked]) -> None:
    """In the transaction of a retry: remove what went through, keep what did not; ``Taken`` if changed."""
    if unparked:
        ids = [each.id for each in unparked]
        gone = await db[PARKED].delete_many({"_id": {"$in": ids}}, session=session)
        if gone.deleted_count != len(ids):
            raise Taken
    for each in again:
        kept = await db[PARKED].replace_one({"_id": each.id}, to_document(each), session=session)
        if kept.matched_count != 1:
            raise Taken


async def counts(db: Database) -> dict[str, Any]:
    """How many are put aside, by state."""
    by_state: list[Document] = [{"$sort": {"state": 1}}, {"$group": {"_id": "$state", "n": {"$sum": 1}}}]
    groups = await aggregate(db[PARKED], by_state)
    return {group["_id"]: group["n"] for group in groups}
