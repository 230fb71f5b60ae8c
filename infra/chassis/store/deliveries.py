"""A leased queue for effects outside the platform: mail, SMS, calls, Web Push and webhooks.

A delivery is an ordinary aggregate; this module decides who works on it and when. A worker first
stores that it took the delivery (owner, and until when), then acts, then stores the outcome. When
it dies in between, the lease runs out and another worker takes the delivery over.

The outside world takes no part in our transactions: a crash after the other side accepted and
before the outcome is stored makes the effect happen again. That window cannot be closed, only
kept small (nothing is awaited in between but that one write, which is repeated until it succeeds)
and made visible: every attempt carries the same identity, so the receiver can tell a repetition.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from pymongo.errors import PyMongoError

from contracts.refusal import Refusal
from infra.chassis.clock import Clock
from infra.chassis.ops.tracing import failed
from infra.chassis.store.collection import A_DATE, Collection, Document, Index
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Cause, UseCase

A = TypeVar("A")
R = TypeVar("R")
A_co = TypeVar("A_co", covariant=True)

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""``attempt_at`` of a new delivery: use cases know the domain's time only, leases the system's."""

BEFORE_OTHERS = AT_ONCE - timedelta(days=1)
"""The same of one that goes before all that is due, however long that has been."""

LEASE = timedelta(seconds=30)
ACT_WITHIN_SECONDS = 20.0
STOP_WITHIN_SECONDS = 3.0
SWEEP_SECONDS = 0.5
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (1, 5, 15, 60, 300, 900, 1800, 3600))
"""Waits between attempts; when they are used up the delivery has failed for good."""
MAX_ATTEMPTS = len(RETRY_AFTER) + 1

_log = logging.getLogger(__name__)


def due_index(order_by: str, *, by: str | None = None) -> Index:
    """The index that the queue of a collection needs; ``order_by`` decides among equally due ones.

    ``by`` is the field that tells the queues of one collection apart.
    """
    keys = ("attempt_at", order_by) if by is None else (by, "attempt_at", order_by)
    return Index(tuple((key, 1) for key in keys), partial={"attempt_at": A_DATE}, name="due")


class Rejected(Exception):
    """The other side refused for good: no further attempt makes sense. The text says why."""


@dataclass(frozen=True)
class Lease:
    """Who works on a delivery and until when nobody else does (system clock)."""

    owner: str
    taken_at: datetime
    until: datetime


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, and when (system clock). Without ``reason`` it succeeded; without ``retry_at`` it
    was the last. ``goes_on``: the worker can go on with another at once."""

    owner: str
    reason: str | None = None
    retry_at: datetime | None = None
    ended_at: datetime = AT_ONCE
    goes_on: bool = False

    @property
    def next_lease(self) -> Lease:
        """For what the worker goes on with."""
        return Lease(self.owner, self.ended_at, self.ended_at + LEASE)

    @property
    def word(self) -> str:
        """``done``, ``retried`` or ``failed``."""
        if self.reason is None:
            return "done"
        return "failed" if self.retry_at is None else "retried"


class Take(Protocol[A_co]):
    """The use case that stores a lease: the delivery as taken, or None when it is not to be had."""

    def __call__(self, id: str, lease: Lease, /) -> UseCase[A_co | None]: ...


class Settle(Protocol):
    """The use case that stores an outcome, unless the lease has meanwhile gone to somebody else.

    It may take what the same worker goes on with, where the outcome says that he can, and gives that.
    """

    def __call__(self, id: str, outcome: Outcome, /) -> UseCase[Any]: ...


class Do(Protocol):
    """Runs a use case for a cause and gives its result."""

    async def __call__(self, use_case: UseCase[R], cause: Cause, /) -> R: ...


Attempted = Callable[[str, float], None]
"""Told of each attempt how it ended and how many seconds it took."""


@dataclass(frozen=True)
class Queue(Generic[A]):
    """What the queue must know about one kind of delivery. ``A`` is what is taken to be performed.

    What is taken has an ``id``. The aggregate has ``attempts`` (how often it was taken) and ``attempt_at``:
    when it may be taken next (system clock); while it is taken, the end of the lease; None once settled.
    ``act`` performs the effect and raises when it did not happen, ``Rejected`` if it never will.
    ``cause`` is what the outcome's facts name as theirs. ``only`` is what documents must have to be in
    this queue, where several share a collection. ``retry_after`` are the waits between attempts.
    """

    collection: Collection[Any]
    take: Take[A]
    settle: Settle
    act: Callable[[A], Awaitable[None]]
    attempts: Callable[[A], int]
    cause: Callable[[A], Cause]
    order_by: str
    only: Document = field(default_factory=dict)
    retry_after: Sequence[timedelta] = RETRY_AFTER


class DeliveryLoop:
    """Works on due deliveries, several at a time, until cancelled; then finishes what it began."""

    def __init__(
        self,
        queue: Queue[Any],
        *,
        db: Database,
        do: Do,
        clock: Clock,
        owner: str,
        wake: Callable[[float], Awaitable[None]],
        workers: int = 8,
        attempted: Attempted = lambda _, __: None,
        looked: Callable[[int], None] = lambda _: None,
        within: Callable[[Cause], AbstractContextManager[Cause]] = nullcontext,
    ) -> None:
        """``clock`` is the system's. ``wake(seconds)`` returns when something may have become due.

        ``looked`` is told how many were due at a look, as far as a look goes. An attempt and its outcome
        are ``within`` a span below their cause.
        """
        self._queue = queue
        self._rows = db[queue.collection.name]
        self._do = do
        self._clock = clock
        self._owner = owner
        self._wake = wake
        self._workers = workers
        self._attempted = attempted
        self._looked = looked
        self._within = within
        self._todo: asyncio.Queue[str | None] = asyncio.Queue(maxsize=workers)
        self._taken: set[str] = set()
        self._stopping = False

    async def run(self) -> None:
        workers = [asyncio.create_task(self._work()) for _ in range(self._workers)]
        try:
            while True:
                try:
                    found = await self._feed()
                except PyMongoError as error:
                    _log.warning("due deliveries cannot be read: %s", error)
                    found = 0
                if not found:
                    await self._wake(SWEEP_SECONDS)
        finally:
            self._stopping = True
            while not self._todo.empty():
                self._todo.get_nowait()
            for _ in workers:
                self._todo.put_nowait(None)
            await asyncio.wait(workers, timeout=STOP_WITHIN_SECONDS)
            for worker in workers:
                worker.cancel()

    async def busy(self) -> bool:
        """Whether something is being delivered or could be right now (retries to come do not count)."""
        if self._taken:
            return True
        due = {**self._queue.only, "attempt_at": {"$lte": self._clock.now(), **A_DATE}}
        return await self._rows.find_one(due, {"_id": 1}) is not None

    async def _feed(self) -> int:
        """Hand what is due to the workers, oldest first; how many there were."""
        by_now = {"$lte": self._clock.now(), **A_DATE}
        query = {**self._queue.only, "attempt_at": by_now, "_id": {"$nin": sorted(self._taken)}}
        order = [("attempt_at", 1), (self._queue.order_by, 1)]
        due = await self._rows.find(query, {"_id": 1}).sort(order).to_list(self._workers * 8)
        self._looked(len(due) + len(self._taken))
        for row in due:
            self._taken.add(row["_id"])
            await self._todo.put(row["_id"])
        return len(due)

    async def _work(self) -> None:
        while True:
            id = await self._todo.get()
            if id is None:
                return
            try:
                await self._deliver(id)
            except Exception:
                _log.exception("delivery %s was left to its lease", id)
            finally:
                self._taken.discard(id)

    async def _deliver(self, id: str) -> None:
        now = self._clock.now()
        lease = Lease(self._owner, now, now + LEASE)
        delivery = await self._do(self._queue.take(id, lease), Cause(actor=self._owner, correlation_id=id))
        while delivery is not None:
            with self._within(self._queue.cause(delivery)) as cause:
                began = asyncio.get_running_loop().time()
                outcome = await self._attempt(delivery)
                self._attempted(outcome.word, asyncio.get_running_loop().time() - began)
                if outcome.reason is not None:
                    failed(outcome.reason)
                delivery = await self._store(delivery.id, outcome, cause)

    async def _attempt(self, delivery: Any) -> Outcome:
        reason, again = None, False
        try:
            async with asyncio.timeout(ACT_WITHIN_SECONDS):
                await self._queue.act(delivery)
        except Rejected as rejected:
            reason = str(rejected)
        except Exception as error:
            reason, again = _words(error), True
        now = self._clock.now()
        retry_at = self._retry_at(self._queue.attempts(delivery), now) if again else None
        return Outcome(self._owner, reason, retry_at, now, goes_on=not self._stopping)

    def _retry_at(self, attempts: int, now: datetime) -> datetime | None:
        waits = self._queue.retry_after
        return now + waits[attempts - 1] * random.uniform(0.9, 1.1) if attempts <= len(waits) else None

    async def _store(self, id: str, outcome: Outcome, cause: Cause) -> Any:
        """An effect that happened and is not on record would happen again: insist while the lease holds."""
        give_up_at = asyncio.get_running_loop().time() + LEASE.total_seconds()
        while True:
            try:
                return await self._do(self._queue.settle(id, outcome), cause)
            except (Refusal, PyMongoError):
                if asyncio.get_running_loop().time() > give_up_at:
                    raise
                await asyncio.sleep(0.25)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")[:500]
