"""``python -m tests.chaos.service NAME [MUTATION]``: a service that can be told to die at a given point.

It is built by its own ``app.build``; orders come as lines on its standard input: ``crash POINT`` (at the next
passage), ``clock SECONDS`` (how far its system clock is off from now on) and ``noon`` (the
domain's clock stands still: nothing falls due any more while a run is judged).
"""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from fastapi import FastAPI
from pymongo.errors import PyMongoError

from infra.chassis.clock import Clock, SystemClock
from infra.chassis.events import inbox
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.events.rounds import Round
from infra.chassis.ops.interpreter import loading
from infra.chassis.runtime import Parts, Runtime
from infra.chassis.service import run_alone
from infra.chassis.store.collection import Collection
from infra.chassis.store.idempotency import Claimed, Claims, KeyedBy
from infra.chassis.store.mongo import Session, open_session
from infra.chassis.store.unit import Place
from infra.chassis.store.writing import Stale, UniqueViolation, write_together
from tests.chaos.mutations import MUTATIONS, Mutation


class JumpingClock(Clock):
    """The machine's clock, off by as much as somebody said."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.offset


class StoppingClock(Clock):
    """The machine's clock, until somebody stops it."""

    def __init__(self) -> None:
        self._stands_at: datetime | None = None

    def stop(self) -> None:
        self._stands_at = SystemClock().now()

    def now(self) -> datetime:
        return self._stands_at or SystemClock().now()


class Fuse:
    """Ends the process at the next passage of the point that it was set to."""

    def __init__(self) -> None:
        self._point = ""

    def set(self, point: str) -> None:
        self._point = point

    def lit(self, point: str) -> bool:
        return self._point == point

    def passes(self, point: str) -> None:
        if self.lit(point):
            os.kill(os.getpid(), signal.SIGKILL)


FUSE = Fuse()
CLOCK = JumpingClock()
BUSINESS = StoppingClock()


def waits_for(coroutine: Any) -> list[str]:
    """Where a task stands, from the outermost call to what it waits for."""
    places = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        where = (
            f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}" if frame else ""
        )
        places.append(where or repr(coroutine)[:200])
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return places


def describe() -> None:
    """What every task waits for and where every consumer stands, on standard error."""
    found = gc.get_objects()
    for task in [each for each in found if isinstance(each, asyncio.Task) and not each.done()]:
        print(f"{task.get_name()}: {' < '.join(waits_for(task.get_coro()))}", file=sys.stderr)
    for consumer in [each for each in found if isinstance(each, AIOKafkaConsumer)]:
        fetcher = consumer._fetcher
        for place in sorted(consumer.assignment() or ()):
            state = consumer._subscription.subscription.assignment.state_value(place)
            print(
                f"{place.topic}/{place.partition} position {state._position} status {state._status} "
                f"highwater {state.highwater} paused {state.paused} buffered {place in fetcher._records}",
                file=sys.stderr,
            )
        print(f"in flight {fetcher._in_flight} pending {fetcher._pending_tasks}", file=sys.stderr, flush=True)


def obey() -> None:
    """Do what the lines on standard input say, for as long as there is somebody who writes them."""
    for line in sys.stdin:
        order, _, rest = line.strip().partition(" ")
        if order == "crash":
            FUSE.set(rest)
        elif order == "clock":
            CLOCK.offset = timedelta(seconds=float(rest))
        elif order == "noon":
            BUSINESS.stop()
        elif order == "describe":
            describe()


def dies_at_points(parts: Parts) -> Parts:
    """The same parts, with points at which their process may be told to die."""

    class Publishes(parts.publisher):  # type: ignore[name-defined,misc]
        def offer(self, place: Place, outbox: Sequence[OutboxItem]) -> None:
            FUSE.passes("after-commit")
            super().offer(place, outbox)

        def _trim(self, place: Place, items: Sequence[OutboxItem]) -> None:
            FUSE.passes("after-publish")
            super()._trim(place, items)

        async def _trim_state(self, kind: Collection[Any], id: str, *rest: Any) -> None:
            await super()._trim_state(kind, id, *rest)
            FUSE.passes("between-trim-and-save")

    class Batches(parts.batches):  # type: ignore[name-defined,misc]
        async def _store_round(self, outcome: Round) -> None:
            if FUSE.lit("in-batch"):
                # Where it meets a conflict it dies at the next one: this one is tried again as ever.
                with suppress(Stale, UniqueViolation, PyMongoError):
                    await self._begin(outcome)
            await super()._store_round(outcome)

        async def _begin(self, outcome: Round) -> None:
            """As far as a transaction comes before it is committed."""
            store, now = self._store, self._store.system_clock.now()

            async def write(session: Session) -> None:
                await inbox.record(store.db, session, outcome.done, now)
                await write_together(store.db, session, outcome.entries, updated_at=now)
                FUSE.passes("in-batch")

            async with open_session(store.client) as session:
                await session.with_transaction(write)

    return replace(parts, publisher=Publishes, batches=Batches)


class DyingClaims(Claims):
    """A key is on record, and what it was for is not created."""

    async def claim(self, key: KeyedBy, id: str, at: datetime) -> Claimed:
        claimed = await super().claim(key, id, at)
        FUSE.passes("between-key-and-creation")
        return claimed


def with_claims(runtime: type[Runtime]) -> type[Runtime]:
    class Dies(runtime):  # type: ignore[valid-type,misc]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, system_clock=CLOCK, **named)

        def _assemble(self, epoch: int) -> None:
            super()._assemble(epoch)
            self.claims = DyingClaims(self.db)

    return Dies


def built(build: Any, mutation: Mutation, settings: Any, **rest: Any) -> FastAPI:
    app: FastAPI = build(
        settings,
        parts=dies_at_points(mutation.parts),
        runtime_type=with_claims(mutation.runtime),
        **rest,
    )
    return app


def main(name: str, mutation: str = "none") -> None:
    threading.Thread(target=obey, daemon=True).start()
    with loading():
        app, settings = (import_module(f"services.{name}.{module}") for module in ("app", "settings"))
    run_alone(partial(built, app.build, MUTATIONS[mutation]), settings.Settings, BUSINESS)


if __name__ == "__main__":
    main(*sys.argv[1:])
