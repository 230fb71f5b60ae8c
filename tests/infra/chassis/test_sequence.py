"""Numbered streams on a real MongoDB: no holes, no repetition, visible in order, readable from anywhere."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import datetime, timedelta

import pytest
from pymongo.errors import OperationFailure

from infra.chassis.clock import SystemClock
from infra.chassis.ending import end
from infra.chassis.events.sequence import (
    COUNTERS,
    Gap,
    Line,
    Selection,
    append,
    indexes_of,
    last_number,
    rows_of,
)
from infra.chassis.events.tail import Tail
from infra.chassis.store.mongo import (
    Client,
    Database,
    Session,
    close,
    database,
    ensure_index,
    open_client,
    open_session,
)
from infra.chassis.store.runner import EmissionWriter
from infra.chassis.store.unit import Emission
from tests.servers import RealServers, until

ALL = Selection({})


@pytest.fixture
async def client(servers: RealServers) -> AsyncIterator[Client]:
    client = open_client(servers.mongodb, application="test")
    yield client
    await close(client)


@pytest.fixture
async def db(client: Client, unique: str) -> AsyncIterator[Database]:
    db = database(client, unique)
    for collection, indexes in indexes_of({"s": 7, "t": 400}, by="who").items():
        for index in indexes:
            await ensure_index(db[collection], index)
    yield db
    await client.drop_database(unique)


def lines(stream: str, *words: str) -> list[Emission]:
    return [Emission(stream, {"word": word, "who": [word[0], "everybody"]}) for word in words]


async def emit(
    client: Client, db: Database, emissions: Iterable[Emission], write_lines: EmissionWriter = append
) -> None:
    """Store lines in a transaction of their own, as often as it takes."""

    async def write(session: Session) -> None:
        await write_lines(db, session, list(emissions), SystemClock().now())

    async with open_session(client) as session:
        await session.with_transaction(write)


async def stored(db: Database, stream: str) -> list[tuple[int, str]]:
    return [
        (row["_id"], row["word"]) for row in await db[rows_of(stream)].find().sort("_id", 1).to_list(None)
    ]


@asynccontextmanager
async def running(tail: Tail) -> AsyncIterator[Tail]:
    task = asyncio.create_task(tail.run())
    try:
        yield tail
    finally:
        await end([task], within=10)


async def heard(tail: Tail, count: int, *, after: int | None, wanted: Selection = ALL) -> list[Line | Gap]:
    """The first ``count`` things that a reader hears."""
    found: list[Line | Gap] = []
    async with asyncio.timeout(10), aclosing(tail.follow(after, wanted)) as hearing:
        async for each in hearing:
            found.append(each)
            if len(found) == count:
                break
    return found


async def settled(condition: Callable[[], bool]) -> None:
    async def holds() -> bool:
        return condition()

    await until(holds, within=10, every=0.005)


def words(found: Iterable[Line | Gap]) -> list[str | tuple[int, int]]:
    return [(each.first, each.last) if isinstance(each, Gap) else each.document["word"] for each in found]


async def test_lines_are_numbered_from_one_in_each_stream(client: Client, db: Database) -> None:
    await emit(client, db, [*lines("s", "a", "b"), *lines("t", "x"), *lines("s", "c")])
    await emit(client, db, lines("s", "d"))
    assert await stored(db, "s") == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]
    assert await stored(db, "t") == [(1, "x")]
    assert await last_number(db, "s") == 4


async def test_a_stream_nobody_wrote_to_is_at_zero(db: Database) -> None:
    assert await last_number(db, "s") == 0


async def numbers_first(db: Database, session: Session, emissions: Sequence[Emission], now: datetime) -> None:
    """A fault: numbers are taken outside the transaction that writes their lines."""
    for emission in emissions:
        counter = await db[COUNTERS].find_one_and_update(
            {"_id": emission.stream}, {"$inc": {"last": 1}}, upsert=True, return_document=True
        )
        assert counter is not None
        row = {"_id": counter["last"], "at": now, **emission.document}
        await db[rows_of(emission.stream)].insert_one(row, session=session)


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(append, id="sound"),
        pytest.param(
            numbers_first,
            id="fault-numbers-first",
            marks=pytest.mark.xfail(raises=AssertionError, strict=True),
        ),
    ],
)
async def test_a_transaction_that_fails_leaves_no_hole(
    client: Client, db: Database, write: EmissionWriter
) -> None:
    async with open_session(client) as session:
        await session.start_transaction()
        await write(db, session, lines("s", "lost"), SystemClock().now())
        await session.abort_transaction()
    await emit(client, db, lines("s", "kept"), write)
    assert await stored(db, "s") == [(1, "kept")]


async def test_two_transactions_cannot_hold_numbers_of_a_stream_at_once(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "first"))
    now = SystemClock().now()
    async with open_session(client) as one, open_session(client) as two:
        await one.start_transaction()
        await two.start_transaction()
        await append(db, one, lines("s", "a"), now)
        with pytest.raises(OperationFailure) as conflict:
            await append(db, two, lines("s", "b"), now)
        assert conflict.value.has_error_label("TransientTransactionError")
        await one.commit_transaction()
    assert await stored(db, "s") == [(1, "first"), (2, "a")]


async def test_many_writers_leave_numbers_without_holes_and_each_reader_sees_them_in_order(
    client: Client, db: Database
) -> None:
    tail = Tail(db, "s")
    async with running(tail):
        readers = [asyncio.create_task(heard(tail, 60, after=0)) for _ in range(3)]
        await asyncio.gather(*(emit(client, db, lines("s", f"{w}-1", f"{w}-2", f"{w}-3")) for w in range(20)))
        for reader in readers:
            numbers = [each.number for each in await reader if isinstance(each, Line)]
            assert numbers == list(range(1, 61))


async def test_a_reader_who_comes_back_goes_on_where_he_was(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "a", "b", "c"))
    async with running(Tail(db, "s")) as tail:
        assert words(await heard(tail, 2, after=1)) == ["b", "c"]


async def test_a_new_reader_hears_only_what_comes(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "old"))
    async with running(Tail(db, "s")) as tail:
        reader = asyncio.create_task(heard(tail, 1, after=None))
        other = asyncio.create_task(heard(tail, 2, after=0))
        await settled(lambda: tail._readers == 2)
        await settled(lambda: tail._last == 1)
        await emit(client, db, lines("s", "new"))
        assert words(await reader) == ["new"]
        assert words(await other) == ["old", "new"]


async def test_a_reader_gets_only_what_is_selected_old_and_new(client: Client, db: Database) -> None:
    mine = Selection({"who": frozenset({"a"})})
    await emit(client, db, lines("s", "a1", "b1", "a2"))
    async with running(Tail(db, "s")) as tail:
        reader = asyncio.create_task(heard(tail, 3, after=0, wanted=mine))
        await settled(lambda: tail._last == 3)
        await emit(client, db, lines("s", "b2", "a3"))
        assert words(await reader) == ["a1", "a2", "a3"]


async def test_who_was_away_past_retention_is_told_what_he_missed(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "a", "b", "c", "d"))
    await db[rows_of("s")].delete_many({"_id": {"$lte": 3}})
    async with running(Tail(db, "s")) as tail:
        assert words(await heard(tail, 2, after=1)) == [(2, 3), "d"]


async def test_who_missed_everything_that_was_kept_is_told_so(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "a", "b"))
    await db[rows_of("s")].delete_many({})
    async with running(Tail(db, "s")) as tail:
        assert words(await heard(tail, 1, after=0)) == [(1, 2)]


async def test_a_reader_from_before_a_restore_is_told_and_goes_on(client: Client, db: Database) -> None:
    await emit(client, db, lines("s", "a"))
    async with running(Tail(db, "s")) as tail:
        reader = asyncio.create_task(heard(tail, 2, after=9))
        await settled(lambda: tail._last == 1)
        await emit(client, db, lines("s", "b"))
        assert words(await reader) == [(2, 9), "b"]


async def test_a_reader_may_come_from_a_replica_that_was_a_little_ahead(client: Client, db: Database) -> None:
    async with running(Tail(db, "s")) as tail:
        late = asyncio.create_task(heard(tail, 1, after=0))
        await settled(lambda: tail._readers == 1)
        await emit(client, db, lines("s", "a"))
        assert words(await late) == ["a"]
        await emit(client, db, lines("s", "b"))
        reader = asyncio.create_task(heard(tail, 1, after=2))
        await settled(lambda: tail._last == 2)
        await emit(client, db, lines("s", "c"))
        assert words(await reader) == ["c"]


async def test_a_slow_reader_is_served_from_the_rows(client: Client, db: Database) -> None:
    async with running(Tail(db, "s", kept=4, page=3)) as tail:
        slow = tail.follow(0, ALL)
        await emit(client, db, lines("s", "0"))
        numbers = [await anext(slow)]
        fast = asyncio.create_task(heard(tail, 21, after=0))
        for first in range(1, 21, 4):
            await emit(client, db, lines("s", *(str(n) for n in range(first, first + 4))))
        await fast
        async with asyncio.timeout(10):
            numbers += [await anext(slow) for _ in range(20)]
        await slow.aclose()
        assert words(numbers) == [str(n) for n in range(21)]


async def test_nothing_is_asked_of_the_database_while_nobody_reads(client: Client, db: Database) -> None:
    async with running(Tail(db, "s")) as tail:
        await emit(client, db, lines("s", "a"))
        await heard(tail, 1, after=0)
        assert not tail._wanted.is_set()


async def test_each_stream_keeps_its_lines_for_its_own_time(db: Database) -> None:
    for stream, days in (("s", 7), ("t", 400)):
        indexes = await db[rows_of(stream)].index_information()
        assert indexes["expiry"]["expireAfterSeconds"] == timedelta(days=days).total_seconds()


@pytest.mark.parametrize(
    ("document", "matches"),
    [
        ({"who": ["a", "b"], "kind": "x"}, True),
        ({"who": ["b"], "kind": "x"}, False),
        ({"who": ["a"], "kind": "y"}, False),
        ({"who": "a", "kind": "x"}, True),
        ({"who": [], "kind": "x"}, False),
        ({"kind": "x"}, False),
        ({"who": None, "kind": "x"}, False),
    ],
)
async def test_memory_and_database_select_alike(
    db: Database, document: dict[str, object], matches: bool
) -> None:
    selection = Selection({"who": frozenset({"a", "z"}), "kind": frozenset({"x"})})
    assert selection.matches(document) is matches
    await db["probe"].insert_one(dict(document))
    assert (await db["probe"].find_one(selection.query()) is not None) is matches
