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
