from collections.abc import AsyncIterator

import pytest

from infra.chassis.store.mongo import Client, Database, close, database, open_client
from tests.servers import RealServers
from tests.services.dispatch.running import Running, running


@pytest.fixture
async def dispatch(servers: RealServers, unique: str) -> AsyncIterator[Running]:
    """A dispatch service of this test alone."""
    async with running(servers, unique) as service:
        yield service


@pytest.fixture
async def client(servers: RealServers) -> AsyncIterator[Client]:
    client = open_client(servers.mongodb, application="test")
    yield client
    await close(client)


@pytest.fixture
async def db(client: Client, unique: str) -> AsyncIterator[Database]:
    yield database(client, unique)
    await client.drop_database(unique)
