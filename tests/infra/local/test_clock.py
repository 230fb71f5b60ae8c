"""Where the domain clock starts, and how it is stepped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from contracts.catalogue import Catalogue, facts
from infra.chassis.clock import SteppedClock
from infra.chassis.events.browsing import newest_recorded_at
from infra.chassis.events.topics import apply_topics
from infra.local.clock_control import ClockControl, ClockFile, started
from infra.local.errors import StackError
from tests.servers import RealServers

LONG_AGO = datetime(2016, 2, 29, tzinfo=UTC)
LATER = LONG_AGO + timedelta(days=90)
SECOND = timedelta(seconds=1)


@pytest.fixture
def kept(tmp_path: Path) -> ClockFile:
    return ClockFile(tmp_path / "clock.json")


def at(clock: SteppedClock, expected: datetime) -> bool:
    return abs(clock.now() - expected) < 10 * SECOND


def test_a_new_folder_starts_where_it_is_asked_to_and_writes_it_down(kept: ClockFile) -> None:
    said: list[str] = []
    assert at(started(kept, None, LONG_AGO, told=said.append), LONG_AGO)
    assert said == []
    assert at(started(kept, None, None, told=said.append), LONG_AGO)
    assert said == []


def test_without_being_asked_it_shows_the_time(kept: ClockFile) -> None:
    assert at(started(kept, None, None, told=print), datetime.now(UTC))


def test_it_never_starts_before_the_newest_event_though_its_file_is_lost(kept: ClockFile) -> None:
    said: list[str] = []
    assert at(started(kept, LATER, LONG_AGO, told=said.append), LATER)
    [sentence] = said
    assert sentence.startswith("The domain clock goes on at 2016-05-29T00:00:00")
    future = datetime.now(UTC) + timedelta(days=9)
    assert at(started(ClockFile(kept._path.with_name("other")), future, None, told=said.append), future)


def test_it_goes_on_from_the_later_of_its_file_and_the_newest_event(kept: ClockFile) -> None:
    started(kept, None, LATER, told=print)
    said: list[str] = []
    assert at(started(kept, LONG_AGO, LONG_AGO, told=said.append), LATER)
    assert len(said) == 1
    assert at(started(kept, LATER + timedelta(days=1), None, told=print), LATER + timedelta(days=1))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"offset_seconds": "far"}'])
def test_a_file_that_a_crash_cut_short_is_named(kept: ClockFile, text: str) -> None:
    kept._path.write_text(text)
    with pytest.raises(StackError, match=r"clock\.json does not hold the domain clock; remove it"):
        started(kept, None, None, told=print)


class Service:
    """Has one timer, which does its work when it is fired and never by itself."""

    stirring: list[str] = []  # noqa: RUF012 - of the protocol
    activity = 0

    def __init__(self, clock: SteppedClock, due: datetime) -> None:
        self.clock = clock
        self.due: datetime | None = due

    async def unquiet(self) -> list[str]:
        return []

    async def next_due(self) -> datetime | None:
        return self.due

    async def fire_due(self) -> None:
        if self.due is not None and self.due <= self.clock.now():
            self.due = None


async def test_what_becomes_due_is_done_at_once_and_not_at_the_next_turn_of_a_loop(kept: ClockFile) -> None:
    clock = SteppedClock(LONG_AGO, frozen=True)
    control = ClockControl(clock, [Service(clock, LONG_AGO + timedelta(hours=1))], kept)
    shown = await control.step(LONG_AGO + timedelta(hours=2))
    assert shown == {"now": "2016-02-29T02:00:00.000Z", "quiet": True, "next_due": None}


async def test_the_newest_event_is_found_among_all_partitions(servers: RealServers, unique: str) -> None:
    catalogue = Catalogue((facts(unique, "things", "thing_id", {}),))
    await apply_topics(servers.kafka, catalogue=catalogue)
    assert await newest_recorded_at(servers.kafka, catalogue=catalogue) is None
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as producer:
        for partition, when in ((3, "2016-03-01T00:00:00Z"), (5, "2016-05-29T00:00:00Z"), (7, "soon")):
            await producer.send_and_wait(
                f"{unique}.things.v1",
                b"{}",
                partition=partition,
                headers=[("ce_recordedtime", when.encode())],
            )
    assert await newest_recorded_at(servers.kafka, catalogue=catalogue) == LATER
