"""Fixtures for every test: one real Kafka and MongoDB per run, and names that nobody else uses."""

import uuid
from collections.abc import AsyncIterator

import pytest

from infra.chassis.events.topics import apply_topics
from tests.servers import RealServers, chosen_backend, started


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Notify reads every fact of the shared topics, so its tests come first, while these hold its own."""
    items.sort(key=lambda item: "/services/notify/" not in item.path.as_posix())
