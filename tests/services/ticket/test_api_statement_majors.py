"""A month made again is the same bytes, whatever tickets joined and left major incidents meanwhile."""

from datetime import datetime, timedelta
from logging import getLogger
from typing import Any

import httpx

from contracts.values import rfc3339
from infra.chassis.crew import Crew
from services.ticket.statements.gathering import gathered
from services.ticket.store.contracts import Contracts
from services.ticket.store.revisions import Revisions
from tests.services.ticket.running import Firm, created, done, post_ticket
from tests.services.ticket.test_api_statements import BEFORE, TENTH, agreed

Json = dict[str, Any]
PENALTIES = {"currency": "EUR", "rules": [{"name": "each", "per": "incident", "amount": "50.00"}]}
A_MONTH = timedelta(days=31)
CREW = Crew(getLogger("crew"))


async def written(firm: Firm, as_of: datetime) -> bytes:
    """The month before last as known at that instant, worked out now."""
    run = firm.service.runtime
    contract = await run.read(Contracts, f"{firm.name}-s")
    assert contract is not None
    return (await gathered(run, CREW, Revisions(run), contract.value, BEFORE, as_of)).written()


async def late(firm: Firm, agent: httpx.AsyncClient, since: datetime) -> str:
    """A ticket that was two hours late."""
    body = firm.asked(firm.nord, customer_id=firm.pasteur, occurred_at=rfc3339(since))
    id: str = created(await post_ticket(agent, body))["id"]
    end = {"work_done": "Réparé", "occurred_at": rfc3339(since + timedelta(hours=6))}
    done(await agent.post(f"/v1/tickets/{id}/resolve", json=end))
    return id


async def test_a_month_is_the_same_bytes_whatever_joined_or_left_a_major_incident_since(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin, firm.agent() as agent:
        terms = {**agreed(firm), "valid_from": "2016-01-01", "penalties": PENALTIES}
        created(await admin.put(f"/v1/contracts/{firm.name}-s", json=terms))
        ended_before = await late(firm, agent, TENTH - A_MONTH)
        stays, leaves, comes_and_goes, joins = [await late(firm, agent, TENTH) for _ in range(4)]
        title = {"fr": "Fibre coupée", "en": "Fibre cut"}
        major = created(await agent.post("/v1/major-incidents", json={"title": title}))["id"]

        async def attach(ticket: str) -> None:
            done(await agent.put(f"/v1/major-incidents/{major}/tickets/{ticket}"))

        async def detach(ticket: str) -> None:
            done(await agent.delete(f"/v1/major-incidents/{major}/tickets/{ticket}"))

        for ticket in (ended_before, stays, leaves, comes_and_goes):
            await attach(ticket)
        as_of = firm.service.runtime.clock.now()
        asked_then = await written(firm, as_of)
        assert b'"total":"50.00"' in asked_then, "one major incident, paid for the month before, and one more"

        for ticket in (ended_before, leaves, comes_and_goes):
            await detach(ticket)
        await attach(comes_and_goes)
        await attach(joins)
        assert await written(firm, as_of) == asked_then
        now = await written(firm, firm.service.runtime.clock.now())
        assert b'"total":"100.00"' in now, "the one that left, and the major incident's first month"


async def test_a_month_is_the_same_bytes_though_an_end_before_it_was_told_of_since(firm: Firm) -> None:
    async with firm.service.as_("admin") as admin, firm.agent() as agent:
        terms = {**agreed(firm), "penalties": PENALTIES}
        created(await admin.put(f"/v1/contracts/{firm.name}-s", json=terms))
        long_ago = rfc3339(TENTH - A_MONTH)
        body = firm.asked(firm.nord, customer_id=firm.pasteur, occurred_at=long_ago)
        resolved, cancelled = [created(await post_ticket(agent, body))["id"] for _ in range(2)]
        as_of = firm.service.runtime.clock.now()
        asked_then = await written(firm, as_of)
        assert asked_then.count(b'"outcome":"late"') == 2

        end = {"work_done": "Réparé", "occurred_at": long_ago}
        done(await agent.post(f"/v1/tickets/{resolved}/resolve", json=end))
        gone = {"reason": "client-consent", "occurred_at": long_ago}
        done(await agent.post(f"/v1/tickets/{cancelled}/cancel", json=gone))
        assert await written(firm, as_of) == asked_then
        assert b'"commitments":[]' in await written(firm, firm.service.runtime.clock.now())
