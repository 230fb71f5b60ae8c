"""Where the servers of a command are: in the environment, or what the data folder's `up` wrote down."""

import asyncio
import json
import logging
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, TypeVar

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.ending import ASK_AGAIN_SECONDS
from infra.chassis.events.browsing import AWAY
from infra.chassis.failed import Failed

RUNNING = "running.json"

T = TypeVar("T")


def servers(data: Path, *needed: Literal["kafka", "mongodb"]) -> dict[str, Any]:
    """``{"kafka", "mongodb", …}`` of a running stack; ``Failed`` says how to get one that is ``needed``."""
    found: dict[str, Any] = {}
    written = data.expanduser() / RUNNING
    if written.exists():
        try:
            found = dict(json.loads(written.read_text()))
        except (ValueError, TypeError) as error:
            raise Failed(f"{written} is cut short; stop `astreinte up` and start it again.") from error
    for name in ("kafka", "mongodb"):
        given = os.environ.get(f"ASTREINTE_{name.upper()}")
        if given:
            found[name] = given
    if lacking := [name for name in needed if name not in found]:
        settings = " and ".join(f"ASTREINTE_{name.upper()}" for name in lacking)
        raise Failed(
            f"No stack runs on {data}; start one with `astreinte up`, name its folder with --data, or set "
            f"{settings}."
        )
    return found


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; what the servers or a rule refuse becomes one sentence."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return asyncio.run(_until_told(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except Refusal as refusal:
        raise Failed(refusal.detail.en) from refusal
    except (PyMongoError, *AWAY) as error:
        raise Failed(
            f"A server does not answer ({error}); is `astreinte up` still running on this folder?"
        ) from error


async def _until_told(work: Coroutine[Any, Any, T]) -> T:
    """The work, ended by Ctrl-C: asked until it ends, because Python 3.11 may drop one request."""
    loop, doing = asyncio.get_running_loop(), asyncio.ensure_future(work)

    def end() -> None:
        if not doing.done():
            doing.cancel()
            loop.call_later(ASK_AGAIN_SECONDS, end)

    with suppress(NotImplementedError):  # Windows has no such signals: there asyncio's own way has to do
        loop.add_signal_handler(signal.SIGINT, end)
    return await doing
