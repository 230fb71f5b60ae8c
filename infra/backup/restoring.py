"""Bring a backup back: databases, then what the log says of a future that was taken back, then the groups."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import bson

from contracts.catalogue import CATALOGUE, SERVICES
from contracts.envelope import Envelope, State, event_id
from infra.backup import archive
from infra.backup.past import Past, number
from infra.backup.taking import Source, places_of, unread
from infra.chassis.events.groups import Groups, Place, groups_of
from infra.chassis.events.inbox import INBOX, known
from infra.chassis.events.parser import RawRecord, is_state, read
from infra.chassis.events.topics import apply_topics
from infra.chassis.failed import Failed
from infra.chassis.store.epoch import all_is_there, begin_epoch, begin_restore
from infra.chassis.store.mongo import ONE, Database, database

INSERTS_AT_ONCE = 4
SESSIONS_END_WITHIN_SECONDS = 15.0
EVENTS_AT_ONCE = 1000

T = TypeVar("T")


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    made_at: datetime
    documents: int
    epochs: Mapping[str, int]
    same_log: bool
    taken_back: int
    """Events of the log that tell of a future which is no more: nobody will apply them."""
    appended: int
    """Records that somebody had not read and Kafka has lost: they are there again."""
    seconds: float
    clock_offset_seconds: float | None = None


@dataclass(frozen=True)
class _Log:
    """What has become of the log since the backup, and how far each group had read it then."""

    same: bool
    bounds: Mapping[Place, tuple[int, int]]
    read: Mapping[str, Mapping[Place, int]]


@dataclass(frozen=True)
class _Future:
    """What the log tells of what the restore took back."""

    facts: Sequence[Envelope]
    ghosts: Sequence[tuple[Envelope, int]]
    """The last state of each aggregate that is no more, and its partition."""


async def restore(source: Source, path: Path, *, now: datetime, replace_all: bool) -> Restored:
    """All of it, or ``Failed`` before anything is changed; what breaks off later has to be begun again."""
    begun = time.monotonic()
    await asyncio.to_thread(archive.verify, path)
    header = archive.header(path)
    dbs = {service: database(source.client, source.database(service)) for service in SERVICES}
    if not replace_all:
        await _check_empty(dbs)
    await apply_topics(source.kafka)
    async with groups_of(source.kafka) as groups:
        await _check_stopped(groups, source)
        log = await _compare(groups, header)
        for db in dbs.values():
            await source.client.drop_database(db.name)
            await begin_restore(db, now)
        documents, kept = await _load(path, dbs)
        for db in dbs.values():
            await all_is_there(db, now)
        past = Past(dbs)
        future = await _future(groups, past, log) if log.same else _Future((), ())
        await _never_apply(dbs, future.facts, now)
        lacking = [each for each in kept if not log.same or each.offset < log.bounds[_place(each)][0]]
        appended = await groups.append([each async for each in _told(past, lacking)])
        await groups.append([_erasure(*each) for each in future.ghosts])
        for service in SERVICES:
            await groups.commit(source.group(service), _resume(service, log))
        epochs = {service: await begin_epoch(db, now) for service, db in dbs.items()}
    return Restored(
        header["made_at"],
        documents,
        epochs,
        log.same,
        len(future.facts) + len(future.ghosts),
        appended,
        round(time.monotonic() - begun, 2),
        header.get("clock_offset_seconds"),
    )


async def _check_empty(dbs: Mapping[str, Database]) -> None:
    for db in dbs.values():
        for name in await db.list_collection_names():
            if await db[name].find_one({}, {"_id": 1}) is not None:
                raise Failed(
                    f"The database {db.name} is not empty and what is in it would be lost: back it up "
                    "first if it is worth it, then restore with --replace."
                )


async def _check_stopped(groups: Groups, source: Source) -> None:
    """A process that was killed is a member until its session ends."""
    deadline = time.monotonic() + SESSIONS_END_WITHIN_SECONDS
    for service in SERVICES:
        while count := await groups.members(source.group(service)):
            if time.monotonic() > deadline:
                raise Failed(
                    f"{service} still runs ({count} of its processes read the topics): stop the four "
                    "services and restore again."
                )
            await asyncio.sleep(0.25)


async def _compare(groups: Groups, header: Mapping[str, Any]) -> _Log:
    """Whether the log is the one that the backup knows, or an empty one; a third is refused."""
    read = {service: _offsets(listed) for service, listed in header["read"].items()}
    ends = _offsets(header["ends"])
    bounds = await groups.bounds({place for service in SERVICES for place in places_of(service)})
    grown = all(bounds[place][1] >= end for place, end in ends.items() if place in bounds)
    if grown and await groups.cluster() == header["cluster"]:
        return _Log(True, bounds, read)
    if filled := sorted(topic for (topic, _), (start, end) in bounds.items() if start < end):
        raise Failed(
            f"{filled[0]} on this Kafka holds records that the backup does not know, and the services would "
            "take them for theirs: restore with an empty Kafka, or delete the topics of "
            "`astreinte topics list` first."
        )
    return _Log(False, bounds, read)


async def _load(path: Path, dbs: Mapping[str, Database]) -> tuple[int, list[RawRecord]]:
    """Put every document where it was; the records that somebody had not read come back."""
    kept: list[RawRecord] = []
    count = 0
    promised: dict[str, Any] = {}
    place: dict[str, Any] = {}
    under_way: set[asyncio.Task[Any]] = set()
    for kind, body in archive.frames(path):
        if kind == archive.COLLECTION:
            place = bson.decode(body)
        elif kind == archive.RECORD:
            kept.append(_record(bson.decode(body)))
        elif kind == archive.END:
            promised = bson.decode(body)
        elif kind == archive.DOCUMENTS:
            some = archive.documents(body)
            count += len(some)
            if len(under_way) >= INSERTS_AT_ONCE:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.gather(*done)
            # What is written last, to a majority's journal, makes safe what lies before it.
            collection: Any = dbs[place["service"]][place["name"]].with_options(write_concern=ONE)
            under_way.add(asyncio.create_task(collection.insert_many(some, ordered=False)))
        elif kind != archive.HEADER:
            raise Failed(
                f"{path} holds frames of a kind {kind!r} that this Astreinte does not know: use a newer."
            )
    await asyncio.gather(*under_way)
    if promised != {"documents": count, "records": len(kept)}:
        raise Failed(f"{path} promises {promised} and holds {count} documents: restore another backup.")
    return count, kept


async def _future(groups: Groups, past: Past, log: _Log) -> _Future:
    """What lies in the log behind what every group had read and no restored aggregate has told."""
    facts: list[Envelope] = []
    ghosts: dict[tuple[str, str], tuple[Envelope, int]] = {}
    page: dict[Envelope, int] = {}

    async def judge() -> None:
        for envelope, exists in await past.beyond(page):
            if not is_state(envelope):
                facts.append(envelope)
            elif not exists:
                there = ghosts.get((envelope.topic, envelope.subject))
                if there is None or _rank(there[0]) < _rank(envelope):
                    ghosts[envelope.topic, envelope.subject] = (envelope, page[envelope])
        page.clear()

    async for record in groups.records(unread(log.read, log.bounds)):
        if (envelope := read(record).envelope) is not None:
            page[envelope] = record.partition
        if len(page) >= EVENTS_AT_ONCE:
            await judge()
    await judge()
    return _Future(facts, list(ghosts.values()))


async def _never_apply(dbs: Mapping[str, Database], facts: Sequence[Envelope], now: datetime) -> None:
    """Have each reader know these facts already, so that it drops them."""
    for service, db in dbs.items():
        topics = {topic.name for topic in CATALOGUE.subscribed(service)}
        for some in _pages(sorted({each.identity for each in facts if each.topic in topics})):
            there = await known(db, some)
            if fresh := [each for each in some if each not in there]:
                await db[INBOX].insert_one({"ids": fresh, "at": now})


async def _told(past: Past, records: Sequence[RawRecord]) -> AsyncIterator[RawRecord]:
    """The records that are no future: those that nobody can read are for the services to put aside."""
    for some in _pages(records):
        envelopes = {each.place: read(each).envelope for each in some}
        beyond = {each for each, _ in await past.beyond(each for each in envelopes.values() if each)}
        for record in some:
            if envelopes[record.place] not in beyond:
                yield record


def _erasure(last: Envelope, partition: int) -> RawRecord:
    """Newer than the state that it erases, older than any of a new epoch: the id may be used again."""
    model = CATALOGUE.model_for(last.topic, last.type)
    erased = model.ERASED if model is not None and issubclass(model, State) else last.type
    after = replace(
        last,
        type=erased,
        sequence=last.sequence + 1,
        id=event_id(last.subject, number(last) + 1, last.epoch),
        actor=f"service:{last.owner}",
        causation_id=None,
        traceparent=None,
    )
    headers = tuple((name, value.encode()) for name, value in after.headers().items())
    return RawRecord(last.topic, partition, -1, last.key.encode(), headers, None)


def _resume(service: str, log: _Log) -> dict[Place, int]:
    """Where a group goes on: nowhere past what the restored database has applied."""
    offsets = log.read.get(service, {}) if log.same else {}
    return {
        place: max(log.bounds[place][0], offsets.get(place, log.bounds[place][0]))
        for place in places_of(service)
    }


def _record(document: Mapping[str, Any]) -> RawRecord:
    headers = tuple((name, value) for name, value in document["headers"])
    return RawRecord(
        document["topic"],
        document["partition"],
        document["offset"],
        document["key"],
        headers,
        document["value"],
    )


def _rank(envelope: Envelope) -> tuple[int, int]:
    return envelope.epoch, envelope.sequence


def _place(record: RawRecord) -> Place:
    return record.topic, record.partition


def _offsets(listed: Sequence[Sequence[Any]]) -> dict[Place, int]:
    return {(topic, partition): offset for topic, partition, offset in listed}


def _pages(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), EVENTS_AT_ONCE):
        yield items[start : start + EVENTS_AT_ONCE]
