"""Tasks end although a cancellation gets lost on its way."""

import asyncio
import time

from infra.chassis.ending import end


async def deaf(times: int) -> None:
    """Takes no notice of the first few cancellations, like a wait that was over at the same moment."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if times == 0:
                raise
            times -= 1


async def test_a_task_that_misses_a_cancellation_is_asked_again() -> None:
    tasks = [asyncio.create_task(deaf(times)) for times in (0, 1, 2)]
    await asyncio.wait(tasks, timeout=0.01)
    await end(tasks, within=10)
    assert [task.cancelled() for task in tasks] == [True] * 3


async def test_a_task_that_never_listens_holds_nothing_up_for_longer() -> None:
    task = asyncio.create_task(deaf(3))
    await asyncio.wait([task], timeout=0.01)
    begun = time.monotonic()
    await end([task], within=0.3)
    assert not task.done()
    assert time.monotonic() - begun < 5
    await end([task], within=10)
    assert task.done()
