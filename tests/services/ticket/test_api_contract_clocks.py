"""A contract's clocks over the API: whose they are, in which state, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.values import rfc3339
from services.ticket.store.tickets import Tickets
from tests.services.ticket.running import Firm, Running, a_firm, created, done, post_ticket, problem

LONG_AGO = rfc3339(datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture
async def firm(service: Running, unique: str) -> Firm:
    """Its contract promised both from the beginning: what changes today says nothing of two hours ago, which
    may have been yesterday."""
    response = Firm(service, unique).contract()["targets"]["P1"]
    repair = {**response[0], "name": "repair", "minutes": 480, "met_by": "resolved"}
    return await a_firm(service, unique, targets={f"P{n}": [*response, repair] for n in range(1, 6)})


async def a_day(firm: Firm) -> list[str]:
    """Three tickets under the contract, one late, one at two sites, one confidential; and somebody else's."""
    async with firm.service.as_("admin") as admin:
        hall = firm.contract(customer_id=firm.mairie, managers=["zoe"])
        created(await admin.put(f"/v1/contracts/{firm.name}-c2", json=hall))
    async with firm.agent() as agent:
        created(await post_ticket(agent, firm.asked(firm.hall, customer_id=firm.mairie)))
        bodies = (
            firm.asked(firm.nord, customer_id=firm.pasteur, occurred_at=LONG_AGO),
            firm.asked(firm.nord, firm.sud, customer_id=firm.pasteur),
            firm.asked(firm.sud, customer_id=firm.pasteur, confidential=True),
        )
        return [created(await post_ticket(agent, body))["id"] for body in bodies]


async def listed(client: httpx.AsyncClient, firm: Firm, **asked: Any) -> list[dict[str, Any]]:
    """Every page's clocks."""
    found: list[dict[str, Any]] = []
    while True:
        page = done(await client.get(f"/v1/contracts/{firm.name}-c1/sla", params=asked))
        found += page["items"]
        assert len(page["items"]) <= asked.get("limit", 50)
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]


async def test_the_clocks_of_a_contract_come_ticket_by_ticket_and_once_on_pages_of_any_size(
    firm: Firm,
) -> None:
    first, second, third = await a_day(firm)
    async with firm.agent() as agent:
        clocks = await listed(agent, firm)
        assert [(each["ticket_id"], each["site_id"], each["target"]) for each in clocks] == [
            (ticket, site, target)
            for ticket, sites in ((first, [firm.nord]), (second, [firm.nord, firm.sud]), (third, [firm.sud]))
            for site in sites
            for target in ("repair", "response")
        ]
        for limit in (1, 2, 3, 7, 8):
            assert [each["id"] for each in await listed(agent, firm, limit=limit)] == [
                each["id"] for each in clocks
            ]
        [own] = [each for each in clocks if each["id"] == f"{second}:{firm.sud}:repair"]
        [shown] = [
            each
            for each in done(await agent.get(f"/v1/tickets/{second}"))["sla"]
            if (each["site_id"], each["target"]) == (firm.sud, "repair")
        ]
    assert (own["due_at"], own["state"], own["contract_id"]) == (
        shown["due_at"],
        "running",
        f"{firm.name}-c1",
    )
    assert 0 < own["elapsed_minutes"] <= shown["elapsed_minutes"]


async def test_clocks_are_asked_for_by_their_state(firm: Firm) -> None:
    first, *_ = await a_day(firm)
    async with firm.agent() as agent:
        late = await listed(agent, firm, state="breached")
        assert [(each["ticket_id"], each["target"]) for each in late] == [(first, "response")]
        assert len(await listed(agent, firm, state="running", limit=2)) == 7
        assert await listed(agent, firm, state="paused") == []
        problem(
            await agent.get(f"/v1/contracts/{firm.name}-c1/sla", params={"state": "lost"}),
            422,
            "invalid-parameter",
        )


async def test_a_contracts_clocks_are_its_managers_and_its_customers(firm: Firm) -> None:
    _, _, confidential = await a_day(firm)
    path = f"/v1/contracts/{firm.name}-c1/sla"
    async with firm.service.as_("admin") as admin:
        written = firm.contract(managers=["ines"])
        done(await admin.put(f"/v1/contracts/{firm.name}-c1", json=written))
    async with firm.service.as_("contract-manager", subject="ines") as ines:
        assert len(await listed(ines, firm)) == 8
    async with firm.service.as_("contract-manager", subject="zoe") as zoe:
        problem(await zoe.get(path), 404, "not-found")
    async with firm.service.as_("portal", firm.mairie) as other:
        problem(await other.get(path), 404, "not-found")
    async with firm.service.as_("portal", firm.pasteur, f"{firm.name}-portal") as portal:
        assert confidential not in {each["ticket_id"] for each in await listed(portal, firm)}
    async with firm.service.as_("customer-manager", firm.pasteur) as manager:
        assert confidential in {each["ticket_id"] for each in await listed(manager, firm)}
    async with firm.service.as_("requester", firm.pasteur) as requester:
        problem(await requester.get(path), 403, "forbidden-role")


async def test_a_page_of_clocks_is_read_from_an_index(firm: Firm) -> None:
    await a_day(firm)
    query = {"sla.promises.contract_id": f"{firm.name}-c1", "$and": [{"_id": {"$gte": ""}}, {}]}
    plan = await firm.service.runtime.db[Tickets.name].find(query).sort("_id", 1).limit(51).explain()
    winning = str(plan["queryPlanner"]["winningPlan"])
    assert "of_contract" in winning
    assert "SORT'" not in winning
