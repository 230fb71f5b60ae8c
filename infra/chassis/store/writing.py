"""Turn changed entries into versioned writes, and say which of them did not happen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from bson.errors import InvalidDocument
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.mongo import Database, Session
from infra.chassis.store.unit import Entry, Place, Row

DUPLICATE_KEY = 11000
REMEMBERED_COMMITS = 8
KEPT_KEYS = 200
UNSTORABLE = (InvalidDocument, OverflowError)
"""What the driver says of a document that it cannot write."""

Write = InsertOne[Document] | UpdateOne


class UniqueViolation(Exception):
    """Another document holds a value that an index wants unique: ``field`` and its value(s)."""

    def __init__(self, place: Place, detail: Document) -> None:
        super().__init__(place, detail)
        self.place = place
        self.pattern: Document = detail.get("keyPattern", {})
        self.value: Document = detail.get("keyValue", {})


class CannotBeStored(Exception):
    """MongoDB cannot hold what a document would become: an integer past 64 bits, more than 16 MB, …"""

    def __init__(self, place: Place, why: str) -> None:
        super().__init__(f"{place[0]}/{place[1]} cannot be stored: {why}"[:2000])


def write_for(entry: Entry, *, commit: str | None, updated_at: datetime) -> Write:
    """The one write that stores an entry's state and its new events together.

    An update names the version it was decided on and appends to the outbox; it never rewrites
    the array, never upserts, and a creation never replaces. ``commit`` marks the document, for those
    whose outcome a broken connection can leave unknown; a transaction needs no mark.
    """
    kind = entry.kind
    assert isinstance(kind, Collection)
    aggregate = entry.value if entry.value is not None else entry.blank
    body = kind.encode(aggregate)
    common: Document = {"version": entry.version, "schema": kind.schema, "updated_at": updated_at}
    if entry.streams != entry.stored_streams or entry.stored_version == 0:
        common["streams"] = entry.streams
    if entry.epoch:
        common["epoch"] = entry.epoch
    if entry.blank is not None:
        common["erased"] = True
    if kind.next_due is not None:
        common["next_due"] = kind.next_due(aggregate)
    if entry.stored_version == 0:
        arrays = {
            "outbox": list(entry.outbox),
            "rows": [_row(row, updated_at) for row in entry.rows] if commit else [],
            "keys": [_stored_key(key) for key in entry.keys],
            "commits": [commit] if commit else [],
        }
        return InsertOne({"_id": entry.id, **body, **common, **arrays})
    if entry.stored is not None:
        same = {name for name in kind.fields if getattr(entry.stored, name) == getattr(aggregate, name)}
        sought = {} if kind.searched_by is None else kind.searched_by(entry.stored)
        same |= {name for name, value in sought.items() if value == body.get(name)}
        body = {name: value for name, value in body.items() if name not in same}
    push: Document = {}
    if commit is not None:
        push["commits"] = {"$each": [commit], "$slice": -REMEMBERED_COMMITS}
    new = [item for item in entry.outbox if item["n"] > _stored_n(entry, item["stream"])]
    if new:
        push["outbox"] = {"$each": new}
    if entry.rows and commit is not None:
        push["rows"] = {"$each": [_row(row, updated_at) for row in entry.rows]}
    if new_keys := [key for key in entry.keys if key.get("fresh")]:
        push["keys"] = {"$each": [_stored_key(key) for key in new_keys], "$slice": -KEPT_KEYS}
    change: Document = {"$set": {**body, **common}}
    if push:
        change["$push"] = push
    if entry.value is not None and entry.stored is None:
        change["$unset"] = {"erased": ""}
    return UpdateOne({"_id": entry.id, "version": entry.stored_version}, change)


def _row(row: Row, at: datetime) -> Document:
    """A row as it waits in its aggregate's document for the move to its own collection."""
    body = row.kind.encode(row.value)
    document = {"_id": row.value.id, **body, "version": 1, "schema": row.kind.schema, "updated_at": at}
    return {"collection": row.kind.name, "document": document}


async def move_rows(db: Database, rows: Iterable[Document], session: Session | None = None) -> None:
    """Write rows to their own collections; those that are there already stay as they are."""
    grouped: dict[str, list[Document]] = defaultdict(list)
    for row in rows:
        grouped[row["collection"]].append(row["document"])
    for name, documents in grouped.items():
        try:
            await db[name].insert_many(documents, ordered=False, session=session)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {})["writeErrors"]):
                raise


def _stored_key(key: Document) -> Document:
    return {name: value for name, value in key.items() if name != "fresh"}


def _stored_n(entry: Entry, stream: str) -> int:
    return entry.stored_streams.get(stream, 0)


def by_collection(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.kind.name].append(entry)
    return grouped


async def write_each(
    db: Database, entries: Sequence[Entry], *, commit: str, updated_at: datetime
) -> dict[Place, Exception | None]:
    """Store entries independently of each other; the places that were not stored.

    None as the reason: the document had moved on. ``UniqueViolation`` and ``CannotBeStored``: it never
    will be. Any other error leaves unknown what became of it.
    """
    failed: dict[Place, Exception | None] = {}
    for name, group in by_collection(entries).items():
        try:
            failed.update(await _write_group(db, name, group, commit, updated_at))
        except PyMongoError as error:
            failed.update(dict.fromkeys(((name, entry.id) for entry in group), error))
    stored = [entry for entry in entries if entry.rows and (entry.kind.name, entry.id) not in failed]
    try:
        await move_rows(db, [_row(row, updated_at) for entry in stored for row in entry.rows])
    except PyMongoError as error:
        failed.update(dict.fromkeys(((entry.kind.name, entry.id) for entry in stored), error))
    return failed


async def _write_group(
    db: Database, name: str, group: Sequence[Entry], commit: str, updated_at: datetime
) -> dict[Place, Exception | None]:
    """What a broken connection leaves unknown is settled by looking for ``commit`` in the documents."""
    writes = [write_for(entry, commit=commit, updated_at=updated_at) for entry in group]
    updates = sum(1 for write in writes if isinstance(write, UpdateOne))
    failed: dict[Place, Exception | None] = {}
    try:
        done = await db[name].bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        details = dict(error.details or {})
        for each in details.get("writeErrors", ()):
            place = (name, group[each["index"]].id)
            failed[place] = _refused(place, each)
        suspects = [entry for entry in group if (name, entry.id) not in failed]
        failed.update(await _not_stored(db, name, suspects, commit))
    except UNSTORABLE as error:
        if len(group) == 1:
            place = (name, group[0].id)
            return {place: CannotBeStored(place, str(error))}
        for entry in group:
            failed.update(await _write_group(db, name, [entry], commit, updated_at))
        # Some may have been stored before the driver came to the one that it cannot write.
        unsure = [entry for entry in group if failed.get((name, entry.id), commit) is None]
        lost = await _not_stored(db, name, unsure, commit)
        failed = {place: why for place, why in failed.items() if why is not None or place in lost}
    else:
        if done.matched_count != updates or done.inserted_count != len(writes) - updates:
            failed.update(await _not_stored(db, name, group, commit))
    return failed


def _refused(place: Place, detail: Document) -> Exception | None:
    if detail["code"] != DUPLICATE_KEY:
        return CannotBeStored(place, str(detail.get("errmsg")))
    return None if list(detail.get("keyPattern", {})) == ["_id"] else UniqueViolation(place, detail)


async def _not_stored(
    db: Database, name: str, entries: Sequence[Entry], commit: str
) -> dict[Place, Exception | None]:
    ids = [entry.id for entry in entries]
    stored = await db[name].distinct("_id", {"_id": {"$in": ids}, "commits": commit})
    return dict.fromkeys(((name, each) for each in set(ids) - set(stored)), None)


class Stale(Exception):
    """Documents moved on while a transaction was being decided; nothing of it is stored."""

    def __init__(self, places: Iterable[Place]) -> None:
        super().__init__("stale")
        self.places = frozenset(places)


async def write_together(
    db: Database, session: Session, entries: Sequence[Entry], *, updated_at: datetime
) -> None:
    """Store entries inside the session's transaction: all of them, or ``Stale``/``UniqueViolation``."""
    for name, group in by_collection(entries).items():
        writes = [write_for(entry, commit=None, updated_at=updated_at) for entry in group]
        updates = sum(1 for write in writes if isinstance(write, UpdateOne))
        try:
            done = await db[name].bulk_write(writes, ordered=True, session=session)
        except BulkWriteError as error:
            [first] = (error.details or {})["writeErrors"]
            place = (name, group[first["index"]].id)
            if first["code"] == DUPLICATE_KEY and list(first.get("keyPattern", {})) != ["_id"]:
                raise UniqueViolation(place, first) from error
            if first["code"] == DUPLICATE_KEY:
                raise Stale([place]) from error
            raise
        if done.matched_count != updates:
            raise Stale((name, entry.id) for entry in group)
    await move_rows(db, [_row(row, updated_at) for entry in entries for row in entry.rows], session)
