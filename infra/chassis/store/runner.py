"""Runs commands: those on one aggregate in shared writes, the others in transactions."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pymongo.errors import BulkWriteError

from contracts.catalogue import CATALOGUE, Catalogue
from infra.chassis.clock import Clock
from infra.chassis.events.outbox import LIMITS, Limits, Stamp
from infra.chassis.store.audit import UNAUDITED, Auditing
from infra.chassis.store.collection import Document, Ref
from infra.chassis.store.idempotency import KeyedBy, KeyReused, find_moved, key_record, move_old_keys
from infra.chassis.store.jobs import (
    MAX_TRIES,
    Done,
    Job,
    Unavailable,
    answer,
    contended,
    fail,
    guarded,
    to_be_decided_again,
)
from infra.chassis.store.loading import load
from infra.chassis.store.merge import merge
from infra.chassis.store.mongo import Client, Database, Session, open_session, open_snapshot
from infra.chassis.store.precedence import Precedence
from infra.chassis.store.unit import Cause, Emission, Entry, Memory, NotLoaded, Place, Unit, UseCase
from infra.chassis.store.writing import (
    UNSTORABLE,
    CannotBeStored,
    Stale,
    UniqueViolation,
    write_each,
    write_together,
)

R = TypeVar("R")
Failed = dict[Place, Exception | None]
"""Places that were not stored: why, or None where the document had moved on."""

REFUSED = (UniqueViolation, CannotBeStored)
"""For good, and for certain: what shared a write with it may be tried again."""

GROUP_SIZE = 256
CONCURRENT_TRANSACTIONS = 16
SHARED_TRANSACTION = 32


class EmissionWriter(Protocol):
    """Appends the lines of numbered streams inside a transaction."""

    async def __call__(
        self, db: Database, session: Session, emissions: Sequence[Emission], now: datetime, /
    ) -> None: ...


async def no_streams(db: Database, session: Session, emissions: Sequence[Emission], now: datetime) -> None:
    """For services that have no numbered stream."""
    if emissions:
        raise TypeError("this service has no numbered streams")


@dataclass(frozen=True)
class Store:
    """A service's database and the clocks that its writes are stamped with."""

    client: Client
    db: Database
    clock: Clock
    system_clock: Clock
    epoch: int = 0
    catalogue: Catalogue = CATALOGUE
    write_emissions: EmissionWriter = no_streams
    limits: Limits = LIMITS
    precedence: Precedence = field(default_factory=Precedence, compare=False)
    auditing: Auditing = UNAUDITED

    def stamp(self, cause: Cause, now: datetime, system_now: datetime | None = None) -> Stamp:
        """What the events of one save share; ``system_now`` where many saves share a reading."""
        system_now = system_now or self.system_clock.now()
        return Stamp(cause, now, system_now, self.epoch, self.catalogue, self.limits)


class _Uncommitted(Exception):
    """A decision would rest on another command's change whose write can still fail."""


class CommandRunner:
    """``run`` a use case: concurrent ones share one query and one bulk write (group commit)."""

    def __init__(
        self,
        store: Store,
        committed: Callable[[Sequence[Entry]], None],
        grouped: Callable[[int], object] = lambda _: None,
    ) -> None:
        """``grouped`` is told how many commands go into a round together."""
        self._store = store
        self._grouped = grouped
        self._committed = committed
        self._queue: list[Job] = []
        self._drain: asyncio.Task[None] | None = None
        self._postponed: list[Job] = []
        self._several: list[Job] = []
        self._drain_of_several: asyncio.Task[None] | None = None
        self._transactions: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(CONCURRENT_TRANSACTIONS)
        self.running = 0
        self._stored_at: datetime | None = None

    async def run(self, use_case: UseCase[R], cause: Cause, key: KeyedBy | None = None) -> Done[R]:
        """Decide and store. ``Refusal`` and its kin come back as they were raised; nothing was stored then.

        ``key`` makes a repetition answer with the first result, marked ``again``. A use case that
        always changes several aggregates says so by a class attribute ``SEVERAL`` that is true: those
        that wait at the same time share one transaction.
        """
        future: asyncio.Future[Done[Any]] = asyncio.get_running_loop().create_future()
        job = Job(use_case, cause, key, future, use_case.loads())
        if getattr(use_case, "SEVERAL", False) and key is None:
            self._several.append(job)
            if self._drain_of_several is None:
                self._drain_of_several = asyncio.create_task(self._drain_several())
        else:
            self._queue.append(job)
            if self._drain is None:
                self._drain = asyncio.create_task(self._drain_queue())
        self.running += 1
        try:
            return await future
        finally:
            self.running -= 1

    async def close(self) -> None:
        """Finish what has begun."""
        while running := [
            task for task in (self._drain, self._drain_of_several, *self._transactions) if task is not None
        ]:
            await asyncio.wait(running)

    async def _drain_queue(self) -> None:
        try:
            while self._queue:
                jobs, self._queue = self._queue[:GROUP_SIZE], self._queue[GROUP_SIZE:]
                self._grouped(len(jobs))
                await guarded(jobs, self._round(jobs))
                # First in their next round, so that nobody has changed anything before they read it.
                self._queue[:0], self._postponed = self._postponed, []
        finally:
            self._drain = None

    async def _round(self, jobs: list[Job]) -> None:
        memory = Memory()
        pending, apart = jobs, list[Job]()
        while pending:
            singles = await self._decide(memory, pending)
            places = Counter(place for job in singles for place in job.places)
            changed = [memory.entries[place] for place in places if memory.entries[place].changed]
            failed: Failed = {}
            if changed:
                failed = await self._write_each(changed)
                self._committed([entry for entry in changed if (entry.kind.name, entry.id) not in failed])
                memory.forget()
            pending = []
            for job in singles:
                reasons = [failed[place] for place in job.places if place in failed]
                if not reasons:
                    answer(job, self._stored_at if job.places else None)
                elif isinstance(reasons[0], REFUSED) and any(places[place] > 1 for place in job.places):
                    apart.append(job)
                elif reasons[0] is not None:
                    fail(job, reasons[0])
                elif job.tries >= MAX_TRIES:
                    fail(job, contended())
                else:
                    job.tries += 1
                    pending.append(job)
            if any(job.tries > 1 for job in pending):
                await self._pause(pending)
        for job in apart:
            await self._round([job])

    async def _pause(self, jobs: Sequence[Job]) -> None:
        """Somebody else keeps changing the same documents: let him finish."""
        await asyncio.sleep(random.uniform(0, 0.002) * 2 ** min(max(job.tries for job in jobs), 6))

    async def _write_each(self, entries: Sequence[Entry]) -> Failed:
        """Store entries in one bulk write; the places that were not stored, and why."""
        commit, now = secrets.token_hex(6), self._store.system_clock.now()
        self._stored_at = now
        return await write_each(self._store.db, entries, commit=commit, updated_at=now)

    async def _decide(self, memory: Memory, jobs: list[Job]) -> list[Job]:
        """Run every job to a decision; those that change one aggregate at most come back, merged."""
        singles: list[Job] = []
        wants = [want for job in jobs for want in (*job.loads, *job.wants)]
        while jobs:
            await load(self._store.db, memory, wants)
            wants, blocked = [], []
            for job in jobs:
                if job.future.done():
                    continue
                try:
                    unit = await self._decide_one(memory, job)
                except NotLoaded as missing:
                    wants.append(missing.want)
                    job.wants.append(missing.want)
                    blocked.append(job)
                except _Uncommitted:
                    self._postponed.append(job)
                except Exception as error:
                    if self._rested_on_uncommitted(job):
                        self._postponed.append(job)
                    elif to_be_decided_again(job, error):
                        self._in_transaction(job)
                    else:
                        fail(job, error)
                else:
                    if unit is None:
                        continue
                    if len(unit.changes) > 1 or unit.emissions:
                        self._in_transaction(job)
                    else:
                        singles.append(job)
            jobs = blocked
        return singles

    def _rests_on_uncommitted(self, unit: Unit, *, refused: bool = False) -> bool:
        """Whether a decision rests on another command of this round, whose write can still fail."""
        return unit.read_uncommitted(refused=refused)

    def _rested_on_uncommitted(self, job: Job) -> bool:
        return job.unit is not None and self._rests_on_uncommitted(job.unit, refused=True)

    async def _decide_one(self, memory: Memory, job: Job, *, alone: bool = False) -> Unit | None:
        """Decide once; None when the job's key was seen and it has been answered."""
        unit = job.unit = Unit(memory, now=self._store.clock.now(), cause=job.cause)
        if job.key is not None:
            seen = await self._seen(memory, job)
            if seen is not None:
                job.done, job.places = seen, ()
                answer(job)
                return None
        result = job.use_case.decide(unit)
        if not alone and (len(unit.changes) > 1 or unit.emissions):
            return unit
        if self._rests_on_uncommitted(unit):
            raise _Uncommitted
        unit.rows.extend(self._store.auditing.rows(memory, unit))
        stamp = self._store.stamp(job.cause, unit.now)
        record = key_record(job.key, result, stamp.system_at) if job.key is not None else None
        if record is not None:
            await self._make_room(memory, unit)
        job.places = merge(memory, unit, stamp, record, self._looked_in(job, unit))
        version = memory.entries[job.places[0]].version if len(job.places) == 1 else None
        job.done = Done(result, version=version)
        return unit

    async def _make_room(self, memory: Memory, unit: Unit) -> None:
        """A document has no room for more keys of one round than it keeps: the rest waits for the next."""
        if not await move_old_keys(self._store.db, memory, unit):
            raise _Uncommitted

    def _looked_in(self, job: Job, unit: Unit) -> list[Place]:
        """Where a repetition of a keyed command looks for its key, before it decides anything."""
        return [(want.kind.name, want.id) for want in job.loads if isinstance(want, Ref)]

    async def _seen(self, memory: Memory, job: Job) -> Done[Any] | None:
        assert job.key is not None
        for want in job.loads:
            if not isinstance(want, Ref):
                continue
            entry = memory.entries.get((want.kind.name, want.id))
            if entry is None:
                raise NotLoaded(want)
            record: Document | None = next((k for k in entry.keys if k["key"] == job.key.name), None)
            if record is not None and record.get("fresh"):
                raise _Uncommitted
            record = record or await find_moved(self._store.db, entry, job.key)
            if record is not None:
                if record["hash"] != job.key.hash:
                    raise KeyReused
                return Done(record["result"], again=True)
        return None

    async def _drain_several(self) -> None:
        try:
            while self._several:
                jobs, self._several = self._several[:SHARED_TRANSACTION], self._several[SHARED_TRANSACTION:]
                self._grouped(len(jobs))
                await guarded(jobs, self._several_at_once(jobs))
        finally:
            self._drain_of_several = None

    async def _several_at_once(self, jobs: list[Job]) -> None:
        """All of them in one transaction; where that meets a conflict, each in one of its own."""
        memory = Memory()
        decided: list[Job] = []
        wants = [want for job in jobs for want in job.loads]
        while jobs:
            await load(self._store.db, memory, wants)
            wants, blocked = [], []
            for job in jobs:
                try:
                    await self._decide_one(memory, job, alone=True)
                except NotLoaded as missing:
                    wants.append(missing.want)
                    blocked.append(job)
                except _Uncommitted:
                    self._in_transaction(job)
                except Exception as error:
                    if self._rested_on_uncommitted(job) or to_be_decided_again(job, error):
                        self._in_transaction(job)
                    else:
                        fail(job, error)
                else:
                    decided.append(job)
            jobs = blocked
        entries = [memory.entries[place] for place in dict.fromkeys(p for job in decided for p in job.places)]
        emissions = [line for job in decided if job.unit is not None for line in job.unit.emissions]
        try:
            if entries or emissions:
                await self._store_together(entries, emissions)
        except (Stale, UniqueViolation, BulkWriteError, *UNSTORABLE):
            for job in decided:
                self._in_transaction(job)
            return
        self._committed(entries)
        for job in decided:
            answer(job)

    def _in_transaction(self, job: Job) -> None:
        task = asyncio.create_task(guarded([job], self._transact(job)))
        self._transactions.add(task)
        task.add_done_callback(self._transactions.discard)

    async def _transact(self, job: Job) -> None:
        async with self._slots:
            while not job.future.done():
                try:
                    memory, unit = await self._decide_alone(job)
                except Exception as error:
                    if not to_be_decided_again(job, error):
                        raise
                    await self._pause([job])
                    continue
                if unit is None:
                    return
                entries = [memory.entries[place] for place in job.places]
                try:
                    await self._store_together(entries, unit.emissions)
                except Stale as stale:
                    job.tries += 1
                    if job.tries >= MAX_TRIES:
                        raise contended() from stale
                    await self._pause([job])
                    continue
                self._committed(entries)
                answer(job)

    async def _decide_alone(self, job: Job) -> tuple[Memory, Unit | None]:
        """Decide on a memory of its own."""
        client, db = self._store.client, self._store.db
        async with open_snapshot(client, db.name) if job.at_one_instant else nullcontext() as snapshot:
            memory = Memory(careful=job.tries > 0, snapshot=snapshot)
            wants = list(job.loads)
            while True:
                await load(db, memory, wants)
                try:
                    return memory, await self._decide_one(memory, job, alone=True)
                except NotLoaded as missing:
                    wants = [missing.want]

    async def _store_together(self, entries: Sequence[Entry], emissions: Sequence[Emission]) -> None:
        store = self._store
        now = store.system_clock.now()

        async def write(session: Session) -> None:
            await write_together(store.db, session, entries, updated_at=now)
            if emissions:
                await store.write_emissions(store.db, session, emissions, now)

        async with open_session(store.client) as session:
            await session.with_transaction(write)


__all__ = ["CommandRunner", "Done", "EmissionWriter", "Failed", "Store", "Unavailable", "no_streams"]
