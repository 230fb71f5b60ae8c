"""Fill the memory of a round: one query per collection, however many use cases wait for it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from infra.chassis.store.collection import A_STRING, Document, Kind, Ref, Where
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Entry, Memory, Unreadable


async def load(db: Database, memory: Memory, wants: Iterable[Ref | Where]) -> None:
    """Load what is wanted and not yet in memory."""
    kinds: dict[str, Kind[Any]] = {}
    ids: dict[str, set[str]] = defaultdict(set)
    values: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for want in wants:
        if memory.loaded(want):
            continue
        kinds[want.kind.name] = want.kind
        if isinstance(want, Ref):
            ids[want.kind.name].add(want.id)
        else:
            values[want.kind.name, want.field].add(want.value)
    queries = [
        db[name].find({"_id": {"$in": sorted(wanted)}}, session=memory.snapshot).to_list(None)
        for name, wanted in ids.items()
    ]
    # A session is asked one thing at a time.
    found_in = [await query for query in queries] if memory.snapshot else await asyncio.gather(*queries)
    for (name, wanted), found in zip(ids.items(), found_in, strict=True):
        for document in found:
            remember(memory, kinds[name], document)
        for missing in wanted - {document["_id"] for document in found}:
            memory.entries[name, missing] = Entry(kinds[name], missing, None)
    for (name, field), wanted_values in values.items():
        texts = A_STRING if all(isinstance(value, str) for value in wanted_values) else {}
        query = {field: {"$in": list(wanted_values), **texts}}
        for document in await db[name].find(query, session=memory.snapshot).to_list(None):
            entry = memory.entries.get((name, document["_id"]))
            # What somebody has changed since it was read is looked at as it is now, unless this round
            # has changed it as well: that cannot be stored, and all of it is decided again.
            if entry is None or (not entry.changed and entry.version != document["version"]):
                remember(memory, kinds[name], document)
        memory.wheres.update((name, field, value) for value in wanted_values)


def remember(memory: Memory, kind: Kind[Any], document: Document) -> None:
    """Put one stored document into memory; one that cannot be read fails those who look at it."""
    try:
        entry = entry_of(kind, document)
    except Exception as error:
        entry = Entry(kind, document["_id"], None, unreadable=Unreadable(kind, document, error))
    memory.entries[kind.name, document["_id"]] = entry


def entry_of(kind: Kind[Any], document: Document) -> Entry:
    """A stored document as the runners work with it."""
    value = None if document.get("erased") else kind.decode(document)
    version = document["version"]
    return Entry(
        kind=kind,
        id=document["_id"],
        value=value,
        version=version,
        epoch=document.get("epoch", 0),
        # Where all of it is still as an older schema had it nothing counts as written.
        stored=value if document.get("schema", 1) >= kind.schema else None,
        stored_version=version,
        streams=document.get("streams", {}),
        stored_streams=document.get("streams", {}),
        outbox=tuple(document.get("outbox", ())),
        keys=tuple(document.get("keys", ())),
    )
