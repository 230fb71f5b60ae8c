"""Where the domain clock starts, and how it is stepped."""

from collections.abc import Callable
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
FAULT = pytest.mark.xfail(raises=AssertionError, strict=True)


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


def without_events(
    kept: ClockFile, newest: datetime | None, asked: datetime | None, *, told: Callable[[str], None]
) -> SteppedClock:
    """A fault: what was recorded already does not count."""
    return started(kept, None, asked, told=told)


def without_file(
    kept: ClockFile, newest: datetime | None, asked: datetime | None, *, told: Callable[[str], None]
) -> SteppedClock:
    """A fault: how far the clock had come does not count."""
    return started(ClockFile(kept._path.with_name("nothing")), newest, asked, told=told)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(started, id="sound"),
        pytest.param(without_events, id="fault-without-events", marks=FAULT),
        pytest.param(without_file, id="fault-without-file", marks=FAULT),
    ],
)
def test_it_goes_on_from_the_later_of_its_file_and_the_newest_event(
    kept: ClockFile, start: Callable[..., SteppedClock]
) -> None:
    started(kept, None, LATER, told=print)
    said: list[str] = []
    assert at(start(kept, LONG_AGO, LONG_AGO, told=said.append), LATER)
    assert len(said) == 1
    assert at(start(kept, LATER + timedelta(days=1), None, told=print), LATER + timedelta(days=1))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"offset_seconds": "far"}'])
def test_a_file_that_a_crash_cut_short_is_named(kept: ClockFile, text: str) -> None:
    kept._path.write_text(text)
    with pytest.raises(StackError, match=r"clock\.json does not hold the domain clock; remove it"):
        started(kept, None, None, told=print)


class Service:
    """Has timers, which do their work when they are fired and never by themselves, and then events to read.

    ``early`` are the reasons against each jump that was made too soon.
    """

    stirring: list[str] = []  # noqa: RUF012 - of the protocol
    activity = 0

    def __init__(self, clock: SteppedClock, *due: datetime) -> None:
        self.clock = clock
        self.due = sorted(due)
        self.reasons = ["events to read"]
        self.early: list[str] = []

    async def unquiet(self) -> list[str]:
        """Quiet when it is asked for the second time."""
        reasons, self.reasons = self.reasons, []
        return reasons

    async def next_due(self) -> datetime | None:
        return next(iter(self.due), None)

    async def fire_due(self) -> None:
        self.early += self.reasons
        if self.due and self.due[0] <= self.clock.now():
            del self.due[0]
            self.reasons = ["events to read"]


async def test_what_becomes_due_is_done_at_once_and_not_at_the_next_turn_of_a_loop(kept: ClockFile) -> None:
    clock = SteppedClock(LONG_AGO, frozen=True)
    control = ClockControl(clock, [Service(clock, LONG_AGO + timedelta(hours=1))], kept)
    shown = await control.step(LONG_AGO + timedelta(hours=2))
    assert shown == {"now": "2016-02-29T02:00:00.000Z", "quiet": True, "next_due": None}


class Telling(Service):
    """Has nothing left to do once it is asked, having just told the others something."""

    async def unquiet(self) -> list[str]:
        self.activity += 1
        return []


class Hasty(ClockControl):
    """A fault: it believes each service, whatever the next one has told it since."""

    def _activity(self) -> int:
        return 0


@pytest.mark.parametrize(
    "control",
    [pytest.param(ClockControl, id="sound"), pytest.param(Hasty, id="fault-hasty", marks=FAULT)],
)
async def test_it_is_not_quiet_while_the_services_still_tell_each_other_something(
    kept: ClockFile, control: type[ClockControl]
) -> None:
    clock = SteppedClock(LONG_AGO, frozen=True)
    assert not (await control(clock, [Telling(clock)], kept).read())["quiet"]


class Impatient(ClockControl):
    """A fault: it jumps whatever is on its way."""

    async def until_quiet(self) -> None:
        pass


@pytest.mark.parametrize(
    "control",
    [pytest.param(ClockControl, id="sound"), pytest.param(Impatient, id="fault-impatient", marks=FAULT)],
)
async def test_it_jumps_to_the_next_due_moment_only_when_all_is_quiet(
    kept: ClockFile, control: type[ClockControl]
) -> None:
    clock = SteppedClock(LONG_AGO, frozen=True)
    service = Service(clock, LONG_AGO + timedelta(hours=1), LONG_AGO + timedelta(hours=2))
    await control(clock, [service], kept).step(LONG_AGO + timedelta(hours=3))
    assert (service.due, service.early) == ([], [])


class FullDisk(ClockFile):
    def write(self, offset: timedelta) -> None:
        raise OSError("no space left")


class JumpsFirst(ClockControl):
    """A fault: the offset is written when the clock shows it already."""

    async def _jump(self, to: datetime) -> None:
        self._clock.set(to)
        self._kept.write(self._clock.offset)


@pytest.mark.parametrize(
    "control",
    [pytest.param(ClockControl, id="sound"), pytest.param(JumpsFirst, id="fault-jumps-first", marks=FAULT)],
)
async def test_it_shows_no_time_that_a_restart_could_not_go_on_from(
    kept: ClockFile, control: type[ClockControl]
) -> None:
    clock = SteppedClock(LONG_AGO, frozen=True)
    with pytest.raises(OSError, match="no space left"):
        await control(clock, [], FullDisk(kept._path)).step(LATER)
    assert clock.now() == LONG_AGO


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
