"""The technician's telephone: what he does without a network is there afterwards, once and in order."""

import io
import re
from datetime import datetime
from typing import Any

from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.flows.browser import PATIENCE_MS, PHONE, Screens, barriers
from tests.flows.firm import CESSON, RENNES, Firm, Request, Technician, done, promise

WITHOUT_NETWORK = "net::ERR_INTERNET_DISCONNECTED"


async def two_visits(firm: Firm) -> tuple[Technician, list[Request]]:
    """A technician with two visits, each at a site of its own."""
    acme = await firm.customer()
    await firm.contract(acme, promise(600))
    lea = await firm.technician("lea")
    fan = await firm.part("fan")
    await firm.stock(f"van:{lea.id}", fan, 3)
    work = await firm.work(parts={fan: 1})
    requests = []
    for name, near, summary in (
        ("office", RENNES, "The printer is jammed"),
        ("depot", CESSON, "The server hums"),
    ):
        access = {"instructions": "Ring twice", "parking": "In the yard", "escort": True}
        site = await firm.site(acme, name, near, access=access)
        request = await firm.opens(work, site, summary=summary, requester=acme.ann)
        await request.visit.is_("dispatched", to=lea)
        await request.shows_technicians({lea.id})
        requests.append(request)
    return lea, requests


async def ready(page: Page) -> None:
    """The page, its files and the visits are on the telephone."""
    there = page.locator("#badge[data-state=sent][data-offline=ready]")
    await expect(there).to_be_visible(timeout=PATIENCE_MS)


async def stands(page: Page, text: str) -> None:
    """What the telephone says of what is not sent."""
    await expect(page.locator("#badge")).to_have_text(text, timeout=PATIENCE_MS)


async def sign(page: Page) -> None:
    box = await page.locator(".pad").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + 80)
    await page.mouse.down()
    for step in range(1, 8):
        await page.mouse.move(box["x"] + 40 + 30 * step, box["y"] + 80 + 40 * (step % 2))
    await page.mouse.up()
    await expect(page.get_by_text("Kept on this phone", exact=True)).to_be_visible()


async def make(page: Page, summary: str) -> None:
    """All of a visit, from accepting to closing it with a part and a signature."""
    await page.get_by_role("link", name=re.compile(summary)).first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(summary)
    for step in ("Accept", "I leave", "I am there", "Start work"):
        await page.get_by_role("button", name=step, exact=True).click()
    await page.get_by_role("link", name="Close the visit").click()
    await page.get_by_text("Fixed", exact=True).click()
    await page.get_by_label("Work done").fill(f"Done: {summary}")
    await page.get_by_label("Cause").fill("dust")
    await page.get_by_role("button", name=re.compile("One more")).click()
    await page.get_by_label("Kilometres").fill("12.5")
    await page.get_by_label("Name", exact=True).fill("Ann")
    # Away from the big button that stays at the bottom.
    await page.locator(".pad").evaluate("pad => pad.scrollIntoView({block: 'center'})")
    await sign(page)


async def steps_of(request: Request) -> list[dict[str, Any]]:
    visit = await request.visit.now()
    assert visit["state"] == "closed", visit["state"]
    return [visit[f"{name}_at"] for name in ("departed", "arrived", "started", "ended")]


async def test_what_is_done_without_a_network_is_sent_once_and_in_order(firm: Firm, screens: Screens) -> None:
    lea, (first, second) = await two_visits(firm)
    async with screens.open("/m", lea, size=PHONE) as page:
        await ready(page)
        await expect(page.get_by_text("Ring twice").first).to_be_visible()
        await expect(page.get_by_role("link", name=re.compile("Open the map"))).to_have_attribute(
            "href", re.compile("^geo:48")
        )
        assert await barriers(page) == []
        sent: list[str] = []
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        await page.context.set_offline(True)
        await make(page, "The printer is jammed")
        assert await barriers(page) == []
        await page.reload()
        await expect(page.get_by_label("Work done")).to_have_value("Done: The printer is jammed")
        await page.get_by_role("button", name="Close the visit").click()
        await stands(page, "No network · 5 are not sent")
        await make(page, "The server hums")
        await page.get_by_role("button", name="Close the visit").click()
        await stands(page, "No network · 10 are not sent")
        await page.reload()
        await stands(page, "No network · 10 are not sent")
        await expect(page.get_by_role("link", name=re.compile("The server hums"))).to_contain_text("closed")
        await page.locator(".badge").click()
        await expect(page.locator("ol.actions li")).to_have_count(10)
        assert await barriers(page) == []
        assert sent == []
        typed = [each async for each in _told(page)]
        await page.context.set_offline(False)
        await stands(page, "All sent")
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each] == []
    screens.complaints.clear()
    verbs = ["acknowledge", "depart", "arrive", "start", "close"]
    assert [url.rpartition("/")[2] for url in sent] == verbs * 2
    for request, told in ((first, typed[:5]), (second, typed[5:])):
        happened = [datetime.fromisoformat(str(each)) for each in await steps_of(request)]
        assert happened == [datetime.fromisoformat(each) for each in told[1:]]
    report = (await first.visit.now())["report"]
    assert (report["kilometres"], report["cause"], report["signed_by"]["name"]) == (12.5, "dust", "Ann")
    assert [each["quantity"] for each in report["parts_used"]] == [1]


async def _told(page: Page) -> Any:
    """When each thing was done, as the telephone keeps it."""
    kept = await page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("astreinte-m").onsuccess = ({ target }) => {
            target.result.transaction("actions").objectStore("actions").getAll().onsuccess =
              (got) => resolve(got.target.result.map(({ at }) => at));
          };
        })"""
    )
    for each in kept:
        yield each


async def test_what_the_server_does_not_take_is_kept_and_the_rest_goes_on(
    firm: Firm, screens: Screens
) -> None:
    lea, (first, second) = await two_visits(firm)
    marc = await firm.technician("marc")
    async with screens.open("/m", lea, language="fr", dark=True, size=PHONE) as page:
        await ready(page)
        await page.context.set_offline(True)
        for summary in ("The printer is jammed", "The server hums"):
            await page.get_by_role("link", name=re.compile(summary)).first.click()
            await page.get_by_role("button", name="Accepter").click()
            await page.get_by_role("link", name="Mes visites").first.click()
        done(await firm.dispatcher.post(f"/v1/visits/{first.visit.id}/assign", {"technician_id": marc.id}))
        done(await firm.dispatcher.post(f"/v1/visits/{first.visit.id}/pin"))
        await page.context.set_offline(False)
        await stands(page, "1 à revoir")
        await page.locator(".badge").click()
        kept = page.get_by_role("article")
        await expect(kept).to_contain_text("confiée à quelqu'un d'autre")
        assert await barriers(page) == []
        await page.get_by_role("link", name="Mes visites").first.click()
        await page.get_by_role("link", name="The printer is jammed").click()
        await expect(page.get_by_role("link", name="J'y étais : la clore")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("link", name="J'y étais : la clore").click()
        await page.get_by_text("Réparé", exact=True).click()
        await page.get_by_label("Travail effectué").fill("Nettoyé")
        await page.get_by_text("Personne ne signe", exact=True).click()
        await page.get_by_label("Pourquoi ?").fill("Absente")
        await page.get_by_role("button", name="Clore la visite").click()
        await first.visit.is_("closed", to=lea)
        await page.locator(".badge").click()
        await kept.get_by_role("button", name="Retirer").click()
        await page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
        await expect(kept).to_have_count(0)
    await second.visit.is_("acknowledged", to=lea)
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each and "404" not in each] == []
    screens.complaints.clear()


async def tab_to(page: Page, wanted: Locator) -> None:
    """As who has no mouse gets there."""
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("the keyboard does not lead there")


async def test_a_session_that_ends_takes_nothing_with_it(firm: Firm, screens: Screens) -> None:
    lea, (first, _) = await two_visits(firm)
    async with screens.open("/m", lea, size=PHONE) as page:
        await ready(page)
        cookies = await page.context.cookies()
        await page.context.clear_cookies()
        await tab_to(page, page.get_by_role("button", name="Accept").first)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
        await stands(page, "Signed out · 1 is not sent")
        await page.context.add_cookies([{"name": each["name"], "value": each["value"], "url": screens.http}
                                        for each in cookies])  # fmt: skip
        await page.reload()
        await stands(page, "All sent")
    await first.visit.is_("acknowledged", to=lea)
    assert [each for each in screens.complaints if "401" not in each] == []
    screens.complaints.clear()


CAMERA = """
  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 9, 9);
    setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
    return canvas.captureStream();
  };
  window.BarcodeDetector = class { async detect() { return [{ rawValue: "SN-4711" }]; } };
"""
"""A camera before which somebody holds a bar code, in a browser that reads them."""


async def test_what_he_sees_on_the_spot_is_photographed_and_asked_for(firm: Firm, screens: Screens) -> None:
    lea, (first, _) = await two_visits(firm)
    await lea.works_on(first.visit)
    async with screens.open("/m", lea, size=PHONE) as page:
        await page.add_init_script(CAMERA)
        await page.reload()
        await ready(page)
        await expect(page.locator("#badge[data-about=ready]")).to_be_visible(timeout=PATIENCE_MS)
        await page.get_by_role("link", name="The printer is jammed").click()
        await page.context.set_offline(True)
        await page.get_by_label("Add a photo").set_input_files(photograph())
        await expect(page.get_by_text("1 photo waits to be sent")).to_be_visible()
        await page.get_by_role("button", name="Add a note").click()
        await page.get_by_role("dialog").get_by_label("Note").fill("The cleaner has the key")
        await page.get_by_role("button", name="Add it").click()
        await stands(page, "No network · 2 are not sent")
        await page.get_by_role("link", name="Something else is broken here").click()
        await page.get_by_label("What does not work?").fill("A socket hangs out of the wall")
        await page.get_by_label("What kind of work?").select_option(firm.id("repair"))
        await page.get_by_text("It can wait").click()
        await page.get_by_label("For whom?").fill("Bob")
        await page.get_by_role("button", name="Scan").click()
        await expect(page.get_by_label("Serial number")).to_have_value("SN-4711")
        await page.get_by_label("Add a photo").set_input_files(photograph())
        await expect(page.get_by_text("1 photo waits to be sent")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("button", name="Ask for it").click()
        await stands(page, "No network · 4 are not sent")
        await page.reload()
        await stands(page, "No network · 4 are not sent")
        await page.context.set_offline(False)
        await stands(page, "All sent")
    site = (await first.now())["sites"][0]
    found = done(await firm.agent.get("/v1/tickets", site=site))["items"]
    [extra] = [each for each in found if each["summary"] == "A socket hangs out of the wall"]
    assert "SN-4711" in done(await firm.agent.get(f"/v1/tickets/{extra['id']}"))["description"]
    for ticket in (first.id, extra["id"]):
        [photo] = done(await firm.agent.get(f"/v1/tickets/{ticket}/attachments"))["items"]
        assert (photo["media_type"], photo["position"]) == ("image/jpeg", "none")
        file = await firm.agent.get(f"/v1/tickets/{ticket}/attachments/{photo['id']}")
        with Image.open(io.BytesIO(file.content)) as picture:
            assert (picture.size, dict(picture.getexif())) == ((1600, 1200), {})
    timeline = (await firm.agent.get(f"/v1/tickets/{first.id}/timeline", limit=200)).text
    assert "The cleaner has the key" in timeline
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each] == []
    screens.complaints.clear()


ANYWHERE = """async () => {
  const told = [];
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((resolve) => {
      indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
    });
    for (const store of opened.objectStoreNames) {
      told.push(await new Promise((resolve) => {
        const all = opened.transaction(store).objectStore(store).getAll();
        all.onsuccess = () => resolve(all.result);
      }));
    }
  }
  const asked = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) asked.push(url);
  }
  return JSON.stringify([told, asked, { ...localStorage }, { ...sessionStorage }]);
}"""


async def test_the_code_of_a_door_is_seen_for_a_minute_and_kept_nowhere(firm: Firm, screens: Screens) -> None:
    lea, (first, _) = await two_visits(firm)
    site = (await first.now())["sites"][0]
    gate = {"name": "Gate", "code": "4711#", "note": "Press twice"}
    done(await firm.agent.put(f"/v1/sites/{site}/codes", {"codes": [gate]}))
    async with screens.open(f"/m#v/{first.visit.id}", lea, size=PHONE) as page:
        await ready(page)
        await page.clock.install()
        show, shown = page.get_by_role("button", name="Show the access code"), page.get_by_role("dialog")
        await show.click()
        await expect(shown).to_contain_text("4711#")
        assert await barriers(page) == []
        assert "4711" not in await page.evaluate(ANYWHERE)
        await page.clock.fast_forward(40_000)
        await expect(shown).to_contain_text("4711#")
        await page.clock.fast_forward(22_000)
        await expect(shown).to_have_count(0)
        await page.context.set_offline(True)
        await show.click()
        await expect(shown).to_contain_text("not kept on the phone")
    [view] = done(await firm.dispatcher.get(f"/v1/sites/{site}/codes/views"))["items"]
    assert (view["subject"], view["visit_id"]) == (lea.id, first.visit.id)
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each] == []
    screens.complaints.clear()


async def test_who_works_alone_is_asked_whether_he_is_well_although_there_is_no_network(
    firm: Firm, screens: Screens
) -> None:
    lea, (first, _) = await two_visits(firm)
    await lea.works_on(first.visit)
    async with screens.open(f"/m#v/{first.visit.id}", lea, size=PHONE) as page:
        await page.clock.install()
        await page.reload()
        await ready(page)
        await page.get_by_role("button", name="I work alone here").click()
        await expect(page.get_by_role("heading", name="You work alone")).to_be_visible()
        await stands(page, "All sent")
        assert (await first.visit.now())["alone"]["every_minutes"] == 30
        assert await barriers(page) == []
        await page.context.set_offline(True)
        await page.clock.fast_forward(31 * 60_000)
        asked = page.get_by_role("dialog")
        await expect(asked).to_contain_text("Nothing heard of you for 31 minutes")
        assert await barriers(page) == []
        await asked.get_by_role("button", name="I am well").click()
        await expect(asked).to_have_count(0)
        await stands(page, "No network · 1 is not sent")
        await expect(page.get_by_text("nobody hears of this now")).to_be_visible()
        await page.clock.fast_forward(1000)
        await page.get_by_role("button", name="I am not alone any more").click()
        await expect(page.get_by_role("button", name="I work alone here")).to_be_visible()
        assert (await first.visit.now())["alone"] is not None
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each] == []
    screens.complaints.clear()


async def test_a_report_that_is_refused_is_there_to_be_corrected(firm: Firm, screens: Screens) -> None:
    lea, (first, _) = await two_visits(firm)
    await lea.works_on(first.visit)
    problem = {"type": "/problems/out-of-order", "title": "The times contradict each other", "status": 422}
    # What a service worker lets through is out of the test's reach.
    here = f"/m#c/{first.visit.id}"
    async with screens.open(here, lea, size=PHONE, service_workers="block") as page:
        await page.context.route("**/close", lambda route: route.fulfill(status=422, json=problem))
        await page.get_by_text("Works for now").click()
        await page.get_by_label("Work done").fill("Cleaned")
        await page.get_by_role("button", name="Close the visit").click()
        await expect(page.get_by_role("alert").filter(has_text="Nobody signs")).to_be_visible()
        await page.get_by_text("Nobody signs", exact=True).click()
        await page.get_by_label("Why not?").fill("Gone home")
        await page.get_by_role("button", name="Close the visit").click()
        await stands(page, "1 needs a look")
        await page.locator(".badge").click()
        await expect(page.get_by_role("article")).to_contain_text("The times contradict each other")
        await page.context.unroute("**/close")
        await page.get_by_role("button", name="Correct the report").click()
        await expect(page.get_by_label("Why not?")).to_have_value("Gone home")
        await page.get_by_label("Work done").fill("Cleaned and tested")
        await page.get_by_role("button", name="Close the visit").click()
        report = (await first.visit.is_("closed"))["report"]
    assert (report["work_done"], report["signature_refused"]) == ("Cleaned and tested", "Gone home")
    assert [each for each in screens.complaints if "422" not in each and "Service Worker" not in each] == []
    screens.complaints.clear()


def photograph() -> FilePayload:
    """A picture that says where it was taken, and by which telephone."""
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 40.0), 3: "W", 4: (1.0, 40.0, 48.0)})
    file = io.BytesIO()
    Image.new("RGB", (2400, 1800), "#884400").save(file, "JPEG", exif=exif)
    with Image.open(io.BytesIO(file.getvalue())) as taken:
        assert taken.getexif().get_ifd(0x8825)[2] == (48.0, 6.0, 40.0)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
