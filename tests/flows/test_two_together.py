"""Work for two, from its kind to the van: planned together, told to both, led by one, seen by all."""

import os
import re
from pathlib import Path

from playwright.async_api import Page, expect

from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.firm import Firm, done, promise

SHOTS = os.environ.get("SHOTS")


async def shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"{name}.png")


async def test_two_are_sent_together_and_one_leads(firm: Firm, screens: Screens) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise(600))
    lea = await firm.technician("lea", territory=firm.id("north"), phone="+33612345678")
    max_ = await firm.technician("max", territory=firm.id("north"), can=("hands",), phone="+33687654321")
    rack, kind = firm.id("rack"), {"fr": "baie", "en": "rack"}
    skills = {firm.id("repair"): 1}
    work = {"name": kind, "kind": "incident", "skills": skills, "duration_minutes": 90, "technicians": 2}
    # The firm is many stories' own: somebody of another one would do, too.
    work["companion_skills"] = {firm.id("hands"): 1}
    done(await firm.admin.put(f"/v1/work-types/{rack}", work))
    site = await firm.site(acme, territory=firm.id("north"))
    request = await firm.opens(rack, site, summary="The rack has to be turned", requester=acme.ann)
    visit = await request.visit.is_("dispatched", to=lea)
    assert visit["companions"] == [max_.id]

    number = (await request.now())["number"]
    for language, dark, size in (("en", False, None), ("fr", True, None), ("fr", False, PHONE)):
        path = f"/board?territory={firm.id('north')}"
        async with screens.open(path, firm.dispatcher, language=language, dark=dark, size=size) as page:
            if size is None:
                bars = [page.locator(f'[role=row][data-id="{id}"] .bar') for id in (lea.id, max_.id)]
                for bar in bars:
                    await expect(bar).to_have_attribute("aria-label", re.compile(number))
                await bars[1].click()
                said = "with Max" if language == "en" else "avec Max"
                await expect(page.get_by_text(re.compile(f"Lea {said}"))).to_be_visible()
                assert await barriers(page) == []
            await shot(page, f"board-{language}-{'dark' if dark else 'light'}-{'phone' if size else 'desk'}")
    for who, other, dark in ((lea, "Max", False), (max_, "Lea", True)):
        async with screens.open("/m", who, language="fr", dark=dark, size=PHONE) as page:
            await expect(page.get_by_text(other, exact=True)).to_be_visible()
            role = "Vous accompagne" if who is lea else "Conduit la visite"
            await expect(page.get_by_text(role)).to_be_visible()
            accept = page.get_by_role("button", name="Accepter", exact=True)
            await expect(accept).to_have_count(1 if who is lea else 0)
            assert await barriers(page) == []
            await shot(page, f"m-{who.id[-3:]}")
    await lea.works_on(request.visit)
    await lea.closes(request.visit, work_done="Turned")
    assert (await request.visit.now())["companions"] == [max_.id]
