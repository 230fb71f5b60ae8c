"""Loops outlive what goes wrong in them, and end when somebody asks them to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest
from pymongo.errors import AutoReconnect

from infra.chassis.ending import end
from infra.chassis.looping import every, keep_running

LOG = logging.getLogger("test.loops")


async def a_future_that_a_library_cancels() -> None:
    inner: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    inner.cancel()
    await inner


async def a_fault_of_the_database() -> None:
    raise AutoReconnect("not now")


async def a_fault_of_ours() -> None:
    raise RuntimeError("oh")


FAULTS = (a_future_that_a_library_cancels, a_fault_of_the_database, a_fault_of_ours)


class Step:
    """Goes wrong the first time and is seen the second."""

    def __init__(self, fault: Callable[[], Awaitable[None]]) -> None:
        self.fault, self.times, self.again = fault, 0, asyncio.Event()

    __name__ = "step"

    async def __call__(self, _: object = None) -> None:
        self.times += 1
        if self.times == 1:
            await self.fault()
        self.again.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_step_that_fails_is_taken_again(fault: Callable[[], Awaitable[None]]) -> None:
    step = Step(fault)
    loop = asyncio.create_task(every(0, step, LOG))
    await asyncio.wait_for(step.again.wait(), 10)
    await end([loop], within=10)
    assert loop.cancelled()


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_task_that_fails_is_started_again(fault: Callable[[], Awaitable[None]]) -> None:
    step = Step(fault)
    loop = asyncio.create_task(keep_running(step, None, LOG))
    await asyncio.wait_for(step.again.wait(), 10)
    await end([loop], within=10)
    assert loop.cancelled()


async def test_a_task_that_comes_to_its_end_is_not_started_again() -> None:
    times = []

    async def once(given: str) -> None:
        times.append(given)

    await keep_running(once, "this", LOG)
    assert times == ["this"]
