"""The platform with one protection taken away each: a run that does not notice proves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from aiokafka import TopicPartition

from infra.chassis.events.kafka import Consumer, OnBatch
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.events.parser import Incoming
from infra.chassis.events.publisher import Publisher
from infra.chassis.runtime import Created, Parts, Runtime
from infra.chassis.store import timers
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.runner import Done
from infra.chassis.store.unit import Cause, Place, Unit, UseCase
from services.notify.domain.delivery import Delivery
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.take_delivery import TakeDelivery
from tests.infra.chassis.faults.commands import AsksOneMember, LastWriterWins
from tests.infra.chassis.faults.consuming import BreaksOff, RemembersNothing
from tests.infra.chassis.faults.publishing import AsksTheLeaderOnly, NeverSweeps

R = TypeVar("R")

EVERY_KIND_SECONDS = 180.0
"""In about so long each kind of fault has come once."""
AS_LONG_AS_NOTHING_ELSE = timedelta(seconds=2)


@dataclass(frozen=True)
class Mutation:
    """What every service is built with.

    ``members``: how many brokers and databases it takes to notice; ``seconds``: how long a run.
    """

    says: str
    parts: Parts = field(default_factory=Parts)
    runtime: type[Runtime] = Runtime
    members: int = 1
    seconds: float = 60.0


class SendsWhatIsNew(Publisher):
    """The prefix rule off: what an earlier save left in the outbox is left to the sweep."""

    def offer(self, place: Place, outbox: Sequence[OutboxItem]) -> None:
        newest = max((item["at"] for item in outbox), default=None)
        if newest is not None and self._clock.now() - newest < AS_LONG_AS_NOTHING_ELSE:
            super().offer(place, [item for item in outbox if item["at"] == newest])
        else:
            super().offer(place, outbox)


class TrimsWhatItHandedOver(Publisher):
    """The watermark moves past what Kafka has not acknowledged."""

    async def _publish(self, batch: Sequence[OutboxItem]) -> int:
        handed = 0
        for item in batch:
            try:
                await self._send(item)
            except ConnectionError:
                break
            handed += 1
        self.published += handed
        return handed


class CommitsFirst(Consumer):
    """A batch's offsets are committed, then it is stored."""

    def __init__(self, kafka: str, *, on_batch: OnBatch, **rest: Any) -> None:
        async def hasty(batch: Sequence[Incoming]) -> None:
            records = [each.record for each in batch]
            await self._consumer.commit(
                {TopicPartition(each.topic, each.partition): each.offset + 1 for each in records}
            )
            await on_batch(batch)

        super().__init__(kafka, on_batch=hasty, **rest)


class TakesWithoutLease(TakeDelivery):
    """Whoever sees a delivery that is due works on it."""

    def decide(self, unit: Unit) -> Delivery | None:
        delivery = unit.get(Deliveries, self.id)
        if delivery is None or delivery.attempt_at is None:
            return None
        return delivery.taken(self.lease.owner, self.lease.until)


class DeliversWithoutLease(Runtime):
    async def do(self, use_case: UseCase[Any], cause: Cause, key: KeyedBy | None = None) -> Done[Any]:
        if type(use_case) is TakeDelivery:
            use_case = TakesWithoutLease(use_case.id, use_case.lease)
        return await super().do(use_case, cause, key)


class KeepsKeysAfterwards(Runtime):
    """A creation is made first, under an id of its own; its key is kept afterwards."""

    async def create(self, make: Any, cause: Cause, key: KeyedBy | None = None) -> Created[Any]:
        created = await super().create(make, cause, None)
        if key is not None:
            await self.claims.claim(key, created.id, self.system_clock.now())
        return created


class FiresForEverybody(Runtime):
    """A timer fires in every process that sees it due: nobody claims it by saving first."""

    async def fire_due(self) -> None:
        unclaimed = LastWriterWins(self.store, self._committed)
        cause = Cause(actor=f"timer:{self.service.name}", correlation_id="timer")
        for each in await timers.due(self.db, self.service.timers, self.clock.now()):
            await unclaimed.run(each.case, cause)


MUTATIONS: Mapping[str, Mutation] = {
    "none": Mutation("nothing is taken away"),
    "inbox": Mutation("events that were had before are taken for new", Parts(batches=RemembersNothing)),
    "prefix": Mutation("an outbox is not published from its beginning", Parts(publisher=SendsWhatIsNew)),
    "watermark": Mutation("events leave the outbox unacknowledged", Parts(publisher=TrimsWhatItHandedOver)),
    "sweep": Mutation("what a dead process left is never published", Parts(publisher=NeverSweeps)),
    "parser": Mutation("what cannot be parsed is an error of the poll", Parts(consumer=BreaksOff)),
    "offsets": Mutation("offsets move on before effects are stored", Parts(consumer=CommitsFirst)),
    "acks": Mutation(
        "one broker's word is enough",
        Parts(producer=AsksTheLeaderOnly),
        members=3,
        seconds=EVERY_KIND_SECONDS,
    ),
    "write-concern": Mutation(
        "one database's word is enough", runtime=AsksOneMember, members=3, seconds=EVERY_KIND_SECONDS
    ),
    "version": Mutation("the last writer wins", Parts(commands=LastWriterWins)),
    "timer": Mutation("a timer fires in every process that sees it", runtime=FiresForEverybody),
    "lease": Mutation("nobody says that he is working on a message", runtime=DeliversWithoutLease),
    "key": Mutation("a key is kept after its effect", runtime=KeepsKeysAfterwards),
}
