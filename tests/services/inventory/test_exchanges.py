"""A technician takes one machine out and puts another in: the park says so, and what was there before."""

import httpx
import pytest

from contracts.values import PartUsed
from services.inventory.domain.asset import Asset
from services.inventory.domain.history import Difference, Happening
from services.inventory.store.assets import AssetLines, Assets
from tests.servers import until
from tests.services.inventory.facts import Visits, an_inventory, closed, stocked
from tests.services.inventory.running import Running
from tests.services.inventory.test_on_real_servers import SITE
from tests.world import World

ROUTER = Asset(
    "router-1", "pasteur", "pasteur-nord", "Router", "router", serial="SN-OLD", warranty_until="2027-01-01"
)


def a_park(*machines: Asset) -> World:
    world = an_inventory()
    stocked(world, ("van:lea", "router", 2))
    for each in machines or (ROUTER,):
        world.give(Assets, each)
    return world


def fitted(serial_out: str | None = "SN-OLD", serial_in: str | None = "SN-NEW") -> PartUsed:
    return PartUsed(sku="router", quantity=1, serial_in=serial_in, serial_out=serial_out)


@pytest.mark.parametrize("read_out", ["SN-OLD", "sn old", "snold"])
def test_the_machine_goes_on_with_the_serial_that_was_put_in(read_out: str) -> None:
    world = a_park()
    Visits(world).closed("v-1", "lea", fitted(read_out))
    machine = world.have(Assets, "router-1")
    assert (machine.serial, machine.warranty_until) == ("SN-NEW", None)
    [line] = world.all(AssetLines)
    assert (line.happening, line.ticket_id) == (Happening.EXCHANGED, "ticket-of-v-1")
    assert Difference("serial", "SN-OLD", "SN-NEW") in line.differences


@pytest.mark.parametrize(
    "used",
    [fitted("SN-OF-A-PART"), fitted(serial_in=None), fitted(serial_out=None), fitted(serial_in="sn-old")],
)
def test_what_names_no_machine_or_no_other_one_changes_nothing(used: PartUsed) -> None:
    world = a_park()
    Visits(world).closed("v-1", "lea", used)
    assert world.have(Assets, "router-1") == ROUTER
    assert world.all(AssetLines) == []


def test_a_machine_of_another_site_and_one_of_two_of_the_same_serial_are_left_alone() -> None:
    elsewhere = Asset("router-2", "pasteur", "pasteur-sud", "Router", "router", serial="SN-SOUTH")
    twins = [
        Asset(f"twin-{n}", "pasteur", "pasteur-nord", "Twin", "router", serial="SN-TWIN") for n in (1, 2)
    ]
    world = a_park(elsewhere, *twins)
    visits = Visits(world)
    visits.closed("v-1", "lea", fitted("SN-SOUTH"))
    visits.closed("v-2", "lea", fitted("SN-TWIN"))
    assert world.all(AssetLines) == []


async def test_what_was_exchanged_is_told_with_the_machine(
    inventory: Running, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    asset = {"site_id": unique, "name": "Router", "kind": "router", "serial": f"{unique}-A"}
    assert (await agent.put(f"/v1/assets/{unique}", json=asset)).is_success
    fact = closed(f"{unique}-v", "lea", fitted(f"{unique}-A", f"{unique}-B"))
    await inventory.visit(fact.model_copy(update={"site_id": unique, "customer_id": customer}))

    async def exchanged() -> bool:
        return bool((await agent.get(f"/v1/assets/{unique}")).json()["serial"] == f"{unique}-B")

    await until(exchanged, within=20)
    *_, line = (await agent.get(f"/v1/assets/{unique}/history")).json()["items"]
    assert line["happening"] == "exchanged"
    assert {"field": "serial", "before": f"{unique}-A", "after": f"{unique}-B"} in line["differences"]
