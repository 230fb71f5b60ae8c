"""The delivery queue on a real MongoDB: one worker at a time, again after a failure, to the end on stop."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import pytest

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.clock import SteppedClock
from infra.chassis.ending import end
from infra.chassis.store.collection import Collection, Document, Loads, Ref
from infra.chassis.store.deliveries import (
    AT_ONCE,
    LEASE,
    MAX_ATTEMPTS,
    DeliveryLoop,
    Do,
    Lease,
    Outcome,
    Queue,
    Rejected,
    due_index,
)
from infra.chassis.store.mongo import Client, Database, close, database, ensure_indexes, open_client
from infra.chassis.store.runner import CommandRunner, Store
from infra.chassis.store.unit import Cause, Unit, UseCase
from tests.servers import RealServers, until

R = TypeVar("R")

TEST = Cause("test", "c")


@dataclass(frozen=True)
class Letter:
    id: str
    number: int = 0
    attempt_at: datetime | None = AT_ONCE
    attempts: int = 0
    owner: str | None = None
    outcome: str | None = None


Letters = Collection("letters", Letter, indexes=(due_index("number"),))


@dataclass(frozen=True)
class Post:
    id: str
    number: int

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> None:
        unit.add(Letters, Letter(self.id, self.number))


@dataclass(frozen=True)
class Take:
    id: str
    lease: Lease

    def loads(self) -> Loads:
        return (Ref(Letters, self.id),)

    def decide(self, unit: Unit) -> Letter | None:
        letter = unit.get(Letters, self.id)
        if letter is None or letter.attempt_at is None or letter.attempt_at > self.lease.taken_at:
            return None
        taken = replace(
            letter, owner=self.lease.owner, attempt_at=self.lease.until, attempts=letter.attempts + 1
        )
        unit.save(Letters, taken)
        return taken


@dataclass(frozen=True)
class TakeAnyway(Take):
    """A fault: a worker takes what another one holds."""

    def decide(self, unit: Unit) -> Letter | None:
        letter = unit.get(Letters, self.id)
        if letter is None or letter.outcome is not None:
            return None
        unit.save(Letters, replace(letter, owner=self.lease.owner, attempts=letter.attempts + 1))
        return letter


@dataclass(frozen=True)
class Settle:
    id: str
    outcome: Outcome

    def loads(self) -> Loads:
        return (Ref(Letters, self.id),)

    def decide(self, unit: Unit) -> None:
        letter = unit.get(Letters, self.id)
        if letter is not None and letter.owner == self.outcome.owner and letter.attempt_at is not None:
            done = self.outcome.reason or "done"
            unit.save(Letters, replace(letter, attempt_at=self.outcome.retry_at, owner=None, outcome=done))


Act = Callable[[Letter], Awaitable[None]]


class Office:
    """Letters in a database of the test's own, and loops that deliver them."""

    def __init__(self, client: Client, db: Database) -> None:
        self.db = db
        self.clock = SteppedClock()
        self.domain = SteppedClock()
        self.runner = CommandRunner(Store(client, db, self.domain, self.clock), self._committed)
        self.posted = asyncio.Event()

    def _committed(self, entries: object) -> None:
        self.posted.set()

    async def wake(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(min(seconds, 0.05)):
                await self.posted.wait()
        except TimeoutError:
            return
        self.posted.clear()

    async def do(self, use_case: UseCase[R], cause: Cause = TEST) -> R:
        return (await self.runner.run(use_case, cause)).result

    async def post(self, *ids: str) -> None:
        await asyncio.gather(*(self.do(Post(id, number)) for number, id in enumerate(ids)))

    def loop(
        self,
        act: Act,
        *,
        owner: str = "a",
        workers: int = 4,
        do: Do | None = None,
        take: type[Take] = Take,
        clock: SteppedClock | None = None,
        only: Document | None = None,
    ) -> DeliveryLoop:
        queue = Queue(
            collection=Letters,
            take=take,
            settle=Settle,
            act=act,
            attempts=lambda letter: letter.attempts,
            cause=lambda letter: Cause("test", letter.id),
            order_by="number",
            only=only or {},
        )
        return DeliveryLoop(
            queue,
            db=self.db,
            do=do or self.do,
            clock=clock or self.clock,
            owner=owner,
            wake=self.wake,
            workers=workers,
        )

    async def letters(self) -> list[Letter]:
        return [Letters.decode(row) for row in await self.db["letters"].find().sort("_id", 1).to_list(None)]

    async def until(self, holds: Callable[[list[Letter]], bool], idle: DeliveryLoop | None = None) -> None:
        async def checked() -> bool:
            return holds(await self.letters()) and not (idle and await idle.busy())

        await until(checked, within=10, every=0.01)


@pytest.fixture
async def office(servers: RealServers, unique: str) -> AsyncIterator[Office]:
    client = open_client(servers.mongodb, application="test")
    db = database(client, unique)
    await ensure_indexes(db, (Letters,))
    yield Office(client, db)
    await client.drop_database(unique)
    await close(client)


@asynccontextmanager
async def at_work(*loops: DeliveryLoop) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(loop.run()) for loop in loops]
    try:
        yield
    finally:
        await end(tasks, within=10)


def settled(letters: list[Letter]) -> bool:
    return all(letter.attempt_at is None for letter in letters)


FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


@pytest.mark.parametrize(
    "take", [pytest.param(Take, id="sound"), pytest.param(TakeAnyway, id="fault-no-lease", marks=FAULT)]
)
async def test_each_delivery_happens_once_however_many_loops_work(office: Office, take: type[Take]) -> None:
    happened: Counter[str] = Counter()

    async def act(letter: Letter) -> None:
        happened[letter.id] += 1

    ids = [f"l{n}" for n in range(100)]
    async with at_work(*(office.loop(act, owner=owner, take=take) for owner in "abc")):
        await office.post(*ids)
        await office.until(lambda letters: len(letters) == 100 and settled(letters))
    assert happened == Counter(ids)


async def test_a_queue_that_shares_a_collection_leaves_the_other_alone(office: Office) -> None:
    stuck = asyncio.get_running_loop().create_future()
    await office.post("a", "b", "c")
    first = office.loop(lambda letter: stuck, only={"number": 0})
    rest = office.loop(lambda letter: asyncio.sleep(0), only={"number": {"$gt": 0}})
    async with at_work(first, rest):
        outcomes = [None, "done", "done"]
        await office.until(lambda letters: [each.outcome for each in letters] == outcomes, idle=rest)
        assert await first.busy()
        stuck.set_result(None)


async def test_what_is_due_is_found_by_its_index(office: Office) -> None:
    async def act(letter: Letter) -> None:
        pass

    loop = office.loop(act)
    async with at_work(loop):
        await office.post(*(f"l{n}" for n in range(50)))
        await office.until(lambda letters: len(letters) == 50 and settled(letters))
    await office.db.command({"profile": 2})
    assert await loop._feed() == 0
    assert not await loop.busy()
    await office.db.command({"profile": 0})
    asked = await office.db["system.profile"].find({"ns": f"{office.db.name}.letters"}).to_list(None)
    assert [each["planSummary"].split(" {")[0] for each in asked] == ["IXSCAN", "IXSCAN"]


async def test_a_delivery_is_stored_as_taken_before_it_happens(office: Office) -> None:
    seen: list[Letter] = []

    async def act(letter: Letter) -> None:
        seen.extend(await office.letters())

    await office.post("l")
    async with at_work(office.loop(act)):
        await office.until(settled)
    assert [(each.owner, each.attempts) for each in seen] == [("a", 1)]


async def test_a_failure_is_tried_again_after_a_wait_and_given_up_in_the_end(office: Office) -> None:
    attempts: list[datetime] = []

    async def act(letter: Letter) -> None:
        attempts.append(office.clock.now())
        raise ConnectionError("away")

    await office.post("l")
    async with at_work(office.loop(act)):
        for made in range(1, MAX_ATTEMPTS):
            await office.until(lambda letters: letters[0].attempts == made and letters[0].owner is None)  # noqa: B023
            [letter] = await office.letters()
            assert letter.attempt_at is not None
            assert letter.attempt_at > office.clock.now()
            assert letter.outcome == "ConnectionError: away"
            office.clock.set(letter.attempt_at)
        await office.until(settled)
    waits = [after - before for before, after in pairwise(attempts)]
    assert len(attempts) == MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=50)


async def test_a_rejection_is_final(office: Office) -> None:
    async def act(letter: Letter) -> None:
        raise Rejected("never")

    await office.post("l")
    async with at_work(office.loop(act)):
        await office.until(settled)
    [letter] = await office.letters()
    assert (letter.attempts, letter.outcome) == (1, "never")


async def test_a_dead_workers_delivery_is_taken_over_when_its_lease_ends(office: Office) -> None:
    happened: list[str] = []

    async def act(letter: Letter) -> None:
        happened.append(letter.id)

    await office.post("l")
    now = office.clock.now()
    await office.do(Take("l", Lease("dead", now, now + LEASE)))
    async with at_work(office.loop(act)):
        assert happened == []
        office.clock.set(now + LEASE)
        await office.until(settled)
    assert happened == ["l"]


@pytest.mark.parametrize(
    "by", [pytest.param("clock", id="sound"), pytest.param("domain", id="fault-domain-clock", marks=FAULT)]
)
async def test_a_jump_of_the_domains_clock_ends_no_lease(office: Office, by: str) -> None:
    clock, begun, over = getattr(office, by), asyncio.Event(), asyncio.Event()

    async def act(letter: Letter) -> None:
        begun.set()
        await over.wait()

    await office.post("l")
    async with at_work(office.loop(act, clock=clock)):
        await asyncio.wait_for(begun.wait(), 10)
        office.domain.set(office.domain.now() + timedelta(days=1))
        free = await office.loop(act, owner="b", clock=clock).busy()
        over.set()
        await office.until(settled)
    assert not free


async def test_a_stopping_loop_finishes_what_it_began_and_begins_nothing(office: Office) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()
    happened: list[str] = []

    async def act(letter: Letter) -> None:
        began.set()
        await go_on.wait()
        happened.append(letter.id)

    await office.post("l0", "l1", "l2")
    task = asyncio.create_task(office.loop(act, workers=1).run())
    await began.wait()
    task.cancel()
    go_on.set()
    await asyncio.gather(task, return_exceptions=True)
    assert happened == ["l0"]
    assert [letter.outcome for letter in await office.letters()] == ["done", None, None]


async def test_deliveries_due_together_go_in_their_order(office: Office) -> None:
    happened: list[str] = []

    async def act(letter: Letter) -> None:
        happened.append(letter.id)

    await office.post("c", "a", "b")
    async with at_work(office.loop(act, workers=1)):
        await office.until(settled)
    assert happened == ["c", "a", "b"]


async def test_an_outcome_is_insisted_on_while_the_database_refuses(office: Office) -> None:
    happened: list[str] = []
    refusals = 2

    async def act(letter: Letter) -> None:
        happened.append(letter.id)

    async def unsure(use_case: UseCase[R], cause: Cause) -> R:
        nonlocal refusals
        if refusals and type(use_case).__name__ == Settle.__name__:
            refusals -= 1
            raise Refusal("not-ready", Text("Later.", "Plus tard."))
        return await office.do(use_case, cause)

    await office.post("l")
    async with at_work(office.loop(act, do=unsure)):
        await office.until(settled)
    assert happened == ["l"]


async def test_a_loop_is_busy_while_something_is_due_and_not_for_retries_to_come(office: Office) -> None:
    async def act(letter: Letter) -> None:
        raise ConnectionError

    loop = office.loop(act)
    await office.post("l")
    assert await loop.busy()
    async with at_work(loop):
        await office.until(lambda letters: letters[0].outcome is not None)

        async def idle() -> bool:
            return not await loop.busy()

        await until(idle, within=10, every=0.01)
