"""A visit leaves a report that its client gets by a mail, checks, and signs from afar where nobody could."""

import hashlib
import io
import re
from datetime import timedelta

from PIL import Image
from playwright.async_api import FilePayload, expect
from pypdf import PdfReader

from infra.chassis.http.signed import signed
from infra.chassis.settings import Settings
from tests.flows.browser import PHONE, Screens, barriers
from tests.flows.clocks import now
from tests.flows.firm import Firm, Json, done, problem
from tests.flows.test_satisfaction import mail_to
from tests.flows.test_screen_m import make, ready, stands, two_visits
from tests.flows.waiting import until

DEVELOPMENT_KEY = Settings.from_environment(
    {"ASTREINTE_PROFILE": "development", "ASTREINTE_KAFKA": "k", "ASTREINTE_MONGODB": "m"}
).link_key


UNPROCESSABLE = (
    "error: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
)


def picture() -> FilePayload:
    made = io.BytesIO()
    Image.new("RGB", (800, 600), (30, 120, 60)).save(made, "JPEG")
    return {"name": "rack.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


async def report_link(firm: Firm, address: str, *saying: str) -> str:
    [link] = re.findall(r"\S+/v1/service-reports/\S+", await mail_to(firm, address, *saying))
    return str(link)


async def stands_at(firm: Firm, visit: str, version: int) -> Json:
    """How the report stands, once that version holds."""
    found: Json = {}

    async def there() -> bool:
        answer = await firm.dispatcher.get(f"/v1/visits/{visit}/reports")
        found.update(answer.json())
        return answer.status_code == 200 and found["version"] == version

    await until(there, why=f"for version {version} of the report of {visit}")
    return found


async def test_a_report_is_made_mailed_read_and_signed_from_afar(firm: Firm, screens: Screens) -> None:
    lea, (first, second) = await two_visits(firm)
    ann = f"ann@{firm.id('acme')}.example"
    anybody = firm.platform.client
    async with screens.open("/m", lea, size=PHONE) as page:
        await ready(page)
        await make(page, "The printer is jammed")
        await page.get_by_label("What remains to be done").fill("Order a spare tray")
        async with page.expect_file_chooser() as choosing:
            await page.get_by_text("Add a photo").click()
        await (await choosing.value).set_files([picture()])
        await expect(page.get_by_text("1 photo waits")).to_be_visible()
        await page.get_by_role("button", name="Close the visit").click()
        await stands(page, "All sent")
        await stands_at(firm, first.visit.id, 1)

    link = await report_link(firm, ann, "Voici le rapport", first.answer.json()["number"])
    pdf = await anybody.get(f"{link}/report.pdf")
    read = PdfReader(io.BytesIO(pdf.content))
    text = " ".join(" ".join(each.extract_text() for each in read.pages).split())
    content = await lea.get(f"/v1/visits/{first.visit.id}/report.json")
    digest = hashlib.sha256(content.content).hexdigest()
    wanted = ("Done: The printer is jammed", "dust", "12,5 km", "Order a spare tray", digest)
    assert [each for each in wanted if each not in text] == []
    assert read.attachments["report.json"] == [content.content]
    [photo] = content.json()["photos"]
    assert len(photo["sha256"]) == 64
    assert content.json()["signature"]["state"] == "signed"
    assert done(await anybody.get(link))["digest"] == digest
    shown = await stands_at(firm, first.visit.id, 1)
    assert [each["what"] for each in shown["openings"]] == ["pdf", "page"]
    contact = shown["openings"][0]["contact_id"]
    yesterday = await now(firm) - timedelta(days=1)
    lapsed = signed(DEVELOPMENT_KEY, f"report/{first.visit.id}/1/{contact}", yesterday)
    problem(await anybody.get(f"/v1/service-reports/{lapsed}"), 404, "no-such-link")

    await lea.works_on(second.visit)
    await lea.closes(second.visit, work_done="Fan changed")
    await stands_at(firm, second.visit.id, 1)
    to_sign = await report_link(firm, ann, second.answer.json()["number"], "signer")
    async with screens.open(to_sign, size=PHONE, language="fr") as page:
        await expect(page.get_by_role("heading", level=1)).to_have_text("Rapport d’intervention")
        await expect(page.get_by_text("Fan changed")).to_be_visible()
        assert await barriers(page) == []
        await page.get_by_role("button", name="Signer", exact=True).click()
        await expect(page.get_by_text("Indiquez votre nom, puis tracez")).to_be_visible()
        # The browser tells of any answer that is no success.
        assert [re.sub(r" \(http.*", "", each) for each in screens.complaints] == [UNPROCESSABLE]
        screens.complaints.clear()
        await page.get_by_label("Votre fonction").fill("Gérante")
        await page.locator("form svg").scroll_into_view_if_needed()
        box = await page.locator("form svg").bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 20, box["y"] + 60)
        await page.mouse.down()
        for step in range(1, 8):
            await page.mouse.move(box["x"] + 20 + 30 * step, box["y"] + 60 + 30 * (step % 2))
        await page.mouse.up()
        await page.get_by_role("button", name="Signer", exact=True).click()
        await expect(page.get_by_text("Ce rapport est signé.")).to_be_visible()
        assert await barriers(page) == []
    shown = await stands_at(firm, second.visit.id, 2)
    assert (shown["signing"], shown["versions"][1]["because"]) == ("signed", "signed-from-afar")
    signature = (await lea.get(f"/v1/visits/{second.visit.id}/report.json")).json()["signature"]
    assert (signature["name"], signature["role"], signature["how"]) == ("Ann", "Gérante", "link")
    assert "<path" in signature["svg"]
    problem(await anybody.post(to_sign, json={"name": "Ann", "agreed": True}), 410, "report-replaced")
    new = await report_link(firm, ann, second.answer.json()["number"], "est signé")
    assert done(await anybody.get(new))["version"] == 2
    await second.tells("service-report-made", "service-report-made")
    portal = next(each.portal for each in firm._customers)
    async with screens.open(f"/portal/requests/{second.id}", portal) as page:
        report = page.get_by_role("link", name="Service report (PDF)")
        assert await report.get_attribute("href") == f"/v1/visits/{second.visit.id}/report"
        got = await page.request.get(f"/v1/visits/{second.visit.id}/report")
        assert (got.status, (await got.body())[:5]) == (200, b"%PDF-")
