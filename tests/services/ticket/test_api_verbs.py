"""What is done to tickets over HTTP, on the real servers."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.dispatch.events import DispatchFailed
from contracts.ticket.events import TicketClosed, TicketResolved
from contracts.values import Priority, rfc3339
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, post_ticket, problem


async def verb(
    client: httpx.AsyncClient, ticket: dict[str, Any], name: str, body: Any = None, **headers: str
) -> httpx.Response:
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    return await client.post(f"/v1/tickets/{ticket['id']}/{name}", json=body, headers=named)


async def test_a_ticket_goes_through_its_life(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent, firm.portal() as portal:
        assert done(await verb(agent, ticket, "take"))["agent_id"] == "paul"
        assert done(await verb(agent, ticket, "hand-over", {"agent_id": "anne"}))["agent_id"] == "anne"
        triaged = done(await verb(agent, ticket, "triage", {"impact": "high", "urgency": "high"}))
        assert (triaged["state"], triaged["priority"]) == ("triaged", "P1")
        held = done(await verb(agent, ticket, "hold", {"reason": "waiting-for-client"}))
        assert held["state"] == "on-hold"
        assert held["holds"][0]["site_id"] == firm.nord
        assert done(await verb(agent, ticket, "resume"))["state"] == "triaged"
        assert done(await verb(agent, ticket, "start", {"mode": "remote"}))["state"] == "in-progress"
        done(await verb(agent, ticket, "restore"))
        done(await verb(agent, ticket, "notes", {"text": "à rappeler", "public": False}))
        resolved = done(await verb(agent, ticket, "resolve", {"work_done": "Pilote réinstallé"}))
        assert resolved["resolution"]["work_done"] == "Pilote réinstallé"
        assert resolved["visits"][0]["state"] == "cancelled"
        again = done(await verb(portal, ticket, "reopen", {"reason": "pareil", "service": "down"}))
        assert again["state"] == "triaged"
        assert [visit["state"] for visit in again["visits"]] == ["cancelled", "waiting"]
        body = {"impact": "low", "urgency": "low", "agreed_by": "Mme Durand", "reason": "un seul poste"}
        assert done(await verb(agent, ticket, "requalify", body))["priority"] == "P5"
        done(await verb(agent, ticket, "resolve", {"work_done": "Échange", "cause": "Écran"}))
        closed = done(await verb(portal, ticket, "close", Idempotency_Key="c1"))
        assert closed["state"] == "closed"
        assert closed["possible"] == ["reopen", "notes", "worklogs"]

        inside = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"]
        outside = done(await portal.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"]
    assert [line["event"] for line in inside][:3] == ["ticket-opened", "ticket-taken", "ticket-taken"]
    hidden = {line["event"] for line in inside} - {line["event"] for line in outside}
    assert hidden == {"ticket-taken", "ticket-noted"}
    assert closed["agent_id"] is None

    async def published() -> bool:
        return any(isinstance(fact, TicketClosed) for _, fact in await firm.service.read_facts(ticket["id"]))

    await until(published, within=10)
    facts = await firm.service.read_facts(ticket["id"])
    assert [envelope.sequence for envelope, _ in facts] == list(range(1, len(facts) + 1))
    assert [fact.cause for _, fact in facts if isinstance(fact, TicketResolved)] == [None, "Écran"]


async def test_an_illegal_transition_names_the_state_and_what_is_possible(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.portal() as portal:
        body = problem(await verb(portal, ticket, "close", Idempotency_Key="c1"), 409, "illegal-transition")
        assert body["state"] == "new"
        assert "cancel" in body["possible"]
        assert "close" not in body["possible"]
        read = done(await portal.get(f"/v1/tickets/{ticket['id']}"))
        assert read["state"] == "new"


async def test_closing_needs_an_idempotency_key_and_repeats_the_first_answer(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        done(await verb(agent, ticket, "resolve", {"work_done": "x"}))
        problem(await verb(agent, ticket, "close"), 400, "idempotency-key-required")
        first = await verb(agent, ticket, "close", Idempotency_Key="c1")
        second = await verb(agent, ticket, "close", Idempotency_Key="c1")
        assert done(first) == done(second)
        problem(await verb(agent, ticket, "close", Idempotency_Key="c2"), 409, "illegal-transition")


async def test_a_note_repeated_with_its_key_is_written_once(firm: Firm) -> None:
    ticket = await firm.open()
    note = {"text": "Toujours en panne", "public": True}
    async with firm.portal() as portal:
        answers = await asyncio.gather(
            *(verb(portal, ticket, "notes", note, Idempotency_Key="n1") for _ in range(6))
        )
        assert {answer.status_code for answer in answers} == {200}
        lines = done(await portal.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"]
    assert [line["text"] for line in lines if line["event"] == "ticket-noted"] == ["Toujours en panne"]


async def test_a_stale_etag_changes_nothing(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        answer = await verb(agent, ticket, "take", If_Match='"1"')
        assert answer.headers["etag"] == '"2"'
        problem(await verb(agent, ticket, "triage", {}, If_Match='"1"'), 412, "precondition-failed")
        read = await agent.get(f"/v1/tickets/{ticket['id']}")
        assert read.headers["etag"] == '"2"'
        known = {"If-None-Match": read.headers["etag"]}
        assert (await agent.get(f"/v1/tickets/{ticket['id']}", headers=known)).status_code == 304


async def test_a_hold_with_an_end_ends_by_itself(firm: Firm) -> None:
    ticket = await firm.open()
    until_ = datetime.now(UTC) + timedelta(milliseconds=400)
    body = {"reason": "appointment", "until": rfc3339(until_)}
    async with firm.agent() as agent:
        assert done(await verb(agent, ticket, "hold", body))["state"] == "on-hold"

        async def goes_on() -> bool:
            return bool(done(await agent.get(f"/v1/tickets/{ticket['id']}"))["state"] != "on-hold")

        await until(goes_on, within=10)
        lines = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"]
    assert lines[-1]["event"] == "ticket-resumed"
    assert lines[-1]["at"] == rfc3339(until_)


async def test_many_notes_at_once_are_all_kept_in_order(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        answers = await asyncio.gather(
            *(verb(agent, ticket, "notes", {"text": f"note {n}", "public": True}) for n in range(40))
        )
        assert {answer.status_code for answer in answers} == {200}
        seen: list[str] = []
        cursor = None
        while True:
            page = {"limit": 15, **({"cursor": cursor} if cursor else {})}
            listed = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline", params=page))
            seen += [line["text"] for line in listed["items"]]
            cursor = listed["next"]
            if cursor is None:
                break
    assert len(seen) == 41
    assert set(seen[1:]) == {f"note {n}" for n in range(40)}


async def test_work_done_offline_is_dated_when_it_happened(firm: Firm) -> None:
    earlier = datetime.now(UTC) - timedelta(hours=2)
    async with firm.agent() as agent:
        body = firm.asked(occurred_at=rfc3339(earlier - timedelta(minutes=1)))
        ticket = created(await post_ticket(agent, body))
        done(await verb(agent, ticket, "take", {"occurred_at": rfc3339(earlier)}))
        line = done(await agent.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"][-1]
        assert line["at"] == rfc3339(earlier)
        assert line["recorded_at"] > line["at"]
        future = {"occurred_at": rfc3339(datetime.now(UTC) + timedelta(minutes=5))}
        problem(await verb(agent, ticket, "take", future), 422, "occurred-in-the-future")
    async with firm.portal() as portal:
        late = {"text": "x", "public": True, "occurred_at": rfc3339(earlier)}
        problem(await verb(portal, ticket, "notes", late), 422, "occurred-too-long-ago")


@pytest.mark.parametrize("name", ["take", "triage", "start", "resolve", "hold", "resume", "requalify"])
async def test_the_clients_side_may_not_do_the_firms_work(firm: Firm, name: str) -> None:
    ticket = await firm.open()
    bodies = {
        "start": {"mode": "remote"},
        "resolve": {"work_done": "x"},
        "hold": {"reason": "waiting-for-client"},
        "requalify": {"agreed_by": "x", "reason": "x"},
    }
    async with firm.portal() as portal:
        problem(await verb(portal, ticket, name, bodies.get(name, {})), 403, "forbidden-role")


async def test_tickets_that_ask_for_somebody_are_listed_by_the_reason_to_the_firm_alone(firm: Firm) -> None:
    ticket, other = await firm.open(), await firm.open()
    failed = DispatchFailed(
        visit_id=ticket["visits"][0]["id"],
        ticket_id=ticket["id"],
        number=ticket["number"],
        customer_id=firm.pasteur,
        site_id=firm.nord,
        priority=Priority.P3,
        summary="Écran noir",
    )
    await firm.service.visit_fact(failed)

    async def listed(client: httpx.AsyncClient, attention: str) -> list[str]:
        wanted = {"customer": firm.pasteur, "attention": attention}
        return [each["id"] for each in done(await client.get("/v1/tickets", params=wanted))["items"]]

    async with firm.agent() as agent, firm.portal() as portal:

        async def asks() -> bool:
            return await listed(agent, "nobody-can-serve") == [ticket["id"]]

        await until(asks, within=10)
        assert await listed(agent, "true") == [ticket["id"]]
        assert await listed(agent, "false") == [other["id"]]
        assert await listed(agent, "unsafe-site") == []
        assert await listed(portal, "true") == []
        assert len(await listed(portal, "false")) == 2
        problem(await agent.get("/v1/tickets", params={"attention": "boredom"}), 422, "invalid-parameter")


async def test_the_hotlines_queue_is_what_nobody_has_taken_then_what_each_agent_has(firm: Firm) -> None:
    first, second = await firm.open(), await firm.open()
    async with firm.agent() as agent, firm.portal() as portal:
        await verb(agent, first, "take")

        async def ids(client: httpx.AsyncClient, **asked: Any) -> list[str]:
            answer = await client.get("/v1/tickets", params={"customer": firm.pasteur, **asked})
            return [each["id"] for each in done(answer)["items"]]

        assert await ids(agent, unassigned=True, state="new") == [second["id"]]
        assert await ids(agent, agent="paul") == [first["id"]]
        assert await ids(agent, agent="nobody") == []
        assert await ids(agent, channel="phone") == []
        assert await ids(portal, agent="paul") == await ids(portal, unassigned=True) == []


async def test_an_agent_sees_first_what_is_late_or_due_first_and_never_what_is_over(firm: Firm) -> None:
    async with firm.agent() as agent:

        async def declared(minutes_ago: int, site: str = firm.nord) -> str:
            when = rfc3339(datetime.now(UTC) - timedelta(minutes=minutes_ago))
            body = firm.asked(site, channel="phone", occurred_at=when)
            return str(created(await post_ticket(agent, body))["id"])

        fresh, late, uncovered = await declared(1), await declared(90), await declared(120, firm.hall)
        waiting, over, soon = await declared(45), await declared(50), await declared(40)
        done(await agent.post(f"/v1/tickets/{waiting}/start", json={"mode": "remote"}))
        done(await agent.post(f"/v1/tickets/{over}/resolve", json={"work_done": "Redémarré"}))

        async def pages(limit: int, **asked: Any) -> list[dict[str, Any]]:
            query = {"site": firm.nord, "order": "due", "limit": limit, **asked}
            found: list[dict[str, Any]] = []
            cursor: dict[str, str] = {}
            while True:
                page = done(await agent.get("/v1/tickets", params={**query, **cursor}))
                found += page["items"]
                if page["next"] is None:
                    return found
                cursor = {"cursor": page["next"]}

        for limit in (1, 50):
            queue = await pages(limit)
            assert [each["id"] for each in queue] == [late, soon, fresh, waiting]
            assert [each["due_at"] is None for each in queue] == [False, False, False, True]
        assert [each["id"] for each in await pages(50, site=firm.hall)] == [uncovered]
        assert [each["id"] for each in await pages(50, agent="nobody")] == []
        problem(await agent.get("/v1/tickets", params={"order": "boredom"}), 422, "invalid-parameter")
