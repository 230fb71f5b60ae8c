"""The contract manager's screen: what burns first, why, and what a month came to."""

import re

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done, promise


async def test_a_running_clock_is_seen_live_with_why_it_stands_where_it_does(
    firm: Firm, screens: Screens
) -> None:
    claire = firm.contract_manager("claire")
    acme, other = await firm.customer(), await firm.customer("other")
    await firm.contract(acme, promise(60), managers=[claire])
    await firm.contract(other, promise(60))
    work, site = await firm.work(), await firm.site(acme)
    not_hers = await firm.opens(work, await firm.site(other))
    async with screens.open("/sla", claire) as page:
        await expect(page.get_by_text("No clock is running")).to_be_visible()
        assert await barriers(page) == []
        request = await firm.opens(work, site)
        number = (await request.now())["number"]
        row = page.get_by_role("row", name=number)
        await expect(row).to_contain_text("The printer is jammed")
        await expect(row).to_contain_text("Running")
        await expect(page.get_by_text((await not_hers.now())["number"])).to_have_count(0)
        hold = {"reason": "waiting-for-client"}
        done(await firm.agent.post(f"/v1/tickets/{request.id}/hold", hold))
        await expect(row).to_contain_text("Waiting")
        assert await barriers(page) == []

        await row.get_by_role("button", name=re.compile("Why")).focus()
        await page.keyboard.press("Enter")
        drawer = page.get_by_role("dialog")
        await expect(drawer.get_by_text("stands still")).to_be_visible()
        await expect(drawer).to_contain_text("waiting for the client")
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await expect(drawer).to_be_hidden()

        await page.get_by_role("link", name=re.compile("At risk")).click()
        await expect(page.get_by_text("No clock is like that now")).to_be_visible()


async def test_a_contracts_month_says_what_it_came_to_in_the_managers_language(
    firm: Firm, screens: Screens
) -> None:
    claire = firm.contract_manager("claire")
    acme = await firm.customer()
    contract = await firm.contract(acme, promise(60), managers=[claire])
    await firm.opens(await firm.work(), await firm.site(acme))
    async with screens.open("/sla", claire, language="fr", dark=True, size=PHONE) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Délais en cours")
        await page.get_by_role("link", name="Care").click()
        await expect(page).to_have_url(re.compile(f"/sla/contracts/{contract}$"))
        await expect(page.get_by_text("Provisoire")).to_be_visible()
        await expect(page.get_by_role("row", name=re.compile("^repair P1"))).to_be_visible()
        assert await barriers(page) == []
        pdf = page.get_by_role("link", name="PDF")
        async with page.expect_download() as downloading:
            await pdf.click()
        assert (await downloading.value).suggested_filename.endswith(".pdf")


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
