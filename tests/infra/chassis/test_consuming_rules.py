"""Never do it twice: an event's effects and its id are one, whatever is read again."""

import asyncio
import io
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.envelope import Envelope
from infra.chassis.clock import SystemClock
from infra.chassis.events.inbox import INBOX
from infra.chassis.events.kafka import BATCH_RECORDS
from infra.chassis.events.parser import Incoming
from infra.chassis.events.reading import Reader
from infra.chassis.events.rounds import Conflict, Round
from infra.chassis.events.topics import apply_topics
from infra.chassis.ops.logs import JsonFormatter
from infra.chassis.runtime import Runtime
from tests.infra.chassis.instruments import Contention, PowerCut, committing
from tests.infra.chassis.stage import ME, Stage, expire, frozen, numbers
from tests.infra.chassis.toy import (
    JarFilled,
    MakeJar,
    Shelf,
    Shelves,
    catalogue,
    on_jar_filled_tell,
)

JARS = tuple(f"j{n}" for n in range(8))
"""Enough keys for every partition to have one."""


async def shelf(runtime: Runtime, id: str) -> Shelf | None:
    kept = await runtime.read(Shelves, id)
    return None if kept is None else kept.value


async def has_seen(runtime: Runtime, id: str, *seen: int) -> bool:
    found = await shelf(runtime, id)
    return found is not None and found.seen == seen


async def test_what_is_delivered_again_is_not_applied_again(stage: Stage) -> None:
    first = await stage.cellar()
    await stage.produce(*(stage.filled("a", n) for n in (1, 2, 2, 3)), stage.filled("b", 1))
    await stage.until(lambda: has_seen(first, "a", 1, 2, 3))
    await stage.all_read(first)
    await stage.stop(first)
    again = await stage.cellar(group=f"rewound.{stage.tag}")
    await stage.produce(stage.filled("a", 4), stage.filled("a", 1))
    await stage.all_read(again)
    assert await has_seen(again, "a", 1, 2, 3, 4)
    assert await has_seen(again, "b", 1)


async def test_what_was_had_31_days_ago_is_not_applied_again(stage: Stage) -> None:
    first = await stage.cellar()
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(first, "a", 1))
    await stage.stop(first)
    again = await stage.cellar(group=f"expired.{stage.tag}", handlers={})
    past = SystemClock().now() - timedelta(days=31)
    await again.db[INBOX].update_many({}, {"$set": {"at": past}})
    await expire(again, INBOX)
    await stage.kill(again)
    later = await stage.cellar(group=f"lost.{stage.tag}")
    await stage.all_read(later)
    assert await has_seen(later, "a", 1)


async def test_what_is_read_ahead_of_a_batch_that_fails_comes_after_it(stage: Stage) -> None:
    full = 6 * BATCH_RECORDS // len(JARS)
    readers: list[Reader] = []

    class ReadsAhead(stage.parts.consumer):  # type: ignore[name-defined,misc]
        def read_ahead(self) -> None:
            super().read_ahead()
            readers.append(self._consumer)

    class FailsOnce(stage.parts.batches):  # type: ignore[name-defined,misc]
        """Once it has read ahead in a partition of the batch that fails, and in another one."""

        failed = False

        async def run(self, batch: Sequence[Incoming]) -> None:
            self.places = {TopicPartition(each.record.topic, each.record.partition) for each in batch}
            await super().run(batch)

        async def _store_round(self, outcome: Round) -> None:
            if not FailsOnce.failed and readers and (reading := readers[-1]._ahead) is not None:
                await asyncio.wait([reading])
                ahead = readers[-1]._ahead_from.keys()
                if ahead & self.places and ahead - self.places:
                    FailsOnce.failed = True
                    raise RuntimeError("the database was away")
            await super()._store_round(outcome)

    await stage.produce(*(stage.filled(jar, n + 1) for n in range(full) for jar in JARS))
    cellar = await stage.cellar(consumer=ReadsAhead, batches=FailsOnce)
    for jar in JARS:
        await stage.ends_with(partial(has_seen, cellar, jar, *range(1, full + 1)))
    assert FailsOnce.failed


async def test_ids_are_stored_with_the_effects_or_not_at_all(stage: Stage) -> None:
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=PowerCut())
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "for a batch that failed once")  # type: ignore[misc]
    had = [id for each in await cellar.db[INBOX].find().to_list(None) for id in each["ids"]]
    assert sorted(had) == [f"/astreinte/toy/jars#{jar}:1" for jar in sorted(JARS)]


async def test_a_batch_that_could_not_be_stored_is_read_again(stage: Stage) -> None:
    cut = PowerCut(2)
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=cut)
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "for a batch that failed twice")  # type: ignore[misc]
    assert cut.left == 0


async def test_events_from_before_a_groups_first_start_are_read(stage: Stage) -> None:
    await stage.produce(stage.filled("a", 1))
    cellar = await stage.cellar()
    await stage.ends_with(lambda: has_seen(cellar, "a", 1))


async def test_an_aggregate_in_contention_does_not_hold_up_the_others(stage: Stage) -> None:
    calm = asyncio.Event()

    class Contended(stage.parts.batches):  # type: ignore[name-defined,misc]
        """Somebody changes one aggregate all the time, so that nothing about it can be stored."""

        key_tries = 6

        async def _store_round(self, outcome: Round) -> None:
            if not calm.is_set() and any(entry.id == "hot" for entry in outcome.entries):
                raise Conflict
            await super()._store_round(outcome)

    await stage.produce(stage.filled("hot", 1), *(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(batches=Contended)
    for jar in JARS:
        await stage.ends_with(lambda jar=jar: has_seen(cellar, jar, 1), "beside a contended aggregate")  # type: ignore[misc]
    assert await shelf(cellar, "hot") is None
    calm.set()
    await stage.ends_with(lambda: has_seen(cellar, "hot", 1))


async def test_an_event_carries_what_led_to_it_through_every_hop(stage: Stage) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    maker = await stage.maker()
    await stage.cellar(handlers={JarFilled: on_jar_filled_tell})
    await maker.do(MakeJar("a"), replace(ME, correlation_id="c-42", traceparent=trace))

    async def grown() -> list[Envelope]:
        return await stage.told(stage.shelves)

    await stage.until(grown)
    [envelope] = await grown()
    assert envelope.correlation_id == "c-42"
    assert envelope.traceparent == trace
    assert envelope.causation_id == "/astreinte/toy/jars#a:1"


async def test_a_log_line_about_an_event_says_which_request_led_to_it(stage: Stage) -> None:
    lines = io.StringIO()
    maker, cellar = await stage.maker(), await stage.cellar()
    shown = logging.StreamHandler(lines)
    shown.setFormatter(JsonFormatter("cellar"))
    cellar.log.addHandler(shown)
    await maker.do(MakeJar("a", 666), replace(ME, correlation_id="c-42"))

    async def is_put_aside() -> bool:
        return "is put aside" in lines.getvalue()

    await stage.until(is_put_aside, "for a handler that breaks")
    cellar.log.removeHandler(shown)
    line = json.loads(lines.getvalue().splitlines()[0])
    assert (line["level"], line.get("correlation_id")) == ("warning", "c-42")
    assert "a shelf that breaks" in line["message"]


async def test_what_a_batch_tells_is_published_without_the_sweep(stage: Stage) -> None:
    """The sweep takes what is two seconds old: for a clock that stands still nothing ever is."""
    await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, system_clock=frozen())
    await stage.produce(stage.filled("a", 1))

    async def is_told() -> bool:
        return numbers(await stage.told(stage.shelves), "a") == [1]

    await stage.ends_with(is_told, "for what came of an event")


async def test_a_batch_does_not_wait_for_the_commit_of_the_one_before(stage: Stage) -> None:
    gate, done = asyncio.Event(), asyncio.Event()
    cellar = await stage.cellar(consumer=committing(stage.parts.consumer, gate, done))
    try:
        await stage.produce(stage.filled("a", 1))
        await stage.until(lambda: has_seen(cellar, "a", 1))
        await stage.produce(stage.filled("a", 2))
        await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2), "while the first commit is on its way")
        assert not await cellar.consumer.committed()
    finally:
        gate.set()
    await stage.all_read(cellar)


async def test_offsets_never_run_ahead_of_what_is_stored(stage: Stage) -> None:
    gate, done, began, over = (asyncio.Event() for _ in range(4))

    class Held(stage.parts.batches):  # type: ignore[name-defined,misc]
        """Stores the first batch and works on the second until it is over."""

        async def run(self, batch: Sequence[Incoming]) -> None:
            if any(each.record.offset == 1 for each in batch):
                began.set()
                await over.wait()
            await super().run(batch)

    cellar = await stage.cellar(consumer=committing(stage.parts.consumer, gate, done), batches=Held)
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(cellar, "a", 1))
    await stage.produce(stage.filled("a", 2))
    await asyncio.wait_for(began.wait(), stage.patience)
    gate.set()
    await asyncio.wait_for(done.wait(), stage.patience)
    committed = await cellar.consumer.committed()
    over.set()
    assert sum(committed.values()) == 1


async def test_what_a_transaction_took_back_is_not_applied(stage: Stage) -> None:
    cellar = await stage.cellar()
    async with AIOKafkaProducer(
        bootstrap_servers=stage.servers.kafka, transactional_id=stage.tag
    ) as producer:
        await producer.begin_transaction()
        taken_back = stage.filled("a", 1)
        await producer.send_and_wait(
            taken_back.topic, taken_back.value, taken_back.key, headers=list(taken_back.headers)
        )
        await producer.abort_transaction()
    await stage.produce(stage.filled("a", 2))

    async def has_come() -> bool:
        found = await shelf(cellar, "a")
        return found is not None and 2 in found.seen

    await stage.until(has_come)
    assert await has_seen(cellar, "a", 2)


async def test_a_service_waits_for_its_topics_and_makes_none(stage: Stage) -> None:
    asked = asyncio.Event()

    class Asking(stage.parts.consumer.reader):  # type: ignore[name-defined,misc]
        answers = 0

        async def start(self) -> None:
            self._client.cluster.add_listener(self.told)
            await super().start()
            asked.set()

        def told(self, cluster: object) -> None:
            """A broker that makes a topic has it when it was asked about it a few times more."""
            self.answers += bool(self._client._topics)
            if self.answers == 10:
                asked.set()

    class Early(stage.parts.consumer):  # type: ignore[name-defined,misc]
        reader = Asking

    stage.catalogue = catalogue(f"{stage.tag}.late")
    stage.jars = stage.catalogue.topic_for(JarFilled).name
    cellar = await stage.cellar(consumer=Early)
    await asyncio.wait_for(asked.wait(), stage.patience)
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.servers.kafka)
    await admin.start()
    try:
        assert not set(cellar.consumer.topics) & set(await admin.list_topics())
    finally:
        await admin.close()
    await apply_topics(stage.servers.kafka, catalogue=stage.catalogue)
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(cellar, "a", 1), "for topics that were made")


async def test_contention_on_a_streams_counter_splits_no_batch(stage: Stage) -> None:
    contention = Contention(times=7)
    await stage.produce(*(stage.filled(jar, 1) for jar in JARS))
    cellar = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, emissions=contention)
    for jar in JARS:
        await stage.until(lambda jar=jar: has_seen(cellar, jar, 1))  # type: ignore[misc]
    await stage.all_read(cellar)
    assert contention.left == 0
    assert await cellar.db[INBOX].count_documents({}) == cellar.consumer.batches
