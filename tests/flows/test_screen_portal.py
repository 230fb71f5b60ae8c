"""The client's screen: a request is raised in a minute, then followed like a parcel."""

import re

from playwright.async_api import Page, expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, Person, Visit, done
from tests.flows.test_diagnosis import dark_screen
from tests.flows.test_known_repairs import known


async def asked_and_known(firm: Firm, category: str) -> str:
    """Two questions for that kind of work, and a repair that a user can do himself."""
    id = firm.id("dark")
    done(await firm.agent.put(f"/v1/diagnoses/{id}", dark_screen(category, firm.id("repair"))))
    done(await firm.agent.post(f"/v1/diagnoses/{id}/publish"))
    return await known(firm, "cable", categories=[category])


async def test_a_request_is_raised_once_followed_live_and_confirmed(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    office, _ = await firm.site(acme), await firm.site(acme, "Warehouse")
    work, lea = await firm.work(), await firm.technician("lea")
    await asked_and_known(firm, work)
    async with screens.open("/portal", acme.portal) as page:
        await expect(page.get_by_text("Nothing is open")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("link", name="Raise a request").first.click()
        await page.get_by_label("Office").check()
        await page.locator(f"label:has([value='{work}'])").click()
        await page.get_by_role("button", name="Yes").click()
        await page.get_by_role("textbox", name="How many people?").fill("many")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.locator("#question .wrong")).to_be_visible()
        await page.get_by_role("textbox", name="How many people?").fill("3")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_text("This may fix it at once")).to_be_visible()
        assert await barriers(page) == []
        # Other stories' repairs are known here, too: whichever is shown first, it gives way to the next.
        worked = page.get_by_role("button", name="That fixed it")
        repair = await worked.get_attribute("data-solved")
        await page.get_by_role("button", name="It did not help").click()
        await expect(page.locator(f"[data-solved='{repair}']")).to_have_count(0)
        await expect(page.locator(f"[name=tried][value='{repair}']")).to_have_count(1)
        await page.get_by_role("button", name="Send the request").click()
        await expect(page.get_by_text("Say in a few words what is wrong.")).to_be_visible()
        await page.get_by_label("In a few words").fill("The screen is dark")
        await page.get_by_text("Who is there, when it suits, files").click()
        await page.get_by_label("Pictures or files").set_input_files(
            {"name": "error.txt", "mimeType": "text/plain", "buffer": b"0x42"}
        )
        await page.get_by_role("button", name="Send the request").dblclick()
        await expect(page.get_by_role("heading", level=1)).to_have_text("The screen is dark")
        mine = done(await acme.portal.get("/v1/tickets"))["items"]
        (ticket,) = mine
        assert (ticket["sites"], ticket["channel"], ticket["diagnosis"]["done"]) == ([office], "portal", True)
        assert [each["article_id"] for each in await tried(firm, ticket["id"])] == [repair]
        await expect(page.get_by_role("link", name="error.txt")).to_be_visible()
        now = page.locator("[data-tell]")
        await expect(now).to_contain_text("A technician arrives")
        await page.get_by_label("A note for whoever works on it").fill("Use the back door")
        await page.get_by_role("button", name="Add the note").click()
        await expect(page.locator(".timeline")).to_contain_text("Use the back door")
        visit = Visit(firm, f"{ticket['id']}-1")
        await lea.does(visit, "acknowledge", "depart")
        await expect(now).to_contain_text("A technician is on the way")
        await expect(page.get_by_role("status")).to_contain_text("A technician is on the way")
        await lea.does(visit, "arrive", "start")
        await expect(now).to_have_text("A technician is on site")
        await lea.closes(visit, work_done="The cable was broken")
        await expect(now).to_contain_text("Solved")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Yes, close it").click()
        await expect(now).to_have_text("This request is closed")
        await page.get_by_role("button", name="It is not solved").click()
        await page.get_by_label("What is still wrong?").fill("Dark again")
        await page.get_by_role("button", name="Reopen the request").click()
        await expect(page.locator(".timeline")).to_contain_text("Dark again")


async def tried(firm: Firm, ticket: str) -> list[dict[str, str]]:
    kept = await firm.platform.db("ticket").tickets.find_one({"_id": ticket})
    assert kept is not None
    return list(kept["tried"])


async def test_what_a_user_can_do_himself_ends_it_by_the_keyboard_alone(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    await firm.site(acme)
    work = await firm.work(firm.id("dark"))
    await asked_and_known(firm, work)
    async with screens.open("/portal", acme.portal) as page:
        await press_until(page, "Raise a request", "Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Raise a request")
        await expect(page.get_by_label("Office")).to_be_checked()
        await page.get_by_label("Narrow what it is about").focus()
        await page.keyboard.type(firm.id("dark"))
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await expect(page.locator("#question")).to_contain_text("Is the cable plugged in?")
        await press_until(page, "No", "Enter")
        await expect(page.get_by_text("Thank you: that is all we need to ask.")).to_be_focused()
        await page.get_by_text("Who is there, when it suits, files").focus()
        await page.keyboard.press("Enter")
        await page.get_by_label("morning").last.focus()
        await page.keyboard.press("Space")
        await page.get_by_role("button", name="It did not help").focus()
        await page.keyboard.press("Shift+Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-tell]")).to_have_text("This request is closed")
    (ticket,) = done(await acme.portal.get("/v1/tickets"))["items"]
    assert (ticket["state"], ticket["urgency"], len(ticket["preferred_windows"])) == ("closed", "low", 1)


async def press_until(page: Page, name: str, key: str, most: int = 40) -> None:
    """Tab to what is called so, and press a key there."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.innerText.trim()") == name:
            await page.keyboard.press(key)
            return
    raise AssertionError(f"no {name!r} within {most} tabs")


async def test_each_role_finds_its_own_and_anothers_request_is_not_there(
    firm: Firm, screens: Screens
) -> None:
    acme, other = await firm.customer(), await firm.customer("other")
    work = await firm.work()
    await firm.opens(work, await firm.site(acme), summary="In the office")
    await firm.opens(work, await firm.site(acme, "warehouse"), summary="In the warehouse")
    theirs = await firm.opens(work, await firm.site(other), by=other.portal)
    ann, bob = firm.person("requester", "ann", acme), firm.person("site-contact", "bob", acme)
    contact = {"customer_id": acme.id, "name": "Bob", "sites": [f"{acme.id}-warehouse"]}
    done(await firm.agent.put(f"/v1/contacts/{bob.id}", contact))
    await shows(screens, acme.manager, "In the office", "In the warehouse")
    await shows(screens, bob, "In the warehouse")
    await shows(screens, ann)
    async with screens.open(f"/portal/requests/{theirs.id}", acme.portal) as page:
        await expect(page.get_by_role("heading", level=1)).not_to_have_text("The printer is jammed")
        await expect(page.get_by_text("The printer is jammed")).to_have_count(0)
    assert [each for each in screens.complaints if "404" not in each] == []
    screens.complaints.clear()


async def shows(screens: Screens, person: Person, *summaries: str) -> None:
    async with screens.open("/portal", person, language="fr", dark=True, size=PHONE) as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vos demandes")
        await expect(page.locator(".ask")).to_have_count(len(summaries))
        for summary in summaries:
            await expect(page.locator(".ask", has_text=re.compile(summary))).to_be_visible()
        if not summaries:
            assert await barriers(page) == []
