"""Commands: each is stored once, on the version that it was decided on, and answered truthfully."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from pymongo.errors import BulkWriteError

from infra.chassis.clock import SteppedClock, SystemClock
from infra.chassis.runtime import Runtime
from infra.chassis.store.idempotency import KEYS, KeyedBy
from infra.chassis.store.unit import AlreadyExists, Unit
from infra.chassis.store.writing import UniqueViolation
from tests.infra.chassis.instruments import meddled_with, meeting, overtaken
from tests.infra.chassis.stage import ME, Stage, document, expire, frozen, numbers, refusal_of, step
from tests.infra.chassis.toy import (
    Fill,
    FillFirst,
    Jars,
    Lost,
    MakeJar,
    Match,
    Pages,
    Pour,
    PourFrom,
    Relabel,
    WritePage,
)

FULL = 1_000_000


@dataclass(frozen=True)
class PourWatched(PourFrom):
    """Knows that the two hold a hundred together: anything else is an error."""

    def decide(self, unit: Unit) -> None:
        amounts = [jar and jar.amount for jar in (unit.get(Jars, self.source), unit.get(Jars, self.target))]
        if sum(amount or 0 for amount in amounts) != 100:
            raise ValueError(f"{amounts} are not 100")
        super().decide(unit)


@dataclass(frozen=True)
class PourShared(PourWatched):
    """The same in a transaction that others may share."""

    SEVERAL: ClassVar[bool] = True


def key(name: str = "k", hash: str = "h") -> KeyedBy:
    return KeyedBy(caller="me", key=name, hash=hash)


async def two_makers(stage: Stage) -> tuple[Runtime, Runtime]:
    """Two replicas whose first writes are both decided before either is made."""
    barrier = asyncio.Barrier(2)
    first = await stage.maker(commands=meeting(stage.parts.commands, barrier))
    return first, await stage.maker(commands=meeting(stage.parts.commands, barrier))


async def amount_of(runtime: Runtime, jar: str) -> int:
    return int((await document(runtime, "jars", jar))["amount"])


async def test_two_replicas_lose_no_change_of_the_same_aggregate(stage: Stage) -> None:
    await (await stage.maker()).do(MakeJar("a"), ME)
    makers = await two_makers(stage)
    await asyncio.gather(*(maker.do(Fill("a"), ME) for maker in makers for _ in range(20)))
    assert await amount_of(makers[0], "a") == 40


async def test_of_two_creations_with_one_id_one_is_stored(stage: Stage) -> None:
    makers = await two_makers(stage)
    outcomes = await asyncio.gather(
        *(maker.do(MakeJar("a", amount), ME) for amount, maker in enumerate(makers)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyExists", "Done"]
    stored = next(amount for amount, each in enumerate(outcomes) if not isinstance(each, AlreadyExists))
    assert await amount_of(makers[0], "a") == stored


async def test_an_update_of_what_has_gone_brings_nothing_back(stage: Stage) -> None:
    async def somebody_removes_a() -> None:
        await maker.db["jars"].delete_one({"_id": "a"})

    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_removes_a))
    await maker.do(MakeJar("a"), ME)
    [outcome] = await asyncio.gather(maker.do(Fill("a"), ME), return_exceptions=True)
    assert isinstance(outcome, Exception)
    assert await maker.db["jars"].count_documents({}) == 0


async def test_a_key_is_its_callers_own(stage: Stage) -> None:
    maker = await stage.maker()
    mine, theirs = key(), replace(key(), caller="somebody-else")
    created = [await maker.create(MakeJar, ME, each) for each in (mine, theirs, mine, theirs)]
    assert [each.again for each in created] == [False, False, True, True]
    assert await maker.db["jars"].count_documents({}) == 2


async def test_a_key_is_known_for_seven_days(stage: Stage) -> None:
    maker = await stage.maker()
    created = await maker.create(MakeJar, ME, key())
    almost = SystemClock().now() - timedelta(days=7) + timedelta(minutes=5)
    await maker.db[KEYS].update_many({}, {"$set": {"at": almost}})
    await expire(maker, KEYS)
    again = await maker.create(MakeJar, ME, key())
    assert (again.id, again.again) == (created.id, True)


async def test_a_key_does_not_age_with_the_domains_clock(stage: Stage) -> None:
    maker = await stage.maker(clock=SteppedClock(datetime(2016, 2, 29, tzinfo=UTC)))
    await maker.create(MakeJar, ME, key())
    await expire(maker, KEYS)
    assert (await maker.create(MakeJar, ME, key())).again


async def test_a_conflict_runs_only_what_is_stale_again(stage: Stage) -> None:
    async def somebody_fills_a() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$inc": {"amount": 100, "version": 1}})

    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_fills_a))
    await maker.do(MakeJar("a"), ME)
    await maker.do(MakeJar("b"), ME)
    await asyncio.gather(maker.do(Fill("a"), ME), maker.do(Fill("b"), ME))
    assert await amount_of(maker, "a") == 101
    assert await amount_of(maker, "b") == 1


async def test_a_refusal_never_rests_on_a_change_that_was_not_stored(stage: Stage) -> None:
    async def somebody_empties_a() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$set": {"amount": 0}, "$inc": {"version": 1}})

    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_empties_a))
    await maker.do(MakeJar("a", FULL - 1), ME)
    refusals = await asyncio.gather(*(refusal_of(maker.do(Fill("a"), ME)) for _ in range(2)))
    assert refusals == [None, None]
    assert await amount_of(maker, "a") == 2


async def test_a_decision_never_rests_on_a_change_that_was_not_stored(stage: Stage) -> None:
    async def somebody_fills_a_up() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$set": {"amount": FULL}, "$inc": {"version": 1}})

    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_fills_a_up))
    await maker.do(MakeJar("a"), ME)
    await maker.do(MakeJar("b"), ME)
    refused, matched = await asyncio.gather(
        refusal_of(maker.do(Fill("a", 5), ME)), maker.do(Match("b", "a"), ME)
    )
    assert (refused, matched.result) == ("jar-full", FULL)
    assert await amount_of(maker, "b") == FULL


async def test_what_is_poured_is_neither_lost_nor_made(stage: Stage) -> None:
    """Two pours that share a jar are both decided before either is stored; then many more at once."""
    maker = await stage.maker()
    for jar in "abc":
        await maker.do(MakeJar(jar, 100), ME)
    makers = await two_makers(stage)
    await asyncio.gather(makers[0].do(Pour("a", "b", 5), ME), makers[1].do(Pour("b", "c", 3), ME))
    assert [await amount_of(maker, jar) for jar in "abc"] == [95, 102, 103]
    pours = [Pour(*pair) for pair in ("ab", "bc", "ca", "ba", "cb", "ac") for _ in range(3)]
    await asyncio.gather(*(refusal_of(each.do(pour, ME)) for pour in pours for each in makers))
    assert sum([await amount_of(maker, jar) for jar in "abc"]) == 300


async def test_twelve_twins_create_one(stage: Stage) -> None:
    makers = [await stage.maker(), await stage.maker()]
    created = await asyncio.gather(*(makers[n % 2].create(MakeJar, ME, key()) for n in range(12)))
    assert len({each.id for each in created}) == 1
    assert [each.again for each in created].count(False) == 1
    assert await makers[0].db["jars"].count_documents({}) == 1


async def test_a_key_used_for_another_body_is_refused(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.create(MakeJar, ME, key())
    assert await refusal_of(maker.create(MakeJar, ME, key(hash="other"))) == "idempotency-key-reused"
    await maker.do(MakeJar("a"), ME)
    await maker.do(Fill("a"), ME, key())
    assert await refusal_of(maker.do(Fill("a", 2), ME, key(hash="other"))) == "idempotency-key-reused"
    assert await amount_of(maker, "a") == 1


async def test_twelve_twins_of_a_command_change_an_aggregate_once(stage: Stage) -> None:
    makers = await two_makers(stage)
    barrier_is_met = asyncio.gather(*(maker.do(MakeJar(f"j{n}"), ME) for n, maker in enumerate(makers)))
    await barrier_is_met
    done = await asyncio.gather(*(makers[n % 2].do(Fill("j0"), ME, key()) for n in range(12)))
    assert await amount_of(makers[0], "j0") == 1
    assert [each.result for each in done] == [1] * 12
    assert [each.again for each in done].count(False) == 1


async def test_a_key_beyond_the_last_200_of_a_document_is_still_known(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a"), ME)
    for first in (0, 150, 210):
        keys = [key(f"k{n}") for n in range(first, (first + 150) // 50 * 50)]
        await asyncio.gather(*(maker.do(Fill("a"), ME, each) for each in keys))
    stored = await document(maker, "jars", "a")
    assert len(stored["keys"]) == 200
    again = await maker.do(Fill("a"), ME, key("k3"))
    assert again.again
    assert await amount_of(maker, "a") == stored["amount"]


async def test_a_key_is_found_again_whatever_the_command_changed_first(stage: Stage) -> None:
    maker = await stage.maker()
    for jar in "ab":
        await maker.do(MakeJar(jar, 100), ME)
    done = [await maker.do(PourFrom("a", "b", 5), ME, key()) for _ in range(2)]
    assert [each.again for each in done] == [False, True]
    assert [await amount_of(maker, jar) for jar in "ab"] == [95, 105]


async def test_a_round_with_more_keys_than_a_document_keeps_stores_every_command(stage: Stage) -> None:
    async def somebody_fills_a() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$inc": {"amount": 1000, "version": 1}})

    keys = [key(f"k{n}") for n in range(450)]
    before = await stage.maker()
    await before.do(MakeJar("a"), ME)
    await asyncio.gather(*(before.do(Fill("a"), ME, each) for each in keys[:200]))
    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_fills_a))
    await asyncio.gather(*(maker.do(Fill("a"), ME, each) for each in keys[200:]))
    assert await amount_of(maker, "a") == 1450
    again = await asyncio.gather(*(maker.do(Fill("a"), ME, each) for each in keys[::50]))
    assert [each.again for each in again] == [True] * 9
    assert await amount_of(maker, "a") == 1450


async def test_a_refusal_after_a_change_of_its_own_rests_on_what_is_stored(stage: Stage) -> None:
    async def somebody_empties_a() -> None:
        await maker.db["jars"].update_one({"_id": "a"}, {"$set": {"amount": 0}, "$inc": {"version": 1}})

    maker = await stage.maker(commands=meddled_with(stage.parts.commands, somebody_empties_a))
    await maker.do(MakeJar("a", FULL - 1), ME)
    refusals = await asyncio.gather(*(refusal_of(maker.do(FillFirst("a"), ME)) for _ in range(2)))
    assert refusals == [None, None]
    assert await amount_of(maker, "a") == 2


@pytest.mark.parametrize("pour", [PourWatched, PourShared])
async def test_a_command_fails_only_on_documents_that_were_like_that_at_one_instant(
    stage: Stage, pour: type[PourWatched]
) -> None:
    async def somebody_pours() -> None:
        await other.do(Pour("a", "b", 10), ME)

    maker = await stage.maker(commands=overtaken(stage.parts.commands, somebody_pours))
    other = await stage.maker()
    await maker.do(MakeJar("a", 60), ME)
    await maker.do(MakeJar("b", 40), ME)
    [poured] = await asyncio.gather(maker.do(pour("a", "b", 5), ME), return_exceptions=True)
    assert not isinstance(poured, Exception), poured
    assert [await amount_of(maker, jar) for jar in "ab"] == [45, 55]
    await maker.do(Fill("a"), ME)
    with pytest.raises(ValueError, match="are not 100"):
        await maker.do(pour("a", "b", 5), ME)


async def test_a_command_that_fails_takes_none_of_its_round_with_it(stage: Stage) -> None:
    """What each of them meets: nothing, an unreadable document, two that MongoDB refuses, one that raises."""
    maker = await stage.maker()
    for jar in "abcd":
        await maker.do(MakeJar(jar), ME)
    await maker.db["jars"].update_one({"_id": "b"}, {"$set": {"amount": "plenty"}})
    await maker.db.command({"collMod": "jars", "validator": {"label": {"$ne": "forbidden"}}})
    made = Fill("a"), Fill("b"), Relabel("c", "forbidden"), MakeJar("e", 2**64), Fill("d"), Lost("a")
    outcomes = await asyncio.gather(*(maker.do(each, ME) for each in made), return_exceptions=True)
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["Done", "Unreadable", "CannotBeStored", "CannotBeStored", "Done", "LookupError"]
    assert [await amount_of(maker, jar) for jar in "ad"] == [1, 1]


async def test_a_row_reaches_its_collection_when_its_move_fails_and_its_event_is_published(
    stage: Stage,
) -> None:
    clock = frozen()
    maker = await stage.maker(system_clock=clock)
    await maker.do(MakeJar("a"), ME)
    await maker.db.create_collection("pages", validator={"text": "nothing like this"})
    [failed] = await asyncio.gather(maker.do(WritePage("p", "a", "sweet"), ME), return_exceptions=True)
    assert isinstance(failed, BulkWriteError)
    await maker.db.command({"collMod": "pages", "validator": {}})
    await maker.do(Fill("a"), ME)

    async def is_published() -> bool:
        return not (await document(maker, "jars", "a"))["outbox"]

    await stage.until(is_published)
    step(clock, seconds=3)

    async def has_moved() -> bool:
        left: list[Any] = (await document(maker, "jars", "a"))["rows"]
        return not left and await maker.read(Pages, "p") is not None

    await stage.ends_with(has_moved, "for the row")


async def test_the_key_of_a_refused_creation_may_be_used_again(stage: Stage) -> None:
    maker = await stage.maker()
    await maker.do(MakeJar("a", label="jam"), ME)
    with pytest.raises(UniqueViolation):
        await maker.create(lambda id: MakeJar(id, label="jam"), ME, key())
    assert await refusal_of(maker.create(lambda id: MakeJar(id, label="honey"), ME, key(hash="new"))) is None


async def test_a_key_that_a_twin_has_used_is_not_given_back(stage: Stage) -> None:
    class Twins(stage.variant.runtime):  # type: ignore[name-defined,misc]
        """A twin creates what was refused a moment ago, just before the key is given back."""

        async def _release(self, given: KeyedBy, id: str) -> None:
            await self.create(MakeJar, ME, given)
            await super()._release(given, id)

    stage.variant = replace(stage.variant, runtime=Twins)
    maker = await stage.maker()
    await maker.do(MakeJar("a", label="jam"), ME)
    with pytest.raises(UniqueViolation):
        await maker.create(lambda id: MakeJar(id, label="jam"), ME, key())
    assert (await maker.create(MakeJar, ME, key())).again
    assert await refusal_of(maker.create(MakeJar, ME, key(hash="other"))) == "idempotency-key-reused"
    assert await maker.db["jars"].count_documents({}) == 2


async def test_a_graceful_stop_finishes_what_has_begun(stage: Stage) -> None:
    slow = asyncio.Event()

    class Slow(stage.parts.commands):  # type: ignore[name-defined,misc]
        async def _write_each(self, entries: Any) -> Any:
            await slow.wait()
            return await super()._write_each(entries)

        async def close(self) -> None:
            closing = asyncio.create_task(super().close())
            if not (await asyncio.wait([closing], timeout=0.2))[0]:
                slow.set()
            await closing

    maker = await stage.maker(commands=Slow)
    commands = [asyncio.create_task(maker.do(MakeJar(f"j{n}"), ME)) for n in range(20)]

    async def all_run() -> bool:
        return maker.commands.running == 20

    await stage.until(all_run)
    await stage.stop(maker)
    slow.set()
    finished = await asyncio.wait_for(asyncio.gather(*commands, return_exceptions=True), stage.patience)
    assert [getattr(each, "result", each) for each in finished] == [f"j{n}" for n in range(20)]
    log = await stage.told(stage.jars)
    assert [numbers(log, f"j{n}") for n in range(20)] == [[1]] * 20
