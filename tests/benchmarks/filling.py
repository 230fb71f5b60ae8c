"""Many tickets stored, fast: copies of what the services themselves wrote while some were lived.

What the four databases tell of such a ticket is copied as it lies there, with ids, number, client and instant
replaced by others of the same length: no encoder of ours, and no second idea of what a document looks like.
"""

import asyncio
import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient, WriteConcern

OF_A_TICKET: Mapping[str, Sequence[str]] = {
    "ticket": ("tickets", "timeline"),
    "dispatch": ("visits", "ticket_clocks", "reports"),
    "inventory": ("reservations", "movements"),
    "notify": ("notices", "deliveries"),
}
KEPT_OF_EACH = 2
"""A ticket has a dozen lines on its timeline and five deliveries: two of each do."""
AT_ONCE = 500
CLIENTS = 100
"""One ticket in a hundred is of the benchmarks' own client, under his own contract."""
PAST = timedelta(days=730)

_DIGEST = re.compile(r"[0-9a-f]{40}")
_CHANGED = re.compile(rb"\x09updated_at\x00.{8}", re.DOTALL)
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

Place = tuple[str, str]
"""A service and a collection of its."""


@dataclass(frozen=True)
class Template:
    """A ticket that was lived, and what is stored of it."""

    id: str
    number: str
    documents: Mapping[Place, Sequence[bytes]]

    def copies(self, place: Place, n: int, at: datetime) -> Iterator[RawBSONDocument]:
        """The documents of the ``n``-th other ticket there, last changed at ``at``."""
        changed = b"\x09updated_at\x00" + struct.pack("<q", int(at.timestamp() * 1000))
        client = n % CLIENTS
        for raw in self.documents[place]:
            copy = raw.replace(self.id.encode(), f"{n:08x}{self.id[8:]}".encode())
            copy = copy.replace(self.number.encode(), f"X{n:0{len(self.number) - 1}d}".encode())
            if client:
                copy = copy.replace(_text("acme"), _text(f"c{client:03d}"))
                copy = copy.replace(_text("care"), _text(f"k{client:03d}"))
            yield RawBSONDocument(_CHANGED.sub(lambda _: changed, copy))


def _text(value: str) -> bytes:
    """A string as a BSON document holds it."""
    return struct.pack("<i", len(value) + 1) + value.encode() + b"\x00"


class Filler:
    """Copies tickets that were lived, ``already`` of them so far."""

    def __init__(self, client: AsyncMongoClient[Any], prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._templates: list[Template] = []
        self.already = 0

    async def learn(self, ids: Iterable[str]) -> None:
        """Take these tickets as what others are like."""
        for id in ids:
            documents = {place: await self._found(place, id) for place in _places()}
            ticket = bson.decode(documents["ticket", "tickets"][0])
            self._templates.append(Template(id, ticket["number"], documents))

    async def fill(self, tickets: int) -> None:
        """Store others until there are so many."""
        await asyncio.gather(*(self._fill(place, tickets) for place in _places()))
        self.already = tickets

    async def _found(self, place: Place, id: str) -> list[bytes]:
        # Few are stored yet, and what names a ticket is another field in each collection.
        # What is large comes as a view of what was read, which knows nothing of texts within it.
        stored = [bytes(document.raw) async for document in self._collection(place).find()]
        found = [raw for raw in stored if id.encode() in raw]
        return found[-KEPT_OF_EACH:]

    async def _fill(self, place: Place, tickets: int) -> None:
        collection, now = self._collection(place), datetime.now(UTC)
        batch: list[RawBSONDocument] = []
        for n in range(self.already, tickets):
            template = self._templates[n % len(self._templates)]
            at = now - PAST * (1 - n / max(tickets, 1))
            batch += (_renamed(copy, template, n) for copy in template.copies(place, n, at))
            if len(batch) >= AT_ONCE:
                await collection.insert_many(batch, ordered=False)
                batch = []
        if batch:
            await collection.insert_many(batch, ordered=False)

    def _collection(self, place: Place) -> Any:
        service, name = place
        db = self._client[f"{self._prefix}_{service}"]
        return db.get_collection(name, codec_options=_RAW, write_concern=WriteConcern(1))


def _places() -> Iterator[Place]:
    return ((service, name) for service, names in OF_A_TICKET.items() for name in names)


def _renamed(copy: RawBSONDocument, template: Template, n: int) -> RawBSONDocument:
    """With an id of its own where that does not come from the ticket's."""
    id = copy["_id"]
    if template.id[8:] in id:
        return copy
    another = f"{n:08x}{id[8:]}" if _DIGEST.fullmatch(id) else f"{id}.{n}"
    return RawBSONDocument(bson.encode({**bson.decode(copy.raw), "_id": another}))
