"""Go on learning where partitions lie, whatever went wrong at the last try.

aiokafka's client learns it in a task of its own, which an error that it does not expect ends: uvloop, say,
answers a write to a connection that has just been closed with RuntimeError. Whoever waits for news then, such
as a consumer whose coordinator is gone, waits for ever.
"""

import asyncio
import logging
from typing import Any

AGAIN_SECONDS = 0.1

log = logging.getLogger(__name__)


def keep_learning(client: Any) -> None:
    """To be called before the client is started; those who wait are answered by the next try."""
    learn = client._md_synchronizer

    async def again_and_again() -> None:
        while True:
            try:
                await learn()
            except Exception:
                log.warning("asking where partitions lie failed and is tried again", exc_info=True)
            await asyncio.sleep(AGAIN_SECONDS)

    client._md_synchronizer = again_and_again
