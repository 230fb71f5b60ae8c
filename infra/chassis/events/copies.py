"""Read copies: other services' public states, applied when their version is higher."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import bson
from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from contracts.envelope import Envelope, State
from infra.chassis.events import parked
from infra.chassis.events.parser import Incoming, Reason
from infra.chassis.store.collection import Document, ReadCopy
from infra.chassis.store.runner import Store
from infra.chassis.store.writing import DUPLICATE_KEY

Ranked = tuple[tuple[int, int], ReplaceOne[Document]]


class Copies:
    """Keeps a service's read copies. No inbox: a state that is not newer changes nothing."""

    def __init__(self, store: Store, copies: Sequence[ReadCopy[Any]]) -> None:
        self._store = store
        self._by_type: dict[str, ReadCopy[Any]] = {}
        for copy in copies:
            self._by_type[copy.model.TYPE] = copy
            self._by_type[copy.model.ERASED] = copy

    async def apply(self, incoming: Sequence[Incoming]) -> list[Incoming]:
        """Apply states, newest first where several are of one id; those that cannot be read come back."""
        newest: dict[tuple[str, str], Ranked] = {}
        broken: list[Incoming] = []
        references: set[str] = set()
        for each in incoming:
            envelope = each.envelope
            assert envelope is not None
            copy = self._by_type.get(envelope.type)
            if copy is None:
                continue
            try:
                body = self._body(copy, envelope, each.record.value)
            except Exception as error:
                broken.append(replace(each, envelope=None, reason=Reason("invalid-body", str(error)[:2000])))
                continue
            rank = (envelope.epoch, envelope.sequence)
            place = (copy.name, envelope.subject)
            references.add(f"{copy.noun}/{envelope.subject}")
            if place not in newest or newest[place][0] < rank:
                newest[place] = (rank, self._replacement(envelope, body))
        await self._write(newest)
        if references:
            await self._announce(references)
        return broken

    async def _announce(self, references: set[str]) -> None:
        await parked.arrived(self._store.db, references, self._store.system_clock.now())

    def _replacement(self, envelope: Envelope, body: Document) -> ReplaceOne[Document]:
        """An upsert that a newer copy refuses: its filter misses it, and its id is taken."""
        rank = {"epoch": envelope.epoch, "version": envelope.sequence}
        older = [
            {"epoch": {"$lt": envelope.epoch}},
            {"epoch": envelope.epoch, "version": {"$lt": envelope.sequence}},
        ]
        return ReplaceOne({"_id": envelope.subject, "$or": older}, {**body, **rank}, upsert=True)

    def _body(self, copy: ReadCopy[Any], envelope: Envelope, value: bytes | None) -> Document:
        if value is None:
            if envelope.type != copy.model.ERASED:
                raise ValueError(f"a null value needs the type {copy.model.ERASED}")
            return {"erased": True}
        state = self._store.catalogue.decode(envelope, value)
        if not isinstance(state, State):
            raise TypeError(f"{envelope.type} is not a state")
        body = {**copy.encode(state), "schema": copy.schema, "erased": False}
        bson.encode(body)  # what cannot be stored fails here, alone, and not with its whole batch
        return body

    async def _write(self, newest: Mapping[tuple[str, str], "Ranked"]) -> None:
        by_name: dict[str, list[ReplaceOne[Document]]] = {}
        for (name, _), (_, replacement) in newest.items():
            by_name.setdefault(name, []).append(replacement)
        for name, replacements in by_name.items():
            # Refused by a copy that is newer, or by the first one of its id, made at the same moment.
            await self._refused(name, await self._refused(name, replacements))

    async def _refused(
        self, name: str, replacements: list[ReplaceOne[Document]]
    ) -> list[ReplaceOne[Document]]:
        """Write what is newer than what is there; the others come back."""
        if not replacements:
            return []
        try:
            await self._store.db[name].bulk_write(replacements, ordered=False)
        except BulkWriteError as error:
            refused = (error.details or {})["writeErrors"]
            if any(each["code"] != DUPLICATE_KEY for each in refused):
                raise
            return [replacements[each["index"]] for each in refused]
        return []
