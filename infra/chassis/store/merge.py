"""Fold what a use case changed into the memory of its round, with its events encoded."""

from collections.abc import Iterable
from dataclasses import replace

from infra.chassis.events.outbox import OutboxItem, Stamp, check_room, outbox_item
from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.unit import Change, Entry, Memory, Place, Unit


def merge(
    memory: Memory, unit: Unit, stamp: Stamp, key: Document | None = None, looked_in: Iterable[Place] = ()
) -> tuple[Place, ...]:
    """Apply a unit's changes to ``memory``; the places it touched, in the order it touched them.

    ``key`` is an idempotency record to leave in the first document changed of those that a repetition
    is ``looked_in``. Nothing is applied when any of the events cannot be encoded or kept.
    """
    fresh = {(change.kind.name, change.value.id): _changed(memory, change, stamp) for change in unit.changes}
    for row in unit.rows:
        owner = row.kind.rows_of(row.value) if row.kind.rows_of else None
        if owner not in fresh:
            raise TypeError(f"{row.place} is written beside {owner}, which this run does not change")
        fresh[owner] = replace(fresh[owner], rows=(*fresh[owner].rows, row))
    if key is not None and fresh:
        place = next((place for place in looked_in if place in fresh), None)
        if place is None:
            raise TypeError(f"a key has to lie where a repetition looks: loads() names none of {list(fresh)}")
        fresh[place] = replace(fresh[place], keys=(*fresh[place].keys, key))
    memory.entries.update(fresh)
    return tuple(fresh)


def _changed(memory: Memory, change: Change, stamp: Stamp) -> Entry:
    kind: Collection[object] = change.kind
    id: str = change.value.id
    entry = memory.entries.get((kind.name, id)) or Entry(kind, id, None)
    version = entry.version + 1
    streams = dict(entry.streams)
    items: list[OutboxItem] = []
    customer = kind.customer(change.value) if kind.customer else None

    def number(stream: str) -> int:
        streams[stream] = streams.get(stream, 0) + 1
        return streams[stream]

    for fact, at in change.facts:
        n = number(stamp.catalogue.topic_for(type(fact)).stream)
        items.append(
            outbox_item(
                fact,
                model=type(fact),
                aggregate_id=id,
                key=kind.key(change.value) if kind.key else id,
                customer=customer,
                n=n,
                sequence=n,
                occurred_at=at,
                stamp=stamp,
            )
        )
    if kind.state is not None and kind.published is not None:
        state = None if change.erased else kind.state(change.value)
        model = kind.published
        items.append(
            outbox_item(
                state,
                model=model,
                aggregate_id=id,
                key=id,
                customer=customer,
                n=number(stamp.catalogue.topic_for(model).stream),
                sequence=version,
                occurred_at=stamp.recorded_at,
                stamp=stamp,
            )
        )
    outbox = entry.outbox + tuple(items)
    if items:
        check_room(outbox, stamp.limits)
    return Entry(
        kind=kind,
        id=id,
        value=None if change.erased else change.value,
        version=version,
        epoch=stamp.epoch,
        stored=entry.stored,
        stored_version=entry.stored_version,
        streams=streams,
        stored_streams=entry.stored_streams,
        outbox=outbox,
        keys=entry.keys,
        blank=change.value if change.erased else None,
        rows=entry.rows,
    )
