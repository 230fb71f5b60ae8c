"""Where the servers of a command are: in the environment, or what the data folder's `up` wrote down."""

import asyncio
import json
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.failed import Failed

RUNNING = "running.json"

T = TypeVar("T")


def servers(data: Path) -> dict[str, Any]:
    """``{"kafka", "mongodb", …}`` of a running stack; ``Failed`` says how to get one."""
    found: dict[str, Any] = {}
    written = data.expanduser() / RUNNING
    if written.exists():
        found = json.loads(written.read_text())
    for name in ("kafka", "mongodb"):
        given = os.environ.get(f"ASTREINTE_{name.upper()}")
        if given:
            found[name] = given
    if "kafka" not in found or "mongodb" not in found:
        raise Failed(
            f"No stack runs on {data}; start one with `astreinte up`, name its folder with --data, or set "
            "ASTREINTE_KAFKA and ASTREINTE_MONGODB."
        )
    return found


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; what the servers or a rule refuse becomes one sentence."""
    try:
        return asyncio.run(work)
    except Refusal as refusal:
        raise Failed(refusal.detail.en) from refusal
    except (PyMongoError, ConnectionError, TimeoutError) as error:
        raise Failed(
            f"A server does not answer ({error}); is `astreinte up` still running on this folder?"
        ) from error
