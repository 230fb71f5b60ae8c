import uuid
from collections.abc import AsyncIterator

import pytest

from tests.servers import RealServers
from tests.services.inventory.facts import technician
from tests.services.inventory.running import Running, running


@pytest.fixture(scope="session")
async def inventory(servers: RealServers) -> AsyncIterator[Running]:
    """One inventory service for every test that needs it running: tests use ids of their own."""
    async with running(servers, f"i{uuid.uuid4().hex[:8]}") as service:
        for id in ("lea", "marc"):
            await service.state(technician(id), id)
        yield service
