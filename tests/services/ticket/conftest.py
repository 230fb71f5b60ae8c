import uuid
from collections.abc import AsyncIterator

import pytest

from tests.servers import RealServers
from tests.services.ticket.running import Firm, Running, a_firm, running


@pytest.fixture(scope="session")
async def service(servers: RealServers) -> AsyncIterator[Running]:
    """One ticket service for every test that needs it running: tests use ids of their own."""
    async with running(servers, f"k{uuid.uuid4().hex[:8]}") as service:
        yield service


@pytest.fixture
async def firm(service: Running, unique: str) -> Firm:
    return await a_firm(service, unique)
