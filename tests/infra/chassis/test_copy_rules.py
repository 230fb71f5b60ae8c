"""Read copies: the newest state wins, and a command does not refuse what has not arrived yet."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pymongo import ReplaceOne

from infra.chassis.events.batch import BatchRunner
from infra.chassis.events.parser import Incoming
from infra.chassis.runtime import Born, Runtime
from tests.infra.chassis.instruments import stopped_before_sending
from tests.infra.chassis.stage import ME, Stage, refusal_of
from tests.infra.chassis.toy import Dust, LampCopies, Paint, Shelve, Shelves


async def colour(runtime: Runtime, lamp: str = "l") -> str | None:
    kept = await runtime.read(LampCopies, lamp)
    return None if kept is None else kept.value.colour


async def test_an_older_state_never_replaces_a_newer_one(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.lamp("l", 2, "blue"))
    await stage.all_read(cellar)
    await stage.produce(stage.lamp("l", 1, "red"))
    await stage.all_read(cellar)
    assert await colour(cellar) == "blue"
    await stage.produce(stage.lamp("l", 1, "green", epoch=1), stage.lamp("l", 9, "old"))
    await stage.all_read(cellar)
    assert await colour(cellar) == "green"


async def test_two_first_copies_at_once_leave_the_newer_one(stage: Stage) -> None:
    """Two replicas around a rebalance: one still stores what it read, the other reads it again and more."""

    class Overtaken(stage.parts.copies):  # type: ignore[name-defined,misc]
        """Its first write finds no copy to replace, and then cannot make one: there is an older one now."""

        overtaken = False

        async def _refused(self, name: str, replacements: list[Any]) -> list[Any]:
            if self.overtaken:
                return list(await super()._refused(name, replacements))
            self.overtaken = True
            await cellar.db[name].insert_one({"_id": "l", "epoch": 0, "version": 1, "colour": "red"})
            blind = [
                ReplaceOne({"_id": "l", "version": None}, each._doc, upsert=True) for each in replacements
            ]
            refused = await super()._refused(name, blind)
            return [replacements[blind.index(each)] for each in refused]

    cellar = await stage.cellar(copies=Overtaken)
    await stage.produce(stage.lamp("l", 2, "blue"))
    await stage.all_read(cellar)
    assert await colour(cellar) == "blue"


async def test_an_erased_state_does_not_come_back(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.lamp("l", 2, "blue"))
    await stage.all_read(cellar)
    await stage.produce(stage.lamp("l", 3, None))
    await stage.all_read(cellar)
    assert await colour(cellar) is None
    await stage.produce(stage.lamp("l", 2, "blue"))
    await stage.all_read(cellar)
    assert await colour(cellar) is None
    stored = await cellar.db["lamp_copies"].find_one({"_id": "l"})
    assert stored == {"_id": "l", "erased": True, "epoch": 0, "version": 3}


def late(stage: Stage, gate: asyncio.Event) -> type[BatchRunner]:
    """A batch runner that holds every batch up until the gate opens."""

    class Late(stage.parts.batches):  # type: ignore[name-defined,misc]
        async def run(self, batch: Sequence[Incoming]) -> None:
            await gate.wait()
            await super().run(batch)

    return Late


async def test_a_reference_made_a_moment_ago_is_found(stage: Stage) -> None:
    gate = asyncio.Event()
    maker, cellar = await stage.maker(), await stage.cellar(batches=late(stage, gate))
    await stage.all_read(cellar)
    await maker.do(Paint("l", "red"), ME)
    await stage.until(lambda: _published(maker))
    asyncio.get_running_loop().call_later(0.3, gate.set)
    assert await refusal_of(cellar.do(Shelve("a", 1, 1, lamp="l"), ME)) is None


async def test_a_reference_that_a_fact_makes_is_found(stage: Stage) -> None:
    gate = asyncio.Event()
    born = {"shelf": Born(Shelves, stage.jars, key=lambda shelf: shelf)}
    cellar = await stage.cellar(batches=late(stage, gate), born=born)
    await stage.all_read(cellar)
    await stage.produce(stage.filled("a", 1))
    asyncio.get_running_loop().call_later(0.3, gate.set)
    assert await refusal_of(cellar.do(Dust("a"), ME)) is None
    assert await refusal_of(cellar.do(Dust("b"), ME)) == "not-found"


async def test_a_reference_whose_event_is_still_on_its_way_to_kafka_is_found(stage: Stage) -> None:
    gate = asyncio.Event()
    maker = await stage.maker(producer=stopped_before_sending(stage.parts.producer, gate))

    class Looking(stage.parts.consumer):  # type: ignore[name-defined,misc]
        """The event reaches Kafka between the first look and the second, if there is one."""

        looks = 0

        async def end_offset(self, topic: str, key: str) -> tuple[int, int]:
            self.looks += 1
            if self.looks > 1:
                gate.set()
                await stage.until(lambda: _published(maker))
            found: tuple[int, int] = await super().end_offset(topic, key)
            return found

    cellar = await stage.cellar(consumer=Looking)
    await stage.all_read(cellar)
    await maker.do(Paint("l", "red"), ME)
    assert await refusal_of(cellar.do(Shelve("a", 1, 1, lamp="l"), ME)) is None


async def _published(maker: Runtime) -> bool:
    return not maker.publisher.busy and maker.publisher.published > 0


async def test_a_reference_that_nobody_made_is_refused_as_soon_as_that_is_sure(stage: Stage) -> None:
    cellar = await stage.cellar()
    await stage.produce(stage.lamp("m", 1, "red"))
    await stage.all_read(cellar)
    begun = asyncio.get_running_loop().time()
    assert await refusal_of(cellar.do(Shelve("a", 1, 1, lamp="l"), ME)) == "unknown-reference"
    assert asyncio.get_running_loop().time() - begun < 1.5


async def test_a_reference_is_not_refused_while_its_arrival_is_possible(stage: Stage) -> None:
    gate = asyncio.Event()
    cellar = await stage.cellar(batches=late(stage, gate))
    await stage.all_read(cellar)
    await stage.produce(stage.lamp("l", 1, "red"))
    refusal = await refusal_of(cellar.do(Shelve("a", 1, 1, lamp="l"), ME))
    gate.set()
    assert refusal == "not-ready"


async def test_a_reference_is_waited_for_two_seconds_although_kafka_does_not_answer(stage: Stage) -> None:
    class Silent(stage.parts.consumer):  # type: ignore[name-defined,misc]
        async def end_offset(self, topic: str, key: str) -> tuple[int, int]:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")

    cellar = await stage.cellar(consumer=Silent)
    asked = asyncio.create_task(refusal_of(cellar.do(Shelve("a", 1, 1, lamp="l"), ME)))
    done, _ = await asyncio.wait([asked], timeout=4)
    assert [task.result() for task in done] == ["not-ready"]
