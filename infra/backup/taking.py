"""Take a backup of running services: how far each group has read, then the databases, then what is unread."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pymongo.errors import OperationFailure

from contracts.catalogue import CATALOGUE, SERVICES
from infra.backup.archive import COLLECTION, DOCUMENTS, END, FORMAT, HEADER, RECORD, VERSION, ArchiveWriter
from infra.chassis.events.groups import Groups, Place, groups_of
from infra.chassis.failed import Failed
from infra.chassis.store.mongo import Client, Session, collections_of, open_snapshot

TRIES = 3
AGAIN_SECONDS = 1.0
SNAPSHOT_TOO_OLD = 239
SNAPSHOT_UNAVAILABLE = 246


@dataclass(frozen=True)
class Source:
    """Whose state is taken, and as what the services name things there."""

    client: Client
    kafka: str
    prefix: str
    group_prefix: str

    def database(self, service: str) -> str:
        return f"{self.prefix}_{service}"

    def group(self, service: str) -> str:
        return f"{self.group_prefix}.{service}"


@dataclass(frozen=True)
class Taken:
    """What a backup holds."""

    file: str
    documents: int
    records: int
    bytes: int
    seconds: float


def places_of(service: str) -> list[Place]:
    """The partitions that a service reads."""
    return [(topic.name, n) for topic in CATALOGUE.subscribed(service) for n in range(topic.partitions)]


async def take(source: Source, path: Path, *, version: str, now: datetime, about: Mapping[str, Any]) -> Taken:
    """Write one backup to ``path``; while collections are being made it is begun again."""
    for attempt in range(1, TRIES + 1):
        try:
            return await _take(source, path, version, now, about)
        except OperationFailure as error:
            if error.code == SNAPSHOT_TOO_OLD:
                raise Failed(
                    "MongoDB does not keep the past for as long as this backup takes: raise its parameter "
                    "minSnapshotHistoryWindowInSeconds (300 by default) and begin again."
                ) from error
            if error.code != SNAPSHOT_UNAVAILABLE or attempt == TRIES:
                raise
            await asyncio.sleep(AGAIN_SECONDS)
        except OSError as error:
            if isinstance(error, ConnectionError | TimeoutError):
                raise
            raise Failed(
                f"{path} cannot be written: {error.strerror}. Free some space or name another."
            ) from error
    raise AssertionError("the last try returns or raises")


async def _take(source: Source, path: Path, version: str, now: datetime, about: Mapping[str, Any]) -> Taken:
    begun = time.monotonic()
    async with groups_of(source.kafka) as groups:
        # Before the snapshot: what a group had committed by then is in its database by then.
        read = {service: await groups.committed(source.group(service)) for service in SERVICES}
        await _collections(source)
        async with open_snapshot(source.client, source.database(SERVICES[0])) as session:
            # Once more: what was made in between may be in the snapshot.
            names = await _collections(source)
            # After the snapshot: whatever an outbox had been rid of by then lies before these ends.
            ends = await groups.bounds({place for service in SERVICES for place in places_of(service)})
            with ArchiveWriter(path) as archive:
                archive.document(
                    HEADER,
                    {
                        "format": FORMAT,
                        "version": VERSION,
                        "astreinte": version,
                        "made_at": now,
                        "cluster": await groups.cluster(),
                        "read": {name: _as_list(offsets) for name, offsets in read.items()},
                        "ends": _as_list({place: end for place, (_, end) in ends.items()}),
                        **about,
                    },
                )
                records = await _records(groups, archive, unread(read, ends))
                documents = 0
                for service, name in names:
                    documents += await _documents(source, session, archive, service, name)
                archive.document(END, {"documents": documents, "records": records})
                await asyncio.to_thread(archive.finish)
    return Taken(str(path), documents, records, archive.size, round(time.monotonic() - begun, 2))


async def _collections(source: Source) -> list[tuple[str, str]]:
    """By service, which all have some."""
    found = [
        (service, name)
        for service in SERVICES
        for name in await collections_of(source.client, source.database(service))
    ]
    if lacking := [each for each in SERVICES if each not in {service for service, _ in found}]:
        raise Failed(
            f"There is no database {source.database(lacking[0])} to back up; name the services' databases "
            "with --prefix, or start the services once."
        )
    return found


def unread(
    read: Mapping[str, Mapping[Place, int]], bounds: Mapping[Place, tuple[int, int]]
) -> dict[Place, tuple[int, int]]:
    """Of each partition what some group that reads it had not read: from where, and up to before where."""
    spans: dict[Place, tuple[int, int]] = {}
    for service, offsets in read.items():
        for place in places_of(service):
            start, end = bounds[place]
            begins = max(start, offsets.get(place, start))
            spans[place] = (min(begins, spans.get(place, (end, end))[0]), end)
    return spans


async def _records(groups: Groups, archive: ArchiveWriter, spans: Mapping[Place, tuple[int, int]]) -> int:
    count = 0
    async for record in groups.records(spans):
        if record.unparsable is None:
            archive.document(
                RECORD,
                {
                    "topic": record.topic,
                    "partition": record.partition,
                    "offset": record.offset,
                    "key": record.key,
                    "headers": [[name, value] for name, value in record.headers],
                    "value": record.value,
                },
            )
            count += 1
    return count


async def _documents(
    source: Source, session: Session, archive: ArchiveWriter, service: str, name: str
) -> int:
    archive.document(COLLECTION, {"service": service, "name": name})
    collection: Any = source.client[source.database(service)][name]
    count = 0
    async for batch in collection.find_raw_batches({}, session=session):
        await asyncio.to_thread(archive.raw, DOCUMENTS, batch)
        count += _count(batch)
    return count


def _count(batch: bytes) -> int:
    count = position = 0
    while position < len(batch):
        position += int.from_bytes(batch[position : position + 4], "little")
        count += 1
    return count


def _as_list(offsets: Mapping[Place, int]) -> list[list[Any]]:
    return [[topic, partition, offset] for (topic, partition), offset in sorted(offsets.items())]


def keep_newest(folder: Path, pattern: str, count: int) -> list[Path]:
    """Remove all but the newest ``count`` backups of a schedule; those removed."""
    old = sorted(folder.glob(pattern))[:-count]
    for each in old:
        with suppress(FileNotFoundError):
            each.unlink()
    return old
