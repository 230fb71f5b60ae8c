"""What probes and operators are told: a process that is of no use is restarted, and no other one."""

import asyncio
import logging
import math
from collections.abc import Sequence
from typing import Any

from infra.chassis.ops.metrics import Metrics
from infra.chassis.ops.watching import Watch
from infra.chassis.runtime import Runtime, Service
from tests.infra.chassis.instruments import Unconnected
from tests.infra.chassis.stage import ME, Stage, frozen, step
from tests.infra.chassis.toy import Jars, LampCopies, MakeJar


def watch(stage: Stage, runtime: Runtime, metrics: Metrics | None = None) -> Watch:
    """Whoever has stood still since the last look does so for too long."""
    return stage.variant.watch(runtime, metrics or Metrics("toy"), runtime.log, stalled_after=0.0)


async def stuck_cellar(stage: Stage, **parts: Any) -> Runtime:
    """A reader with something to read, whose every batch fails."""

    class Broken(stage.parts.batches):  # type: ignore[name-defined,misc]
        async def run(self, batch: Sequence[Any]) -> None:
            raise RuntimeError("a defect")

    cellar = await stage.cellar(batches=Broken, **parts)
    await stage.produce(stage.filled("a", 1))

    async def reads() -> bool:
        return bool(cellar.consumer.assignment()) and bool(await cellar.consumer.lag())

    await stage.until(reads, "for an assignment")
    return cellar


async def test_a_consumer_that_stands_still_is_not_live(stage: Stage) -> None:
    looking = watch(stage, await stuck_cellar(stage))
    said = [looking.progresses]
    await looking.look()
    assert [*said, looking.progresses] == [True, False]
    sound = await stage.cellar(group=f"sound.{stage.tag}")
    await stage.all_read(sound)
    beside = watch(stage, sound)
    await beside.look()
    assert beside.progresses


async def test_a_consumer_is_live_while_kafka_does_not_answer(stage: Stage) -> None:
    class Away(stage.parts.consumer):  # type: ignore[name-defined,misc]
        away = False

        async def unread(self) -> Any:
            if self.away:
                raise ConnectionError("Kafka is away")
            return await super().unread()

    cellar = await stuck_cellar(stage, consumer=Away)
    looking = watch(stage, cellar)
    await looking.look()
    Away.away = True
    await looking.look()
    assert looking.progresses


async def test_every_figure_is_told_beside_one_that_cannot_be_had(stage: Stage) -> None:
    class Away(stage.parts.consumer):  # type: ignore[name-defined,misc]
        async def unread(self) -> Any:
            raise ConnectionError("Kafka is away")

    clock, metrics = frozen(), Metrics("toy")
    service = Service("porch", (Jars,), copies=(LampCopies,))
    maker = await stage.run(service, producer=Unconnected, system_clock=clock, consumer=Away)
    await maker.do(MakeJar("a"), ME)
    step(clock, seconds=90)
    figures = await watch(stage, maker, metrics).look()
    assert figures["lag"] == "unknown: Kafka is away"
    assert figures["outbox_age_seconds"] == 90
    assert figures["parked"] == {}
    told = {sample.name: sample.value for family in metrics.registry.collect() for sample in family.samples}
    assert told["toy_outbox_age_seconds"] == 90
    assert told["toy_outbox_waiting_events"] == 1
    assert told["toy_parked_events"] == 0
    assert told["toy_consumer_assigned_partitions"] == len(figures["assignment"])
    assert told["toy_kafka_silent_seconds"] >= 0
    assert math.isnan(told["toy_consumer_lag_records"])


async def test_a_service_is_ready_when_its_indexes_are_there(stage: Stage) -> None:
    """Two jars of one label are in the way of the index that would refuse the second."""
    told = asyncio.Event()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "cannot be prepared yet" in record.getMessage():
                told.set()

    before = await stage.run(Service("maker", ()))
    await before.db["jars"].insert_many([{"_id": jar, "label": "jam"} for jar in "ab"])
    await stage.stop(before)
    ear = Ear()
    maker = await stage.begin(Service("maker", (Jars,)))
    maker.log.addHandler(ear)
    await asyncio.wait_for(told.wait(), stage.patience)
    maker.log.removeHandler(ear)
    assert not maker.prepared.is_set()
    await maker.db["jars"].delete_one({"_id": "b"})
    await asyncio.wait_for(maker.prepared.wait(), stage.patience)
    assert "label" in await maker.db["jars"].index_information()
