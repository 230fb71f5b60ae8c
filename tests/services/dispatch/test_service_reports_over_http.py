"""Service reports on real servers: read by whom they concern, opened and signed by a link without a login."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import httpx
from pypdf import PdfReader

from infra.chassis.http.signed import signed
from tests.servers import until
from tests.services.dispatch.asking import OFFICE_HOURS, body, hire, open_ticket, post
from tests.services.dispatch.running import Running
from tests.services.dispatch.test_appointments_over_http import KEY, anybody
from tests.world import MONDAY_NINE

HTML = {"Accept": "text/html"}
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 2L30 40"/></svg>'


def link(visit_id: str, version: int = 1, days: float = 30) -> str:
    """As a mail has it."""
    what = f"report/{visit_id}/{version}/dr-martin"
    return f"/v1/service-reports/{signed(KEY, what, MONDAY_NINE + timedelta(days=days))}"


async def closed(dispatch: Running, unique: str, **report: Any) -> str:
    """A visit that anna has made, once its report is there."""
    dispatch.app.state.link_key = KEY
    await hire(dispatch, unique, anna=body(shifts=OFFICE_HOURS))
    visit = await open_ticket(dispatch, unique)
    await dispatch.comes_to(visit, "dispatched")
    async with dispatch.as_("technician", "anna") as anna:
        for step in ("acknowledge", "depart", "arrive", "start"):
            await post(anna, f"/v1/visits/{visit}/{step}")
        assert (await anna.get(f"/v1/visits/{visit}/report")).status_code == 404, "it is not closed"
        done = {"outcome": "fixed", "work_done": "Switch replaced", **report}
        await post(anna, f"/v1/visits/{visit}/close", done, key=f"close-{visit}")
    await has_version(dispatch, visit, 1)
    return visit


async def has_version(dispatch: Running, visit: str, n: int) -> dict[str, Any]:
    """How the report stands, once that version holds."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        async with dispatch.as_("dispatcher") as dispatcher:
            answer = await dispatcher.get(f"/v1/visits/{visit}/reports")
        found.update(answer.json())
        return answer.status_code == 200 and found["version"] == n

    await until(there, within=20)
    return found


async def test_a_report_is_read_by_whom_its_visit_concerns(dispatch: Running, unique: str) -> None:
    visit = await closed(dispatch, unique, signature={"name": "Ann", "svg": DRAWN})
    async with dispatch.as_("portal", customer=unique) as portal:
        content = await portal.get(f"/v1/visits/{visit}/report.json")
        pdf = await portal.get(f"/v1/visits/{visit}/report")
        again = await portal.get(f"/v1/visits/{visit}/report", headers={"If-None-Match": pdf.headers["etag"]})
        shown = (await portal.get(f"/v1/visits/{visit}/reports")).json()
        words = {"reason": "x", "cause": "y"}
        corrected = await portal.post(f"/v1/visits/{visit}/correct-report", json=words)
    assert (pdf.status_code, pdf.headers["content-type"], again.status_code) == (200, "application/pdf", 304)
    [version] = shown["versions"]
    assert hashlib.sha256(content.content).hexdigest() == version["digest"]
    assert version["digest"] in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert (shown["signing"], shown["openings"], shown["signed_from"]) == ("signed", None, None)
    assert corrected.status_code == 403
    for who in (
        dispatch.as_("portal", customer="somebody-else"),
        dispatch.as_("technician", "bruno"),
    ):
        async with who as stranger:
            for path in ("report", "report.json", "reports"):
                assert (await stranger.get(f"/v1/visits/{visit}/{path}")).status_code == 404
    async with anybody(dispatch) as nobody:
        assert (await nobody.get(f"/v1/visits/{visit}/report")).status_code == 401


async def test_openings_are_noted_a_link_expires_and_a_client_signs_once(
    dispatch: Running, unique: str
) -> None:
    visit = await closed(dispatch, unique)
    async with anybody(dispatch) as client:
        read = await client.get(link(visit))
        pdf = await client.get(f"{link(visit)}/report.pdf")
        assert (read.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
        assert read.json()["signing"] == "awaited"
        assert read.headers["cache-control"] == "no-store"
        for wrong in (link(visit, days=-1), link(visit, days=-1) + "/report.pdf", link(visit) + "x"):
            answer = await client.get(wrong)
            assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-link")
    shown = await has_version(dispatch, visit, 1)
    assert shown["opened"] == 2
    assert [(each["what"], each["contact_id"], each["version"]) for each in shown["openings"]] == [
        ("page", "dr-martin", 1),
        ("pdf", "dr-martin", 1),
    ]
    assert {each["address"] for each in shown["openings"]} == {"127.0.0.0/24"}
    async with anybody(dispatch) as client:

        async def sends(**said: Any) -> httpx.Response:
            return await client.post(link(visit), json=said)

        unsigned: tuple[dict[str, Any], ...] = (
            {},
            {"name": "Ann"},
            {"name": "Ann", "svg": "<svg/>"},
            {"name": " ", "agreed": True},
        )
        for said in unsigned:
            assert (await sends(**said)).status_code == 422, said
        both = await sends(name="Ann", agreed=True, refused="no")
        assert both.status_code == 422
        signed_now = await sends(name="Ann", role="Manager", svg=DRAWN)
        assert (signed_now.status_code, signed_now.json()["version"]) == (200, 2)
        assert signed_now.json()["content"]["signature"]["name"] == "Ann"
        again = await sends(name="Ann", agreed=True)
        assert (again.status_code, again.json()["type"]) == (410, "/problems/report-replaced")
        assert (await client.get(link(visit))).status_code == 410
        copy = await client.post(link(visit, 2), json={"name": "Ann", "agreed": True})
        assert (copy.status_code, copy.json()["type"]) == (409, "/problems/nothing-to-sign")
    shown = await has_version(dispatch, visit, 2)
    assert (shown["signing"], shown["signed_from"]) == ("signed", "127.0.0.0/24")
    assert [each["because"] for each in shown["versions"]] == ["closed", "signed-from-afar"]


async def test_the_page_asks_in_the_readers_language_and_says_what_came_of_it(
    dispatch: Running, unique: str
) -> None:
    visit = await closed(dispatch, unique, found="<b>Loose</b> cable")
    french = {**HTML, "Accept-Language": "fr"}
    async with anybody(dispatch) as browser:
        page = await browser.get(link(visit), headers=french)
        assert "Signer ce rapport" in page.text
        assert "&lt;b&gt;Loose&lt;/b&gt; cable" in page.text
        assert "script-src 'sha256-" in page.headers["content-security-policy"]
        english = await browser.get(link(visit), headers={**HTML, "Accept-Language": "en"})
        assert "Sign this report" in english.text
        missing = await browser.post(
            link(visit), headers=french, data={"name": "Ann", "do": "refuse", "reason": ""}
        )
        assert missing.status_code == 422
        assert "Indiquez votre nom" in missing.text
        assert 'value="Ann"' in missing.text
        refused = await browser.post(
            link(visit), headers=french, data={"name": "Ann", "do": "refuse", "reason": "Pas fait"}
        )
        assert "Votre refus est enregistré" in refused.text
        assert "<form" not in refused.text
        old = await browser.get(link(visit), headers=french)
        assert (old.status_code, "La signature de ce rapport a été refusée" in old.text) == (410, True)
        assert "Loose" not in old.text
        new = await browser.get(link(visit, 2), headers=french)
        assert "Pas fait" in new.text or "Votre refus" in new.text


async def test_a_correction_takes_the_link_before_back(dispatch: Running, unique: str) -> None:
    visit = await closed(dispatch, unique, signature={"name": "Ann", "svg": DRAWN})
    async with dispatch.as_("dispatcher") as dispatcher:
        path = f"/v1/visits/{visit}/correct-report"
        for wrong in ({"reason": "x"}, {"cause": "y"}, {"reason": "x", "work_done": "Switch replaced"}):
            assert (await dispatcher.post(path, json=wrong)).status_code == 422, wrong
        key = {"Idempotency-Key": "once"}
        words = {"reason": "wrong socket", "work_done": "Switch B replaced"}
        twice = [await dispatcher.post(path, json=words, headers=key) for _ in range(2)]
        assert [each.status_code for each in twice] == [200, 200]
        assert (twice[1].json()["version"], twice[1].json()["signing"]) == (2, "awaited")
        first = await dispatcher.get(f"/v1/visits/{visit}/report.json", params={"version": 1})
        second = await dispatcher.get(f"/v1/visits/{visit}/report.json")
        assert first.json()["work"]["done"] == "Switch replaced"
        assert second.json()["replaces"]["sha256"] == hashlib.sha256(first.content).hexdigest()
        assert (await dispatcher.get(f"/v1/visits/{visit}/report", params={"version": 3})).status_code == 404
    async with anybody(dispatch) as client:
        assert (await client.get(link(visit), headers=HTML)).status_code == 410
        assert (await client.get(link(visit, 2), headers=HTML)).status_code == 200
