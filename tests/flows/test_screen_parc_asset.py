"""The park manager's machine: what its agent says, what became of it, and inventories that are in doubt."""

import base64
import json
import zlib
from typing import Any

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Customer, Firm, done
from tests.services.inventory.agents import GLPI_AGENT, ZLIB, laptop


async def tell(firm: Firm, secret: str, message: Any) -> None:
    credentials = base64.b64encode(f"agent:{secret}".encode()).decode()
    answer = await firm.platform.client.post(
        "/inventory",
        content=zlib.compress(json.dumps(message).encode()),
        headers={**GLPI_AGENT, **ZLIB, "Authorization": f"Basic {credentials}"},
    )
    assert done(answer)["status"] == "ok"


async def reported(firm: Firm) -> tuple[Customer, str]:
    """A customer with a machine whose memory has gone, and the key of its agent."""
    acme = await firm.customer()
    site = await firm.site(acme)
    body = {"customer_id": acme.id, "site_id": site, "name": "Parc"}
    secret = done(await firm.stock_keeper.post("/v1/agent-keys", body))["secret"]
    await tell(firm, secret, laptop())
    await tell(firm, secret, laptop(memories__rows=[{"capacity": 8192}]))
    return acme, secret


async def test_a_machine_shows_its_inventory_and_what_changed(firm: Firm, screens: Screens) -> None:
    acme, _ = await reported(firm)
    async with screens.open("/parc", acme.manager) as page:
        await page.get_by_label("Search").press_sequentially("latit 5420")
        await page.get_by_role("link", name="PC-COMPTA").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("PC-COMPTA")
        await expect(page.get_by_text("claire.morel")).to_be_visible()
        history = page.get_by_role("region", name="What became of it")
        await expect(history.get_by_text("memory :")).to_contain_text("16 GB → 8 GB")
        await page.get_by_text("Software (3)").click()
        await expect(page.get_by_role("cell", name="Sage 100")).to_be_visible()
        await expect(page.get_by_role("link", name="To be decided")).to_have_count(0)
        assert await barriers(page) == []


async def test_an_inventory_in_doubt_is_decided_and_nothing_is_merged_before(
    firm: Firm, screens: Screens
) -> None:
    acme, secret = await reported(firm)
    clone = f"PC-{firm.id('clone')}"
    same = laptop()["content"]["hardware"]["uuid"]
    await tell(firm, secret, laptop("clone", hardware__uuid=same, hardware__name=clone))
    async with screens.open("/parc/reviews", firm.stock_keeper, size=PHONE) as page:
        review = page.get_by_role("region", name=clone).first
        await expect(review).to_contain_text("another serial number")
        assert await barriers(page) == []
        await review.get_by_role("button", name="It is another machine").click()
        await expect(page.get_by_role("heading", name=clone)).to_have_count(0)
    machines = done(await firm.stock_keeper.get("/v1/assets", customer=acme.id))["items"]
    assert sorted(each["name"] for each in machines) == sorted(["PC-COMPTA", clone])
