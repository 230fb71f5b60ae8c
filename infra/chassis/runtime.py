"""A service running: its store, its commands, its streams and its loops."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from opentelemetry.trace import SpanKind
from pymongo.errors import PyMongoError

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.refusal import NotFound, Refusal, UnknownReference
from infra.chassis.clock import Clock, SystemClock
from infra.chassis.ending import end
from infra.chassis.events.deciding import SpanOf, carried, caused
from infra.chassis.events.outbox import state_item
from infra.chassis.events.parked import PARKED, Parked
from infra.chassis.events.parser import Incoming, read
from infra.chassis.events.publisher import SWEEP_AGE
from infra.chassis.looping import after, every, keep_running
from infra.chassis.ops.metrics import Metrics
from infra.chassis.ops.tracing import Tracing, failed
from infra.chassis.preparing import prepare
from infra.chassis.quiet import stirring, unquiet
from infra.chassis.store import timers
from infra.chassis.store.collection import Collection, Document, Kind, by_index
from infra.chassis.store.epoch import read_epoch
from infra.chassis.store.idempotency import Claimed, Claims, KeyedBy, KeyReused, release
from infra.chassis.store.mongo import Client, Database, DocumentCollection, close, database, open_client
from infra.chassis.store.rows import holding, move_left_behind
from infra.chassis.store.runner import Done, Store, Unavailable
from infra.chassis.store.timers import Due
from infra.chassis.store.unit import AlreadyExists, Cause, Entry, UseCase
from infra.chassis.store.upgrading import upgrade_stored
from infra.chassis.store.writing import UniqueViolation
from infra.chassis.wiring import Born, Created, Kept, Parts, Service, Wake, kept_of, new_id

A = TypeVar("A")
R = TypeVar("R")

LOOP_SECONDS = 0.25
SWEEP_SECONDS = 1.0
STUCK_SECONDS = 30.0
PREPARED_WITHIN_SECONDS = 5.0
SERVICE_GRACE_SECONDS = 8.0


class Runtime:
    """The running service, as its routes and tasks use it."""

    def __init__(
        self,
        service: Service,
        *,
        clock: Clock,
        mongo: str,
        kafka: str,
        database_name: str | None = None,
        group: str | None = None,
        instance: str | None = None,
        system_clock: Clock | None = None,
        catalogue: Catalogue = CATALOGUE,
        log: logging.Logger | None = None,
        span: SpanOf = caused,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
        parts: Parts | None = None,
    ) -> None:
        self.service = service
        self.clock = clock
        self.system_clock = system_clock or SystemClock()
        self.log = log or logging.getLogger(f"astreinte.{service.name}")
        self.client: Client = open_client(mongo, application=f"astreinte-{service.name}")
        self.db: Database = database(self.client, database_name or f"astreinte_{service.name}")
        self.prepared = asyncio.Event()
        self.busy: list[Callable[[], Awaitable[bool]]] = []
        self._catalogue = catalogue
        self._parts = parts or Parts()
        self._span = span
        self._tracing = tracing or Tracing()
        self.metrics = metrics or Metrics(service.name)
        self._late = self.metrics.late() if service.timers else None
        self._tasks: list[asyncio.Task[None]] = []
        self._wakes: dict[str, list[Wake]] = {}
        self._watchers: dict[str, list[Callable[[Entry], None]]] = {}
        self.producer = self._parts.producer(kafka, client_id=f"astreinte-{service.name}", log=self.log)
        self.consumer = self._parts.consumer(
            kafka,
            group=group or f"astreinte.{service.name}",
            topics=service.topics(catalogue),
            on_batch=self._on_batch,
            log=self.log,
            instance=instance,
            linger_seconds=service.linger_seconds,
            parse=partial(read, catalogue=catalogue),
        )
        self.freshness = self._parts.freshness(self.consumer)
        self._assemble(epoch=0)

    def _assemble(self, epoch: int) -> None:
        service, parts = self.service, self._parts
        self.store = Store(
            self.client,
            self.db,
            self.clock,
            self.system_clock,
            epoch,
            self._catalogue,
            service.emissions,
            parts.limits,
            auditing=service.auditing,
        )
        states = {kind.name: kind for kind in service.collections if kind.state is not None}
        self.publisher = parts.publisher(
            self.db,
            self.producer,
            self.system_clock,
            states=states,
            state_item=self._state_item,
            log=self.log,
        )
        self.resender = parts.resender(self.store, states, self.publisher, self.consumer)
        self.claims = Claims(self.db)
        self.commands = parts.commands(self.store, self._committed, self.metrics.group.observe)
        self._decider = parts.decider(self.store, service.handlers, self._catalogue, self._span, self.log)
        self._copies = parts.copies(self.store, service.copies)
        on = (service.name, self.store, self._decider, self._copies, self._committed, self._put_aside)
        self._batches = parts.batches(*on, self.consumer.read_ahead)
        self._retrier = parts.retrier(*on)

    def _state_item(self, kind: Collection[Any], document: Document) -> Document:
        cause = Cause(actor=f"service:{self.service.name}", correlation_id=new_id())
        return state_item(kind, document, self.store.stamp(cause, self.clock.now()))

    # -- life ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin: the loops wait for the database, and the broker may come later."""
        self.producer.start()
        self._tasks = [asyncio.create_task(self._prepare())]
        for loop, seconds in (
            (self._retry_parked, LOOP_SECONDS),
            (self.fire_due, LOOP_SECONDS),
            (self._sweep, SWEEP_SECONDS),
            (self._replace_stuck_producer, SWEEP_SECONDS),
            (self._resend, 60.0),
            (self._upgrade, 60.0),
        ):
            self._begin(every(seconds, loop, self.log))
        for task in self.service.tasks:
            self._begin(keep_running(task, self, self.log))

    def _begin(self, loop: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(after(self.prepared, loop)))

    async def stop(self) -> None:
        """End in order: no new events, finish commands, publish what is on its way, let go."""
        await self.consumer.stop()
        await end(self._tasks, within=SERVICE_GRACE_SECONDS / 2)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.commands.close(), SERVICE_GRACE_SECONDS / 2)
        await self.publisher.close(SERVICE_GRACE_SECONDS / 2)
        await self.producer.stop()
        await self.consumer.close_admin()
        await close(self.client)

    async def _prepare(self) -> None:
        while True:
            try:
                await prepare(self.db, self.service)
                if epoch := await read_epoch(self.db):
                    self._assemble(epoch)
                break
            except PyMongoError as error:
                self.log.warning("the database cannot be prepared yet: %s", error)
                await asyncio.sleep(LOOP_SECONDS)
        self.prepared.set()
        self.consumer.start()

    # -- loops -----------------------------------------------------------------------------

    async def _on_batch(self, batch: Sequence[Incoming]) -> None:
        with self.metrics.batch_seconds.time():
            await self._batches.run(batch)
        self.metrics.batch.observe(len(batch))

    async def _retry_parked(self) -> None:
        await self._retrier.run_due()

    async def fire_due(self) -> None:
        now = self.clock.now()
        due = await timers.due(self.db, self.service.timers, now)
        await asyncio.gather(*(self._fire(each, now) for each in due))

    async def _fire(self, due: Due, now: datetime) -> None:
        with self.span("timer", due.cause(f"timer:{self.service.name}", new_id())) as cause:
            try:
                await self.commands.run(due.case, cause)
            except Exception as error:
                failed(str(error))
                self.log.error("the timer %r failed: %s", due.case, error)
                return
        if self._late is not None:
            self._late.observe((now - due.at).total_seconds())

    async def _resend(self) -> None:
        await self.resender.run_daily()

    async def _upgrade(self) -> None:
        """Not at start only: while a release rolls out its predecessor still writes older schemas."""
        await upgrade_stored(self.db, (*self.service.collections, *self.service.copies), self.log)

    async def _sweep(self) -> None:
        await self._sweep_rows()
        names, overdue = [*self.aggregates, PARKED], self.system_clock.now() - SWEEP_AGE
        await self.publisher.sweep(await holding(self.db, names, "outbox.0.at", overdue))

    async def _replace_stuck_producer(self) -> None:
        if self.publisher.stuck_seconds > STUCK_SECONDS:
            await self.producer.rebuild()
            self.publisher.begin_again()

    @property
    def aggregates(self) -> list[str]:
        """The collections whose documents have an outbox: rows have none."""
        return [kind.name for kind in self.service.collections if kind.rows_of is None]

    async def _sweep_rows(self) -> None:
        await move_left_behind(self.db, self.aggregates, self.system_clock.now() - SWEEP_AGE)

    # -- commits ---------------------------------------------------------------------------

    def _committed(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            name = entry.kind.name
            if entry.rows:
                self.publisher.moved((name, entry.id), [row.value.id for row in entry.rows])
            if entry.outbox:
                self.publisher.offer((name, entry.id), entry.outbox)
            for watch in self._watchers.get(name, ()):
                watch(entry)
            for wake in self._wakes.get(name, ()):
                wake.set()

    def _put_aside(self, events: Sequence[Parked]) -> None:
        for event in events:
            self.metrics.put_aside.labels(event.state).inc()
            if event.state == "dead":
                self.publisher.offer((PARKED, event.id), event.outbox)

    # -- what tasks do ---------------------------------------------------------------------

    @contextmanager
    def span(self, name: str, cause: Cause, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[Cause]:
        """A span for work that was begun earlier, below the one that it was begun in."""
        with (
            self._tracing.span(name, cause.traceparent, kind=kind) as traceparent,
            carried(replace(cause, traceparent=traceparent)) as caused,
        ):
            yield caused

    def wakes_on(self, kind: Collection[Any]) -> Wake:
        """Something to wait on that commits of ``kind`` in this process set."""
        wake = Wake()
        self._wakes.setdefault(kind.name, []).append(wake)
        return wake

    def watch(self, kind: Collection[Any], seen: Callable[[Entry], None]) -> None:
        """Call ``seen`` with every aggregate of ``kind`` that this process stores."""
        self._watchers.setdefault(kind.name, []).append(seen)

    # -- what routes do --------------------------------------------------------------------

    async def do(self, use_case: UseCase[R], cause: Cause, key: KeyedBy | None = None) -> Done[R]:
        """Run a command. A reference not known here yet is waited for before it is refused.

        Before the service is prepared nothing is run: its events would lack their epoch.
        """
        try:
            await asyncio.wait_for(self.prepared.wait(), PREPARED_WITHIN_SECONDS)
        except TimeoutError:
            raise Unavailable from None
        waited_for: set[tuple[str, str]] = set()
        async with self.claims.held(key, new_id(), self.system_clock.now()):
            while True:
                try:
                    return await self.commands.run(use_case, cause, key)
                except (UnknownReference, NotFound) as missing:
                    named = (missing.kind, missing.id)
                    if named in waited_for or not await self._arrives(missing):
                        raise
                    waited_for.add(named)

    async def create(
        self, make: Callable[[str], UseCase[R]], cause: Cause, key: KeyedBy | None = None
    ) -> Created[R]:
        """Run a creation. With a key, its repetitions find what the first one created."""
        claimed = Claimed(new_id())
        if key is not None:
            try:
                claimed = await self.claims.claim(key, claimed.id, self.system_clock.now())
            except PyMongoError as error:
                raise Unavailable from error
        id = claimed.id
        try:
            done = await self.do(make(id), cause)
        except AlreadyExists as exists:
            if key is None or exists.id != id:
                raise
            if claimed.anew:
                raise KeyReused from exists
            return Created(id, None, again=True)
        except Unavailable:
            raise
        except (Refusal, UniqueViolation) as refused:
            if key is None:
                raise
            if isinstance(refused, UniqueViolation) and await self._is_there(refused, id):
                return Created(id, None, again=True)
            await self._release(key, id)
            raise
        return Created(id, done.result, again=False, stored_at=done.stored_at)

    async def _is_there(self, refused: UniqueViolation, id: str) -> bool:
        """Whether a twin with the same key was faster: another unique index may have noticed first."""
        name, place = refused.place
        return place == id and await self.db[name].find_one({"_id": id}, {"_id": 1}) is not None

    async def _release(self, key: KeyedBy, id: str) -> None:
        await release(self.db, key, id)

    async def arrives(self, missing: UnknownReference) -> bool:
        """Whether a reference not known here yet comes once the read copy is up to date."""
        return await self._arrives(missing)

    async def _arrives(self, missing: UnknownReference | NotFound) -> bool:
        copy = next((c for c in self.service.copies if c.noun == missing.kind), None)
        born = self.service.born.get(missing.kind)
        if copy is not None:
            topic, key, kind = self._catalogue.topic_for(copy.model).name, missing.id, copy.name
        elif born is not None:
            topic, key, kind = born.topic, born.key(missing.id), born.kind.name
        else:
            return False

        async def look() -> Document | None:
            return await self.db[kind].find_one({"_id": missing.id, "erased": {"$ne": True}})

        return await self.freshness.find(topic, key, look) is not None

    async def read(self, kind: Kind[A], id: str) -> Kept[A] | None:
        """One aggregate or read copy as it is stored now."""
        document = await self.db[kind.name].find_one({"_id": id})
        return None if document is None else kept_of(kind, document)

    async def find(
        self,
        kind: Kind[A],
        filter: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (("_id", 1),),
        limit: int = 200,
    ) -> list[Kept[A]]:
        """Aggregates by a query; the erased are left out."""
        query = {**by_index(kind, filter), "erased": {"$ne": True}}
        found = self.db[kind.name].find(query).sort(list(sort)).limit(limit)
        kept = [kept_of(kind, document) for document in await found.to_list(None)]
        return [each for each in kept if each is not None]

    def collection(self, name: str) -> DocumentCollection:
        """A raw collection, for views."""
        return self.db[name]

    # -- what operators ask ----------------------------------------------------------------

    @property
    def stirring(self) -> list[str]:
        """What this process is in the middle of, as far as can be told without asking a server."""
        return stirring(self)

    async def unquiet(self) -> list[str]:
        """Why the service is not quiet; empty when nothing is on its way."""
        return await unquiet(self)

    @property
    def activity(self) -> int:
        """Rises with every event published and every batch read."""
        return self.publisher.published + self.consumer.batches

    async def next_due(self) -> datetime | None:
        """When the service's next timer is due."""
        return await timers.next_due(self.db, self.service.timers)


__all__ = ["Born", "Created", "Kept", "Parts", "Refusal", "Runtime", "Service", "Wake", "new_id"]
