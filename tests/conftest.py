"""Fixtures for every test: one real Kafka and MongoDB per run, and names that nobody else uses."""

import gc
import time
import uuid
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from infra.chassis.events.topics import apply_topics
from tests import turns
from tests.servers import RealServers, chosen_backend, started

# Thousands of tests are objects that live to the end: looking them through costs a tenth of the time.
gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealServers]:
    """One Kafka, with the catalogue's topics, and one MongoDB for the whole run (for each worker of xdist).

    Embedded by default; ASTREINTE_TEST_BACKEND=containers asks for containers."""
    async with started(chosen_backend(), tmp_path_factory.mktemp("servers")) as given:
        await apply_topics(given.kafka)
        yield given


@pytest.fixture
def unique() -> str:
    """A short name of this test alone: the prefix of its databases, groups, ids and topics."""
    return f"t{uuid.uuid4().hex[:10]}"


def pytest_configure(config: pytest.Config) -> None:
    """Before there are workers: each of them collects the same."""
    turns.begin()


UNIT = "not servers"
UNIT_CPU_SECONDS = 30.0
"""On a machine that is busy with other things; less than 20 on one that is not."""
PROCESSES = ("/tests/flows/", "/tests/infra/cli/")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The suite that people run after each change stays short, whatever else the machine does."""
    if session.config.option.markexpr == UNIT and (spent := time.process_time()) > UNIT_CPU_SECONDS:
        print(f"\nThe unit suite took {spent:.0f} s of the processor, {UNIT_CPU_SECONDS:.0f} at most.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers or processes of its own: ``-m "not servers"`` is the rest, within seconds.

    Notify reads every fact of the shared topics, so its tests come first, while these hold its own.
    """
    for item in items:
        where = item.path.as_posix()
        if "servers" in getattr(item, "fixturenames", ()) or any(part in where for part in PROCESSES):
            item.add_marker("servers")
        if item.get_closest_marker("in_turn") and not turns.has_its_turn(item.nodeid.partition("[")[0]):
            item.add_marker(pytest.mark.skip(reason="has its turn on another day (make test ALL=1: at once)"))
    items.sort(key=lambda item: "/services/notify/" not in item.path.as_posix())


class OnePlatform(LoadScopeScheduling):  # type: ignore[misc]
    """One worker has all stories on the shared platform, so that there is one; else a file goes to one.

    A second platform would rest most of the time, at a third of a core.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "stories" if _is_told_on_the_platform(file) else file


@cache
def _is_told_on_the_platform(file: str) -> bool:
    if not file.startswith("tests/flows/"):
        return False
    text = Path(__file__).with_name("flows").joinpath(Path(file).name).read_text()
    return "firm: Firm" in text or "platform: Platform" in text


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OnePlatform | None:
    return OnePlatform(config, log) if config.getvalue("dist") == "loadfile" else None
