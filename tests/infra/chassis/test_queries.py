"""What the chassis asks MongoDB again and again is answered by an index, however much is stored."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from infra.chassis.clock import SystemClock
from infra.chassis.events import parked
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Loads, Where
from infra.chassis.store.unit import Unit
from tests.infra.chassis.stage import ME, Stage, Variant
from tests.infra.chassis.toy import Jars, LampCopies, MakeJar, Paint, SetTimer, WritePage

SCANNED = {"planSummary": "COLLSCAN"}


@pytest.fixture
def variant() -> Variant:
    return Variant()


@pytest.fixture
async def maker(stage: Stage) -> AsyncIterator[Runtime]:
    """A service with things in every state, each query of which the database writes down."""
    maker = await stage.maker()
    await asyncio.gather(*(maker.do(MakeJar(f"j{n}", label=f"l{n}"), ME) for n in range(50)))
    await asyncio.gather(*(maker.do(WritePage(f"p{n}", f"j{n}"), ME) for n in range(50)))
    later = SystemClock().now() + timedelta(hours=1)
    await maker.do(SetTimer("j0", later), ME)
    await maker.db.command({"profile": 2})
    yield maker
    await maker.db.command({"profile": 0})


async def scanned(maker: Runtime) -> list[Any]:
    """The queries so far that read whole collections."""
    found = await maker.db["system.profile"].find(SCANNED).to_list(None)
    return [each["command"] for each in found if "system.profile" not in str(each["command"])]


class ByLabel:
    def loads(self) -> Loads:
        return (Where(Jars, "label", "l7"),)

    def decide(self, unit: Unit) -> list[str]:
        return [jar.id for jar in unit.where(Jars, "label", "l7")]


async def test_the_loops_scan_no_collection(stage: Stage, maker: Runtime) -> None:
    for step in (maker.fire_due, maker._sweep, maker._retry_parked, maker.next_due, maker.unquiet):
        await step()
    await parked.arrived(maker.db, ["lamp/l"], SystemClock().now())
    assert await scanned(maker) == []


async def test_a_query_for_a_text_that_few_have_scans_no_collection(stage: Stage, maker: Runtime) -> None:
    assert (await maker.do(ByLabel(), ME)).result == ["j7"]
    assert [kept.value.id for kept in await maker.find(Jars, {"label": "l8"})] == ["j8"]
    assert await scanned(maker) == []


async def test_what_events_ask_for_on_the_way_is_asked_for_once_for_all_of_a_batch(stage: Stage) -> None:
    """An event's use case that names a lamp only when it decides, as all of these do."""
    maker, cellar = await stage.maker(), await stage.cellar()
    lamps = [f"l{n}" for n in range(30)]
    await asyncio.gather(*(maker.do(Paint(lamp, "red"), ME) for lamp in lamps))

    async def known() -> bool:
        return bool(await cellar.db[LampCopies.name].count_documents({}) == len(lamps))

    await stage.until(known)
    await stage.produce(stage.filled("first", 1, lamp="l0"))
    await stage.all_read(cellar)
    await cellar.db.command({"profile": 2})
    await stage.produce(*(stage.filled(f"j{lamp}", 1, lamp=lamp) for lamp in lamps))
    await stage.all_read(cellar)
    await cellar.db.command({"profile": 0})
    asked = {"op": "query", "ns": f"{cellar.db.name}.{LampCopies.name}"}
    assert 0 < await cellar.db["system.profile"].count_documents(asked) < len(lamps) / 2
    assert await cellar.db["shelves"].count_documents({}) == len(lamps) + 1
