"""The hotline's screen: who calls is found at once, and his request is open before he hangs up."""

from playwright.async_api import expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done, promise
from tests.flows.test_screen_portal import asked_and_known


async def test_a_caller_is_found_by_his_number_and_his_request_opened_by_keys(
    firm: Firm, screens: Screens
) -> None:
    acme = await firm.customer()
    await firm.site(acme)
    await firm.contract(
        acme, promise(240), billing={"model": "prepaid", "included": 600, "expiry": "2099-12-31"}
    )
    work = await firm.work(firm.id("dark"), remote=True)
    await asked_and_known(firm, work)
    number = f"+332{abs(hash(firm.name)) % 10**8:08}"
    ann = {"customer_id": acme.id, "name": "Ann Le Goff", "phone": number, "sites": [f"{acme.id}-office"]}
    done(await firm.agent.put(f"/v1/contacts/{firm.id('ann')}", ann))
    customer = {"name": "Acme", "vip_contacts": [firm.id("ann")]}
    done(await firm.admin.put(f"/v1/customers/{acme.id}", customer))
    async with screens.open("/desk?show=mine", firm.agent) as page:
        await expect(page.get_by_text("Nothing is in this queue")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("heading", level=1).click()
        await page.keyboard.press("/")
        await page.keyboard.type(number)
        await expect(page.locator("#found")).to_contain_text("Ann Le Goff")
        assert await barriers(page) == []
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Ann Le Goff")
        for said in ("VIP", "in force", "10 h 00 of 10 h 00 left"):
            await expect(page.locator(".banner")).to_contain_text(said)
        await expect(page.get_by_role("timer")).not_to_have_text("0:00")
        await page.get_by_label("Narrow what it is about").focus()
        await page.keyboard.type(firm.id("dark"))
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await expect(page.locator("#question")).to_contain_text("Is the cable plugged in?")
        await page.get_by_role("button", name="Yes").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("textbox", name="How many people?")).to_be_focused()
        await page.keyboard.type("1")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("This may fix it at once")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_label("In a few words").focus()
        await page.keyboard.type("Ann's screen is dark")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Ann's screen is dark")
        assert await barriers(page) == []
    (ticket,) = done(await firm.agent.get("/v1/tickets", customer=acme.id))["items"]
    assert (ticket["requester_id"], ticket["channel"]) == (firm.id("ann"), "phone")


async def test_a_ticket_is_taken_held_noted_handed_over_and_merged(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    site, work = await firm.site(acme), await firm.work(remote=True)
    await firm.contract(acme, promise(60))
    kept = await firm.opens(work, site, by=acme.portal, summary="The copier jams")
    twin = await firm.opens(work, site, by=acme.portal, summary="The copier jams again")
    number = (await kept.now())["number"]
    async with screens.open("/desk?show=all", firm.agent) as page:
        row = page.get_by_role("row", name=number)
        await row.get_by_role("button", name="Take").click()
        await expect(row).to_contain_text("you")
        await row.get_by_role("link", name="The copier jams").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The copier jams")
        await page.get_by_label("Note", exact=True).fill("He calls again at noon")
        await page.get_by_role("button", name="Add the note").click()
        await expect(page.locator(".inside", has_text="He calls again at noon")).to_be_visible()
        await page.get_by_role("button", name="Put on hold").click()
        assert await barriers(page) == []
        await page.get_by_role("dialog").get_by_role("button", name="Put on hold").click()
        await expect(page.locator("[data-tell]")).to_contain_text("On hold")
        await page.get_by_role("button", name="Resume").click()
        await expect(page.get_by_role("button", name="Resume")).to_have_count(0)
        await page.get_by_role("button", name="Hand over").click()
        await page.get_by_label("To whom?").fill(firm.id("karim"))
        await page.get_by_role("dialog").get_by_role("button", name="Hand over").click()
        await expect(page.locator(".facts").first).to_contain_text(firm.id("karim"))
        await page.goto(f"/desk/tickets/{twin.id}")
        await page.get_by_role("button", name="Merge").click()
        await page.get_by_label("Number of the other ticket").fill(number)
        await page.get_by_role("dialog").get_by_role("button", name="Merge").click()
        await expect(page.get_by_role("link", name="the other ticket")).to_be_visible()
        assert (await twin.now())["duplicate_of"] == kept.id
    karim = firm.person("agent", "karim")
    async with screens.open("/desk/handover", karim, language="fr", dark=True, size=PHONE) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Passer la relève")
        await expect(page.get_by_role("region", name="Les vôtres").first).to_contain_text("The copier jams")
        assert await barriers(page) == []
        await page.get_by_label("Tout transférer à").fill(firm.id("lou"))
        await page.get_by_role("button", name="Transférer").click()
        await expect(page.get_by_role("region", name=firm.id("lou")).first).to_contain_text("The copier jams")
