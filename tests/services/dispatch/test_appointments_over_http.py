"""Appointments on real servers: offered by somebody, chosen by a link without a login."""

from datetime import timedelta
from typing import Any

import httpx

from contracts.values import Priority
from infra.chassis.http.signed import signed
from tests.services.dispatch.asking import OFFICE_HOURS, body, hire, open_ticket
from tests.services.dispatch.running import Running
from tests.world import MONDAY_NINE

KEY = "a-key-that-only-this-test-has"


def anybody(dispatch: Running, **headers: str) -> httpx.AsyncClient:
    """Somebody without a token."""
    transport = httpx.ASGITransport(dispatch.app)
    return httpx.AsyncClient(transport=transport, base_url="http://dispatch", headers=headers)


def link(visit_id: str, kind: str = "appointment", days: float = 3) -> str:
    """As a mail has it."""
    return f"/v1/appointments/{signed(KEY, f'{kind}/{visit_id}', MONDAY_NINE + timedelta(days=days))}"


async def offered(dispatch: Running, visit: str, role: str = "agent", **asked: Any) -> httpx.Response:
    async with dispatch.as_(role, customer=asked.pop("customer", None)) as who:
        return await who.post(f"/v1/visits/{visit}/offer-slots", json=asked)


async def planned(dispatch: Running, unique: str, priority: Priority = Priority.P4) -> str:
    """A visit that bruno or anna are to make today."""
    dispatch.app.state.link_key = KEY
    await hire(dispatch, unique, anna=body(shifts=OFFICE_HOURS), bruno=body(shifts=OFFICE_HOURS))
    visit = await open_ticket(dispatch, unique, priority=priority)
    await dispatch.comes_to(visit, "dispatched")
    return visit


async def test_a_client_chooses_by_a_link_and_may_change_it(dispatch: Running, unique: str) -> None:
    visit = await planned(dispatch, unique)
    asked = await offered(dispatch, visit)
    assert asked.status_code == 200, asked.text
    first, second, third = asked.json()["slots"]
    assert asked.json()["state"] == "offered"
    async with anybody(dispatch) as client:
        shown = (await client.get(link(visit), params={"slot": second["slot"]})).json()
        assert (shown["slots"], shown["asked"], shown["chosen"]) == ([first, second, third], "2", None)
        once, again = [await client.post(link(visit), json={"slot": second["slot"]}) for _ in range(2)]
        assert (once.status_code, once.json()) == (200, again.json())
        assert once.json()["chosen"]["arrival_from"] == second["arrival_from"]
        moved = await client.post(link(visit), json={"slot": third["slot"]})
        assert moved.json()["chosen"]["arrival_from"] == third["arrival_from"]
    async with dispatch.as_("dispatcher") as dispatcher:
        now = (await dispatcher.get(f"/v1/visits/{visit}")).json()
        assert now["arrival_from"] == now["appointment_from"] == third["arrival_from"]
        assert now["arrival_from"] <= now["planned_start"] <= now["arrival_to"]
        kept = (await dispatcher.get(f"/v1/visits/{visit}/appointment")).json()
        assert (kept["state"], kept["chosen"]["arrival_to"]) == ("chosen", third["arrival_to"])
        warned = await dispatcher.post(
            f"/v1/visits/{visit}/reschedule", json={"start": "2026-03-05T09:00:00Z"}
        )
        assert [each["rule"] for each in warned.json()["warnings"]] == ["appointment-moved"]


async def test_the_page_says_in_the_readers_language_what_came_of_it(dispatch: Running, unique: str) -> None:
    visit = await planned(dispatch, unique)
    slots = (await offered(dispatch, visit)).json()["slots"]
    french, english = {"Accept-Language": "fr"}, {"Accept-Language": "en"}
    async with anybody(dispatch, Accept="text/html") as browser:

        async def chooses(slot: str, **headers: str) -> httpx.Response:
            return await browser.post(link(visit), data={"slot": slot}, headers=headers)

        page = await browser.get(link(visit), headers=french)
        assert "Quand notre technicien peut-il passer ?" in page.text
        assert (page.headers["referrer-policy"], "script" in page.text) == ("no-referrer", False)
        assert "When may our technician come?" in (await browser.get(link(visit), headers=english)).text
        assert "Nous vous appelons." in (await chooses("none", **french)).text
        assert await attention(dispatch, visit) == "no-slot-suits"
        assert "C’est noté : notre technicien" in (await chooses("1", **french)).text
        assert "Noted: our technician" in (await chooses("2", **english)).text
        assert await attention(dispatch, visit) is None

        async with dispatch.as_("dispatcher") as dispatcher:
            for who in ("anna", "bruno"):
                away = {"from": slots[2]["arrival_from"], "to": "2026-03-03T18:00:00Z", "kind": "sick"}
                assert (await dispatcher.post(f"/v1/technicians/{who}/absences", json=away)).is_success
        gone = await chooses("3", **french)
        assert (gone.status_code, "vient d’être pris" in gone.text) == (409, True)
        assert 'value="4"' in gone.text, "others are offered"
        no_more = await browser.post(link(visit), json={"slot": "1"}, headers={"Accept": "application/json"})
        assert (no_more.status_code, no_more.json()["type"]) == (409, "/problems/slot-gone")


async def attention(dispatch: Running, visit: str) -> str | None:
    """Why a dispatcher is asked to look at it."""
    async with dispatch.as_("dispatcher") as dispatcher:
        shown: str | None = (await dispatcher.get(f"/v1/visits/{visit}")).json()["attention"]
        return shown


async def test_links_that_are_none_and_visits_that_are_over(dispatch: Running, unique: str) -> None:
    visit = await planned(dispatch, unique)
    async with anybody(dispatch) as client:
        for wrong in (link(visit), "/v1/appointments/none", link(visit, kind="mark"), link(visit, days=-1)):
            answer = await client.get(wrong)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-link")
        await offered(dispatch, visit)
        assert (await client.post(link(visit), json={"slots": "1"})).status_code == 422
        who = (await dispatch.comes_to(visit, "dispatched"))["technician_id"]
        async with dispatch.as_("technician", who) as technician:
            assert (await technician.post(f"/v1/visits/{visit}/depart")).is_success
        late = await client.post(link(visit), json={"slot": "1"})
        assert (late.status_code, late.json()["type"]) == (409, "/problems/appointment-over")
        page = await client.get(link(visit), headers={"Accept": "text/html", "Accept-Language": "en"})
        assert "cannot be chosen here any more" in page.text


async def test_who_may_have_slots_offered_and_for_what(dispatch: Running, unique: str) -> None:
    visit = await planned(dispatch, unique, Priority.P1)
    theirs = await offered(dispatch, visit, "portal", customer=unique)
    assert (theirs.status_code, theirs.json()["type"]) == (409, "/problems/urgent-visit")
    assert (await offered(dispatch, visit, "portal", customer="another")).status_code == 404
    assert (await offered(dispatch, visit, "stock-keeper")).status_code == 403
    never = await offered(dispatch, visit, **{"from": "2026-03-08T08:00:00Z", "to": "2026-03-08T20:00:00Z"})
    assert (never.status_code, never.json()["type"]) == (409, "/problems/no-slot-free")
    backwards = await offered(
        dispatch, visit, **{"from": "2026-03-08T08:00:00Z", "to": "2026-03-07T20:00:00Z"}
    )
    assert backwards.status_code == 422
    assert (await offered(dispatch, visit, count=2)).json()["slots"][1]["slot"] == "2"
