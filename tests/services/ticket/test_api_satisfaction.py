"""Marks by a link without a login, and what managers see of them, on the real servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from infra.chassis.http.signed import signed
from tests.services.ticket.running import Firm, done, problem

KEY = "a-key-of-thirty-two-characters-or-more"


@asynccontextmanager
async def anybody(firm: Firm) -> AsyncIterator[httpx.AsyncClient]:
    """Without a token."""
    firm.service.app.state.link_key = KEY
    transport = httpx.ASGITransport(firm.service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ticket") as client:
        yield client


async def solved(firm: Firm, days: float = 60) -> tuple[str, str]:
    """A ticket solved from the desk, and where its mark is given."""
    ticket = (await firm.open())["id"]
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{ticket}/resolve", json={"work_done": "Redémarré"}))
    token = signed(KEY, f"{ticket}/", datetime.now(UTC) + timedelta(days=days))
    return ticket, f"/v1/satisfaction/{token}"


async def test_opening_the_link_records_nothing_and_sending_the_mark_does(firm: Firm) -> None:
    ticket, link = await solved(firm)
    async with anybody(firm) as client, firm.agent() as agent:
        for accept in ("*/*", "text/html"):
            opened = await client.get(f"{link}?mark=1", headers={"Accept": accept})
            assert opened.status_code == 200
        assert done(await client.get(f"{link}?mark=1"))["given"] is None
        assert done(await agent.get(f"/v1/tickets/{ticket}"))["satisfaction"] == []
        sent = done(await client.post(link, json={"mark": 1, "comment": "Deux heures d'attente"}))
        assert (sent["given"]["mark"], sent["given"]["comment"]) == (1, "Deux heures d'attente")
        seen = done(await agent.get(f"/v1/tickets/{ticket}"))
        assert [each["mark"] for each in seen["satisfaction"]] == [1]
        assert "low-mark" in seen["attention"]
        async with firm.portal() as portal:
            theirs = done(await portal.get(f"/v1/tickets/{ticket}"))
            assert (theirs["satisfaction"], theirs["attention"]) == (None, None)


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Merci, votre note 4"), ("en", "your mark 4 out of 5")]
)
async def test_the_form_of_the_page_works_without_scripts(firm: Firm, language: str, words: str) -> None:
    _, link = await solved(firm)
    headers = {"Accept": "text/html", "Accept-Language": language}
    async with anybody(firm) as client:
        page = await client.get(f"{link}?mark=4", headers=headers)
        assert page.headers["content-type"].startswith("text/html")
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        thanked = await client.post(link, data={"mark": "4", "comment": ""}, headers=headers)
    assert words in thanked.text


async def test_a_link_that_is_forged_or_has_expired_leads_nowhere(firm: Firm) -> None:
    ticket, link = await solved(firm, days=-1)
    forged = signed("another key", f"{ticket}/", datetime.now(UTC) + timedelta(days=1))
    elsewhere = signed(KEY, "nowhere/", datetime.now(UTC) + timedelta(days=1))
    async with anybody(firm) as client:
        for path in (link, f"/v1/satisfaction/{forged}", f"/v1/satisfaction/{elsewhere}"):
            problem(await client.get(path), 404, "no-such-link")
            problem(await client.post(path, json={"mark": 5}), 404, "no-such-link")


@pytest.mark.parametrize("body", [{}, {"mark": 0}, {"mark": 6}, {"mark": "5"}, {"mark": 5, "colour": "red"}])
async def test_what_is_no_mark_is_refused(firm: Firm, body: dict[str, object]) -> None:
    _, link = await solved(firm)
    async with anybody(firm) as client:
        problem(await client.post(link, json=body), 422, "invalid-body")
        problem(await client.post(link, data={"mark": "9"}), 422, "invalid-body")
        problem(await client.post(link, content=b"x" * 20_000), 413, "body-too-large")
        problem(await client.post(link, content=b"mark=5"), 415, "unsupported-media-type")
        assert done(await client.get(link))["given"] is None


async def test_managers_list_the_marks_under_their_contracts(firm: Firm) -> None:
    _, link = await solved(firm)
    contract, now = f"{firm.name}-c1", datetime.now(UTC)
    async with anybody(firm) as client, firm.service.as_("contract-manager", subject="claire") as claire:
        done(await client.post(link, json={"mark": 3}))
        assert done(await claire.get("/v1/satisfaction"))["items"] == []
        async with firm.agent() as agent:
            of_it = done(await agent.get("/v1/satisfaction", params={"contract": contract}))["items"]
            assert [(each["mark"], each["contract_id"]) for each in of_it] == [(3, contract)]
            later = {"contract": contract, "from": (now + timedelta(hours=1)).isoformat()}
            assert done(await agent.get("/v1/satisfaction", params=later))["items"] == []
        async with firm.portal() as portal:
            problem(await portal.get("/v1/satisfaction"), 403, "forbidden-role")
