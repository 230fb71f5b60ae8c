"""The park manager's screen: machines with their age and warranty, and parts with what runs short."""

import re

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done


async def test_a_machine_is_found_by_its_warranty_and_its_serial_number(firm: Firm, screens: Screens) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    site = await firm.site(acme)
    machine = {"site_id": site, "name": "Front desk PC", "kind": "computer"}
    for id, more in (
        ("old", {"warranty_until": "2020-01-01", "bought_on": "2015-01-01", "serial": f"SN-{firm.id('x')}"}),
        ("new", {"warranty_until": "2090-01-01"}),
    ):
        done(
            await firm.stock_keeper.put(f"/v1/assets/{firm.id(id)}", {**machine, "name": id.title(), **more})
        )
    theirs = {**machine, "site_id": await firm.site(other), "name": "Theirs"}
    done(await firm.stock_keeper.put(f"/v1/assets/{firm.id('theirs')}", theirs))
    async with screens.open("/parc", acme.manager) as page:
        await expect(page.get_by_role("row", name="Old")).to_contain_text("over")
        await expect(page.get_by_role("row", name="New")).to_contain_text("running")
        await expect(page.get_by_text("Theirs")).to_have_count(0)
        await expect(page.get_by_role("link", name="Spare parts")).to_have_count(0)
        assert await barriers(page) == []
        await page.get_by_label("Warranty").select_option("Over")
        await expect(page.get_by_role("row", name="New")).to_have_count(0)
        await expect(page).to_have_url(re.compile("warranty=over"))
        await page.get_by_label("Serial number").press_sequentially("nothing")
        await expect(page.get_by_text("No machine fits")).to_be_visible()
        assert await barriers(page) == []


async def test_stock_that_came_is_entered_with_the_keyboard_and_what_is_refused_says_why(
    firm: Firm, screens: Screens
) -> None:
    sku = await firm.part("Toner")
    done(await firm.stock_keeper.put(f"/v1/parts/{sku}", {"name": firm.id("Toner"), "reorder_point": 2}))
    async with screens.open("/parc/stock", firm.stock_keeper, size=PHONE) as page:
        row = page.get_by_role("row", name=firm.id("Toner"))
        await expect(row).to_contain_text("none left")
        await page.get_by_role("button", name="Move stock").focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        assert await barriers(page) == []
        await dialog.get_by_label("What happened").select_option("They went elsewhere")
        await dialog.get_by_label("Part").fill(sku)
        await dialog.get_by_label(re.compile("^Where(?!to)")).fill("depot:west")
        await dialog.get_by_label("Whereto").fill("depot:east")
        await dialog.get_by_label("How many").fill("5")
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("alert")).to_contain_text("can give 0")
        await dialog.get_by_label("What happened").select_option("New pieces came")
        await dialog.get_by_label("How many").focus()
        await page.keyboard.press("Enter")
        await expect(dialog).to_be_hidden()
        await expect(row).to_contain_text("enough")
        assert await barriers(page) == []
    assert [each for each in screens.complaints if "409" not in each] == []
    screens.complaints.clear()
