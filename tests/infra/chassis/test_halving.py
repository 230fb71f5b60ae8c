"""A batch that cannot be stored at once is stored in few transactions, whatever is contended in it."""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from math import log2
from types import SimpleNamespace
from typing import cast

import pytest

from contracts.envelope import Envelope
from infra.chassis.events.batch import BatchRunner, Contended
from infra.chassis.events.parser import Incoming, RawRecord, Reason
from infra.chassis.events.rounds import Conflict
from infra.chassis.store.precedence import Precedence
from infra.chassis.store.runner import Store

KEYS = 256


class Contention(BatchRunner):
    """Stores nothing together with a ``hot`` key, and those alone after a few tries; counts transactions."""

    key_tries = 4

    def __init__(self, hot: Collection[str], *, for_ever: bool = False) -> None:
        self.hot, self.for_ever, self._careful = set(hot), for_ever, 0
        self._store = cast(Store, SimpleNamespace(precedence=Precedence()))
        self.stored: list[str] = []
        self.transactions = 0
        self.with_precedence: list[bool] = []
        self.careful: list[bool] = []
        self.sizes: list[int] = []

    async def _try(
        self,
        facts: list[Incoming],
        unreadable: list[Incoming],
        *,
        careful: bool = False,
        doomed: Reason | None = None,
    ) -> None:
        self.transactions += 1
        self.careful.append(careful)
        self.sizes.append(len(facts))
        self.with_precedence.append(self._store.precedence.is_taken)
        keys = [each.envelope.subject for each in facts if each.envelope is not None]
        if self.hot & set(keys):
            if len(set(keys)) == 1 and not self.for_ever:
                self.hot -= set(keys)
            raise Conflict
        self.stored += [each.identity for each in facts]

    async def apply(self, facts: list[Incoming]) -> None:
        await self._apply(facts, [])


def batch() -> list[Incoming]:
    return [incoming(f"k{key}", n) for n in (1, 2) for key in range(KEYS)]


def incoming(key: str, n: int) -> Incoming:
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    envelope = Envelope(
        "toy.jars.v1", "/astreinte/toy/jars", f"{key}:{n}", "jar-filled", 1, key, key, n, at, at, "me", "c"
    )
    return Incoming(RawRecord(envelope.topic, 0, n, key.encode(), (), b""), envelope)


async def test_two_contended_keys_cost_a_few_transactions_for_each_doubling_of_the_batch() -> None:
    runner = Contention({"k7", "k200"})
    await runner.apply(batch())
    assert sorted(runner.stored) == sorted(each.identity for each in batch())
    first, *again = runner.with_precedence
    assert (first, set(again)) == (False, {True}), "the planner is asked to wait where it was met"
    assert not runner._store.precedence.is_taken
    assert runner.transactions <= 3 + 2 * (2 * log2(KEYS) + 2)


async def test_after_a_conflict_the_next_batches_look_first_and_once_it_is_over_no_more() -> None:
    """A log that repeats itself would cost each batch two tries."""
    runner = Contention({"k7"})
    for _ in range(runner.careful_batches + 2):
        await runner.apply([incoming("k7", 1)])
    assert runner.careful[0] is False
    assert runner.careful[-1] is False
    assert runner.careful.count(False) == 2


async def test_the_events_of_a_key_stay_in_order_however_often_the_batch_is_halved() -> None:
    runner = Contention({f"k{n}" for n in range(0, KEYS, 3)})
    await runner.apply(batch())
    for key in range(KEYS):
        assert runner.stored.index(f"/astreinte/toy/jars#k{key}:1") < runner.stored.index(
            f"/astreinte/toy/jars#k{key}:2"
        )


async def test_all_but_what_is_contended_for_ever_is_stored_before_the_batch_is_read_again() -> None:
    runner = Contention({"k7"}, for_ever=True)
    with pytest.raises(Contended):
        await runner.apply(batch())
    assert len(runner.stored) == len(batch()) - 2


async def test_who_gives_way_begins_nothing_while_a_batch_that_met_others_is_stored() -> None:
    precedence, begun = Precedence(), asyncio.Event()

    async def background() -> None:
        async with precedence.given():
            begun.set()

    async with precedence.taken():
        task = asyncio.create_task(background())
        await asyncio.wait([task], timeout=0.05)
        assert not begun.is_set()
    await asyncio.wait_for(task, 5)
    assert begun.is_set()


async def test_what_was_begun_before_is_over_when_the_batch_is_tried_again_or_has_had_its_time() -> None:
    precedence, begun, may_end, said = Precedence(), asyncio.Event(), asyncio.Event(), list[str]()

    async def background() -> None:
        async with precedence.given():
            begun.set()
            await may_end.wait()
            said.append("background")

    async def batch() -> None:
        async with precedence.taken():
            said.append("batch")

    slow = asyncio.create_task(background())
    await begun.wait()
    await asyncio.wait_for(batch(), 5)
    assert said == ["batch"], "what does not end is not waited for"
    again = asyncio.create_task(batch())
    await asyncio.wait([again], timeout=0.05)
    assert said == ["batch"]
    may_end.set()
    await asyncio.wait_for(asyncio.gather(slow, again), 5)
    assert said == ["batch", "background", "batch"]


async def test_fewer_are_stored_together_after_a_conflict_until_none_is_met() -> None:
    runner = Contention({"k7"})
    await runner.apply([incoming("k7", 1), incoming("k8", 1)])
    runner.sizes.clear()
    await runner.apply(batch())
    assert runner.sizes == [256, 256]
    runner.sizes.clear()
    await runner.apply(batch())
    assert runner.sizes == [512]
