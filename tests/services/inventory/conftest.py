import uuid
from collections.abc import AsyncIterator

import httpx
import pytest

from contracts.ticket.states import CustomerChanged
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


@pytest.fixture
async def agent(inventory: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with inventory.as_("agent") as client:
        yield client


@pytest.fixture
async def keeper(inventory: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with inventory.as_("stock-keeper") as client:
        yield client


@pytest.fixture
async def customer(inventory: Running, unique: str) -> str:
    """A known customer."""
    id = f"{unique}-customer"
    await inventory.state(CustomerChanged(customer_id=id, name="Clinique Pasteur"), id)
    return id


# -- sites -------------------------------------------------------------------------------------
