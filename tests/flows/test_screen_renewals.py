"""The park manager decides about a client's renewals, moves a machine, and makes a key for agents."""

from typing import Any

from playwright.async_api import FilePayload, Page, expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Customer, Firm, done
from tests.flows.test_screen_parc_asset import tell
from tests.services.inventory.agents import laptop
from tests.services.inventory.test_documents import PDF


async def park_of(firm: Firm) -> tuple[Customer, str, str]:
    """A client with a laptop whose software nobody supports, an old printer and a licence for too few."""
    acme = await firm.customer()
    site, work, keeper = await firm.site(acme), await firm.work(), firm.stock_keeper
    body = {"customer_id": acme.id, "site_id": site, "name": "Parc"}
    secret = done(await keeper.post("/v1/agent-keys", body))["secret"]
    name = f"Compta {firm.id('soft')}"
    software: list[dict[str, Any]] = [
        {"name": name, "version": "7.2"},
        {"name": f"{name} Pilote ODBC", "version": "7.2"},
    ]
    await tell(firm, secret, laptop(softwares__rows=software))
    product = {"label": "Compta", "names": [name], "cycles": [{"name": "7", "ends_on": "2020-01-01"}]}
    done(await keeper.put(f"/v1/renewals/products/{firm.id('soft')}", product))
    rules = {"category": work, "upgrade_cents": {"other": 18_000}, "price_cents": {"printer": 65_000}}
    done(await keeper.put(f"/v1/renewals/rules/{acme.id}", rules))
    old = {"site_id": site, "name": "Copieur", "kind": "printer", "bought_on": "2010-01-01"}
    done(await keeper.put(f"/v1/assets/{firm.id('printer')}", old))
    fields = {"seats": 0, "software": name, "expires_on": "2099-01-01"}
    licence = {"site_id": site, "name": "Compta, licences", "kind": "licence", "fields": fields}
    done(await keeper.put(f"/v1/assets/{firm.id('licence')}", licence))
    return acme, site, firm.id("printer")


async def test_renewals_are_declined_with_a_reason_and_quoted_and_doubts_are_shown(
    firm: Firm, screens: Screens
) -> None:
    acme, _, _ = await park_of(firm)
    async with screens.open(f"/parc/renewals?customer={acme.id}", firm.stock_keeper) as page:
        await expect(page.get_by_text("This park was not looked through yet")).to_be_visible()
        await page.get_by_role("button", name="Look through the park now").click()
        printer = page.get_by_role("row", name="Copieur")
        await expect(printer).to_contain_text("half again as old")
        await expect(page.locator(".total")).to_have_text("€830.00")
        await page.get_by_text("In doubt (").click()
        await expect(page.get_by_role("row", name="Pilote ODBC")).to_contain_text("goes on otherwise")
        assert await barriers(page) == []
        await printer.get_by_role("button", name="Decline").click()
        await page.get_by_label("Why?").fill("Il part avec le bail")
        assert await barriers(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="Decline").click()
        await expect(printer).to_contain_text("Il part avec le bail")
        await _quoted(page)
    [ticket] = [
        each["ticket_id"]
        for each in done(await firm.stock_keeper.get("/v1/renewals", customer=acme.id))["items"]
        if each["state"] == "accepted"
    ]
    assert ticket is not None
    async with screens.open("/parc/renewals", acme.manager, size=PHONE) as page:
        await expect(page.get_by_text("Il part avec le bail")).to_be_visible()
        await expect(page.get_by_role("button", name="Accept")).to_have_count(0)
        assert await barriers(page) == []


async def _quoted(page: Page) -> None:
    await page.get_by_role("checkbox", name="Choose: PC-COMPTA").check()
    await page.get_by_role("button", name="Quote the chosen").click()
    await page.get_by_label("The client can approve until").fill("2098-12-31")
    await page.get_by_role("button", name="Send the quote").click()
    await expect(page.get_by_role("row", name="PC-COMPTA")).to_contain_text("in a quote")


async def test_licences_a_machines_verbs_and_agents_keys(firm: Firm, screens: Screens) -> None:
    acme, _, printer = await park_of(firm)
    async with screens.open(f"/parc/licences?customer={acme.id}", firm.stock_keeper) as page:
        await expect(page.get_by_role("row", name="Compta, licences")).to_contain_text("1 too many")
        assert await barriers(page) == []
        await page.goto(page.url.partition("/parc/")[0] + f"/parc/assets/{printer}")
        await expect(page.get_by_text("half again as old")).to_be_visible()
        await page.get_by_role("button", name="Move").click()
        await page.get_by_label("Room").fill("214")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Move it").click()
        await expect(page.get_by_text("214").first).to_be_visible()
        paper: FilePayload = {"name": "facture.pdf", "mimeType": "application/pdf", "buffer": PDF}
        await page.get_by_label("A file").set_input_files(paper)
        await page.get_by_role("button", name="Keep it").click()
        await expect(page.get_by_role("link", name="facture.pdf")).to_be_visible()
        await page.goto(page.url.partition("/parc/")[0] + "/parc/agent-keys")
        await page.get_by_role("button", name="Make a key").click()
        await page.get_by_label("Client").select_option(acme.id)
        await page.get_by_label("Name").fill(firm.id("key"))
        await page.get_by_role("button", name="Make the key").click()
        await expect(page.get_by_text("it is not shown again")).to_contain_text("agt_")
        assert await barriers(page) == []
        row = page.get_by_role("row", name=firm.id("key"))
        page.once("dialog", lambda asked: asked.accept())
        await row.get_by_role("button", name="Revoke").click()
        await expect(row).to_contain_text("revoked")
