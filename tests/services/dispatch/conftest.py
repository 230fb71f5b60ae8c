from collections.abc import AsyncIterator

import pytest

from tests.servers import RealServers
from tests.services.dispatch.running import Running, running


@pytest.fixture
async def dispatch(servers: RealServers, unique: str) -> AsyncIterator[Running]:
    """A dispatch service of this test alone."""
    async with running(servers, unique) as service:
        yield service
