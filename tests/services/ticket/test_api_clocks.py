"""Clocks over the API: as they are now, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.values import rfc3339
from tests.services.ticket.running import Firm, done


def an_hour_ago() -> str:
    return rfc3339(datetime.now(UTC) - timedelta(minutes=40))


async def explained(firm: Firm, ticket: dict[str, Any], language: str) -> dict[str, Any]:
    async with firm.portal() as portal:
        answer = await portal.get(
            f"/v1/tickets/{ticket['id']}/sla",
            params={"explain": "true"},
            headers={"Accept-Language": language},
        )
        clocks: list[dict[str, Any]] = done(answer)["items"]
    return clocks[0]


async def test_a_ticket_shows_its_clocks_as_they_are_now(firm: Firm) -> None:
    ticket = await firm.open()
    [clock] = ticket["sla"]
    assert (clock["site_id"], clock["contract_id"], clock["target"]) == (
        firm.nord,
        f"{firm.name}-c1",
        "response",
    )
    assert (clock["state"], clock["remaining_minutes"]) == ("running", 60)
    async with firm.portal() as portal:
        [later] = done(await portal.get(f"/v1/tickets/{ticket['id']}/sla"))["items"]
        [read] = done(await portal.get(f"/v1/tickets/{ticket['id']}"))["sla"]
        [listed] = done(await portal.get("/v1/tickets", params={"number": ticket["number"]}))["items"]
    assert later["due_at"] == clock["due_at"] == read["due_at"]
    assert later["elapsed_minutes"] > 0
    assert listed["sla"][0]["elapsed_minutes"] >= read["elapsed_minutes"] > 0


async def test_each_stretch_says_why_it_counts_or_not_in_both_languages(firm: Firm) -> None:
    async with firm.agent() as agent:
        body = firm.asked(customer_id=firm.pasteur, channel="phone", occurred_at=an_hour_ago())
        opened = await agent.post("/v1/tickets", json=body, headers={"Idempotency-Key": "e1"})
        ticket = opened.json()
        done(await agent.post(f"/v1/tickets/{ticket['id']}/start", json={"mode": "remote"}))
    french = await explained(firm, ticket, "fr")
    assert french["state"] == "met"
    [interval] = french["intervals"]
    assert interval["counted"] is True
    assert (interval["opened_by"]["event"], interval["closed_by"]["event"]) == ("opened", "started")
    assert interval["closed_by"]["line_id"] == f"{ticket['id']}:1"
    assert interval["sentence"].startswith("Compté : du ")
    assert "l'ouverture de la demande" in interval["sentence"]
    assert "le début des travaux à distance" in interval["sentence"]
    english = await explained(firm, ticket, "en")
    assert "the opening of the request" in english["intervals"][0]["sentence"]


async def test_somebody_elses_clocks_do_not_exist(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.service.as_("portal", firm.mairie, f"{firm.name}-hall-portal") as other:
        answer = await other.get(f"/v1/tickets/{ticket['id']}/sla", params={"explain": "true"})
    assert answer.status_code == 404
