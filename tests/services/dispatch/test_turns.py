"""Which replica plans which territory anew, on a real MongoDB."""

from collections.abc import Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

from infra.chassis.clock import SteppedClock
from infra.chassis.runtime import Runtime
from infra.chassis.store.mongo import Database
from services.dispatch.store.turns import Turns
from tests.world import MONDAY_NINE

FOUR = ("east", "north", "south", "west")


class Replicas:
    """So many, each with a round every ten seconds."""

    def __init__(self, db: Database, count: int) -> None:
        self.clock = SteppedClock(MONDAY_NINE, frozen=True)
        self.runtime = cast(
            Runtime, SimpleNamespace(system_clock=self.clock, collection=lambda name: db[name])
        )
        self.all = [Turns(f"replica-{n}", 10) for n in range(count)]

    async def round(self, *who: int, territories: Sequence[str] = FOUR) -> list[set[str]]:
        """What each has after all of them, some ten seconds later."""
        self.clock.set(self.clock.now() + timedelta(seconds=10))
        return [set(await self.all[n].ours(self.runtime, territories)) for n in who]


async def test_each_territory_is_one_replica_s_and_they_share(db: Database) -> None:
    replicas = Replicas(db, 2)
    assert await replicas.round(0) == [set(FOUR)], "who is alone has all"
    await replicas.round(0, 1)
    first, second = await replicas.round(0, 1)
    assert (len(first), len(second)) == (2, 2)
    assert first | second == set(FOUR)
    assert await replicas.round(0, 1) == [first, second], "and keeps what it has"


async def test_what_a_dead_replica_had_goes_on_elsewhere(db: Database) -> None:
    replicas = Replicas(db, 2)
    await replicas.round(0, 1)
    [held] = await replicas.round(1)
    assert len(held) < len(FOUR)
    for _ in range(3):
        [held] = await replicas.round(1)
    assert held == set(FOUR)


async def test_who_stops_in_order_gives_back_at_once(db: Database) -> None:
    replicas = Replicas(db, 2)
    await replicas.round(0, 1)
    await replicas.all[0].give_back(replicas.runtime)
    assert await replicas.round(1) == [set(FOUR)]


async def test_of_one_territory_one_has_it_and_the_other_nothing(db: Database) -> None:
    replicas = Replicas(db, 2)
    held = await replicas.round(0, 1, territories=("",))
    assert held == [{""}, set()]
