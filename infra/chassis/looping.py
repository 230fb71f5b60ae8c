"""What a service does in the background goes on, whatever once goes wrong in it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from pymongo.errors import PyMongoError

from infra.chassis.ending import was_cancelled

T = TypeVar("T")

AGAIN_SECONDS = 1.0


async def after(prepared: asyncio.Event, loop: Coroutine[Any, Any, None]) -> None:
    """Begin the loop once that is set; one that nobody waits for any more has not begun."""
    try:
        await prepared.wait()
        await loop
    finally:
        loop.close()


async def every(seconds: float, step: Callable[[], Awaitable[object]], log: logging.Logger) -> None:
    """Take the step again and again, with so long a pause in between."""
    while True:
        try:
            await step()
        except PyMongoError as error:
            log.warning("%s is tried again: %s", step.__name__, error)
        except (Exception, asyncio.CancelledError):
            if was_cancelled():
                raise
            log.exception("%s failed and is tried again", step.__name__)
        await asyncio.sleep(seconds)


async def keep_running(task: Callable[[T], Awaitable[None]], given: T, log: logging.Logger) -> None:
    """Run what ends only when it fails, until it ends otherwise."""
    while True:
        try:
            await task(given)
            return
        except (Exception, asyncio.CancelledError):
            if was_cancelled():
                raise
            log.exception("%s failed and is started again", getattr(task, "__name__", task))
        await asyncio.sleep(AGAIN_SECONDS)
