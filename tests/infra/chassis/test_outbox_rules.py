"""Never lose an event: what is saved is published, in order, whatever stops in between."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from contracts.envelope import read_envelope
from infra.chassis.clock import SteppedClock, SystemClock
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.runtime import Runtime
from tests.infra.chassis.instruments import (
    Unconnected,
    meddled_with,
    shaky,
    stopped_before_sending,
    takes_only,
    unacknowledged,
)
from tests.infra.chassis.stage import (
    ME,
    Stage,
    document,
    first_occurrences,
    frozen,
    numbers,
    refusal_of,
    step,
)
from tests.infra.chassis.test_consuming_rules import has_seen
from tests.infra.chassis.toy import (
    Break,
    Fill,
    JarFilled,
    Jars,
    MakeJar,
    Pages,
    Paint,
    PaintNoted,
    PourTold,
    WritePage,
    on_jar_filled_tell,
)


def in_a_minute() -> SteppedClock:
    """A system clock for which what others left a moment ago is old enough to be swept up."""
    return SteppedClock(SystemClock().now() + timedelta(minutes=1))


async def emptied(runtime: Runtime, collection: str, id: str) -> bool:
    return not (await document(runtime, collection, id))["outbox"]


async def test_events_of_a_save_survive_a_process_that_dies_right_after_it(stage: Stage) -> None:
    dying = await stage.maker(producer=Unconnected)
    await dying.do(MakeJar("a"), ME)
    await dying.do(Fill("a"), ME)
    await stage.kill(dying)
    await stage.maker(system_clock=in_a_minute())
    await stage.ends_with(lambda: is_told(stage, "a", [1, 2]), "for the dead process's events")


async def test_events_of_a_transaction_survive_a_process_that_dies_right_after_it(stage: Stage) -> None:
    dying = await stage.maker(producer=Unconnected)
    for jar in "ab":
        await dying.do(MakeJar(jar, 100), ME)
    await dying.do(PourTold("a", "b"), ME)
    await stage.kill(dying)
    await stage.maker(system_clock=in_a_minute())
    await stage.ends_with(lambda: is_told(stage, "a", [1, 2]), "for the source's events")
    await stage.ends_with(lambda: is_told(stage, "b", [1, 2]), "for the target's events")


async def test_events_of_a_batch_survive_a_process_that_dies_right_after_it(stage: Stage) -> None:
    dying = await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, producer=Unconnected)
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(dying, "a", 1))
    await stage.kill(dying)
    await stage.cellar(handlers={JarFilled: on_jar_filled_tell}, system_clock=in_a_minute())

    async def is_told_on() -> bool:
        return numbers(await stage.told(stage.shelves), "a") == [1]

    await stage.ends_with(is_told_on, "for what the dead process made of an event")


async def is_told(stage: Stage, jar: str, expected: list[int]) -> bool:
    return numbers(await stage.told(stage.jars), jar) == expected


async def test_what_a_failing_producer_sends_first_stands_in_order(stage: Stage) -> None:
    class Quick(stage.parts.publisher):  # type: ignore[name-defined,misc]
        retry_seconds = 0.01

    maker = await stage.maker(producer=shaky(stage.parts.producer, seed=4, one_in=4), publisher=Quick)
    for jar in "abc":
        await maker.do(MakeJar(jar), ME)
    for _ in range(3):
        await asyncio.gather(*(maker.do(Fill(jar, events=5), ME) for jar in "abc"))
    await asyncio.gather(*(stage.until(lambda jar=jar: emptied(maker, "jars", jar)) for jar in "abc"))  # type: ignore[misc]
    log = await stage.told(stage.jars)
    for jar in "abc":
        assert first_occurrences(numbers(log, jar)) == list(range(1, 17))


async def test_what_is_on_its_way_is_not_sent_again(stage: Stage) -> None:
    gate = asyncio.Event()
    maker = await stage.maker(producer=unacknowledged(stage.parts.producer, gate), system_clock=in_a_minute())
    await maker.do(MakeJar("a"), ME)
    for _ in range(5):
        await maker.do(Fill("a"), ME)
        await maker.publisher.sweep([Jars.name])
    gate.set()
    await stage.until(lambda: emptied(maker, "jars", "a"))
    assert numbers(await stage.told(stage.jars), "a") == [1, 2, 3, 4, 5, 6]


async def test_only_what_kafka_has_acknowledged_from_the_start_is_trimmed(stage: Stage) -> None:
    maker = await stage.maker(producer=takes_only(stage.parts.producer, 2))
    await maker.do(MakeJar("a"), ME)
    await stage.until(lambda: emptied(maker, "jars", "a"))
    await maker.do(Fill("a", events=4), ME)

    async def acknowledged_is_trimmed() -> bool:
        return [item["n"] for item in (await document(maker, "jars", "a"))["outbox"]][:1] != [2]

    await stage.until(acknowledged_is_trimmed)
    assert [item["n"] for item in (await document(maker, "jars", "a"))["outbox"]] == [3, 4, 5]


async def test_trimming_changes_neither_version_nor_time_of_change(stage: Stage) -> None:
    gate = asyncio.Event()
    maker = await stage.maker(producer=unacknowledged(stage.parts.producer, gate))
    await maker.do(MakeJar("a"), ME)
    before = await document(maker, "jars", "a")
    gate.set()
    await stage.until(lambda: emptied(maker, "jars", "a"))

    async def at_rest() -> bool:
        return not maker.publisher.busy

    await stage.until(at_rest)
    after = await document(maker, "jars", "a")
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])


async def test_rows_that_were_moved_leave_the_document_with_the_events_beside_them(stage: Stage) -> None:
    maker = await stage.maker(system_clock=frozen())
    await maker.do(MakeJar("a"), ME)
    await maker.do(WritePage("p", "a"), ME)
    await maker.do(PaintNoted("l", "red"), ME)
    for collection, id in (("jars", "a"), ("lamps", "l")):
        await stage.until(lambda place=(collection, id): emptied(maker, *place))  # type: ignore[misc]
        assert (await document(maker, collection, id))["rows"] == []
    assert {kept.value.id for kept in await maker.find(Pages, {})} == {"p", "red"}


async def test_an_event_beyond_128_kib_is_refused(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a"), ME)
    assert await refusal_of(maker.do(Fill("a", lamp="x" * 131_060), ME)) == "event-too-large"
    assert (await document(maker, "jars", "a"))["amount"] == 0
    assert await refusal_of(maker.do(Fill("a", lamp="x" * 130_000), ME)) is None


async def test_at_most_500_events_wait_in_a_document(stage: Stage) -> None:
    maker = await stage.maker(producer=Unconnected)
    await maker.do(MakeJar("a"), ME)
    assert await refusal_of(maker.do(Fill("a", events=500), ME)) == "outbox-full"
    assert await refusal_of(maker.do(Fill("a", events=499), ME)) is None
    assert await refusal_of(maker.do(Fill("a"), ME)) == "outbox-full"


async def test_at_most_4_mib_of_events_wait_in_a_document(stage: Stage) -> None:
    maker = await stage.maker(producer=Unconnected)
    await maker.do(MakeJar("a"), ME)
    assert await refusal_of(maker.do(Fill("a", events=34, lamp="x" * 125_000), ME)) == "outbox-full"
    assert await refusal_of(maker.do(Fill("a", events=33, lamp="x" * 125_000), ME)) is None


async def test_a_publisher_stopped_before_its_send_leaves_no_old_state_last(stage: Stage) -> None:
    gate = asyncio.Event()
    stopped = await stage.maker(producer=stopped_before_sending(stage.parts.producer, gate))
    await stopped.do(Paint("l", "red"), ME)
    other = await stage.maker()
    await other.do(Paint("l", "blue"), ME)
    await stage.until(lambda: emptied(other, "lamps", "l"))
    assert await versions(stage, "l") == [1, 2]
    gate.set()

    async def newest_is_last() -> bool:
        found = await versions(stage, "l")
        return len(found) > 3 and found[2:] == [1, 2]

    await stage.ends_with(newest_is_last, "for the newest state to be the last record")


async def test_a_publisher_that_sent_an_older_state_sends_the_present_one(stage: Stage) -> None:
    """The newer state's own record is still in its outbox: whoever saved it died."""
    gate = asyncio.Event()
    stopped = await stage.maker(
        producer=stopped_before_sending(stage.parts.producer, gate), system_clock=frozen()
    )
    await stopped.do(Paint("l", "red"), ME)
    other = await stage.maker(producer=Unconnected, system_clock=frozen())
    await other.do(Paint("l", "blue"), ME)
    await stage.kill(other)
    gate.set()

    async def newest_is_last() -> bool:
        return (await versions(stage, "l"))[-1:] == [2]

    await stage.ends_with(newest_is_last, "for the present state")


async def versions(stage: Stage, lamp: str) -> list[int]:
    return [each.sequence for each in await stage.told(stage.lamps) if each.subject == lamp]


async def test_a_state_that_could_not_be_sent_again_goes_with_the_sweep(stage: Stage) -> None:
    gate = asyncio.Event()

    class Stumbling(stopped_before_sending(stage.parts.producer, gate)):  # type: ignore[misc]
        calls = 0

        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            self.calls += 1
            if self.calls == 2:
                raise ConnectionError("it stumbles")
            return await super().__call__(item)  # type: ignore[no-any-return]

    stopped = await stage.maker(producer=Stumbling)
    await stopped.do(Paint("l", "red"), ME)
    other = await stage.maker()
    await other.do(Paint("l", "blue"), ME)
    await stage.until(lambda: emptied(other, "lamps", "l"))
    gate.set()

    async def newest_is_last() -> bool:
        found = await versions(stage, "l")
        return len(found) > 3 and found[2:] == [1, 2]

    await stage.ends_with(newest_is_last, "for the newest state to be the last record")
    await stopped.do(MakeJar("a"), ME)
    await stage.ends_with(lambda: emptied(stopped, "jars", "a"), "for what is published after it")


async def compared(runtime: Runtime) -> bool:
    with suppress(ConnectionError):
        await runtime.resender.run_daily()
    turn = await runtime.db["meta"].find_one({"_id": "resend"})
    return turn is not None and "at" in turn and "begun" not in turn


async def test_a_comparison_of_states_that_failed_is_made_again(stage: Stage) -> None:
    runs = 0

    class FailsOnce(stage.parts.resender):  # type: ignore[name-defined,misc]
        async def run(self) -> int:
            nonlocal runs
            runs += 1
            if runs == 1:
                raise ConnectionError("no Kafka here")
            return 0

    maker = await stage.maker(resender=FailsOnce)

    async def has_failed() -> bool:
        turn = await maker.db["meta"].find_one({"_id": "resend"})
        return runs == 1 and turn is not None and "begun" not in turn

    await stage.until(has_failed, "for the turn at the start")
    await maker.resender.run_daily()
    assert runs == 2
    await maker.resender.run_daily()
    assert runs == 2


async def test_a_state_whose_last_record_is_old_is_sent_again_within_a_day(stage: Stage) -> None:
    clock = frozen()
    maker = await stage.maker(system_clock=clock)
    await stage.until(lambda: compared(maker))
    for colour in ("red", "blue"):
        await maker.do(Paint("l", colour), ME)
        await stage.until(lambda: emptied(maker, "lamps", "l"))
    await stage.produce(stage.lamp("l", 1, "red"))
    await maker.resender.run_daily()
    step(clock, days=1)
    await maker.resender.run_daily()
    assert await versions(stage, "l") == [1, 2, 1, 2]


async def test_an_erased_aggregate_keeps_its_numbers_and_its_unpublished_events(stage: Stage) -> None:
    maker = await stage.maker(producer=Unconnected)
    cellar = await stage.cellar()
    for colour in ("red", "blue"):
        await maker.do(Paint("l", colour), ME)
    await maker.do(Break("l"), ME)
    await maker.do(Paint("l", "green"), ME)
    await stage.kill(maker)
    await stage.maker(system_clock=in_a_minute())

    async def is_green() -> bool:
        copy = await cellar.db["lamp_copies"].find_one({"_id": "l"})
        return copy is not None and copy.get("colour") == "green"

    await stage.until(is_green, "for the state that followed the erasure")
    records = [r for r in await stage.log(stage.lamps) if r.key == b"l"]
    kinds = [(envelope_of(r).sequence, r.value is None) for r in records]
    assert kinds == [(1, False), (2, False), (3, True), (4, False)]


def envelope_of(record: Any) -> Any:
    return read_envelope(record.topic, record.key, record.headers)


async def test_a_save_brings_no_event_back_that_was_trimmed_meanwhile(stage: Stage) -> None:
    async def trimmed_elsewhere() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$pull": {"outbox": {"n": 1}}})

    commands = meddled_with(stage.parts.commands, trimmed_elsewhere)
    maker = await stage.maker(producer=Unconnected, commands=commands)
    await maker.do(MakeJar("a"), ME)
    await maker.do(Fill("a"), ME)
    assert [item["n"] for item in (await document(maker, "jars", "a"))["outbox"]] == [2]
