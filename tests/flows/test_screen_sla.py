"""The contract manager's screen: what burns first."""

import re

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, promise


async def test_a_running_clock_is_seen_by_whoever_answers_for_its_contract(
    firm: Firm, screens: Screens
) -> None:
    claire = firm.contract_manager("claire")
    acme, other = await firm.customer(), await firm.customer("other")
    await firm.contract(acme, promise(60), managers=[claire])
    await firm.contract(other, promise(60))
    request = await firm.opens(await firm.work(), await firm.site(acme))
    not_hers = await firm.opens(firm.id("repair"), await firm.site(other))
    number, other_number = (await request.now())["number"], (await not_hers.now())["number"]
    async with screens.open("/sla", claire) as page:
        await expect(page.get_by_role("row", name=number)).to_contain_text("The printer is jammed")
        await expect(page.get_by_text(other_number)).to_have_count(0)
        assert await barriers(page) == []
    async with screens.open("/sla", claire, language="fr", dark=True, size=PHONE) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Délais en cours")
        assert await barriers(page) == []


async def test_whoever_is_not_signed_in_is_led_to_where_he_can_be(firm: Firm, screens: Screens) -> None:
    async with screens.open("/sla") as page:
        await expect(page).to_have_url(re.compile(r"/issuer/authorize\?.*code_challenge="))
        await page.get_by_label("Role").select_option("contract-manager")
        await page.get_by_role("button", name="Go on").click()
        await expect(page).to_have_url(re.compile(r"/sla$"))


async def test_whom_a_screen_is_not_for_is_told_so(firm: Firm, screens: Screens) -> None:
    async with screens.open("/sla", firm.stock_keeper) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your role may not do this")
        assert await barriers(page) == []
    assert [each for each in screens.complaints if "403" not in each] == []
    screens.complaints.clear()
