"""Processes that compute: what they answer, when they go, and what is done when one is lost."""

import asyncio
import logging
import math
import os
import signal
import sys
from collections.abc import AsyncIterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import pytest

from infra.chassis.crew import RETIRED_AT, Crew, Lost
from tests.servers import until

LOG = logging.getLogger("crew")


async def gone(*pids: int) -> None:
    async def all_are() -> bool:
        return not any(map(alive, pids))

    await until(all_are, within=5)


@pytest.fixture
async def crew() -> AsyncIterator[Crew]:
    crew = Crew(LOG, hands=2)
    staying = asyncio.create_task(crew.stay())
    yield crew
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)


def alive(pid: int) -> bool:
    """Whether it runs: one that has ended and waits to be asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it may go between the opening and the reading
        return False


async def test_what_is_computed_comes_back_from_another_process(crew: Crew) -> None:
    assert await crew.do(math.factorial, 30) == math.factorial(30)
    assert await crew.do(os.getpid) != os.getpid()


async def test_more_work_than_hands_is_done_by_as_many_processes_as_there_are_hands(crew: Crew) -> None:
    sizes = await asyncio.gather(*(crew.do(len, b"x" * n * 100_000) for n in range(12)))
    assert sizes == [n * 100_000 for n in range(12)]
    assert crew.waiting == 2


async def test_the_process_of_a_service_that_has_used_much_is_asked_again() -> None:
    crew, much = Crew(LOG, hands=1), bytearray(b"x") * RETIRED_AT
    pid = await crew.do(os.getpid)
    assert await crew.do(os.getpid) == pid
    assert len(much) == RETIRED_AT
    crew.dismiss()


async def test_what_is_raised_there_is_raised_here_and_the_process_goes_on() -> None:
    crew = Crew(LOG, hands=1)
    pid = await crew.do(os.getpid)
    with pytest.raises(ZeroDivisionError):
        await crew.do(Fraction, 1, 0)
    with pytest.raises(InvalidOperation):
        await crew.do(Decimal, "many")
    assert await crew.do(os.getpid) == pid
    crew.dismiss()


async def test_the_work_of_one_that_is_killed_is_done_by_another(
    crew: Crew, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert await crew.do(_die_once, tmp_path / "died") == "done"
    assert "another does its work" in caplog.text


async def test_work_that_kills_whoever_does_it_is_given_up(crew: Crew) -> None:
    with pytest.raises(Lost):
        await crew.do(os.kill, 0, signal.SIGKILL)
    assert await crew.do(abs, -1) == 1


async def test_one_that_has_used_much_memory_is_not_asked_again() -> None:
    crew = Crew(LOG, hands=1)
    pid = await crew.do(_use_much)
    assert crew.waiting == 0
    await gone(pid)
    assert await crew.do(os.getpid) != pid
    crew.dismiss()


def _die_once(died: Path) -> str:
    if not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def _use_much() -> int:
    """Until the end: what is given back is not counted."""
    _KEPT.append(bytearray(b"x") * RETIRED_AT)
    return os.getpid()


_KEPT: list[bytearray] = []


async def test_work_that_nobody_waits_for_any_more_answers_nobody_else(crew: Crew) -> None:
    slow = asyncio.create_task(crew.do(sum, range(10**9)))
    pid = await crew.do(os.getpid)
    slow.cancel()
    await asyncio.gather(slow, return_exceptions=True)
    assert await asyncio.gather(*(crew.do(abs, -n) for n in range(8))) == list(range(8))
    assert alive(pid)


async def test_who_has_had_nothing_to_do_for_a_while_goes() -> None:
    crew = Crew(LOG, hands=1, idle_seconds=0.05)
    pid = await crew.do(os.getpid)
    await gone(pid)
    assert crew.waiting == 0
    assert await crew.do(abs, -1) == 1
    crew.dismiss()


async def test_nobody_is_left_when_the_service_ends() -> None:
    own = Crew(LOG, hands=2)
    staying = asyncio.create_task(own.stay())
    pids = await asyncio.gather(own.do(os.getpid), own.do(os.getpid))
    staying.cancel()
    await asyncio.gather(staying, return_exceptions=True)
    await gone(*pids)


async def test_a_process_whose_service_was_killed_ends_by_itself(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    service = (
        "import asyncio, logging, os, pathlib, sys\n"
        "from infra.chassis.crew import Crew\n"
        "async def main():\n"
        "    pid = await Crew(logging.getLogger(), 1).do(os.getpid)\n"
        "    pathlib.Path(sys.argv[1]).write_text(str(pid))\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    python = await asyncio.create_subprocess_exec(sys.executable, "-c", service, str(told))
    await python.wait()
    pid = int(told.read_text())
    await gone(pid)
