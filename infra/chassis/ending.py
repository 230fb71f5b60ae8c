"""The end of background tasks, in bounded time."""

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from typing import Any

ASK_AGAIN_SECONDS = 0.25


def was_cancelled() -> bool:
    """Whether somebody asked this task to end.

    aiokafka cancels futures of its own, and with them whoever waits for one: that asks nobody to end.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def left(closing: Awaitable[object], *, within: float) -> None:
    """Wait until something is closed, but only ``within`` so many seconds and whatever it fails with.

    ``CancelledError`` is for who was asked to end, not for who waits for a future that is cancelled.
    """
    try:
        with suppress(Exception):
            await asyncio.wait_for(closing, within)
    except asyncio.CancelledError:
        if was_cancelled():
            raise


async def end(tasks: Iterable["asyncio.Future[Any]"], *, within: float) -> None:
    """Cancel tasks until they have ended; those that have not ``within`` these seconds are left alone.

    Once is not enough: ``asyncio.wait_for`` of Python 3.11 drops a cancellation that comes while what it
    waits for is ready, and aiokafka waits in it often. The task would go on for ever.
    """
    left = {task for task in tasks if not task.done()}
    deadline = asyncio.get_running_loop().time() + within
    while left and asyncio.get_running_loop().time() < deadline:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=ASK_AGAIN_SECONDS)
