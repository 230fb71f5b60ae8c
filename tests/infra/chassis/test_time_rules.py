"""Time and old data: two clocks, timers that are fields, documents of older schemas, restored databases."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.chassis.clock import SteppedClock, SystemClock
from infra.chassis.events.inbox import INBOX
from infra.chassis.events.parked import PARKED, counts
from infra.chassis.runtime import Runtime, Service
from infra.chassis.store.collection import Collection, Document, Loads, Ref
from infra.chassis.store.epoch import begin_epoch
from infra.chassis.store.unit import Unit
from tests.infra.chassis.instruments import committing, meeting, stopped_before_sending
from tests.infra.chassis.stage import ME, Stage, document, frozen, step
from tests.infra.chassis.test_consuming_rules import has_seen, shelf
from tests.infra.chassis.test_outbox_rules import compared
from tests.infra.chassis.toy import Fill, LampCopies, MakeJar, Paint, SetTimer

IN_2016 = datetime(2016, 2, 29, 8, 0, tzinfo=UTC)


async def rung(runtime: Runtime, jar: str) -> int:
    return int((await document(runtime, "jars", jar))["rung"])


async def test_a_timer_is_fired_by_one_replica_once(stage: Stage) -> None:
    clock, barrier = frozen(), asyncio.Barrier(2)
    setter = await stage.maker(clock=clock)
    await setter.do(MakeJar("a"), ME)
    await setter.do(SetTimer("a", clock.now() + timedelta(hours=1)), ME)
    await stage.stop(setter)
    commands = meeting(stage.parts.commands, barrier)
    makers = [await stage.maker(clock=clock, commands=commands) for _ in range(2)]
    assert await rung(makers[0], "a") == 0
    step(clock, hours=1)

    async def has_rung() -> bool:
        return all(maker.commands.met for maker in makers) and not any(m.commands.running for m in makers)  # type: ignore[attr-defined]

    await stage.until(has_rung)
    stored = await document(makers[0], "jars", "a")
    assert (stored["rung"], stored["version"], stored["next_due"]) == (1, 3, None)


async def test_a_timer_survives_a_process_that_dies_while_it_fires(stage: Stage) -> None:
    clock = frozen()
    began = asyncio.Event()

    class Dying(stage.parts.commands):  # type: ignore[name-defined,misc]
        async def _write_each(self, entries: Any) -> Any:
            if any(entry.stored_version == 2 for entry in entries):
                began.set()
                await asyncio.Event().wait()
            return await super()._write_each(entries)

    dying = await stage.maker(clock=clock, commands=Dying)
    await dying.do(MakeJar("a"), ME)
    await dying.do(SetTimer("a", clock.now() + timedelta(hours=1)), ME)
    step(clock, hours=1)
    await asyncio.wait_for(began.wait(), 10)
    await stage.kill(dying)
    other = await stage.maker(clock=clock)

    async def has_rung() -> bool:
        return await rung(other, "a") == 1

    await stage.ends_with(has_rung, "for the timer")


async def test_a_timer_is_due_by_the_domains_clock(stage: Stage) -> None:
    clock = SteppedClock(SystemClock().now() + timedelta(days=9), frozen=True)
    maker = await stage.maker(clock=clock)
    await maker.do(MakeJar("a"), ME)
    await maker.do(SetTimer("a", clock.now() + timedelta(hours=1)), ME)
    await maker.fire_due()
    assert await rung(maker, "a") == 0
    step(clock, hours=1)
    await maker.fire_due()
    assert await rung(maker, "a") == 1


async def test_a_next_try_is_due_by_the_systems_clock(stage: Stage) -> None:
    domain, system = SteppedClock(IN_2016, frozen=True), frozen()
    cellar = await stage.cellar(clock=domain, system_clock=system)

    async def tried(times: int) -> bool:
        return await cellar.db[PARKED].count_documents({"attempts": times}) == 1

    await stage.produce(stage.filled("a", 1, 666))
    await stage.until(lambda: tried(1))
    step(domain, days=1)
    await cellar._retrier.run_due()
    assert await tried(1)
    step(system, seconds=2)
    await stage.until(lambda: tried(2))


async def test_the_inbox_is_dated_by_the_system_whatever_the_domain_shows(stage: Stage) -> None:
    service_clock = SteppedClock(IN_2016)
    cellar = await stage.cellar(clock=service_clock)
    await stage.produce(stage.filled("a", 1))
    await stage.until(lambda: has_seen(cellar, "a", 1))
    entry = await cellar.db[INBOX].find_one({})
    assert entry is not None, "what is dated by 2016 expires at once"
    assert SystemClock().now() - entry["at"] < timedelta(minutes=5)


async def test_business_times_are_the_domains(stage: Stage) -> None:
    maker = await stage.maker(clock=SteppedClock(IN_2016, frozen=True))
    await maker.do(MakeJar("a"), ME)

    async def told() -> list[Any]:
        return await stage.told(stage.jars)

    await stage.until(told)
    [envelope] = await told()
    assert (envelope.occurred_at, envelope.recorded_at) == (IN_2016, IN_2016)


async def test_kafkas_timestamps_are_the_systems(stage: Stage) -> None:
    maker = await stage.maker(clock=SteppedClock(IN_2016, frozen=True))
    await maker.do(MakeJar("a"), ME)

    async def logged() -> list[Any]:
        return await stage.log(stage.jars)

    await stage.until(logged)
    [record] = await logged()
    age = SystemClock().now() - datetime.fromtimestamp(record.timestamp / 1000, UTC)
    assert abs(age) < timedelta(minutes=5)


async def test_events_after_a_restore_are_nobody_elses(stage: Stage) -> None:
    maker, cellar = await stage.maker(), await stage.cellar()
    await maker.do(MakeJar("a"), ME)
    await stage.until(lambda: has_seen(cellar, "a", 1))
    backup = await document(maker, "jars", "a")
    await maker.do(Fill("a", 5), ME)
    await stage.until(lambda: has_seen(cellar, "a", 1, 2))
    await stage.stop(maker)
    reader = cellar.client[maker.db.name]
    await reader["jars"].replace_one({"_id": "a"}, {**backup, "outbox": []})
    epoch = await begin_epoch(reader, SystemClock().now())
    restored = await stage.maker()
    await restored.do(Fill("a", 7), ME)

    async def counts() -> bool:
        found = await shelf(cellar, "a")
        return found is not None and found.total == 12

    await stage.ends_with(counts, "for the event that has an old number in a new epoch")
    assert [each.id for each in await stage.told(stage.jars)][-1] == f"a:{epoch}.2"


async def test_states_after_a_restore_replace_those_from_before(stage: Stage) -> None:
    """The restored version is lower than what was published: it goes again, in the new epoch."""
    maker, cellar = await stage.maker(), await stage.cellar()
    await stage.until(lambda: compared(maker))
    await maker.do(Paint("l", "red"), ME)
    backup = await document(maker, "lamps", "l")
    await maker.do(Paint("l", "blue"), ME)

    async def is_coloured(colour: str) -> bool:
        kept = await cellar.read(LampCopies, "l")
        return kept is not None and kept.value.colour == colour

    await stage.until(lambda: is_coloured("blue"))
    await stage.stop(maker)
    reader = cellar.client[maker.db.name]
    await reader["lamps"].replace_one({"_id": "l"}, {**backup, "outbox": []})
    await begin_epoch(reader, SystemClock().now())
    await stage.maker()
    await stage.ends_with(lambda: is_coloured("red"), "for the restored state")


@dataclass(frozen=True)
class NewJar:
    """A jar as a later version keeps it: litres were called amount."""

    id: str
    litres: int


@dataclass(frozen=True)
class Top:
    id: str

    def loads(self) -> Loads:
        return (Ref(NEW.jars, self.id),)

    def decide(self, unit: Unit) -> int:
        jar = unit.get(NEW.jars, self.id)
        assert jar is not None
        unit.save(NEW.jars, replace(jar, litres=jar.litres + 1))
        return int(jar.litres + 1)


class NEW:
    """The later version's collection."""

    jars: Any = None


def renamed(old: Document) -> Document:
    return {**old, "litres": old["amount"]}


async def test_a_document_of_an_older_schema_is_upgraded_when_it_is_read(stage: Stage) -> None:
    before = await stage.maker()
    await before.do(MakeJar("a", 41), ME)
    assert (await document(before, "jars", "a"))["schema"] == 1
    await stage.stop(before)
    NEW.jars = stage.variant.collection("jars", NewJar, schema=2, upgrades={1: renamed})
    after = await stage.run(Service("maker", (NEW.jars,)))
    [done] = await asyncio.gather(after.do(Top("a"), ME), return_exceptions=True)
    assert getattr(done, "result", done) == 42
    stored = await document(after, "jars", "a")
    assert (stored["schema"], stored["litres"]) == (2, 42)


async def test_documents_of_an_older_schema_are_upgraded_where_they_lie(stage: Stage) -> None:
    before = await stage.maker()
    await before.do(MakeJar("a", 41), ME)
    await stage.stop(before)
    after = await stage.run(Service("maker", (Collection("jars", NewJar, schema=2, upgrades={1: renamed}),)))

    async def is_found() -> bool:
        return await after.db["jars"].find_one({"litres": 41}) is not None

    await stage.ends_with(is_found)


async def test_a_service_is_not_quiet_while_something_that_it_does_is_not_over(stage: Stage) -> None:
    gate, sending, system = asyncio.Event(), asyncio.Event(), frozen()

    class Slow(stage.parts.commands):  # type: ignore[name-defined,misc]
        async def _write_each(self, entries: Any) -> Any:
            await gate.wait()
            return await super()._write_each(entries)

    producer = stopped_before_sending(stage.parts.producer, sending)
    maker = await stage.maker(commands=Slow, producer=producer, system_clock=system)
    assert await maker.unquiet() == []
    command = asyncio.create_task(maker.do(MakeJar("a"), ME))
    await stage.until(lambda: _true(maker.commands.running))
    running = await maker.unquiet()
    gate.set()
    await command
    publishing = await maker.unquiet()
    await stage.kill(maker)
    heir = await stage.maker(system_clock=system)
    left = await heir.unquiet()
    await heir.db["jars"].update_one({"_id": "a"}, {"$set": {"outbox": []}})
    heir.busy.append(lambda: _true(True))
    delivering = await heir.unquiet()
    told = [running, publishing, left, delivering]
    assert told == [
        ["1 commands running"],
        ["publishing"],
        ["events in jars"],
        ["background work"],
    ]


async def test_a_service_is_not_quiet_while_something_that_it_was_told_is_not_done(stage: Stage) -> None:
    gate, done = asyncio.Event(), asyncio.Event()
    consumer = committing(stage.parts.consumer, gate, done)
    domain, system = frozen(), frozen()
    cellar = await stage.cellar(consumer=consumer, clock=domain, system_clock=system)
    await stage.until(lambda: _true(cellar.consumer.assignment()))
    assert await cellar.unquiet() == []
    try:
        await stage.produce(stage.filled("a", 1, 666), stage.filled("a", 2))
        await stage.until(lambda: _counted(cellar, parked=1, follower=1))
        unread = await cellar.unquiet()
    finally:
        gate.set()
    await stage.all_read(cellar)
    put_aside = await cellar.unquiet()
    for _ in range(5):
        step(system, hours=1)
        await cellar._retrier.run_due()
    await stage.until(lambda: _counted(cellar, dead=1, follower=1))
    await stage.all_read(cellar)
    await stage.until(lambda: _true(not cellar.publisher.busy))
    told = [unread, put_aside, await cellar.unquiet()]
    assert told == [["events to read", "parked events"], ["parked events"], []]


async def _true(found: object) -> bool:
    return bool(found)


async def _counted(runtime: Runtime, **expected: int) -> bool:
    found = dict(await counts(runtime.db))
    return found == expected
