"""Parts that make trouble on demand: what tests put around the part under test, faulty or not."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.protocol.produce import ProduceRequest
from pymongo import monitoring
from pymongo.errors import OperationFailure
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from infra.chassis.events.kafka import Consumer, Producer
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.store.runner import CommandRunner, Failed
from infra.chassis.store.unit import Emission, Entry, NotLoaded
from tests.servers import until


class Unconnected(Producer):
    """Kafka never answers."""

    def start(self) -> None:
        pass

    async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
        raise ConnectionError("no Kafka here")


def shaky(producer: type[Producer], *, seed: int, one_in: int) -> type[Producer]:
    """A producer that loses its connection at every so many-th event, at random but repeatably."""
    chance = random.Random(seed)

    class Shaky(producer):  # type: ignore[valid-type,misc]
        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            if chance.randrange(one_in) == 0:
                raise ConnectionError("it shakes")
            return await super().__call__(item)  # type: ignore[no-any-return]

    return Shaky


def unacknowledged(producer: type[Producer], gate: asyncio.Event) -> type[Producer]:
    """A producer that sends at once and hears from Kafka when the gate opens."""

    class Unacknowledged(producer):  # type: ignore[valid-type,misc]
        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            sent = await super().__call__(item)

            async def later() -> Any:
                await gate.wait()
                return await sent

            return asyncio.ensure_future(later())

    return Unacknowledged


def stopped_before_sending(producer: type[Producer], gate: asyncio.Event) -> type[Producer]:
    """A producer that stands still between a save and its send until the gate opens."""

    class Stopped(producer):  # type: ignore[valid-type,misc]
        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            await gate.wait()
            return await super().__call__(item)  # type: ignore[no-any-return]

    return Stopped


def takes_only(producer: type[Producer], count: int) -> type[Producer]:
    """A producer whose connection breaks, for good, after some events; what it took is acknowledged."""
    left = count

    class TakesOnly(producer):  # type: ignore[valid-type,misc]
        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            nonlocal left
            left -= 1
            if left < 0:
                raise ConnectionError("it is broken")
            return await super().__call__(item)  # type: ignore[no-any-return]

    return TakesOnly


def meeting(commands: type[CommandRunner], barrier: asyncio.Barrier) -> type[CommandRunner]:
    """Command runners that all have decided before the first of them writes, the first time."""

    class Meeting(commands):  # type: ignore[valid-type,misc]
        met = False

        async def _write_each(self, entries: Sequence[Entry]) -> Failed:
            if not self.met:
                self.met = True
                await asyncio.wait_for(barrier.wait(), 5)
            return await super()._write_each(entries)  # type: ignore[no-any-return]

        async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
            if not self.met:
                self.met = True
                await asyncio.wait_for(barrier.wait(), 5)
            await super()._store_together(entries, emissions)

    return Meeting


def meddled_with(
    commands: type[CommandRunner], meddle: Callable[[], Awaitable[object]]
) -> type[CommandRunner]:
    """A command runner that somebody gets ahead of, once, between its decisions and its write."""

    class Meddled(commands):  # type: ignore[valid-type,misc]
        armed = True

        async def _write_each(self, entries: Sequence[Entry]) -> Failed:
            if self.armed and any(entry.stored_version for entry in entries):
                type(self).armed = False
                await meddle()
            return await super()._write_each(entries)  # type: ignore[no-any-return]

    return Meddled


def overtaken(commands: type[CommandRunner], meddle: Callable[[], Awaitable[object]]) -> type[CommandRunner]:
    """A command runner that somebody gets ahead of, once, between two of its reads for a command."""

    class Overtaken(commands):  # type: ignore[valid-type,misc]
        armed = True

        async def _decide_one(self, *args: Any, **options: Any) -> Any:
            try:
                return await super()._decide_one(*args, **options)
            except NotLoaded:
                if self.armed:
                    type(self).armed = False
                    await meddle()
                raise

    return Overtaken


def polled_last(consumer: type[Consumer], place: TopicPartition, beside: int) -> type[Consumer]:
    """A consumer that begins when it has fetched some partitions, and comes to one after the others."""

    class PolledLast(consumer.reader):  # type: ignore[name-defined,misc]
        begun = False

        async def getmany(self, *partitions: TopicPartition, **options: Any) -> Any:
            fetched = self._fetcher._records

            async def in_hand() -> bool:
                return self.begun or (place in fetched and len(fetched) > beside)

            await until(in_hand, within=10, every=0.01)
            self.begun = True
            if place in fetched:
                fetched[place] = fetched.pop(place)
            return await super().getmany(*partitions, **options)

    class Unlucky(consumer):  # type: ignore[valid-type,misc]
        reader = PolledLast

    return Unlucky


def committing(consumer: type[Consumer], gate: asyncio.Event, done: asyncio.Event) -> type[Consumer]:
    """A consumer whose commits reach Kafka when the gate opens; ``done`` is set by the first that has."""

    class SlowReader(consumer.reader):  # type: ignore[name-defined,misc]
        async def commit(self, offsets: Any = None) -> None:
            await gate.wait()
            await super().commit(offsets)
            done.set()

    class Slow(consumer):  # type: ignore[valid-type,misc]
        reader = SlowReader

    return Slow


def overheard(producer: type[Producer], hear: Callable[[int], None]) -> type[Producer]:
    """A producer of which ``hear`` is told, when Kafka has answered, how many replicas were asked for.

    By raising it loses the answer.
    """

    class Overheard(producer):  # type: ignore[valid-type,misc]
        hearing: Any = None

        async def __call__(self, item: OutboxItem) -> "asyncio.Future[Any]":
            broker: Any = self._connected.broker
            if broker is not None and self.hearing is not broker:
                self.hearing = broker
                _listen(broker.config.producer._producer.producer.client, hear)
            return await super().__call__(item)  # type: ignore[no-any-return]

    return Overheard


def _listen(client: Any, hear: Callable[[int], None]) -> None:
    send = client.send

    async def sent(node: int, request: Any, **options: Any) -> Any:
        answer = await send(node, request, **options)
        if isinstance(request, ProduceRequest):
            hear(request.required_acks)
        return answer

    client.send = sent


class Wire(CommandListener):
    """What clients that are opened in the meantime send to MongoDB, as (name, database, command)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Mapping[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append((event.command_name, event.database_name, dict(event.command)))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass

    def __enter__(self) -> "Wire":
        monitoring.register(self)
        return self

    def __exit__(self, *_: object) -> None:
        monitoring._LISTENERS.command_listeners.remove(self)


class Contention:
    """A writer of numbered streams that meets somebody else's write a few times."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def __call__(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            conflict = OperationFailure("somebody else advances the counter", 112)
            conflict._add_error_label("TransientTransactionError")
            raise conflict


class PowerCut:
    """A writer of numbered streams, the last step of a transaction, that fails a few times."""

    def __init__(self, times: int = 1) -> None:
        self.left = times

    async def __call__(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            raise RuntimeError("the power goes out")
