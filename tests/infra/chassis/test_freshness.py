"""How long somebody waits for what another service may just have made."""

import asyncio
from contextlib import suppress
from typing import cast

from infra.chassis.events.freshness import Freshness, NotCaughtUp
from infra.chassis.events.kafka import Consumer


class Behind:
    """A consumer that never catches up, and drops the cancellation of whoever asks how far it has read."""

    async def end_offset(self, topic: str, key: str) -> tuple[int, int]:
        return 0, 5

    async def committed(self) -> dict[tuple[str, int], int]:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return {}


async def nothing() -> None:
    return None


async def test_nobody_waits_longer_though_a_cancellation_is_dropped() -> None:
    freshness = Freshness(cast(Consumer, Behind()))
    freshness.limit_seconds = 0.2
    asked = asyncio.create_task(freshness.find("lamps", "l", nothing))
    done, left = await asyncio.wait([asked], timeout=5)
    for task in left:
        task.cancel()
    assert [type(task.exception()) for task in done] == [NotCaughtUp]
