"""Waiting on a condition, with a word on what was waited for."""

from collections.abc import Awaitable, Callable

import pytest

from tests import servers


async def until(
    holds: Callable[[], Awaitable[object]],
    *,
    within: float = 20.0,
    why: str | Callable[[], str] = "",
    every: float = 0.05,
) -> None:
    """``tests.servers.until`` with ``why`` added to its failure."""
    try:
        await servers.until(holds, within=within, every=every)
    except pytest.fail.Exception as failure:
        pytest.fail(f"{failure} {why() if callable(why) else why}")
