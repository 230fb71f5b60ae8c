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
TURN = timedelta(hours=1)
"""So long a process that died in its turn keeps the others from it."""


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
        """Do it unless it was done within the last day, in this epoch."""
        if self._states and await self._take_turn():
            try:
                await self.run()
            except BaseException:
                await self._end_turn({})
                raise
            await self._end_turn({"at": self._store.system_clock.now(), "epoch": self._store.epoch})

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
        due = [
            {"at": {"$lte": now - EVERY}},
            {"at": {"$exists": False}},
            {"epoch": {"$ne": self._store.epoch}},
        ]
        free = [{"begun": {"$lte": now - TURN}}, {"begun": {"$exists": False}}]
        try:
            await self._store.db["meta"].update_one(
                {"_id": "resend", "$and": [{"$or": due}, {"$or": free}]},
                {"$set": {"begun": now}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def _end_turn(self, done: Mapping[str, Any]) -> None:
        change: dict[str, Any] = {"$unset": {"begun": ""}}
        if done:
            change["$set"] = done
        await self._store.db["meta"].update_one({"_id": "resend"}, change)

    async def _run_for(self, kind: Collection[Any]) -> int:
        last: dict[str, tuple[int, int]] = {}
        topic = self._topic(kind)
        if topic is None:
            return 0
        begun = self._store.system_clock.now()
        async for record in self._consumer.scan(topic):
            try:
                envelope = read_envelope(record.topic, record.key, record.headers)
            except Unreadable:
                continue
            last[envelope.subject] = (envelope.epoch, envelope.sequence)
        again = 0
        # What was saved since may have been published behind what was read.
        settled = {"outbox.0": {"$exists": False}, "updated_at": {"$lt": begun}}
        async for document in self._store.db[kind.name].find(settled, {"version": 1}):
            present = (self._store.epoch, document["version"])
            if last.get(document["_id"], (0, 0)) < present:
                if not await self._publisher.send_state_again(kind, document["_id"]):
                    raise ConnectionError(f"Kafka does not take the states of {kind.name}")
                again += 1
        return again

    def _topic(self, kind: Collection[Any]) -> str | None:
        model = kind.published
        return None if model is None else self._store.catalogue.topic_for(model).name
