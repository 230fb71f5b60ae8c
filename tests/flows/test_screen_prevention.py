"""The park manager's prevention: a plan is written by a form, what comes of it and what may fail is read."""

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import ALWAYS, Firm, done


async def test_a_plan_is_written_by_a_form_and_what_comes_of_it_is_read(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    site = await firm.site(acme, territory=firm.id("area"), opening=ALWAYS, holidays="none")
    old = {"site_id": site, "name": "Onduleur de la baie", "kind": "ups", "bought_on": "2015-01-01"}
    done(await firm.stock_keeper.put(f"/v1/assets/{firm.id('ups')}", old))
    keeper = firm.stock_keeper
    async with screens.open("/admin/inventory/maintenance-plans/new", keeper) as page:
        await page.get_by_role("textbox", name="Identifier").first.fill(firm.id("batteries"))
        await page.get_by_role("textbox", name="Name", exact=True).fill("Batteries d’onduleurs")
        await page.get_by_role("combobox", name="Customer").select_option(acme.id)
        await page.get_by_role("textbox", name="Work type of its tickets").fill("ups-check")
        due = page.get_by_role("group", name="When it is due")
        await due.get_by_role("spinbutton", name="Every").fill("6")
        await due.get_by_label("First on").fill((datetime.now(UTC) + timedelta(days=90)).date().isoformat())
        await page.get_by_role("textbox", name="Kinds of machines").fill("ups")
        await page.get_by_role("button", name="Add: Checklist").click()
        checklist = page.get_by_role("group", name="Checklist", exact=True).locator("[data-row]")
        await checklist.get_by_role("textbox", name="Identifier").fill("volts")
        await checklist.get_by_label("In French").fill("Tension")
        await checklist.get_by_label("In English").fill("Voltage")
        await checklist.get_by_role("combobox", name="Kind").select_option("A number")
        await checklist.get_by_label("No less than").fill("12.2")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", name="Batteries d’onduleurs")).to_be_visible()
        await page.goto("/parc/prevention")
        coming = page.get_by_role("region", name="What comes", exact=True)
        await page.get_by_label("Site").select_option(site)
        await expect(coming.get_by_role("row", name=re.compile("Batteries"))).to_contain_text("to come")
        await expect(page.get_by_role("row", name=re.compile(f"{acme.id} every 6 months"))).to_contain_text(
            "active"
        )
        assert await barriers(page) == []
    async with screens.open(f"/parc/risks?site={site}", acme.manager, language="fr", size=PHONE) as page:
        await expect(page.get_by_role("row", name=re.compile("Onduleur"))).to_contain_text("ans.")
        assert await barriers(page) == []
        await page.goto("/parc/prevention")
        await expect(page.get_by_role("link", name="Nouveau plan")).to_have_count(0)
        await expect(page.get_by_text("Batteries d’onduleurs").first).to_be_visible()
        assert await barriers(page) == []


async def test_who_has_no_part_in_it_is_told_so(firm: Firm, screens: Screens) -> None:
    async with screens.open("/parc/risks", firm.person("technician", "tom")) as page:
        await expect(page.get_by_role("main")).to_contain_text("technician")
        await expect(page.get_by_role("table")).to_have_count(0)
    assert all("403" in each for each in screens.complaints)
    screens.complaints.clear()
