import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from contracts.ticket.states import CustomerChanged
from tests.servers import RealServers
from tests.services.inventory.agent_park import Park
from tests.services.inventory.agent_wire import Wire, wired
from tests.services.inventory.facts import technician
from tests.services.inventory.running import Running, running
from tests.services.inventory.test_api import keyed
from tests.services.inventory.test_on_real_servers import SITE


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


@pytest.fixture
async def wire(inventory: Running) -> AsyncIterator[Wire]:
    async with wired(inventory) as wire:
        yield wire


@pytest.fixture
async def park(
    keeper: httpx.AsyncClient, agent: httpx.AsyncClient, wire: Wire, customer: str, unique: str
) -> Park:
    site = f"{unique}-site"
    assert (await agent.put(f"/v1/sites/{site}", json={"customer_id": customer, **SITE})).status_code == 201
    made = await keeper.post(
        "/v1/agent-keys",
        json={"customer_id": customer, "site_id": site, "name": "Parc de la clinique", "every_hours": 12},
        headers=keyed(),
    )
    assert made.status_code == 201, made.text
    key = made.json()
    return Park(keeper, replace(wire, secret=key["secret"]), customer, site, key)
