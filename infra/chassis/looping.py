"""What a service does in the background goes on, whatever once goes wrong in it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from pymongo.errors import PyMongoError

from infra.chassis.ending import was_cancelled

AGAIN_SECONDS = 1.0


async def after(prepared: asyncio.Event, loop: Coroutine[Any, Any, None]) -> None:
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


async def keep_running(task: Callable[[], Awaitable[None]], log: logging.Logger) -> None:
    """Run what ends only when it fails, until it ends otherwise."""
    while True:
        try:
            await task()
            return
        except (Exception, asyncio.CancelledError):
            if was_cancelled():
                raise
            log.exception("%s failed and is started again", task)
        await asyncio.sleep(AGAIN_SECONDS)
