"""Connections to Kafka that are made in the background: nobody who starts or asks waits for them longer
than he wants to, and what hangs when it is closed is left behind."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from infra.chassis.ending import left, was_cancelled
from infra.kafka_address import Address

STOP_SECONDS = 4.0
RECONNECT_SECONDS = 0.5
OPEN_SECONDS = 10.0
START_SECONDS = 120.0
"""A consumer has started when it has its share of the partitions, for which it may wait for others."""

SIGNING_IN: Mapping[str, type[SASLPlaintext | SASLScram256 | SASLScram512]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


class Connected:
    """Starts a broker in the background until Kafka answers; starting a service never waits for it."""

    def __init__(self, make: Callable[[], KafkaBroker], log: logging.Logger) -> None:
        self._make = make
        self._log = log
        self._task: asyncio.Task[None] | None = None
        self.broker: KafkaBroker | None = None
        self.ready = asyncio.Event()

    def start(self) -> None:
        self._task = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        told = False
        while True:
            broker: KafkaBroker | None = None
            try:
                broker = self._make()
                await asyncio.wait_for(broker.start(), START_SECONDS)
            except (Exception, asyncio.CancelledError) as error:
                if was_cancelled():
                    # Half-started, it may be a member of its group already, and would stay one.
                    await stop_broker(broker)
                    raise
                if not told:
                    self._log.warning("Kafka does not answer yet: %s", error)
                told = True
                await stop_broker(broker)
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                self.broker = broker
                self.ready.set()
                return

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.ready.clear()
        broker, self.broker = self.broker, None
        if broker is not None:
            await stop_broker(broker)


def broker_at(kafka: str) -> dict[str, Any]:
    """Where a broker of FastStream's finds Kafka, and who it is there. OSError when a file cannot be used."""
    address = Address.of(kafka)
    where = {"bootstrap_servers": list(address.servers)}
    if not address.secure:
        return where
    trust = address.trust()
    if not address.user:
        return {**where, "security": BaseSecurity(ssl_context=trust)}
    way = SIGNING_IN[address.mechanism]
    return {**where, "security": way(address.user, address.password, ssl_context=trust)}


def quiet(log: logging.Logger) -> logging.Logger:
    """FastStream's own log, without its remarks on every start."""
    quiet = logging.Logger(f"{log.name}.faststream", logging.ERROR)
    quiet.handlers = log.handlers
    return quiet


async def stop_broker(broker: KafkaBroker | None) -> None:
    """aiokafka's stop can hang for ever, or end with a cancellation of its own."""
    if broker is not None:
        await left(broker.stop(), within=STOP_SECONDS)


async def opened(client: Any, close: Callable[[], Awaitable[None]]) -> Any:
    """A client once it is connected. Whoever asks for it may give up before: the next one finds it."""
    try:
        await asyncio.wait_for(client.start(), OPEN_SECONDS)
    except BaseException:
        await left(close(), within=STOP_SECONDS)
        raise
    return client


def failed(opening: "asyncio.Task[Any]") -> bool:
    return opening.done() and (opening.cancelled() or opening.exception() is not None)
