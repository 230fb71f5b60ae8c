"""From outboxes to Kafka: in order per aggregate, at least once, off the request path.

A lane per document keeps what is on its way: a save or the sweep that offers the same events again
adds nothing. Within a lane nothing is sent before everything earlier is acknowledged, so that the
first occurrences of an aggregate's events stand in the log in their order whatever fails.
"""

import asyncio
import logging
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiokafka.errors import (
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    UnknownProducerId,
)
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from infra.chassis.clock import Clock
from infra.chassis.events.late import Outboxes
from infra.chassis.events.outbox import OutboxItem, Sender, StateItem, trimming
from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.mongo import ONE, Database
from infra.chassis.store.unit import Place

SWEEP_AGE = timedelta(seconds=2)
SWEEP_LIMIT = 500
MAX_WAITING = 20_000
IDLE_LANES_KEPT_SECONDS = 10.0
PROBES = 20
"""While nothing gets through, so many lanes try again in a turn, whoever they are; the first that gets
through wakes the others."""
SETTLING_SECONDS = 5.0
"""After an outage each process publishes what it has on its way; only then what others may have left."""
PROBING_SECONDS = 10.0
SAID_AGAIN_SECONDS = 30.0
"""An outage is not told of more often: it fails for each of the documents that wait."""
LOST_ITS_PLACE = (
    OutOfOrderSequenceNumber,
    UnknownProducerId,
    InvalidProducerIdMapping,
    InvalidProducerEpoch,
    ProducerFenced,
)
"""A producer whose numbering the broker does not follow any more is refused until it is replaced."""


@dataclass
class _Lane:
    waiting: list[OutboxItem] = field(default_factory=list)
    offered: dict[str, int] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None
    waiting_since: float = 0.0
    asked_at: float | None = None
    idle_since: float = 0.0
    swept: bool = False


class Publisher:
    """Publishes what is offered and trims it from its document once acknowledged."""

    retry_seconds = 0.25

    def __init__(
        self,
        db: Database,
        send: Sender,
        system_clock: Clock,
        *,
        states: Mapping[str, Collection[Any]],
        state_item: StateItem,
        log: logging.Logger,
    ) -> None:
        self._db = db
        self._send = send
        self._clock = system_clock
        self._states = states
        self._state_item = state_item
        self._log = log
        self._outboxes = Outboxes(db)
        self._lanes: dict[Place, _Lane] = {}
        self._trims: dict[Place, dict[str, set[int]]] = {}
        self._moved: dict[Place, set[str]] = {}
        self._trimming: asyncio.Task[None] | None = None
        self._again: dict[asyncio.Future[Any], float] = {}
        self._owed: dict[Place, Collection[Any]] = {}
        self._closing = False
        self.published = 0
        self._failing_since: float | None = None
        self._through = asyncio.Event()
        self._held = 0
        self._say_at = 0.0
        self._lost_its_place = False
        self._answered_at = 0.0
        self._settled_at = 0.0

    @property
    def silent_seconds(self) -> float:
        """How long the event that has waited longest has gone without Kafka's acknowledgement."""
        waiting = [lane.waiting_since for lane in self._lanes.values() if lane.task is not None]
        return asyncio.get_running_loop().time() - min(waiting) if waiting else 0.0

    @property
    def stuck_seconds(self) -> float:
        """How long the sender has been of no use: for ever, once the broker follows it no more.

        It has taken nothing while there was something to take, or it owes an answer: an idempotent
        producer goes on trying by itself, so that its answer may never come.
        """
        if self._lost_its_place:
            return math.inf
        since = [lane.asked_at for lane in self._lanes.values() if lane.asked_at is not None]
        since.extend(self._again.values())
        if self._failing_since is not None:
            since.append(self._failing_since)
        return asyncio.get_running_loop().time() - min(since) if since else 0.0

    def begin_again(self) -> None:
        """The sender has been replaced: what the old one owes an answer for goes to the new one."""
        self._gets_through()
        self._lost_its_place = False
        for place, lane in self._lanes.items():
            if lane.task is not None and lane.asked_at is not None:
                lane.task.cancel()
                self._start(place, lane)
        for sent in self._again:
            sent.cancel()

    @property
    def waiting(self) -> int:
        """Events offered and not yet acknowledged."""
        return sum(len(lane.waiting) for lane in self._lanes.values() if lane.task is not None)

    @property
    def busy(self) -> bool:
        return self._trimming is not None or any(lane.task is not None for lane in self._lanes.values())

    def offer(self, place: Place, outbox: Sequence[OutboxItem]) -> None:
        """Publish a document's whole outbox, but for what this process has on its way already."""
        if self._closing or not outbox:
            return
        lane = self._lanes.get(place)
        if lane is None:
            if len(self._lanes) > MAX_WAITING:
                return
            lane = self._lanes[place] = _Lane()
        for item in outbox:
            if item["n"] > lane.offered.get(item["stream"], 0):
                lane.offered[item["stream"]] = item["n"]
                lane.waiting.append(item)
        if lane.waiting and lane.task is None:
            lane.waiting_since = asyncio.get_running_loop().time()
            self._start(place, lane)

    def _start(self, place: Place, lane: _Lane) -> None:
        lane.asked_at = None
        lane.task = asyncio.create_task(self._drain(place, lane))

    def moved(self, place: Place, rows: Iterable[str]) -> None:
        """These rows have reached their own collection: the next trim takes them out of the document."""
        self._moved.setdefault(place, set()).update(rows)

    async def _drain(self, place: Place, lane: _Lane) -> None:
        try:
            while lane.waiting:
                if asyncio.get_running_loop().time() - lane.waiting_since > SWEEP_AGE.total_seconds():
                    await self._look_again(place, lane)
                    if not lane.waiting:
                        return
                batch = tuple(lane.waiting)
                lane.asked_at = asyncio.get_running_loop().time()
                acknowledged = await self._publish(batch)
                lane.asked_at = None
                if acknowledged:
                    lane.waiting_since = asyncio.get_running_loop().time()
                    self._trim(place, batch[:acknowledged])
                    del lane.waiting[:acknowledged]
                if acknowledged < len(batch):
                    if self._closing:
                        return
                    await self._turn()
        finally:
            if lane.task is asyncio.current_task():
                lane.task, lane.asked_at, lane.swept = None, None, False
                lane.idle_since = asyncio.get_running_loop().time()

    async def _look_again(self, place: Place, lane: _Lane) -> None:
        """Drop what another process has published while it waited here."""
        waited = tuple(lane.waiting)
        gone = await self._outboxes.published(place, waited)
        # What was offered meanwhile is newer than the look, and stands behind.
        lane.waiting = [item for item in waited if item not in gone] + lane.waiting[len(waited) :]
        if gone and (state := self._states.get(place[0])) is not None:
            # What was sent from here and never answered may still come to stand behind it.
            self._owed[place] = state
        elif gone:
            self._trim(place, gone)

    async def _turn(self) -> None:
        """Until a lane may try again. Thousands that try four times a second would be all that happens."""
        if self._failing_since is None:
            await asyncio.sleep(self.retry_seconds)
            return
        self._held += 1
        turns = random.expovariate(1.0) * self._held / PROBES if self._held > PROBES else 1.0
        try:
            await asyncio.wait_for(self._through.wait(), self.retry_seconds * turns)
        except TimeoutError:
            return
        finally:
            self._held -= 1

    def _gets_through(self) -> None:
        self._failing_since = None
        self._through.set()

    def _say(self, what: str, error: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._say_at:
            self._say_at = now + SAID_AGAIN_SECONDS
            self._log.warning("%s: %s (%d events wait)", what, error, self.waiting)

    async def _publish(self, batch: Sequence[OutboxItem]) -> int:
        """Send in order; how many from the start of ``batch`` Kafka has acknowledged."""
        futures: list[asyncio.Future[Any]] = []
        try:
            for item in batch:
                futures.append(await self._send(item))
        except Exception as error:
            self._say("Kafka takes no events", error)
            self._look_at(error)
        results = await asyncio.gather(*futures, return_exceptions=True)
        acknowledged = 0
        for result in results:
            if isinstance(result, BaseException):
                self._say("an event was not acknowledged", result)
                self._look_at(result)
                break
            acknowledged += 1
        self.published += acknowledged
        if acknowledged:
            self._answered_at = asyncio.get_running_loop().time()
            self._gets_through()
        elif self._failing_since is None:
            self._failing_since = asyncio.get_running_loop().time()
            self._through.clear()
        return acknowledged

    def _look_at(self, error: BaseException) -> None:
        if isinstance(error, LOST_ITS_PLACE) and not self._lost_its_place:
            self._lost_its_place = True
            self._log.warning("Kafka does not follow the producer any more: %r", error)

    def _trim(self, place: Place, items: Sequence[OutboxItem]) -> None:
        sent = self._trims.setdefault(place, {})
        for item in items:
            sent.setdefault(item["stream"], set()).add(item["n"])
        if self._trimming is None:
            self._trimming = asyncio.create_task(self._trim_all())

    async def _trim_all(self) -> None:
        try:
            while self._trims:
                trims, self._trims = self._trims, {}
                try:
                    await self._trim_once(trims)
                except PyMongoError as error:
                    self._log.warning("published events stay in their outboxes for now: %s", error)
        finally:
            self._trimming = None

    async def _trim_once(self, trims: Mapping[Place, Mapping[str, set[int]]]) -> None:
        writes: dict[str, list[UpdateOne]] = {}
        for (name, id), sent in trims.items():
            rows = self._moved.pop((name, id), ())
            if name in self._states:
                await self._trim_state(self._states[name], id, sent, rows)
            else:
                writes.setdefault(name, []).append(UpdateOne({"_id": id}, trimming(sent, rows)))
        for name, updates in writes.items():
            # What a failover would bring back is published once more, and its readers know it.
            unhurried = self._db[name].with_options(write_concern=ONE)
            await unhurried.bulk_write(updates, ordered=False)

    async def _trim_state(
        self, kind: Collection[Any], id: str, sent: Mapping[str, set[int]], rows: Iterable[str] = ()
    ) -> None:
        """Trim, and send the present state again where an older one may have been sent after it.

        That is so when a record is gone already (another process published it, and perhaps a later
        one too) or the document has events that this process was never offered: compaction keeps
        the last record, not the highest version.
        """
        documents = self._db[kind.name]
        before: Document | None = await documents.find_one_and_update({"_id": id}, trimming(sent, rows))
        if before is None:
            return
        there = {(item["stream"], item["n"]) for item in before.get("outbox", ())}
        gone = any((stream, n) not in there for stream, numbers in sent.items() for n in numbers)
        if gone or self._is_newer((kind.name, id), before.get("streams", {})):
            await self.send_state_again(kind, id)

    def _is_newer(self, place: Place, streams: Mapping[str, int]) -> bool:
        """Whether a document has had events that this process was never offered."""
        offered = self._lanes[place].offered if place in self._lanes else {}
        return any(n > offered.get(stream, 0) for stream, n in streams.items())

    async def send_state_again(self, kind: Collection[Any], id: str) -> bool:
        """Publish the present state beside the outbox as it stands; False: the sweep will do it."""
        document = await self._db[kind.name].find_one({"_id": id})
        if document is None or kind.state is None:
            return True
        try:
            await self._sent(self._state_item(kind, document))
        except Exception as error:
            self._log.warning("the state of %s/%s goes again with the sweep: %s", kind.name, id, error)
            self._owed[kind.name, id] = kind
            return False
        after = await self._db[kind.name].find_one({"_id": id}, {"version": 1})
        if after is not None and after["version"] != document["version"]:
            return await self.send_state_again(kind, id)
        return True

    async def _sent(self, item: OutboxItem) -> None:
        sent = await self._send(item)
        self._again[sent] = asyncio.get_running_loop().time()
        try:
            await asyncio.wait([sent])
        finally:
            del self._again[sent]
        if sent.cancelled():
            raise ConnectionError("the sender was replaced")
        sent.result()

    async def sweep(self, names: Sequence[str]) -> int:
        """Offer what has lain in outboxes for 2 s: left by a crash, a restart or another process."""
        overdue = self._clock.now() - SWEEP_AGE
        offered, room = 0, self._room()
        for name in names:
            left = self._db[name].find({"outbox.0.at": {"$lte": overdue}}, {"_id": 1})
            oldest = await left.sort("outbox.0.at", 1).to_list(MAX_WAITING)
            # What waits for a partition without a leader leaves room for the others.
            ids = [each["_id"] for each in oldest if not self._is_on_its_way((name, each["_id"]))]
            if chosen := ids[: room - offered]:
                found = self._db[name].find({"_id": {"$in": chosen}}, {"outbox": 1})
                for document in await found.to_list(None):
                    self.offer(place := (name, document["_id"]), document["outbox"])
                    if place in self._lanes:
                        self._lanes[place].swept = True
                    offered += 1
        owed, self._owed = self._owed, {}
        for (_, id), kind in owed.items():
            await self.send_state_again(kind, id)
        self._forget_idle()
        return offered

    def _room(self) -> int:
        """How many documents a sweep may offer.

        In an outage what lies there for long is mostly what other processes have on their way: offered by
        all of them it would be in the log as often. Few are enough to notice that Kafka answers again.
        """
        now = asyncio.get_running_loop().time()
        asked = [lane.asked_at for lane in self._lanes.values() if lane.asked_at is not None]
        since = min(asked, default=now) if self._failing_since is None else self._failing_since
        if now - max(since, self._answered_at) > SWEEP_AGE.total_seconds():
            self._settled_at = now + SETTLING_SECONDS
        if now >= self._settled_at:
            return SWEEP_LIMIT
        # Those that hang for longer hang on a partition without a leader: they leave room for the others.
        probing = (lane for lane in self._lanes.values() if lane.swept and lane.task is not None)
        return PROBES - sum(lane.waiting_since > now - PROBING_SECONDS for lane in probing)

    def _is_on_its_way(self, place: Place) -> bool:
        return place in self._lanes and self._lanes[place].task is not None

    def _forget_idle(self) -> None:
        limit = asyncio.get_running_loop().time() - IDLE_LANES_KEPT_SECONDS
        idle = [place for place, lane in self._lanes.items() if lane.task is None and lane.idle_since < limit]
        for place in idle:
            del self._lanes[place]

    async def close(self, grace_seconds: float) -> None:
        """Finish what is on its way, within ``grace_seconds``; the rest stays in its outbox."""
        self._closing = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                task.cancel()
        if self._trimming is not None:
            await asyncio.wait([self._trimming], timeout=2)
