"""What waited here through an outage another process may have published meanwhile.

Replicas of a service hold the same documents' events as soon as each of them has saved one. When Kafka
answers again all of them would publish all of it; whoever looks first, in an order of his own and some at a
time, finds most of it done.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from pymongo.errors import PyMongoError

from infra.chassis.events.outbox import OutboxItem
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Place

AT_ONCE = 50
"""So many documents are looked at together, and published before the next are looked at."""
BETWEEN_SECONDS = 0.1


@dataclass(frozen=True)
class Stored:
    """A document as somebody found it: what its outbox holds, and the last number of each of its streams."""

    waiting: frozenset[tuple[str, int]]
    last: Mapping[str, int]

    def has_let_go(self, item: OutboxItem) -> bool:
        """Whether the event was published and taken out.

        A server that does not know yet that it is not the primary any more may show a document from
        before the event: its numbers tell.
        """
        stream, n = item["stream"], item["n"]
        return n <= self.last.get(stream, 0) and (stream, n) not in self.waiting


class Outboxes:
    """Looks into the stored outboxes of many documents, a bounded number at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._asked: dict[Place, asyncio.Future[Stored | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def published(self, place: Place, waiting: Sequence[OutboxItem]) -> list[OutboxItem]:
        """Those that the stored document does not wait for any more; none where nobody knows.

        Each of them has to be stored by now.
        """
        stored = await self._stored(place)
        return [] if stored is None else [item for item in waiting if stored.has_let_go(item)]

    async def _stored(self, place: Place) -> Stored | None:
        if place not in self._asked:
            self._asked[place] = asyncio.get_running_loop().create_future()
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return await asyncio.shield(self._asked[place])

    async def _look(self) -> None:
        try:
            while self._asked:
                chosen = random.sample(sorted(self._asked), min(AT_ONCE, len(self._asked)))
                asked = {place: self._asked.pop(place) for place in chosen}
                found: Mapping[Place, Stored] = {}
                try:
                    with suppress(PyMongoError):
                        found = await self._read(asked)
                finally:
                    for place, answer in asked.items():
                        answer.set_result(found.get(place))
                if self._asked:
                    await asyncio.sleep(BETWEEN_SECONDS)
        finally:
            self._looking = None

    async def _read(self, places: Mapping[Place, object]) -> dict[Place, Stored]:
        found: dict[Place, Stored] = {}
        for name in sorted({name for name, _ in places}):
            ids = [id for kind, id in places if kind == name]
            shown = {"outbox.stream": 1, "outbox.n": 1, "streams": 1}
            for document in await self._db[name].find({"_id": {"$in": ids}}, shown).to_list(None):
                waits = ((item["stream"], item["n"]) for item in document.get("outbox", ()))
                found[name, document["_id"]] = Stored(frozenset(waits), document.get("streams", {}))
        return found
