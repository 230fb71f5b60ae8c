"""What restored databases say of the log: which of its events their aggregates have told."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from contracts.catalogue import CATALOGUE
from contracts.envelope import Envelope
from infra.chassis.store.epoch import read_epoch
from infra.chassis.store.mongo import Database

Told = tuple[str, str, str]
"""Owner, stream, aggregate."""


class Past:
    """The past that the restored databases hold; what the log says beyond it is a future taken back."""

    def __init__(self, dbs: Mapping[str, Database]) -> None:
        self._dbs = dbs
        self._collections: dict[str, list[str]] = {}
        self._epochs: dict[str, int] = {}

    async def beyond(self, envelopes: Iterable[Envelope]) -> list[tuple[Envelope, bool]]:
        """Those that no aggregate has told, each with whether its aggregate exists at all."""
        asked = [each for each in envelopes if each.owner in self._dbs]
        told = await self._told(asked)
        return [(each, _of(each) in told) for each in asked if await self._is_beyond(each, told)]

    async def _is_beyond(self, envelope: Envelope, told: Mapping[Told, int]) -> bool:
        """An event of an earlier epoch was judged when that epoch ended."""
        epoch = await self._epoch(envelope.owner)
        if envelope.epoch != epoch:
            return envelope.epoch > epoch
        return number(envelope) > told.get(_of(envelope), 0)

    async def _epoch(self, owner: str) -> int:
        if owner not in self._epochs:
            self._epochs[owner] = await read_epoch(self._dbs[owner], restoring=True)
        return self._epochs[owner]

    async def _told(self, envelopes: Iterable[Envelope]) -> dict[Told, int]:
        """How many events each of these aggregates has told in that stream."""
        asked: dict[tuple[str, str], set[str]] = defaultdict(set)
        for each in envelopes:
            owner, stream, subject = _of(each)
            asked[owner, stream].add(subject)
        told: dict[Told, int] = {}
        for (owner, stream), subjects in asked.items():
            field = f"streams.{stream}"
            query = {"_id": {"$in": sorted(subjects)}, field: {"$exists": True}}
            for name in await self._names(owner):
                async for document in self._dbs[owner][name].find(query, {field: 1}):
                    told[owner, stream, document["_id"]] = document["streams"][stream]
        return told

    async def _names(self, owner: str) -> Sequence[str]:
        if owner not in self._collections:
            self._collections[owner] = await self._dbs[owner].list_collection_names()
        return self._collections[owner]


def number(envelope: Envelope) -> int:
    """The event's number among those of its aggregate in its stream."""
    return int(envelope.id.rpartition(":")[2].rpartition(".")[2])


def _of(envelope: Envelope) -> Told:
    return envelope.owner, CATALOGUE.topic_named(envelope.topic).stream, envelope.subject
