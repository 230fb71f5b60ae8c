"""KPIs over the API, on the real servers: whose they are, what they say, and the tickets behind them."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from contracts.dispatch import events
from contracts.values import Outcome, rfc3339
from services.ticket.domain.commitment import Month
from tests.servers import RealServers, until
from tests.services.ticket.running import Firm, a_firm, created, done, post_ticket, problem, running
from tests.services.ticket.visits import assignment

NOW = datetime.now(UTC)
LAST = Month(NOW.year, NOW.month).preceding
BEFORE = LAST.preceding
TENTH = datetime(BEFORE.year, BEFORE.month, 10, 9, tzinfo=UTC)
DAYS = {"from": str(BEFORE.first_day), "to": str(BEFORE.last_day)}
HOUR = timedelta(hours=1)


async def a_ticket(firm: Firm, agent: httpx.AsyncClient, *sites: str, **more: Any) -> dict[str, Any]:
    body = firm.asked(*sites, customer_id=firm.pasteur, occurred_at=rfc3339(TENTH), **more)
    return created(await post_ticket(agent, body))


async def resolved(agent: httpx.AsyncClient, ticket: dict[str, Any], hours: float) -> None:
    end = {"work_done": "Réparé", "occurred_at": rfc3339(TENTH + hours * HOUR)}
    done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=end))


async def visited(
    firm: Firm, agent: httpx.AsyncClient, ticket: dict[str, Any], *, arrives: float, outcome: Outcome
) -> None:
    """Promised between half an hour and an hour and a half after the declaration; an hour of work."""
    said = {
        "visit_id": f"{ticket['id']}-1",
        "ticket_id": ticket["id"],
        "number": ticket["number"],
        "customer_id": firm.pasteur,
        "site_id": ticket["sites"][0],
    }
    plan = {**assignment(TENTH + HOUR), "category": firm.laptop}
    at = TENTH + arrives * HOUR
    await firm.service.visit_fact(events.VisitPlanned(**said, **plan))
    closing = events.InterventionClosed(
        **said,
        technician_id="lea",
        outcome=outcome,
        arrived_at=at,
        started_at=at,
        ended_at=at + HOUR,
    )
    await firm.service.visit_fact(closing)

    async def known() -> bool:
        visits = done(await agent.get(f"/v1/tickets/{ticket['id']}"))["visits"]
        return bool(visits[0]["state"] == "closed")

    await until(known, within=20)


def manager(firm: Firm) -> httpx.AsyncClient:
    return firm.service.as_("contract-manager", subject="claire")


def customers(firm: Firm) -> httpx.AsyncClient:
    return firm.service.as_("customer-manager", firm.pasteur, "dr-martin")


async def figures(who: httpx.AsyncClient, **asked: Any) -> dict[str, dict[str, Any]]:
    answer = done(await who.get("/v1/kpis", params={**DAYS, **asked}))
    return {each["kpi"]: each for each in answer["items"]}


async def a_month(firm: Firm) -> tuple[dict[str, Any], ...]:
    """One fixed at the first visit, on time; one visited too late and in vain; one solved by telephone."""
    async with firm.service.as_("admin") as admin, firm.agent() as agent:
        terms = firm.contract(managers=["claire"], billing={"model": "forfait", "included": 600})
        done(await admin.put(f"/v1/contracts/{firm.name}-c1", json=terms))
        fixed, vain, remote = [await a_ticket(firm, agent) for _ in range(3)]
        await visited(firm, agent, fixed, arrives=1, outcome=Outcome.FIXED)
        await visited(firm, agent, vain, arrives=2, outcome=Outcome.NO_ACCESS)
        await resolved(agent, remote, 3)
        work = {
            "person": f"{firm.name}-paul",
            "from": rfc3339(TENTH),
            "to": rfc3339(TENTH + HOUR / 2),
            "kind": "phone",
            "billable": True,
        }
        done(await agent.post(f"/v1/tickets/{remote['id']}/worklogs", json=work))
    return fixed, vain, remote


async def test_a_period_says_what_was_fixed_at_once_how_long_it_took_and_what_it_cost_in_hours(
    firm: Firm,
) -> None:
    await a_month(firm)
    async with manager(firm) as claire:
        said = await figures(claire, contract=f"{firm.name}-c1")
    assert {name: (each["value"], each["n"], each["unknown"]) for name, each in said.items()} == {
        "first-time-fix": (50.0, 2, 0),
        "mttr-mean": (150.0, 2, 0),
        "mttr-median": (120.0, 2, 0),
        "mttr-p90": (180.0, 2, 0),
        "mttr-open-mean": (None, 0, 0),
        "mttr-open-median": (None, 0, 0),
        "mttr-open-p90": (None, 0, 0),
        "backlog": (1, 1, 0),
        "on-time-arrival": (50.0, 2, 0),
        "no-access": (50.0, 2, 0),
        "remote-solved": (50.0, 2, 0),
        "commitments-kept": (33.33, 3, 0),
        "hours-used": (2.5, 3, 0),
        "hours-used-of-sold": (25.0, 3, 0),
        "reopened": (0.0, 2, 0),
        "opened": (3, 3, 0),
        "resolved": (2, 2, 0),
        "cancelled": (0, 0, 0),
    }


async def test_each_figure_opens_to_its_tickets_in_the_order_of_their_ids_with_why_one_does_not_count(
    firm: Firm,
) -> None:
    fixed, vain, remote = await a_month(firm)
    asked: dict[str, Any] = {**DAYS, "contract": f"{firm.name}-c1", "limit": 1}
    async with manager(firm) as claire:
        seen: list[dict[str, Any]] = []
        place: dict[str, str] = {}
        while True:
            page = done(await claire.get("/v1/kpis/first-time-fix/tickets", params={**asked, **place}))
            seen += page["items"]
            assert len(page["items"]) == 1
            if page["next"] is None:
                break
            place = {"cursor": page["next"]}
        hours = done(await claire.get("/v1/kpis/hours-used/tickets", params={**DAYS, "site": firm.nord}))[
            "items"
        ]
        problem(await claire.get("/v1/kpis/satisfaction/tickets", params=DAYS), 404, "not-found")
        later = {**DAYS, "updated_after": rfc3339(NOW + HOUR)}
        assert done(await claire.get("/v1/kpis/opened/tickets", params=later))["items"] == []
    assert [(each["ticket_id"], each["counted"], each["value"], each["reason"]) for each in seen] == [
        (fixed["id"], True, 1, None),
        (vain["id"], True, 0, "not-fixed"),
        (remote["id"], False, None, "no-visit"),
    ]
    assert [each["number"] for each in seen] == [each["number"] for each in (fixed, vain, remote)]
    assert [(each["part"], each["value"], each["unit"]) for each in hours] == [
        (f"{fixed['id']}-1", 1.0, "hours"),
        (f"{vain['id']}-1", 1.0, "hours"),
        (hours[2]["part"], 0.5, "hours"),
    ]


async def test_figures_are_their_customers_and_their_managers(firm: Firm) -> None:
    await a_month(firm)
    mine, contract = {"customer": firm.pasteur}, {"contract": f"{firm.name}-c1"}
    site = {"site": firm.nord}
    for role, customer, subject, asked, status in (
        ("customer-manager", firm.pasteur, "dr-martin", contract, 200),
        ("customer-manager", firm.pasteur, "dr-martin", {}, 200),
        ("portal", firm.pasteur, "p", site, 200),
        ("portal", firm.pasteur, "p", mine, 200),
        ("customer-manager", firm.mairie, "zoe", contract, 404),
        ("customer-manager", firm.mairie, "zoe", site, 404),
        ("portal", firm.mairie, "p", mine, 404),
        ("contract-manager", None, "claire", contract, 200),
        ("contract-manager", None, "zoe", contract, 404),
        ("agent", None, "paul", {"customer": f"{firm.name}-nobody"}, 404),
        ("agent", None, "paul", {"site": f"{firm.name}-nowhere"}, 404),
        ("dispatcher", None, "dan", mine, 200),
        ("requester", firm.pasteur, "ann", mine, 403),
        ("technician", None, "ines", mine, 403),
        ("stock-keeper", None, "kim", mine, 403),
    ):
        async with firm.service.as_(role, customer, subject) as who:
            params = {**DAYS, **asked}
            assert (await who.get("/v1/kpis", params=params)).status_code == status, (role, asked)
            behind = await who.get("/v1/kpis/opened/tickets", params=params)
            assert behind.status_code == status, (role, asked)


async def test_what_does_not_exist_for_somebody_does_not_count_for_him(firm: Firm) -> None:
    async with firm.agent() as agent:
        await a_ticket(firm, agent, confidential=True)
        await a_ticket(firm, agent)
    async with firm.portal() as portal, customers(firm) as theirs, firm.agent() as agent:
        assert (await figures(portal))["opened"]["value"] == 1
        assert (await figures(theirs))["opened"]["value"] == 2
        assert (await figures(agent, customer=firm.pasteur))["opened"]["value"] == 2
        assert (await figures(agent, customer=firm.mairie))["opened"]["value"] == 0
    async with firm.service.as_("contract-manager", subject="zoe") as zoe:
        assert (await figures(zoe))["opened"]["value"] == 0


async def test_without_days_it_is_the_last_month_that_is_over_and_with_one_the_rest_of_its_month(
    firm: Firm,
) -> None:
    async with customers(firm) as theirs:
        for asked, first, last in (
            ({}, LAST.first_day, LAST.last_day),
            ({"from": str(TENTH.date())}, TENTH.date(), BEFORE.last_day),
            ({"to": str(TENTH.date())}, BEFORE.first_day, TENTH.date()),
        ):
            said = done(await theirs.get("/v1/kpis", params=asked))
            assert (said["from"], said["to"], said["customer"]) == (str(first), str(last), firm.pasteur)
        for wrong, slug in (
            ({"from": "2026-03-02", "to": "2026-03-01"}, "period-ends-before-it-begins"),
            ({"from": "2024-01-01", "to": "2026-03-01"}, "period-too-long"),
            ({"from": "2099-01-01"}, "period-ahead"),
            ({"from": "9999-12-15"}, "invalid-parameter"),
            ({"from": "2026-3-1"}, "invalid-parameter"),
            ({"from": "1772323200"}, "invalid-parameter"),
            ({"since": "2026-03-01"}, "invalid-parameter"),
        ):
            problem(await theirs.get("/v1/kpis", params=wrong), 422, slug)


@pytest.mark.parametrize(
    ("language", "sheet", "definition", "reason"),
    [
        ("fr", "Indicateurs", "Part des tickets résolus dans la période (chacun", "une visite a eu lieu"),
        ("en", "KPIs", "Share of tickets resolved in the period (each once", "somebody went there"),
    ],
)
async def test_the_definition_is_printed_with_the_figure_in_the_readers_language(
    firm: Firm, language: str, sheet: str, definition: str, reason: str
) -> None:
    await a_month(firm)
    headers = {"Accept-Language": language}
    async with customers(firm) as theirs:
        shown = done(await theirs.get("/v1/kpis", params=DAYS, headers=headers))
        book = await theirs.get("/v1/kpis", params={**DAYS, "format": "xlsx"}, headers=headers)
        behind = await theirs.get("/v1/kpis/remote-solved/tickets", params=DAYS, headers=headers)
    by_id = {each["kpi"]: each for each in shown["items"]}
    assert by_id["remote-solved"]["definition"].startswith(definition)
    assert done(behind)["items"][0]["reason_text"] == reason
    assert book.headers["content-disposition"].startswith('attachment; filename="kpis-')
    found = load_workbook(io.BytesIO(book.content))
    rows = {row[0]: row for row in found[sheet].values}
    assert rows["remote-solved"][2] == by_id["remote-solved"]["value"] == 50
    assert rows["remote-solved"][6] == by_id["remote-solved"]["definition"]
    assert len(found.sheetnames) == 3


async def test_figures_are_broken_down_by_what_is_asked_for(firm: Firm) -> None:
    await a_month(firm)
    async with customers(firm) as theirs:
        by_site = await figures(theirs, breakdown_by="site")
        usual = await figures(theirs)
    [row] = by_site["first-time-fix"]["breakdown"]
    assert row == {"of": {"site": firm.nord}, "value": 50.0, "n": 2, "unknown": 0}
    assert [row["of"] for row in usual["opened"]["breakdown"]] == [
        {"kind": "incident"},
        {"priority": "P3"},
        {"category": firm.laptop},
    ]


async def test_figures_of_single_persons_are_refused_unless_the_firm_allows_them(
    firm: Firm, servers: RealServers, unique: str
) -> None:
    async with firm.agent() as agent:
        asked = {**DAYS, "breakdown_by": "technician"}
        refused = problem(await agent.get("/v1/kpis", params=asked), 403, "per-person-figures-off")
        assert "L1222-4" in refused["detail"]
        assert done(await agent.get("/v1/kpis", params=DAYS))["per_person"] is None
    async with running(servers, f"{unique}-p", kpis_per_person=True) as service:
        allowed = await a_firm(service, unique)
        await a_month(allowed)
        async with allowed.agent() as agent, customers(allowed) as theirs:
            shown = done(await agent.get("/v1/kpis", params=asked))
            problem(await theirs.get("/v1/kpis", params=asked), 403, "per-person-figures-off")
    assert "L2312-38" in shown["per_person"]
    by_id = {each["kpi"]: each for each in shown["items"]}
    assert by_id["no-access"]["breakdown"] == [
        {"of": {"technician": "lea"}, "value": 50.0, "n": 2, "unknown": 0}
    ]
    assert by_id["remote-solved"]["breakdown"] == []
