"""A day without a network, the server killed meanwhile: all that was done arrives, once and in order."""

import asyncio
import re
from collections import Counter
from datetime import datetime, timedelta

from playwright.async_api import Browser, Page, expect

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.apart import Apart
from tests.flows.browser import PHONE, Screens
from tests.flows.firm import CESSON, RENNES, Firm, Request, done, promise
from tests.flows.log_reading import Told, gaps, told
from tests.flows.origin import origin
from tests.flows.test_screen_m import photograph, ready, sign, stands

HOURS_AWAY = 9
STEPS = {"Accept": "acknowledge", "I leave": "depart", "I am there": "arrive", "Start work": "start"}
FACTS = {
    "acknowledge": "dispatch-acknowledged",
    "depart": "technician-en-route",
    "arrive": "technician-arrived",
    "start": "intervention-started",
    "close": "intervention-closed",
}
KEPT = """() => new Promise((resolve) => {
  indexedDB.open("astreinte-m").onsuccess = ({ target }) => {
    target.result.transaction("actions").objectStore("actions").getAll().onsuccess =
      (got) => resolve(got.target.result.map(({ visit, verb, at, key }) => ({ visit, verb, at, key })));
  };
})"""


async def later(page: Page, minutes: int) -> None:
    await page.clock.fast_forward(minutes * 60_000)


async def steps(page: Page, request: str, *names: str) -> None:
    """Do these on the visit, some time after each other."""
    await page.get_by_role("link", name=re.compile(request)).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(request)
    for name in names:
        await page.get_by_role("button", name=name, exact=True).click()
        await later(page, 25)


async def close(page: Page, work: str) -> None:
    await page.get_by_role("link", name="Close the visit").click()
    await page.get_by_text("Fixed", exact=True).click()
    await page.get_by_label("Work done").fill(work)
    await page.get_by_role("button", name=re.compile("One more")).click()
    await page.get_by_label("Name", exact=True).fill("Ann")
    await page.locator(".pad").evaluate("pad => pad.scrollIntoView({block: 'center'})")
    await sign(page)
    await page.get_by_role("button", name="Close the visit").click()
    await expect(page.locator("h1")).to_have_text("My visits")


async def three_requests(firm: Firm) -> list[Request]:
    """At a site each, all of them hers for today, which her dispatcher knows to be out of reach."""
    acme = await firm.customer()
    await firm.contract(acme, promise(6000))
    lea = await firm.technician("lea")
    fan, spare = await firm.part("fan"), await firm.part("fan2")
    done(await firm.stock_keeper.put(f"/v1/parts/{fan}", {"name": "fan", "substitutes": [{"sku": spare}]}))
    await firm.stock(f"van:{lea.id}", spare, 5)
    work = await firm.work(parts={fan: 1})
    asked = []
    for name, near in (("printer", RENNES), ("server", CESSON), ("phone", CESSON)):
        site = await firm.site(acme, name, near)
        request = await firm.opens(
            work, site, summary=f"The {name} is silent", occurred_at=rfc3339(datetime.now().astimezone())
        )
        await request.visit.is_("planned", "dispatched", to=lea)
        asked.append(request)
    for each in asked:
        done(await firm.dispatcher.post(f"/v1/visits/{each.visit.id}/pin"))
        await each.shows_technicians({lea.id})
    return asked


async def test_a_day_without_a_network_and_a_killed_server_lose_nothing_and_double_nothing(
    apart: Apart, unique: str, browser: Browser
) -> None:
    # The other services' clocks are at the end of the day already: they only hear of what is over.
    ahead = timedelta(hours=HOURS_AWAY)
    _, [dispatch] = await asyncio.gather(
        apart.start("ticket", "inventory", ahead=ahead), apart.start("dispatch")
    )
    firm = Firm(apart, unique)
    first, second, third = await three_requests(firm)
    marc = await firm.technician("marc")
    async with origin(apart) as before_them:
        screens = Screens(browser, before_them.http)
        async with screens.open("/m", firm.person("technician", "lea"), size=PHONE) as page:
            await page.clock.install()
            await page.reload()
            await ready(page)
            await expect(page.locator("#badge[data-about=ready]")).to_be_visible()
            await page.context.set_offline(True)

            await steps(page, "The printer is silent", *STEPS)
            await expect(page.get_by_text("1 × fan2 instead of fan in your van")).to_be_visible()
            await page.get_by_label("Add a photo").set_input_files(photograph())
            await stands(page, "No network · 5 are not sent")
            await page.get_by_role("link", name="Something else is broken here").click()
            await page.get_by_label("What does not work?").fill("A socket hangs out of the wall")
            await page.get_by_label("What kind of work?").select_option(firm.id("repair"))
            await page.get_by_role("button", name="Ask for it").click()
            await stands(page, "No network · 6 are not sent")
            await page.reload()
            await close(page, "Cleaned the contacts")
            await steps(page, "The phone is silent", "Accept", "I leave")
            await page.get_by_role("link", name="My visits").first.click()

            # Meanwhile the third goes to somebody else, and the service dies.
            assign = {"technician_id": marc.id}
            done(await firm.dispatcher.post(f"/v1/visits/{third.visit.id}/assign", assign))
            await dispatch.is_killed()
            await page.reload()
            await steps(page, "The server is silent", *STEPS)
            await close(page, "Changed the fan")
            await stands(page, "No network · 14 are not sent")
            await apart.start("dispatch", ahead=ahead)

            kept = await page.evaluate(KEPT)
            assert [each["verb"] for each in kept] == [
                *STEPS.values(), "photo", "open", "close", "acknowledge", "depart", *STEPS.values(), "close",
            ]  # fmt: skip
            assert parse_rfc3339(kept[-1]["at"]) - parse_rfc3339(kept[0]["at"]) > timedelta(hours=3)
            await page.clock.fast_forward(int(ahead.total_seconds() * 1000) - 4 * 3_600_000)
            # The answers to these are lost on the way: they are carried out, and asked for again.
            before_them.loses |= {f"{first.visit.id}/arrive", "/v1/tickets", f"{second.visit.id}/close"}
            await page.context.set_offline(False)
            for left in (2, 1, 0):
                await before_them.has_lost_all_but(left)
                await expect(page.locator("#badge[data-state=wait]")).to_be_attached()
                await later(page, 2)
            await stands(page, "2 need a look")
            await page.locator(".badge").click()
            await expect(page.get_by_role("article")).to_contain_text("given to somebody else")
        assert [each for each in screens.complaints if not re.search("DISCONNECTED|50[34]|404", each)] == []
    at = {(each["visit"], each["verb"]): parse_rfc3339(each["at"]) for each in kept}
    log = told(await apart.records("dispatch.visits.v1", "ticket.lifecycle.v1"))
    assert gaps(log) == {}
    for request in (first, second):
        of_it = once(log, request.visit.id)
        assert [each.type for each in of_it if each.type in FACTS.values()] == list(FACTS.values())
        for verb, fact in FACTS.items():
            [said] = [parse_rfc3339(each.headers["ce_time"]) for each in of_it if each.type == fact]
            assert said == at[request.visit.id, verb], (verb, said)
    assert not {each.type for each in once(log, third.visit.id)} & set(FACTS.values())
    await third.visit.is_("planned", "dispatched", to=marc)
    [photo] = done(await firm.agent.get(f"/v1/tickets/{first.id}/attachments"))["items"]
    assert photo["media_type"] == "image/jpeg"
    opened = {each.subject: each.headers["ce_time"] for each in log if each.type == "ticket-opened"}
    assert [parse_rfc3339(each) for each in opened.values()].count(at[first.visit.id, "open"]) == 1
    asked = Counter(key for _, key in before_them.posted)
    assert sorted(asked) == sorted(each["key"] for each in kept)
    assert sorted(asked.values())[-4:] == [1, 2, 2, 2]


def once(log: list[Told], visit: str) -> list[Told]:
    """A visit's events in the order of the log."""
    return list({each.number: each for each in log if each.subject == visit}.values())
