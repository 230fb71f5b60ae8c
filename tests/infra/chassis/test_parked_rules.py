"""Retries keep order: a failed event holds up those of its key, and nothing else."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from contracts.envelope import Envelope
from infra.chassis.clock import SteppedClock, SystemClock
from infra.chassis.events import dead
from infra.chassis.events.parked import PARKED, PARKED_AUDIT
from infra.chassis.events.rounds import Round
from infra.chassis.runtime import Runtime
from tests.infra.chassis.stage import Stage, frozen, step
from tests.infra.chassis.test_consuming_rules import has_seen, shelf
from tests.infra.chassis.toy import JarFilled, Shelve, on_jar_filled


class Sick:
    """A handler that fails for some jars until they are healed."""

    def __init__(self, *jars: str) -> None:
        self.jars = set(jars)

    def __call__(self, event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
        if event.jar_id in self.jars:
            raise RuntimeError("it is sick")
        return on_jar_filled(event, envelope)


async def queue(runtime: Runtime, key: str = "a") -> list[tuple[str, int]]:
    """What is put aside under a key: state and attempts, in order."""
    found = await runtime.db[PARKED].find({"key": key}).sort("order", 1).to_list(None)
    return [(each["state"], each["attempts"]) for each in found]


async def sick_cellar(
    stage: Stage, until: Callable[..., Awaitable[None]] | None = None, **more: Any
) -> tuple[Runtime, Sick, SteppedClock]:
    """A cellar whose jar ``a`` fails, with two events waiting behind the first."""
    sick, clock, until = Sick("a"), frozen(), until or stage.until
    cellar = await stage.cellar(handlers={JarFilled: sick}, system_clock=clock, **more)
    await stage.produce(stage.filled("a", 1), stage.filled("a", 2), stage.filled("b", 1))
    await until(lambda: has_seen(cellar, "b", 1), "for another key")
    await stage.all_read(cellar)
    await stage.produce(stage.filled("a", 3), stage.filled("c", 1))
    await until(lambda: has_seen(cellar, "c", 1), "for another key")
    await stage.all_read(cellar)
    return cellar, sick, clock


async def until_dead(cellar: Runtime, clock: SteppedClock) -> str:
    for seconds in (1, 10, 60, 600):
        step(clock, seconds=seconds)
        await cellar._retrier.run_due()
    letter = await cellar.db[PARKED].find_one({"state": "dead"})
    assert letter is not None, "the tries are used up"
    return str(letter["_id"])


async def test_a_failure_holds_up_its_followers_and_nobody_else(stage: Stage) -> None:
    cellar, sick, clock = await sick_cellar(stage, stage.ends_with)
    assert await queue(cellar) == [("parked", 1), ("follower", 0), ("follower", 0)]
    assert await shelf(cellar, "a") is None
    sick.jars.clear()
    step(clock, seconds=1)
    await stage.until(lambda: has_seen(cellar, "a", 1, 2, 3), "for the queue, in order")
    assert await queue(cellar) == []


class SickOnce(Sick):
    """Fails for the first event of a jar and for no other."""

    def __call__(self, event: JarFilled, envelope: Envelope) -> Iterable[Shelve]:
        if envelope.sequence == 1 and event.jar_id in self.jars:
            raise RuntimeError("it is sick")
        return on_jar_filled(event, envelope)


async def test_an_event_behind_a_failed_one_is_never_applied_first(stage: Stage) -> None:
    await stage.produce(*(stage.filled("a", n) for n in (1, 2)), stage.filled("b", 1))
    cellar = await stage.cellar(handlers={JarFilled: SickOnce("a")}, system_clock=frozen())
    await stage.until(lambda: has_seen(cellar, "b", 1))
    await stage.all_read(cellar)
    await stage.produce(stage.filled("a", 3))
    await stage.all_read(cellar)
    assert await shelf(cellar, "a") is None


async def test_an_event_is_dead_after_its_tries_and_its_followers_wait(stage: Stage) -> None:
    cellar, _, clock = await sick_cellar(stage)
    id = await until_dead(cellar, clock)
    step(clock, days=1)
    await cellar._retrier.run_due()
    assert [state for state, _ in await queue(cellar)] == ["dead", "follower", "follower"]
    letter, behind = await dead.shown(cellar.db, id)
    assert letter.reason.detail == "RuntimeError: it is sick"
    assert len(behind) == 2


async def test_a_replayed_letter_goes_first_and_its_followers_after_it(stage: Stage) -> None:
    cellar, sick, clock = await sick_cellar(stage)
    id = await until_dead(cellar, clock)
    sick.jars.clear()
    await dead.replay(cellar.db, id, clock.now(), stage.catalogue)
    await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2, 3), "for the replayed event and its followers")


async def test_a_dropped_letter_releases_its_followers(stage: Stage) -> None:
    cellar, sick, clock = await sick_cellar(stage)
    id = await until_dead(cellar, clock)
    sick.jars.clear()
    await drop(stage, cellar, id)
    await stage.ends_with(lambda: has_seen(cellar, "a", 2, 3), "for the followers")


async def drop(stage: Stage, cellar: Runtime, id: str) -> None:
    now = SystemClock().now()
    await stage.variant.drop(cellar.client, cellar.db, id, reason="it never healed", by="olga", now=now)


async def test_who_dropped_a_letter_and_why_is_kept(stage: Stage) -> None:
    cellar, _, clock = await sick_cellar(stage)
    id = await until_dead(cellar, clock)
    await drop(stage, cellar, id)
    kept = await cellar.db[PARKED_AUDIT].find_one({"letter._id": id})
    assert kept is not None, "the audit names the letter"
    assert (kept["dropped_by"], kept["why"]) == ("olga", "it never healed")


async def test_a_dropped_letter_that_is_delivered_again_stays_dropped(stage: Stage) -> None:
    cellar, sick, clock = await sick_cellar(stage)
    id = await until_dead(cellar, clock)
    sick.jars.clear()
    await drop(stage, cellar, id)
    await stage.until(lambda: has_seen(cellar, "a", 2, 3))
    await stage.produce(stage.filled("a", 1), stage.filled("a", 4))
    await stage.all_read(cellar)
    assert await has_seen(cellar, "a", 2, 3, 4)


async def test_an_event_waits_for_a_missing_read_copy_and_goes_on_when_it_arrives(stage: Stage) -> None:
    cellar = await stage.cellar(system_clock=frozen())
    await stage.produce(stage.filled("a", 1, lamp="l"), stage.filled("a", 2), stage.filled("b", 1))
    await stage.until(lambda: has_seen(cellar, "b", 1))
    await stage.all_read(cellar)
    waiting = await cellar.db[PARKED].find_one({"state": "awaiting"})
    assert waiting is not None, "it is parked as awaiting"
    assert waiting["awaiting"] == "lamp/l"
    await stage.produce(stage.lamp("l", 1, "red"))
    await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2), "for what awaited the copy")


async def test_waiting_for_a_read_copy_uses_up_no_tries(stage: Stage) -> None:
    clock = frozen()
    cellar = await stage.cellar(system_clock=clock)
    await stage.produce(stage.filled("a", 1, lamp="l"), stage.filled("b", 1))
    await stage.until(lambda: has_seen(cellar, "b", 1))
    for _ in range(6):
        step(clock, seconds=90)
        await cellar._retrier.run_due()
    assert await queue(cellar) == [("awaiting", 0)]


async def test_an_event_whose_read_copy_never_arrives_is_dead_after_ten_minutes(stage: Stage) -> None:
    clock = frozen()
    cellar = await stage.cellar(system_clock=clock)
    await stage.produce(stage.filled("a", 1, lamp="l"), stage.filled("b", 1))
    await stage.until(lambda: has_seen(cellar, "b", 1))
    for minutes in (9, 1):
        assert [state for state, _ in await queue(cellar)] == ["awaiting"]
        step(clock, minutes=minutes)
        await cellar._retrier.run_due()
    assert [state for state, _ in await queue(cellar)] == ["dead"]


async def test_no_event_is_left_behind_a_queue_that_is_gone(stage: Stage) -> None:
    """Another replica empties the queue after this one saw that an event has to join it."""
    sick, clock = Sick("a"), frozen()
    emptied = False

    class Overtaken(stage.parts.batches):  # type: ignore[name-defined,misc]
        async def _store_round(self, outcome: Round) -> None:
            nonlocal emptied
            if outcome.behind and not emptied:
                emptied = True
                sick.jars.clear()
                step(clock, seconds=1)
                await cellar._retrier.run_due()
            await super()._store_round(outcome)

    cellar = await stage.cellar(handlers={JarFilled: sick}, system_clock=clock, batches=Overtaken)
    await stage.produce(stage.filled("a", 1), stage.filled("b", 1))
    await stage.until(lambda: has_seen(cellar, "b", 1))
    await stage.all_read(cellar)
    await stage.produce(stage.filled("a", 2))
    await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2), "for the follower")


async def test_a_key_whose_retry_goes_wrong_holds_up_no_other_key(stage: Stage) -> None:
    class Broken(stage.parts.retrier):  # type: ignore[name-defined,misc]
        async def _try(self, key: str, doomed: Any = None) -> None:
            if key == "a":
                raise RuntimeError("it cannot even be tried")
            await super()._try(key, doomed)

    sick, clock = Sick("a", "b"), frozen()
    cellar = await stage.cellar(handlers={JarFilled: sick}, system_clock=clock, retrier=Broken)
    await stage.produce(stage.filled("a", 1))
    await stage.all_read(cellar)
    await stage.produce(stage.filled("b", 1))
    await stage.all_read(cellar)
    sick.jars.clear()
    step(clock, seconds=1)
    await stage.ends_with(lambda: has_seen(cellar, "b", 1), "for the other key")
    assert await queue(cellar) == [("parked", 1)]


async def test_a_clock_that_was_put_back_turns_no_queue_round(stage: Stage) -> None:
    sick, clock = Sick("a"), frozen()
    cellar = await stage.cellar(handlers={JarFilled: sick}, system_clock=clock)
    await stage.produce(stage.filled("a", 1), stage.filled("a", 2))
    await stage.until(lambda: is_queued(cellar, 2))
    an_hour = 3600 * 10**9
    await cellar.db[PARKED].update_many({}, {"$inc": {"order": an_hour}})
    await stage.produce(stage.filled("a", 3), stage.filled("a", 4))
    await stage.until(lambda: is_queued(cellar, 4))
    sick.jars.clear()
    step(clock, seconds=1)
    await stage.ends_with(lambda: has_seen(cellar, "a", 1, 2, 3, 4), "for the queue, in order")


async def is_queued(cellar: Runtime, count: int) -> bool:
    return len(await queue(cellar)) == count
