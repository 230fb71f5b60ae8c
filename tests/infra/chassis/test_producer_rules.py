"""A producer that is of no use any more is replaced, and what it held goes to its successor."""

import asyncio
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import OutOfOrderSequenceNumber, RequestTimedOutError

from infra.chassis.events.kafka import Producer
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.events.publisher import Publisher
from infra.chassis.events.topics import apply_topics
from tests.infra.chassis.instruments import Unconnected, overheard
from tests.infra.chassis.stage import ME, Stage, document
from tests.infra.chassis.test_outbox_rules import emptied, is_told
from tests.infra.chassis.toy import Fill, MakeJar
from tests.servers import free_port

ALL_IN_SYNC = -1


def impatient(publisher: type[Publisher]) -> type[Publisher]:
    """A publisher for which a second is as long as a minute and a half."""

    class Impatient(publisher):  # type: ignore[valid-type,misc]
        @property
        def stuck_seconds(self) -> float:
            return float(super().stuck_seconds * 100)

    return Impatient


def at_first(producer: type[Producer], answer: Any) -> type[Producer]:
    """A producer whose first connection answers as ``answer`` says; None leaves the item to Kafka."""

    class AtFirst(producer):  # type: ignore[valid-type,misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.first = self._connected

        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            answered = answer(item) if self._connected is self.first else None
            return answered or await Producer.__call__(self, item)

    return AtFirst


def refuses(item: OutboxItem) -> None:
    raise ConnectionError("wedged")


def never_answers(item: OutboxItem) -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()


async def test_a_producer_that_takes_nothing_any_more_is_rebuilt(stage: Stage) -> None:
    maker = await stage.maker(
        publisher=impatient(stage.parts.publisher), producer=at_first(stage.parts.producer, refuses)
    )
    await maker.do(MakeJar("a"), ME)
    await stage.ends_with(lambda: is_told(stage, "a", [1]), "for a new producer")


async def test_events_that_a_producer_never_answers_for_go_to_the_next_one(stage: Stage) -> None:
    maker = await stage.maker(
        publisher=impatient(stage.parts.publisher), producer=at_first(stage.parts.producer, never_answers)
    )
    await maker.do(MakeJar("a"), ME)
    await maker.do(Fill("a"), ME)
    await stage.ends_with(lambda: is_told(stage, "a", [1, 2]), "for a new producer")
    await stage.ends_with(lambda: emptied(maker, "jars", "a"))


async def test_a_producer_that_lost_its_place_in_one_partition_is_rebuilt_at_once(stage: Stage) -> None:
    """That the other partitions go on does not mean that this one ever will."""

    def out_of_step(item: OutboxItem) -> "asyncio.Future[Any] | None":
        if item["key"] != "a":
            return None
        answer = asyncio.get_running_loop().create_future()
        answer.set_exception(OutOfOrderSequenceNumber())
        return answer

    maker = await stage.maker(producer=at_first(stage.parts.producer, out_of_step))
    await maker.do(MakeJar("a"), ME)
    await maker.do(MakeJar("b"), ME)
    await stage.until(lambda: is_told(stage, "b", [1]), "for the other partition")
    await stage.ends_with(lambda: is_told(stage, "a", [1]), "for a new producer")


async def test_what_a_replaced_producer_held_is_not_sent_by_it_too(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a"), ME)
    await stage.until(lambda: emptied(maker, "jars", "a"))
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.servers.kafka)
    await admin.start()
    try:
        await admin.delete_topics([stage.jars])
    finally:
        await admin.close()
    await maker.do(Fill("a"), ME)

    async def in_its_hands() -> bool:
        return maker.publisher.stuck_seconds > 0.2

    await stage.until(in_its_hands, "for an answer that does not come")
    await maker.producer.rebuild()
    maker.publisher.begin_again()
    await apply_topics(stage.servers.kafka, catalogue=stage.catalogue)
    await stage.until(lambda: emptied(maker, "jars", "a"), "for the new producer")
    await maker.do(Fill("a"), ME)
    await stage.until(lambda: emptied(maker, "jars", "a"))
    assert await is_told(stage, "a", [2, 3])


async def test_an_event_counts_as_published_when_all_replicas_in_sync_have_it(stage: Stage) -> None:
    asked: list[int] = []
    maker = await stage.maker(producer=overheard(stage.parts.producer, asked.append))
    await maker.do(MakeJar("a"), ME)
    await stage.until(lambda: emptied(maker, "jars", "a"))
    assert set(asked) == {ALL_IN_SYNC}


async def test_an_event_whose_acknowledgement_got_lost_is_in_the_log_once(stage: Stage) -> None:
    answers: list[str] = []

    def lose_the_first(acks: int) -> None:
        answers.append("an answer")
        if len(answers) == 1:
            raise RequestTimedOutError

    maker = await stage.maker(producer=overheard(stage.parts.producer, lose_the_first))
    await maker.do(MakeJar("a"), ME)
    await stage.until(lambda: emptied(maker, "jars", "a"))
    assert len(answers) > 1
    assert await is_told(stage, "a", [1])


async def test_a_command_is_answered_while_kafka_is_away(stage: Stage) -> None:
    class Away(Unconnected, stage.parts.producer):  # type: ignore[name-defined,misc]
        pass

    maker = await stage.maker(producer=Away)
    asked = asyncio.create_task(maker.do(MakeJar("a"), ME))
    done, waiting = await asyncio.wait([asked], timeout=1)
    for task in waiting:
        task.cancel()
    assert [task.result().result for task in done] == ["a"]
    assert len((await document(maker, "jars", "a"))["outbox"]) == 1


def beside_one_that_is_down(part: Any) -> Any:
    """A producer or consumer to which two brokers are named, the first of which nobody reaches."""

    class NamedTwo(part):  # type: ignore[misc]
        def __init__(self, kafka: str, **rest: Any) -> None:
            super().__init__(f"127.0.0.1:{free_port()},{kafka}", **rest)

    return NamedTwo


async def test_of_the_brokers_that_are_named_one_may_be_down(stage: Stage) -> None:
    maker = await stage.maker(producer=beside_one_that_is_down(stage.parts.producer))
    cellar = await stage.cellar(consumer=beside_one_that_is_down(stage.parts.consumer))
    await maker.do(MakeJar("a"), ME)
    await maker.do(Fill("a"), ME)
    await stage.ends_with(lambda: is_told(stage, "a", [1, 2]), "for the producer to find the other one")
    await stage.all_read(cellar)
