"""A plan of maintenance fills a quiet day, its checklist is answered, and what was found is followed up."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import expect

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.clocks import now
from tests.flows.firm import ALWAYS, LYON, RENNES, Firm, Json, Request, Technician, done
from tests.flows.test_screen_m import WITHOUT_NETWORK, ready, stands
from tests.flows.waiting import until

PARIS = ZoneInfo("Europe/Paris")
ALWAYS_OPEN = {"opening": ALWAYS, "holidays": "none"}
VOLTS: Json = {
    "id": "volts",
    "fr": "Tension de la batterie",
    "en": "Battery voltage",
    "kind": "number",
    "unit": "V",
    "least": 12.2,
}


async def test_prevention_fills_a_quiet_day_and_what_it_finds_is_followed_up(
    firm: Firm, screens: Screens
) -> None:
    acme = await firm.customer()
    here, area = ALWAYS_OPEN, firm.id("area")
    office = await firm.site(acme, "office", near=RENNES, territory=area, **here)
    far = await firm.site(acme, "far", near=LYON, territory=area, **here)
    lea = await firm.technician("lea", territory=area)
    long_work, check = await firm.work("long", minutes=400), await firm.work("check", minutes=40)
    ups = {"site_id": office, "name": "Onduleur du serveur", "kind": "ups"}
    done(await firm.stock_keeper.put(f"/v1/assets/{firm.id('ups')}", ups))

    today = (await now(firm)).astimezone(PARIS).date()
    quiet = today + timedelta(days=3)
    for day in (today + timedelta(days=n) for n in (1, 2, 4, 5)):
        busy = await firm.opens(long_work, far, urgent=False)
        await busy.visit.is_("planned", "dispatched", "waiting")
        start = rfc3339(datetime.combine(day, time(9), PARIS).astimezone(UTC))
        done(await firm.dispatcher.post(f"/v1/visits/{busy.visit.id}/assign",
                                        {"technician_id": lea.id, "start": start}))  # fmt: skip
    await firm.platform.quiet()

    plan: Json = {
        "customer_id": acme.id,
        "name": "Test des onduleurs",
        "category": check,
        "trigger": {"kind": "calendar", "every": 6, "unit": "months", "first_on": quiet.isoformat()},
        "kinds": ["ups"],
        "before_days": 2,
        "after_days": 2,
        "minutes": 40,
        "checklist": [VOLTS],
    }
    path = f"/v1/maintenance-plans/{firm.id('ups')}"
    done(await firm.stock_keeper.put(path, plan))
    occurrence = await _occurrence(firm, path, "asked")
    assert (occurrence["chosen_on"], occurrence["because"]) == (quiet.isoformat(), "quiet")

    ticket = Request(firm, occurrence["ticket_id"], None)  # type: ignore[arg-type]
    await until(lambda: _is_there(firm, ticket.id), why="for the ticket to be opened")
    visit = await ticket.visit.is_("planned", to=lea)
    assert parse_rfc3339(visit["planned_start"]).astimezone(PARIS).date() == quiet
    assert [each["id"] for each in visit["checklist"]] == ["volts"]
    # Written down again as it is, and looked at again by now, it asks for nothing more.
    done(await firm.stock_keeper.put(path, {**plan, "instructions": "Couper la charge d'abord."}))
    await firm.platform.quiet()
    maintenance = done(await firm.agent.get("/v1/tickets", customer=acme.id, kind="maintenance"))["items"]
    assert [each["id"] for each in maintenance] == [ticket.id]

    soon = rfc3339(await now(firm) + timedelta(minutes=5))
    done(await firm.dispatcher.post(f"/v1/visits/{ticket.visit.id}/reschedule", {"start": soon}))
    await ticket.visit.is_("dispatched", to=lea)
    await lea.works_on(ticket.visit)
    wrong = {"outcome": "fixed", "checklist": [{"item": "volts", "answer": "low"}]}
    refused = await lea.post(f"/v1/visits/{ticket.visit.id}/close", wrong)
    assert refused.json()["type"] == "/problems/not-on-the-checklist"
    await closed_without_a_network(screens, lea, ticket)
    await ticket.is_("resolved")

    made = await _occurrence(firm, path, "done")
    assert made["results"] == [{"item": "volts", "answer": "11.4", "beyond": True}]
    await until(lambda: _is_there(firm, made["follow_up_id"]), why="for the follow-up")
    follow_up = done(await firm.agent.get(f"/v1/tickets/{made['follow_up_id']}"))
    assert follow_up["summary"] == "Test des onduleurs : Tension de la batterie : 11.4 V (attendu : ≥ 12.2 V)"
    assert follow_up["asset"] == firm.id("ups")

    async def linked() -> bool:
        shown = done(await firm.agent.get(f"/v1/tickets/{made['follow_up_id']}"))
        return bool(shown["parent_id"] == ticket.id)

    await until(linked, why="for the follow-up to name the ticket at whose visit it was found")
    assert (await ticket.now())["children"] == 1
    again = await _occurrence(firm, path, "upcoming")
    assert again["due_on"][:7] > made["due_on"][:7]


async def closed_without_a_network(screens: Screens, who: Technician, ticket: Request) -> None:
    """The telephone asks for each item, says at once what is beyond its threshold, and sends it later."""
    async with screens.open("/m", who, size=PHONE) as page:
        await ready(page)
        await page.context.set_offline(True)
        await page.get_by_role("link", name=re.compile("Test des onduleurs")).first.click()
        await expect(page.get_by_role("heading", name="Checklist")).to_be_visible()
        await page.get_by_role("link", name="Close the visit").click()
        await page.get_by_text("Fixed", exact=True).click()
        await page.get_by_label("Work done").fill("Tested")
        await page.get_by_text("Nobody signs", exact=True).click()
        await page.get_by_label("Why not?").fill("Nobody there")
        await page.get_by_role("button", name="Close the visit").click()
        await expect(page.get_by_text("Answer the checklist: Battery voltage")).to_be_visible()
        await page.get_by_label("Battery voltage (V)").fill("11.4")
        await expect(page.get_by_text("Expected: ≥ 12.2 V.")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("button", name="Close the visit").click()
        await stands(page, "No network · 1 is not sent")
        await page.context.set_offline(False)
        await stands(page, "All sent")
    assert [each for each in screens.complaints if WITHOUT_NETWORK not in each] == []
    screens.complaints.clear()


async def _is_there(firm: Firm, ticket_id: str) -> bool:
    return (await firm.agent.get(f"/v1/tickets/{ticket_id}")).status_code == 200


async def _occurrence(firm: Firm, path: str, state: str) -> Json:
    """The plan's occurrence in that state, once there is one."""
    found: list[Json] = []

    async def there() -> bool:
        items = done(await firm.stock_keeper.get(f"{path}/occurrences"))["items"]
        found[:] = [each for each in items if each["state"] == state]
        return bool(found)

    await until(there, why=f"for an occurrence to be {state}")
    [only] = found
    return only
