"""Publishers that lack one protection each."""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from faststream.kafka import KafkaBroker

from contracts.values import parse_rfc3339
from infra.chassis.events.connecting import Connected
from infra.chassis.events.kafka import Producer
from infra.chassis.events.outbox import OutboxItem, trimming
from infra.chassis.events.publisher import Publisher
from infra.chassis.events.resending import EVERY, Resender
from infra.chassis.store.collection import Collection
from infra.chassis.store.unit import Place


class NeverSweeps(Publisher):
    """What a dead process left in outboxes stays there."""

    async def sweep(self, names: Sequence[str]) -> int:
        return 0


class GoesOnAfterAFailure(Publisher):
    """An event that Kafka does not take does not hold up the next ones."""

    async def _publish(self, batch: Sequence[OutboxItem]) -> int:
        acknowledged, whole = 0, True
        for item in batch:
            try:
                await (await self._send(item))
            except ConnectionError:
                whole = False
            else:
                acknowledged += whole
        return acknowledged


class ForgetsWhatIsOnItsWay(Publisher):
    """Every offer of an outbox sends all of it."""

    def offer(self, place: Place, outbox: Sequence[OutboxItem]) -> None:
        lane = self._lanes.get(place)
        if lane is not None:
            lane.offered.clear()
        super().offer(place, outbox)


class TrimsWhatItTried(Publisher):
    """Events leave the outbox once they were handed over, acknowledged or not."""

    async def _publish(self, batch: Sequence[OutboxItem]) -> int:
        await super()._publish(batch)
        return len(batch)


class KeepsRows(Publisher):
    """Rows that have reached their collection stay in their document too."""

    def moved(self, place: Place, rows: Iterable[str]) -> None:
        pass


class KeepsRowsOfStates(Publisher):
    """Trimming a public state forgets the rows beside it."""

    async def _trim_state(
        self, kind: Collection[Any], id: str, sent: Mapping[str, set[int]], rows: Iterable[str] = ()
    ) -> None:
        await super()._trim_state(kind, id, sent)


class TrimsAsAChange(Publisher):
    """Taking published events out of a document counts as a change of it."""

    async def _trim_once(self, trims: Mapping[Place, Mapping[str, set[int]]]) -> None:
        await super()._trim_once(trims)
        for name, id in trims:
            change = {"$inc": {"version": 1}, "$set": {"updated_at": self._clock.now()}}
            await self._db[name].update_one({"_id": id}, change)


class NeverLooksBack(Publisher):
    """A state that was gone or outdated when it was trimmed is not sent again."""

    async def _trim_state(
        self, kind: Collection[Any], id: str, sent: Mapping[str, set[int]], rows: Iterable[str] = ()
    ) -> None:
        await self._db[kind.name].update_one({"_id": id}, trimming(sent))


class LooksForGapsOnly(Publisher):
    """A state is sent again where its record was gone, not where the document is newer than what was sent."""

    def _is_newer(self, place: Place, streams: Mapping[str, int]) -> bool:
        return False


class NeverComparesStates(Resender):
    """The day's comparison of state topics with their documents is not made."""

    async def run(self) -> int:
        return 0


class LosesItsTurn(Resender):
    """A comparison that failed counts as made."""

    async def _end_turn(self, done: Mapping[str, Any]) -> None:
        await super()._end_turn(done or {"at": self._store.system_clock.now(), "epoch": self._store.epoch})


class WaitsForTheDay(Resender):
    """After a restore the states are compared when the day is over."""

    async def _take_turn(self) -> bool:
        since = self._store.system_clock.now() - EVERY
        recent = await self._store.db["meta"].find_one({"_id": "resend", "at": {"$gt": since}})
        return recent is None and await super()._take_turn()


class ForgetsWhatItOwes(Publisher):
    """A state that could not be sent again waits for the day's comparison."""

    async def send_state_again(self, kind: Collection[Any], id: str) -> bool:
        sent = await super().send_state_again(kind, id)
        self._owed.clear()
        return sent


class CountsRefusalsOnly(Publisher):
    """An answer that does not come is waited for."""

    @property
    def stuck_seconds(self) -> float:
        since = self._failing_since
        return 0.0 if since is None else asyncio.get_running_loop().time() - since


class WaitsForTheOldOne(Publisher):
    """What was handed to a sender that has been replaced is not handed to the new one."""

    def begin_again(self) -> None:
        self._failing_since = None
        self._lost_its_place = False


class TakesItForAPassingRefusal(Publisher):
    """A producer that lost its place is thought to find it again."""

    @property
    def stuck_seconds(self) -> float:
        self._lost_its_place = False
        return super().stuck_seconds


class LeavesTheOldOneRunning(Producer):
    """A producer that is replaced is left to itself, with the events in its hands."""

    async def rebuild(self) -> None:
        self._connected = Connected(self._make, self._log)
        self._connected.start()


class NeverRebuilds(Producer):
    """A producer that takes nothing any more is kept."""

    async def rebuild(self) -> None:
        pass


class DatesRecordsByTheDomain(Producer):
    """Kafka's timestamps are the business's time."""

    async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
        broker = self._connected.broker
        if broker is None:
            raise ConnectionError("no connection to Kafka")
        at = parse_rfc3339(item["headers"]["ce_recordedtime"])
        return await broker.publish(
            item["value"],
            item["topic"],
            key=item["key"].encode(),
            headers=item["headers"],
            no_confirm=True,
            timestamp_ms=int(at.timestamp() * 1000),
        )


class AsksTheLeaderOnly(Producer):
    """An event is published when one replica has it."""

    def __init__(self, kafka: str, *, client_id: str, log: logging.Logger) -> None:
        super().__init__(kafka, client_id=client_id, log=log)
        self._connected = Connected(lambda: KafkaBroker(kafka.split(","), acks=1), log)


class TakesTheListForAName(Producer):
    """Brokers that are named in a list are one with that name."""

    def __init__(self, kafka: str, *, client_id: str, log: logging.Logger) -> None:
        super().__init__(kafka, client_id=client_id, log=log)
        self._connected = Connected(lambda: KafkaBroker([kafka], acks="all"), log)


class SendsTwice(Producer):
    """Kafka is not told which events it may have had before."""

    def __init__(self, kafka: str, *, client_id: str, log: logging.Logger) -> None:
        super().__init__(kafka, client_id=client_id, log=log)
        self._connected = Connected(lambda: KafkaBroker(kafka.split(","), acks="all"), log)
