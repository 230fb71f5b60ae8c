"""One platform for the stories that break nothing, on a Kafka and a MongoDB that only stories use.

Stories put poison on topics and kill servers: other tests must not read or miss what they do. It ends with
the last story: a platform that rests takes a seventh of a machine from the tests that come after.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from infra.chassis.events.topics import apply_topics
from tests.flows.apart import Apart
from tests.flows.apart import apart as services_apart
from tests.flows.browser import Screens, any_browser
from tests.flows.firm import Firm
from tests.flows.platform import Platform, up
from tests.servers import RealServers, chosen_backend, started


@pytest.fixture(scope="package")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealServers]:
    async with started(chosen_backend(), tmp_path_factory.mktemp("flow-servers")) as given:
        await apply_topics(given.kafka)
        yield given


@pytest.fixture(scope="package")
async def platform(servers: RealServers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    addresses = {"ASTREINTE_KAFKA": servers.kafka, "ASTREINTE_MONGODB": servers.mongodb}
    async with up(tmp_path_factory.mktemp("platform"), servers=addresses) as running:
        yield running


@pytest.fixture(scope="package")
async def empty_servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealServers]:
    """A Kafka and a MongoDB without the platform, whose services would answer what the story's own ask."""
    async with started(chosen_backend(), tmp_path_factory.mktemp("empty-servers")) as given:
        await apply_topics(given.kafka)
        yield given


@pytest.fixture
async def apart(empty_servers: RealServers, tmp_path: Path, unique: str) -> AsyncIterator[Apart]:
    """Services that the story starts one by one."""
    async with services_apart(empty_servers, tmp_path, unique) as given:
        yield given


@pytest.fixture(scope="package")
async def browser() -> AsyncIterator[Browser]:
    """One for all screens; tests of screens are skipped where this machine has none."""
    async with any_browser() as found:
        if found is None:
            pytest.skip("no browser: install chromium, or name one by ASTREINTE_CHROMIUM")
        yield found


@pytest.fixture
async def screens(browser: Browser, platform: Platform) -> AsyncIterator[Screens]:
    """Pages of the shared platform; a page that complained, of its policy or its scripts, fails the test."""
    opened = Screens(browser, platform.http)
    yield opened
    assert opened.complaints == []


@pytest.fixture
async def firm(platform: Platform, unique: str) -> AsyncIterator[Firm]:
    """A firm whose clients, skills and people nobody else has. What it leaves open is cancelled, and what
    that sets going is over before the next story begins.
    """
    firm = Firm(platform, unique)
    yield firm
    await firm.leave()
    await platform.quiet(within=120)
