"""Where partitions lie is asked for again after an error that aiokafka does not expect."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient

from infra.chassis.events.metadata import keep_learning


class Breaking(AIOKafkaClient):  # type: ignore[misc]
    """Its first question meets a connection that uvloop has just closed."""

    tries = 0

    async def _metadata_update(self, *asked: Any) -> bool:
        self.tries += 1
        if self.tries == 1:
            raise RuntimeError("unable to perform operation on <TCPTransport closed=True>")
        return True


FAULT = pytest.mark.xfail(raises=TimeoutError, strict=True)


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param(keep_learning, id="sound"),
        pytest.param(lambda client: None, id="fault-as-it-comes", marks=FAULT),
    ],
)
async def test_whoever_waits_for_news_is_answered_after_an_error(kept: Callable[[Any], None]) -> None:
    client = Breaking(bootstrap_servers="127.0.0.1:1")
    kept(client)
    learning = asyncio.create_task(client._md_synchronizer())
    try:
        assert await asyncio.wait_for(client.force_metadata_update(), 2)
    finally:
        learning.cancel()
        await asyncio.wait([learning])
