"""A machine in the workshop: taken in, quoted in its ticket, mended, given back, its loan unit with it."""

import os
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, Json, done
from tests.flows.waiting import until

SHOTS = os.environ.get("ASTREINTE_SHOTS")
"""A folder for pictures of the pages, to be looked at."""
TOLD = ("received", "quoted", "approved", "on-bench", "repaired", "ready", "returned")


async def picture(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


async def press(page: Page, opens: str, button: str, **fields: str) -> None:
    """Open the dialog of that button, fill it in and send it; the page is then what came of it."""
    await page.get_by_role("button", name=opens).click()
    dialog = page.get_by_role("dialog")
    for label, said in fields.items():
        await dialog.get_by_label(label.replace("_", " "), exact=True).first.fill(said)
    async with page.expect_event("load"):
        await dialog.get_by_role("button", name=button, exact=True).click()


async def test_a_machine_is_taken_in_quoted_mended_and_given_back(firm: Firm, screens: Screens) -> None:
    keeper, acme = firm.stock_keeper, await firm.customer()
    site, work = await firm.site(acme), await firm.work()
    disk, laptop = await firm.part("disk"), await firm.part("loan-laptop")
    await firm.stock("depot:west", disk, 2)
    await firm.stock("depot:west", laptop, 1)
    machine = firm.id("pc")
    body: Json = {"site_id": site, "name": firm.id("PC-Accueil"), "kind": "laptop"}
    done(await keeper.put(f"/v1/assets/{machine}", body))
    request = await firm.opens(work, site, urgent=False)

    async with screens.open(f"/parc/assets/{machine}", keeper) as page:
        await page.get_by_role("button", name="Into the workshop").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Brought by").fill("Mrs White")
        await dialog.get_by_label("Fault").fill("It does not start")
        await dialog.get_by_label("Condition").fill("A scratch on the lid")
        await dialog.get_by_label("What came with it").fill("Charger\nBag")
        await dialog.get_by_label("Promised for").fill("2020-01-01")
        await dialog.get_by_label("Ticket").fill(request.id)
        assert await barriers(page) == []
        await picture(page, "take-in")
        await dialog.get_by_role("button", name="Take it in").click()
        await page.wait_for_url("**/parc/workshop/*")
        order = page.url.rpartition("/")[2]
        await expect(page.get_by_text("late", exact=True)).to_be_visible()
        await picture(page, "received")
        assert await barriers(page) == []
        await page.get_by_role("button", name="Lend a unit").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Part").select_option(laptop)
        await dialog.get_by_label("From").select_option("depot:west")
        async with page.expect_event("load"):
            await dialog.get_by_role("button", name="Lend", exact=True).click()
        await page.get_by_role("button", name="Write the diagnosis").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Findings").fill("The disk is dead")
        await dialog.get_by_label("What", exact=True).first.fill("Disk, fitted")
        await dialog.get_by_label("Price of one").first.fill("129.50")
        await dialog.get_by_label("Minutes of work").fill("40")
        await dialog.get_by_label("The client can approve until").fill("2099-01-01")
        assert await barriers(page) == []
        await picture(page, "diagnosis")
        async with page.expect_event("load"):
            await dialog.get_by_role("button", name="Write it down").click()
        await picture(page, "quoted")
        await expect(page.get_by_text("waits for the client")).to_be_visible()

    quote: Json = {}

    async def sent() -> bool:
        answer = await acme.manager.get(f"/v1/tickets/{request.id}/quote")
        quote.update(answer.json())
        return answer.is_success

    await until(sent, within=20)
    assert quote["total"] == "129.50"
    done(await acme.manager.post(f"/v1/tickets/{request.id}/approve", {"purchase_order": "BC-7"}))

    async def approved() -> bool:
        return bool(done(await keeper.get(f"/v1/workshop/orders/{order}"))["state"] == "approved")

    await until(approved, within=20)
    async with screens.open(f"/parc/workshop/{order}", keeper, size=PHONE) as page:
        async with page.expect_event("load"):
            await page.get_by_role("button", name="Put it on the bench").click()
        await page.get_by_role("button", name="Fit a part").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Part").select_option(disk)
        await dialog.get_by_label("From").select_option("depot:west")
        async with page.expect_event("load"):
            await dialog.get_by_role("button", name="Fit it").click()
        await press(page, "Time worked", "Write it down", Minutes="35")
        assert await barriers(page) == []
        await picture(page, "bench-phone")
        await press(page, "It is mended", "To the test", What_was_repaired="A new disk")
        await page.get_by_role("button", name="Test it").click()
        dialog = page.get_by_role("dialog")
        for box in await dialog.get_by_role("checkbox").all():
            await box.check()
        async with page.expect_event("load"):
            await dialog.get_by_role("button", name="Store the test").click()
        await expect(page.get_by_text("ready", exact=True)).to_be_visible()
    async with screens.open("/parc/workshop", keeper) as page:
        lane = page.get_by_role("region", name="ready")
        await expect(lane.get_by_role("link").filter(has_text=firm.id("PC-Accueil"))).to_be_visible()
        assert await barriers(page) == []
        await picture(page, "board")
        await lane.get_by_role("link").filter(has_text=firm.id("PC-Accueil")).click()
        await page.get_by_role("button", name="Give it back").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Who received it").fill("Mrs White")
        await dialog.get_by_label("The loan unit came back, into").select_option("depot:west")
        async with page.expect_event("load"):
            await dialog.get_by_role("button", name="Give it back").click()
        await expect(page.get_by_text("given back", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Receipt and label").click()
        await expect(page.get_by_role("heading", name="Receipt A")).to_be_visible()
        await expect(page.get_by_text("Mrs White").first).to_be_visible()
        assert await barriers(page) == []
        await picture(page, "receipt")
    assert screens.complaints == []

    stages: list[Any] = []

    async def told() -> bool:
        lines = done(await acme.manager.get(f"/v1/tickets/{request.id}/timeline", limit=100))["items"]
        stages[:] = [each["details"]["stage"] for each in lines if each["event"] == "repair-progressed"]
        return len(stages) == len(TOLD)

    await until(told, within=20)
    assert sorted(stages) == sorted(TOLD)
    levels = done(await keeper.get("/v1/stock", location="depot:west"))["items"]
    held = {each["sku"]: each["on_hand"] for each in levels if each["sku"] in (disk, laptop)}
    assert held == {disk: 1, laptop: 1}
