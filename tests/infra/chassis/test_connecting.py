"""A connection is made in the end, whatever the client makes of a server that goes away meanwhile."""

import asyncio
import logging
from typing import Any, cast

import pytest
from faststream.kafka import KafkaBroker

from infra.chassis.events.connecting import Connected

FAILURES = (ConnectionError("away"), asyncio.CancelledError(), TimeoutError())


class Broker:
    """Starts as it was told to."""

    def __init__(self, fails_with: BaseException | None, *, stops_with: BaseException | None = None) -> None:
        self._fails_with = fails_with
        self._stops_with = stops_with
        self.stopped = False

    async def start(self) -> None:
        await asyncio.sleep(0)
        if self._fails_with is not None:
            raise self._fails_with

    async def stop(self) -> None:
        self.stopped = True
        if self._stops_with is not None:
            raise self._stops_with


@pytest.mark.parametrize("error", FAILURES)
async def test_whatever_a_start_fails_with_it_is_tried_again(error: BaseException) -> None:
    """aiokafka cancels the futures of a connection that breaks, and whoever waits for one is cancelled."""
    first, second = Broker(error), Broker(None)
    left: list[Any] = [first, second]
    connected = Connected(lambda: cast(KafkaBroker, left.pop(0)), logging.getLogger("connecting"))
    connected.start()
    await asyncio.wait_for(connected.ready.wait(), 5)
    assert cast(Any, connected.broker) is second
    assert first.stopped
    await connected.stop()
    assert second.stopped


@pytest.mark.parametrize("error", FAILURES)
async def test_whatever_a_stop_fails_with_who_asked_for_it_goes_on(error: BaseException) -> None:
    """A producer that is stuck is stopped before another is made: there would be none, for ever."""
    stuck = Broker(None, stops_with=error)
    connected = Connected(lambda: cast(KafkaBroker, stuck), logging.getLogger("connecting"))
    connected.start()
    await asyncio.wait_for(connected.ready.wait(), 5)
    await connected.stop()
    assert stuck.stopped


async def test_a_connection_that_nobody_wants_any_more_is_not_made() -> None:
    hangs = Broker(None)
    hangs.start = asyncio.Event().wait  # type: ignore[method-assign,assignment]
    connected = Connected(lambda: cast(KafkaBroker, hangs), logging.getLogger("connecting"))
    connected.start()
    await asyncio.sleep(0)
    await asyncio.wait_for(connected.stop(), 5)
    assert hangs.stopped
