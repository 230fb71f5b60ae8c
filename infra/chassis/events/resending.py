"""Once a day: send again each public state whose last record in Kafka is older than its document.

Compaction keeps the last record of an id, not the highest version, and a publisher that stood still
between a save and its send may have appended an old one long after the newest.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from contracts.envelope import Unreadable, read_envelope
from infra.chassis.events.kafka import Consumer
from infra.chassis.events.publisher import Publisher
from infra.chassis.store.collection import Collection
from infra.chassis.store.runner import Store

EVERY = timedelta(days=1)


class Resender:
    """One process of a service does it, whichever takes the day's turn first."""

    def __init__(
        self, store: Store, states: Mapping[str, Collection[Any]], publisher: Publisher, consumer: Consumer
    ) -> None:
        self._store = store
        self._states = states
        self._publisher = publisher
        self._consumer = consumer

    async def run_daily(self) -> None:
        """Do it unless it was done within the last day."""
        if self._states and await self._take_turn():
            await self.run()

    async def run(self) -> int:
        """Compare every state topic with its documents; how many states were sent again.

        After a restore all of them go again, in the new epoch: what readers have may be from a
        future that the restore took back.
        """
        again = 0
        for kind in self._states.values():
            again += await self._run_for(kind)
        return again

    async def _take_turn(self) -> bool:
        now = self._store.system_clock.now()
        try:
            taken = await self._store.db["meta"].find_one_and_update(
                {"_id": "resend", "$or": [{"at": {"$lte": now - EVERY}}, {"at": {"$exists": False}}]},
                {"$set": {"at": now}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return taken is not None

    async def _run_for(self, kind: Collection[Any]) -> int:
        last: dict[str, tuple[int, int]] = {}
        topic = self._topic(kind)
        if topic is None:
            return 0
        async for record in self._consumer.scan(topic):
            try:
                envelope = read_envelope(record.topic, record.key, record.headers)
            except Unreadable:
                continue
            last[envelope.subject] = (envelope.epoch, envelope.sequence)
        again = 0
        found = self._store.db[kind.name].find({"outbox.0": {"$exists": False}}, {"version": 1})
        async for document in found:
            present = (self._store.epoch, document["version"])
            if last.get(document["_id"], (0, 0)) < present:
                await self._publisher.send_state_again(kind, document["_id"])
                again += 1
        return again

    def _topic(self, kind: Collection[Any]) -> str | None:
        model = kind.published
        return None if model is None else self._store.catalogue.topic_for(model).name
