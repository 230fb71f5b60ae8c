"""The park manager writes a tip, tries it and sends it; prices of renewals are written by a form."""

import re

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done


async def test_a_tip_is_tried_before_it_is_sent_and_what_is_refused_stays(
    firm: Firm, screens: Screens
) -> None:
    acme = await firm.customer()
    site, keeper, bob = await firm.site(acme), firm.stock_keeper, firm.id("bob")
    contact = {"customer_id": acme.id, "name": "Bob Martin", "email": f"{bob}@acme.example"}
    done(await firm.agent.put(f"/v1/contacts/{bob}", contact))
    printer = {
        "site_id": site,
        "name": "Imprimante",
        "kind": "printer",
        "model": firm.id("HL"),
        "users": [bob],
    }
    done(await keeper.put(f"/v1/assets/{firm.id('printer')}", printer))
    await firm.platform.quiet()
    async with screens.open("/parc/campaigns", keeper, size=PHONE) as page:
        await page.get_by_role("button", name="Write a tip…").click()
        dialog = page.get_by_role("dialog")
        assert await barriers(page) == []
        await dialog.get_by_label("Model").fill("nothing like it")
        await dialog.get_by_label("Title in French").fill(firm.id("Laissez respirer"))
        await dialog.get_by_label("Title in English").fill(firm.id("Let it breathe"))
        await dialog.get_by_label("Text in French").fill("Dix centimètres derrière elle.")
        await dialog.get_by_label("Text in English").fill("Ten centimetres behind it.")
        await dialog.get_by_role("button", name="Whom would it reach?").click()
        await expect(dialog.get_by_role("status")).to_contain_text("It would reach nobody")
        await dialog.get_by_role("button", name="Send it").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("No machine fits")
        await expect(dialog.get_by_label("Text in English")).to_have_value("Ten centimetres behind it.")
        await dialog.get_by_label("Model").fill(firm.id("HL"))
        await dialog.get_by_role("button", name="Whom would it reach?").click()
        await expect(dialog.get_by_role("status")).to_contain_text("sent to 1. Machines that fit: 1.")
        assert await barriers(page) == []
        assert not [each for each in await _sent(firm) if each == firm.id("Let it breathe")]
        await dialog.get_by_role("button", name="Send it").click()
        await expect(dialog).to_be_hidden()
        await expect(page.get_by_text(firm.id("Let it breathe"))).to_be_visible()
        assert await barriers(page) == []
    assert (await _sent(firm)).count(firm.id("Let it breathe")) == 1
    assert [each for each in screens.complaints if "422" not in each] == []
    screens.complaints.clear()


async def test_prices_of_renewals_are_written_by_a_form(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    async with screens.open(f"/parc/renewals?customer={acme.id}", firm.stock_keeper) as page:
        await page.get_by_role("link", name="Prices and lives…").click()
        await page.wait_for_load_state()
        await expect(page.get_by_role("textbox", name="Identifier")).to_have_value(acme.id)
        await page.get_by_role("textbox", name="Currency").fill("euros")
        await page.get_by_role("textbox", name="Work type of trainings").fill("training")
        await page.get_by_role("spinbutton", name="A repair, in cents").fill("15000")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("textbox", name="Currency")).to_have_attribute("aria-invalid", "true")
        await expect(page.get_by_role("spinbutton", name="A repair, in cents")).to_have_value("15000")
        await page.get_by_role("textbox", name="Currency").fill("CHF")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page).to_have_url(re.compile(f"renewal-rules/{acme.id}$"))
    rules = done(await firm.stock_keeper.get(f"/v1/renewals/rules/{acme.id}"))
    assert (rules["currency"], rules["repair_cents"], rules["training_category"]) == (
        "CHF",
        15_000,
        "training",
    )
    assert [each for each in screens.complaints if "422" not in each] == []
    screens.complaints.clear()


async def _sent(firm: Firm) -> list[str]:
    items = done(await firm.stock_keeper.get("/v1/campaigns", limit=200))["items"]
    return [each["title"]["en"] for each in items]
