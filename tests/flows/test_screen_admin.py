"""Set-up: a contract written without JSON, two who write at once, who changed what, and who may not."""

import re

from playwright.async_api import Page, expect

from tests.flows.browser import Screens, barriers
from tests.flows.firm import Firm, Person


async def _contract_is_written(page: Page, firm: Firm, customer: str) -> None:
    """The usual commitments with a mistake, which is told beside the field, and with a row of one's own."""
    await page.get_by_role("textbox", name="Name", exact=True).first.fill(firm.id("Care"))
    await expect(page.get_by_label("Identifier")).to_have_value(re.compile("care"))
    await page.get_by_label("Identifier").fill(firm.id("care"))
    await page.get_by_label("Customer").select_option(customer)
    await page.get_by_label("Valid from").fill("2026-01-01")
    preview = page.locator("#preview")
    await expect(
        preview.get_by_text(re.compile("repair: a P1 declared on .* would be due"))
    ).not_to_have_count(0)
    urgent = page.get_by_role("group", name="P1", exact=True)
    minutes = urgent.get_by_label("Within minutes").nth(1)
    await minutes.fill("0")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(urgent.get_by_text("greater than or equal to 1")).to_be_visible()
    await expect(minutes).to_be_focused()
    await minutes.fill("90")
    await urgent.get_by_role("button", name="Add: Commitment").press("Enter")
    added = urgent.locator("[data-row]").nth(2)
    await expect(added.get_by_role("textbox", name="Name")).to_be_focused()
    await added.get_by_role("textbox", name="Name").fill("arrival")
    await added.get_by_label("Within minutes").fill("45")
    await added.get_by_label("Calendar").fill("office")
    await added.get_by_label("Kept when").select_option("The technician arrived")
    await expect(preview.get_by_text("arrival: a P1 declared on").first).to_be_visible()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page).to_have_url(re.compile(f"/admin/ticket/contracts/{firm.id('care')}$"))


async def test_a_contract_is_written_by_form_and_a_conflict_loses_nothing(
    firm: Firm, screens: Screens
) -> None:
    acme = await firm.customer()
    await firm.site(acme)
    first = Person(firm.platform, "admin", firm.id("ada"))
    second = Person(firm.platform, "admin", firm.id("eve"))
    async with screens.open("/admin/ticket/contracts/new", first) as page:
        await _contract_is_written(page, firm, acme.id)
        async with screens.open(f"/admin/ticket/contracts/{firm.id('care')}", second) as other:
            await other.get_by_label("Contract managers").fill("claire")
            gone = other.get_by_role("group", name="P1", exact=True).locator("[data-row]").nth(2)
            await gone.get_by_role("button", name="Remove").last.click()
            await other.get_by_role("button", name="Save", exact=True).click()
            await expect(other.get_by_text("Revision 2")).to_be_visible()
        await page.get_by_role("textbox", name="Name", exact=True).first.fill(firm.id("Better care"))
        await page.get_by_role("button", name="Save", exact=True).click()
        conflict = page.get_by_role("alert").filter(has_text="Somebody else saved this meanwhile")
        await expect(conflict).to_contain_text(f"admin:{second.id}")
        await expect(conflict.get_by_role("row", name="Contract managers")).to_contain_text("claire")
        await expect(page.get_by_role("textbox", name="Name", exact=True).first).to_have_value(
            firm.id("Better care")
        )
        assert await barriers(page) == []
        await conflict.get_by_role("button", name="Take theirs where I changed nothing").click()
        await expect(page.get_by_label("Contract managers")).to_have_value("claire")
        await expect(page.get_by_role("group", name="P1", exact=True).locator("[data-row]")).to_have_count(2)
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("heading", name=firm.id("Better care"))).to_be_visible()
        await page.goto(f"/admin/ticket/audit?entity=contracts&id={firm.id('care')}")
        named = page.get_by_role("row").filter(has_text=first.id).first.locator("li", has_text="terms.name")
        await expect(named.locator("del")).to_have_text(firm.id("Care"))
        await expect(named.locator("ins")).to_have_text(firm.id("Better care"))
        await expect(page.get_by_role("row").filter(has_text=second.id)).to_contain_text("claire")
        assert await barriers(page) == []
    refused = [each for each in screens.complaints if "412" not in each and "422" not in each]
    assert refused == []
    screens.complaints.clear()


async def test_a_technician_is_shut_out_and_says_so(firm: Firm, screens: Screens) -> None:
    tom = firm.person("technician", "tom")
    async with screens.open("/admin/ticket/contracts", tom, language="fr") as page:
        await expect(page.get_by_role("main")).to_contain_text("technician")
        await expect(page.get_by_role("link", name="Paramétrage")).to_have_count(0)
        await expect(page.get_by_role("table")).to_have_count(0)
        assert await barriers(page) == []
    assert all("403" in each for each in screens.complaints)
    screens.complaints.clear()
