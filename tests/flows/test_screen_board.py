"""The planner's board: who makes what and when, decided with keys or by dragging, and seen by the others."""

import asyncio
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import FloatRect, Locator, Page, Route, expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, Request, Technician, promise
from tests.flows.waiting import until


def board(firm: Firm, visit: dict[str, Any] | None = None, **more: str) -> str:
    """The board of the firm's own territory, on the day of a visit."""
    query = {"territory": firm.id("north"), **more}
    if visit is not None:
        start = datetime.fromisoformat(visit["planned_start"]).astimezone(ZoneInfo("Europe/Paris"))
        query["date"] = start.date().isoformat()
    return "/board?" + "&".join(f"{name}={value}" for name, value in query.items())


async def asked(firm: Firm, *, urgent: bool = False) -> Request:
    acme = await firm.customer()
    await firm.contract(acme, promise(600))
    site = await firm.site(acme, territory=firm.id("north"))
    return await firm.opens(await firm.work(), site, urgent=urgent)


async def hired(firm: Firm, name: str, **body: Any) -> Technician:
    return await firm.technician(name, territory=firm.id("north"), **body)


def bar(page: Page, technician: str, number: str) -> Locator:
    row = page.get_by_role("row", name=technician)
    return row.get_by_role("button", name=number)


def said(page: Page) -> Locator:
    return page.locator("#said")


async def box_of(there: Locator) -> FloatRect:
    """Where it is; what is drawn anew meanwhile is looked for again."""
    while (box := await there.bounding_box()) is None:
        await expect(there).to_be_visible()
    return box


async def test_a_visit_that_waits_is_assigned_with_the_keyboard_alone(firm: Firm, screens: Screens) -> None:
    anna = await hired(firm, "anna", shifts={})
    request = await asked(firm)
    await request.visit.is_("failed")
    number = (await request.now())["number"]
    async with screens.open(board(firm), firm.dispatcher) as page:
        waits = page.get_by_role("list").get_by_role("button", name=number)
        await expect(waits).to_contain_text("nobody can serve it")
        assert await barriers(page) == []
        await page.keyboard.press("j")
        await expect(waits).to_be_focused()
        await page.keyboard.press("a")
        dialog = page.get_by_role("dialog", name=f"Candidates for {number}")
        await expect(dialog).to_contain_text("Anna does not work before")
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await page.keyboard.press("m")
        await expect(page.get_by_role("combobox", name="Technician")).to_be_focused()
        await expect(page.get_by_role("dialog")).to_contain_text("does not work all that time")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(said(page)).to_contain_text(f"{number}: Anna")
        await request.visit.is_("planned", "dispatched", to=anna)
        await expect(waits).to_have_count(0)
        await page.keyboard.press("u")
        await expect(said(page)).to_contain_text(f"Undone: {number} waits again")
        await expect(waits).to_have_count(1)
    assert (await request.visit.now())["technician_id"] is None


async def test_two_dispatchers_see_each_others_moves(firm: Firm, screens: Screens) -> None:
    anna, _ = await hired(firm, "anna"), await hired(firm, "bruno")
    request = await asked(firm)
    visit = await request.visit.is_("planned", "dispatched")
    number = (await request.now())["number"]
    before, after = ("Anna", "Bruno") if visit["technician_id"] == anna.id else ("Bruno", "Anna")
    path, second = board(firm, visit), firm.person("dispatcher", "second")
    async with screens.open(path, firm.dispatcher) as one, screens.open(path, second) as other:
        for page in (one, other):
            await expect(bar(page, before, number)).to_be_visible()
            await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await bar(one, before, number).focus()
        await one.keyboard.press("p")
        await expect(said(one)).to_contain_text(f"{number} is pinned")
        await one.keyboard.press("Enter")
        await one.get_by_role("dialog").get_by_role("button", name=after, exact=False).first.focus()
        await one.keyboard.press("Enter")
        await expect(bar(one, after, number)).to_be_visible()
        await expect(bar(other, after, number)).to_be_visible()
        await expect(bar(other, before, number)).to_have_count(0)

        # What the other one decides on what is not there any more is refused, and he sees what is.
        goes_on = asyncio.Event()

        async def held_up(route: Route) -> None:
            await goes_on.wait()
            await route.continue_()

        await other.route(re.compile(r"/board/day\?.*since="), held_up)
        await one.keyboard.press("u")
        await expect(bar(one, before, number)).to_be_visible()
        await bar(other, after, number).focus()
        await other.keyboard.press("p")
        goes_on.set()
        await expect(said(other)).to_contain_text("nothing of yours was stored")
        await expect(bar(other, before, number)).to_be_visible()
        assert await barriers(other) == []
    assert [each for each in screens.complaints if "412" not in each] == []
    screens.complaints.clear()


async def test_what_a_move_means_is_said_before_it_is_dropped(firm: Firm, screens: Screens) -> None:
    anna, bruno = await hired(firm, "anna"), await hired(firm, "bruno", shifts={})
    request = await asked(firm)
    visit = await request.visit.is_("planned", "dispatched", to=anna)
    number = (await request.now())["number"]
    async with screens.open(board(firm, visit), firm.dispatcher) as page:
        held = await box_of(bar(page, "Anna", number))
        row = await box_of(page.get_by_role("row", name="Bruno"))
        await page.mouse.move(held["x"] + 4, held["y"] + 10)
        await page.mouse.down()
        await page.mouse.move(held["x"] + 30, row["y"] + 20, steps=5)
        tip = page.locator(".drag-tip")
        await expect(tip).to_contain_text("does not work all that time")
        assert (await request.visit.now())["technician_id"] == anna.id
        await page.mouse.up()
        await expect(bar(page, "Bruno", number)).to_be_visible()

    async def is_his() -> bool:
        return bool((await request.visit.now())["technician_id"] == bruno.id)

    await until(is_his, why="for the visit to be Bruno's")


async def test_the_board_narrows_turns_and_speaks_french(firm: Firm, screens: Screens) -> None:
    anna = await hired(firm, "anna")
    await hired(firm, "bruno", can=("other",))
    request = await asked(firm)
    visit = await request.visit.is_("planned", "dispatched", to=anna)
    number = (await request.now())["number"]
    async with screens.open(board(firm, visit), firm.dispatcher) as page:
        await expect(page.get_by_role("row")).to_have_count(2)
        await page.keyboard.press("/")
        await page.keyboard.type("Anna")
        await expect(page.get_by_role("row")).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.get_by_role("combobox", name="Skill").select_option(firm.id("other"))
        await expect(page.get_by_role("rowheader", name="Anna")).to_have_count(0)
        await page.get_by_role("combobox", name="Skill").select_option("")
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert await barriers(page) == []
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Week", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Week of")
        await expect(bar(page, "Anna", number)).to_be_visible()
        assert await barriers(page) == []
    async with screens.open(
        board(firm, visit), firm.dispatcher, language="fr", dark=True, size=PHONE
    ) as page:
        await expect(page.get_by_role("heading", name="Rien n'attend")).to_have_count(0)
        await expect(page.get_by_text("Rien n'attend")).to_be_visible()
        await bar(page, "Anna", number).click()
        await expect(page.get_by_role("button", name="Candidats")).to_be_visible()
        assert await barriers(page) == []
