"""The publisher against a model of Kafka: whatever fails, no event is lost or overtaken."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.chassis.clock import SystemClock
from infra.chassis.events.late import Outboxes
from infra.chassis.events.outbox import OutboxItem
from infra.chassis.events.publisher import PROBES, Publisher
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Place
from tests.servers import until

OK, RAISES, FAILS, LOST = "ok", "raises", "fails", "lost"
"""What becomes of a send: taken; refused at once; refused later; taken, but the answer is lost."""

Saves = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4)), min_size=1, max_size=8)
Fates = st.lists(st.sampled_from((OK, OK, RAISES, FAILS, LOST)), max_size=30)


class World:
    """Documents with their outboxes, a log, and a connection that breaks as it was told to."""

    def __init__(self, fates: list[str]) -> None:
        self.fates = fates
        self.log: list[tuple[str, int]] = []
        self.outbox: dict[str, list[OutboxItem]] = defaultdict(list)
        self.saved: Counter[str] = Counter()
        self.broken = False

    def save(self, id: str, events: int) -> None:
        for _ in range(events):
            self.saved[id] += 1
            self.outbox[id].append({"stream": "s", "n": self.saved[id], "id": id})

    async def send(self, item: OutboxItem) -> "asyncio.Future[Any]":
        """What follows an event that fails late fails too, as an idempotent producer makes sure."""
        fate = self.fates.pop(0) if self.fates else OK
        if item["n"] == self.first_unacknowledged(item["id"]):
            self.broken = False
        if self.broken or fate == RAISES:
            raise ConnectionError("refused")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if fate in {OK, LOST}:
            self.log.append((item["id"], item["n"]))
        if fate == OK:
            future.set_result(None)
        else:
            self.broken = True
            future.set_exception(ConnectionError("no answer"))
        return future

    def first_unacknowledged(self, id: str) -> int:
        return int(self.outbox[id][0]["n"]) if self.outbox[id] else 0


class Trimming(Publisher):
    """Trims the model's documents."""

    retry_seconds = 0.0
    world: World

    async def _trim_once(self, trims: Mapping[Place, Mapping[str, set[int]]]) -> None:
        for (_, id), sent in trims.items():
            acknowledged = max(sent["s"])
            self.world.outbox[id] = [item for item in self.world.outbox[id] if item["n"] > acknowledged]


class Impatient(Trimming):
    retry_seconds = 0.02


def publisher_of(world: World, kind: type[Trimming] = Trimming) -> Trimming:
    log = logging.getLogger("model")
    log.setLevel(logging.CRITICAL)
    publisher = kind(
        cast(Database, None), world.send, SystemClock(), states={}, state_item=lambda *_: {}, log=log
    )
    publisher.world = world
    return publisher


async def play(world: World, saves: list[tuple[str, int]]) -> None:
    publisher = publisher_of(world)
    for turn, (id, events) in enumerate(saves):
        world.save(id, events)
        publisher.offer(("docs", id), tuple(world.outbox[id]))
        if turn % 2:
            await asyncio.sleep(0)
    for _ in range(10_000):
        if not publisher.busy:
            return
        await asyncio.sleep(0)
    raise AssertionError("the publisher does not come to rest")


@given(saves=Saves, fates=Fates)
def test_whatever_fails_every_event_is_published_and_none_overtakes(
    saves: list[tuple[str, int]], fates: list[str]
) -> None:
    world = World(list(fates))
    asyncio.run(play(world, saves))
    for id, last in world.saved.items():
        firsts = list(dict.fromkeys(n for each, n in world.log if each == id))
        assert firsts == list(range(1, last + 1))
        assert world.outbox[id] == []


@given(saves=Saves)
def test_while_nothing_fails_nothing_is_published_twice(saves: list[tuple[str, int]]) -> None:
    world = World([])
    asyncio.run(play(world, saves))
    assert max(Counter(world.log).values()) == 1


@given(saves=Saves, fates=Fates)
def test_a_lost_answer_costs_at_most_one_repetition_of_what_followed_it(
    saves: list[tuple[str, int]], fates: list[str]
) -> None:
    world = World(list(fates))
    asyncio.run(play(world, saves))
    repetitions = len(world.log) - sum(world.saved.values())
    assert repetitions <= fates.count(LOST)


def test_an_answer_that_does_not_come_is_silence() -> None:
    async def never_answers(item: OutboxItem) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().create_future()

    async def silence() -> float:
        publisher = publisher_of(World([]))
        publisher._send = never_answers
        publisher.offer(("docs", "a"), ({"stream": "s", "n": 1, "id": "a"},))
        for _ in range(10):
            await asyncio.sleep(0)
        return publisher.silent_seconds

    assert asyncio.run(silence()) > 0


class Outage:
    """A connection that refuses everything until it is mended."""

    def __init__(self) -> None:
        self.tries = 0
        self.mended = False

    async def send(self, item: OutboxItem) -> "asyncio.Future[Any]":
        self.tries += 1
        if not self.mended:
            raise ConnectionError("no connection")
        taken: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        taken.set_result(None)
        return taken


async def test_an_outage_is_said_once_and_asked_about_seldom_however_many_documents_wait(
    caplog: pytest.LogCaptureFixture,
) -> None:
    documents = 2_000
    world, outage = World([]), Outage()
    publisher = Impatient(
        cast(Database, None),
        outage.send,
        SystemClock(),
        states={},
        state_item=lambda *_: {},
        log=logging.getLogger("outage"),
    )
    publisher.world = world
    for n in range(documents):
        world.save(str(n), 1)
        publisher.offer(("docs", str(n)), tuple(world.outbox[str(n)]))
    began = asyncio.get_running_loop().time()

    async def tried_again() -> bool:
        return outage.tries >= documents + 20 * PROBES

    async def all_sent() -> bool:
        return not publisher.busy

    await until(tried_again, within=10, every=0.01)
    turns = (asyncio.get_running_loop().time() - began) / Impatient.retry_seconds
    assert outage.tries - documents < 10 * PROBES * turns
    assert [each.name for each in caplog.records].count("outage") == 1
    outage.mended = True
    await until(all_sent, within=10, every=0.01)
    assert all(world.outbox[str(n)] == [] for n in range(documents))


class Away(World):
    """Kafka is away until it is told to be there."""

    away = True

    async def send(self, item: OutboxItem) -> "asyncio.Future[Any]":
        if self.away:
            raise ConnectionError("away")
        return await super().send(item)


class Stored:
    """The documents of the model, as a sweep asks for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._found: list[dict[str, Any]] = []

    def __getitem__(self, _: str) -> "Stored":
        return self

    def find(self, query: Mapping[str, Any], _: object) -> "Stored":
        waiting = [id for id, outbox in self._world.outbox.items() if outbox]
        chosen = query.get("_id", {"$in": waiting})["$in"]
        self._found = [
            {"_id": id, "outbox": list(self._world.outbox[id]), "streams": {"s": self.known(id)}}
            for id in chosen
        ]
        return self

    def known(self, id: str) -> int:
        """The last number that the server which answers knows of."""
        return self._world.saved[id]

    def sort(self, *_: object) -> "Stored":
        return self

    async def to_list(self, count: int | None) -> list[dict[str, Any]]:
        return self._found[:count]


async def test_in_an_outage_a_sweep_offers_few_of_what_others_have_on_their_way() -> None:
    """All of it offered by each of three replicas would be in the log three times."""
    world = Away([])
    publisher = publisher_of(world, Impatient)
    publisher._db = database = cast(Database, Stored(world))
    publisher._outboxes = Outboxes(database)
    for n in range(400):
        world.save(f"d{n}", 1)
    publisher.offer(("docs", "d0"), tuple(world.outbox["d0"]))
    await until(lambda: held_up(publisher), within=10)
    offered = sum([await publisher.sweep(["docs"]) for _ in range(5)])
    assert 0 < offered <= PROBES
    world.away = False
    await until(lambda: at_rest(publisher), within=10)
    assert await publisher.sweep(["docs"]) <= PROBES, "others had no time to publish what is theirs"
    await until(lambda: swept_whole(publisher, world), within=30)
    assert sorted(world.log) == sorted((f"d{n}", 1) for n in range(400))


async def test_what_two_replicas_held_through_an_outage_is_mostly_published_by_one_of_them() -> None:
    world, documents = Away([]), 400
    replicas = [publisher_of(world, Impatient) for _ in range(2)]
    for n in range(documents):
        world.save(f"d{n}", 1)
    for publisher in replicas:
        publisher._outboxes = Outboxes(cast(Database, Stored(world)))
        for n in range(documents):
            publisher.offer(("docs", f"d{n}"), tuple(world.outbox[f"d{n}"]))
    for publisher in replicas:
        await until(partial(held_up, publisher), within=10)
    world.away = False
    for publisher in replicas:
        await until(partial(at_rest, publisher), within=20)
    assert {id for id, _ in world.log} == {f"d{n}" for n in range(documents)}
    assert len(world.log) < 1.5 * documents


class OldPrimary(Stored):
    """It was cut off before the events were saved, and does not know it yet."""

    def find(self, query: Mapping[str, Any], _: object) -> "Stored":
        super().find(query, _)
        for document in self._found:
            document["outbox"] = []
        return self

    def known(self, id: str) -> int:
        return 0


async def test_an_event_that_a_server_does_not_know_yet_is_not_taken_for_published() -> None:
    world = Away([])
    publisher = publisher_of(world, Impatient)
    publisher._outboxes = Outboxes(cast(Database, OldPrimary(world)))
    world.save("d", 3)
    publisher.offer(("docs", "d"), tuple(world.outbox["d"]))
    await until(partial(held_up, publisher), within=10)
    world.away = False
    await until(partial(at_rest, publisher), within=20)
    assert world.log == [("d", 1), ("d", 2), ("d", 3)]


async def held_up(publisher: Publisher) -> bool:
    return publisher.stuck_seconds > 2.1


async def at_rest(publisher: Publisher) -> bool:
    return not publisher.busy


async def swept_whole(publisher: Publisher, world: World) -> bool:
    await publisher.sweep(["docs"])
    return not any(world.outbox.values())
