"""What a technician's telephone is given to keep."""

import re
from datetime import timedelta
from importlib.resources import files

from contracts.inventory.states import StockLevelChanged
from contracts.ticket.states import CustomerChanged
from services.dispatch.web.mobile import FILES
from tests.services.dispatch.asking import ALWAYS, body, hire, open_ticket, post
from tests.services.dispatch.running import Running

LOADED = re.compile(r"""(?:from|import) "\./([\w-]+\.js)"|asset\('(m[\w.-]*\.(?:js|css))'\)""")


async def test_a_telephone_carries_the_next_three_days_of_its_owner_and_nobody_elses(
    dispatch: Running, unique: str
) -> None:
    lea, marc = f"{unique}-lea", f"{unique}-marc"
    await hire(dispatch, unique, **{lea: body(shifts=ALWAYS), marc: body(shifts=ALWAYS)})
    held = StockLevelChanged(location=f"van:{lea}", sku=f"{unique}-fan", on_hand=2, reserved=0)
    await dispatch.publish(held, subject=f"{held.location}/{held.sku}")
    await dispatch.publish(CustomerChanged(customer_id=unique, name="Acme"), subject=unique)
    now = dispatch.clock.now()
    given = {}
    for name, whose, days in (("soon", lea, 1), ("far", lea, 5), ("his", marc, 1)):
        visit = await open_ticket(dispatch, unique, f"{unique}-{name}")
        await dispatch.comes_to(visit, "dispatched")
        async with dispatch.as_("dispatcher") as dispatcher:
            start = (now + timedelta(days=days)).isoformat()
            await post(dispatcher, f"/v1/visits/{visit}/assign", {"technician_id": whose, "start": start})
        given[name] = visit
    async with dispatch.as_("technician", lea) as her:
        answer = await her.get("/m/visits.json")
    assert answer.headers["Cache-Control"] == "private, no-store"
    day = answer.json()
    assert day["technician"] == {"id": lea, "name": "Anna Bel"}
    [carried] = day["visits"]
    assert carried["visit"]["id"] == given["soon"]
    assert (carried["customer"], carried["site"]["time_zone"]) == ("Acme", "Europe/Paris")
    assert "technicians" not in carried["site"], "whom a customer refuses is not for technicians"
    assert day["van"] == [{"sku": f"{unique}-fan", "on_hand": 2}]
    async with dispatch.as_("dispatcher") as dispatcher:
        assert (await dispatcher.get("/m/visits.json")).status_code == 403


async def test_what_was_done_at_a_site_before_is_told_with_the_next_visit_there(
    dispatch: Running, unique: str
) -> None:
    lea = f"{unique}-lea"
    await hire(dispatch, unique, **{lea: body(shifts=ALWAYS)})
    first = await open_ticket(dispatch, unique, f"{unique}-a")
    await dispatch.comes_to(first, "dispatched")
    async with dispatch.as_("technician", lea) as her:
        for verb in ("acknowledge", "depart", "arrive", "start"):
            await post(her, f"/v1/visits/{first}/{verb}")
        await post(her, f"/v1/visits/{first}/close", {"outcome": "fixed", "cause": "dust"}, key=unique)
        second = await open_ticket(dispatch, unique, f"{unique}-b", site_id=f"{unique}-a-site")
        await dispatch.comes_to(second, "dispatched")
        visits = {each["visit"]["id"]: each for each in (await her.get("/m/visits.json")).json()["visits"]}
    assert visits[first]["visit"]["state"] == "closed", "what is over stays in sight for the day"
    assert visits[first]["visit"]["report"]["outcome"] == "fixed"
    [before] = visits[second]["earlier"]
    assert (before["id"], before["report"]["cause"]) == (first, "dust")


async def test_the_page_can_be_installed_by_whoever_is_not_signed_in_yet(dispatch: Running) -> None:
    async with dispatch.as_("technician", "nobody") as browser:
        del browser.headers["Authorization"]
        worker = await browser.get("/m/sw.js")
        manifest = (await browser.get("/m/manifest.webmanifest", headers={"Accept-Language": "fr"})).json()
        icons = [await browser.get(icon["src"]) for icon in manifest["icons"]]
    assert worker.headers["Service-Worker-Allowed"] == "/m"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert (manifest["start_url"], manifest["scope"]) == ("/m", "/m")
    assert manifest["name"] == "Astreinte : mes visites"
    assert {icon.status_code for icon in icons} == {200}


def test_every_file_that_the_page_loads_is_kept_on_the_telephone() -> None:
    package = files("services.dispatch.web")
    sources = [(package / "templates" / "mobile.html").read_text("utf-8")]
    sources += [(package / "static" / name).read_text("utf-8") for name in FILES if name.startswith("m-")]
    sources.append((package / "static" / "m.js").read_text("utf-8"))
    loaded = {name for source in sources for match in LOADED.findall(source) for name in match if name}
    assert "m-queue.js" in loaded
    assert loaded <= set(FILES)
