"""Opening tickets over HTTP, on the real servers."""

import asyncio
import re

from contracts.dispatch import events as visits
from contracts.ticket.events import TicketOpened
from contracts.values import Outcome
from services.ticket.domain.ticket import Ticket
from services.ticket.views.ticket import TicketView
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, post_ticket, problem
from tests.services.ticket.sample import at
from tests.services.ticket.visits import assignment


async def test_a_ticket_is_opened_and_published(firm: Firm) -> None:
    async with firm.portal() as client:
        answer = await post_ticket(client, firm.asked(firm.nord, firm.sud))
        ticket = created(answer)
        assert answer.headers["location"] == f"/v1/tickets/{ticket['id']}"
        assert answer.headers["etag"] == '"1"'
        assert re.fullmatch(r"T-\d{4}-\d{6}", ticket["number"])
        assert (ticket["state"], ticket["priority"]) == ("new", "P3")
        assert [clock["site_id"] for clock in ticket["sla"]] == [firm.nord, firm.sud]
        assert [(v["id"], v["site_id"], v["state"], v["technician_id"]) for v in ticket["visits"]] == [
            (f"{ticket['id']}-1", firm.nord, "waiting", None),
            (f"{ticket['id']}-2", firm.sud, "waiting", None),
        ]
        assert ticket["visits"][0]["arrival_from"] is None
        read = done(await client.get(answer.headers["location"]))
        assert {**read, "sla": None} == {**ticket, "sla": None}, "its clocks have gone on"

    async def published() -> bool:
        return bool(await firm.service.read_facts(ticket["id"]))

    await until(published, within=10)
    [(envelope, fact)] = await firm.service.read_facts(ticket["id"])
    assert isinstance(fact, TicketOpened)
    assert envelope.customer == firm.pasteur
    assert [need.contract_id for need in fact.visits] == [f"{firm.name}-c1"] * 2


async def test_twelve_identical_requests_at_once_give_one_ticket(firm: Firm) -> None:
    body = firm.asked(
        requester={"name": "Anne", "email": "Anne@Pasteur.example", "phone": "05 61 00 00 01"},
        on_site_contact={"name": "Bruno", "phone": "0561000002"},
    )
    async with firm.portal() as client:
        answers = await asyncio.gather(*(post_ticket(client, body, "k1") for _ in range(12)))
        tickets = [created(answer) for answer in answers]
        assert len({ticket["id"] for ticket in tickets}) == 1
        assert len({ticket["number"] for ticket in tickets}) == 1
        listed = done(await client.get("/v1/tickets"))
        assert len(listed["items"]) == 1
        contacts = done(await client.get("/v1/contacts"))["items"]
    assert sorted(contact["name"] for contact in contacts) == ["Anne", "Bruno"]
    anne = next(contact for contact in contacts if contact["name"] == "Anne")
    assert (anne["email"], anne["phone"]) == ("anne@pasteur.example", "+33561000001")
    assert tickets[0]["requester_id"] == anne["id"]


async def test_different_requests_of_one_person_at_once_make_one_contact(firm: Firm) -> None:
    body = firm.asked(requester={"name": "Anne", "email": "anne@pasteur.example"})
    async with firm.portal() as client:
        answers = await asyncio.gather(*(post_ticket(client, body, f"k{n}") for n in range(8)))
        assert len({created(answer)["requester_id"] for answer in answers}) == 1
        assert len(done(await client.get("/v1/contacts"))["items"]) == 1


async def test_the_same_key_with_another_body_is_refused(firm: Firm) -> None:
    async with firm.portal() as client:
        created(await post_ticket(client, firm.asked(), "k1"))
        other = await post_ticket(client, firm.asked(summary="Autre chose"), "k1")
        problem(other, 422, "idempotency-key-reused")


async def test_a_corrected_request_may_use_the_key_of_the_refused_one(firm: Firm) -> None:
    async with firm.portal() as client:
        problem(await post_ticket(client, firm.asked(category="no-such"), "k1"), 422, "unknown-reference")
        created(await post_ticket(client, firm.asked(), "k1"))


async def test_an_external_reference_taken_names_its_ticket(firm: Firm) -> None:
    async with firm.portal() as client:
        first = created(await post_ticket(client, firm.asked(external_reference="INC-7")))
        taken = problem(
            await post_ticket(client, firm.asked(external_reference="INC-7")), 409, "external-reference-taken"
        )
        assert (taken["ticket_id"], taken["number"]) == (first["id"], first["number"])
        found = done(await client.get("/v1/tickets", params={"external_reference": "INC-7"}))
        assert [ticket["id"] for ticket in found["items"]] == [first["id"]]


async def test_an_external_reference_sent_twice_at_once_gives_one_ticket(firm: Firm) -> None:
    async with firm.portal() as client:
        body = firm.asked(external_reference="INC-8")
        answers = await asyncio.gather(*(post_ticket(client, body, f"k{n}") for n in range(6)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


async def test_without_a_contract_it_is_accepted_and_the_answer_says_so(firm: Firm) -> None:
    async with firm.service.as_("agent") as agent:
        answer = await agent.post(
            "/v1/tickets",
            json=firm.asked(firm.hall, channel="phone", declared_by="Mme Durand"),
            headers={"Idempotency-Key": "k1", "Accept-Language": "fr"},
        )
        ticket = created(answer)
    assert ticket["customer_id"] == firm.mairie
    assert [(w["type"], w["site_id"]) for w in ticket["warnings"]] == [
        ("no-contract", firm.hall),
        ("no-requester", None),
    ]
    assert "contrat" in ticket["warnings"][0]["detail"]


async def test_a_site_put_a_moment_ago_is_waited_for(firm: Firm) -> None:
    new = f"{firm.name}-new"
    await firm.service.site(new, firm.pasteur)
    assert (await firm.open(new))["visits"][0]["site_id"] == new


async def test_visits_planned_and_closed_show_on_the_ticket(firm: Firm) -> None:
    ticket = await firm.open()
    id = ticket["id"]
    about = {
        "visit_id": f"{id}-1",
        "ticket_id": id,
        "number": ticket["number"],
        "customer_id": firm.pasteur,
        "site_id": firm.nord,
    }
    await firm.service.visit_fact(visits.VisitPlanned(**about, **assignment(at(10))))
    async with firm.portal() as client:

        async def scheduled() -> bool:
            return bool(done(await client.get(f"/v1/tickets/{id}"))["state"] == "scheduled")

        await until(scheduled, within=10)
        [visit] = done(await client.get(f"/v1/tickets/{id}"))["visits"]
        assert (visit["technician_id"], visit["state"]) == ("lea", "planned")
        assert visit["arrival_from"] == "2026-03-02T09:30:00.000Z"
        closed = visits.InterventionClosed(
            **about, technician_id="lea", outcome=Outcome.FIXED, started_at=at(10), ended_at=at(11)
        )
        await firm.service.visit_fact(closed)

        async def resolved() -> bool:
            return bool(done(await client.get(f"/v1/tickets/{id}"))["state"] == "resolved")

        await until(resolved, within=10)
        timeline = done(await client.get(f"/v1/tickets/{id}/timeline"))["items"]
    assert [line["event"] for line in timeline] == [
        "ticket-opened",
        "visit-planned",
        "intervention-closed",
        "work-started",
        "ticket-restored",
        "ticket-resolved",
    ]
    assert all(line["title"] for line in timeline)


def test_the_view_of_a_ticket_leaves_no_field_out() -> None:
    hidden = {
        "work",
        "triaged",
        "judged",
        "started",
        "restored_sites",
        "accepted_sites",
        "noted",
        "reopened_at",
        "reopenings",
        "answers",
        "tried",
        "told_at",
        "lines",
        "checklist",  # asked, and answered, at its visits
        "part_of",
        "patience",
        "opened_by",
        "opened_by_firm",
        "origin",
    }
    shown = {"site_ids": "sites", "asset_id": "asset", "diagnosed": "diagnosis", "watcher_ids": "watchers"}
    for name in Ticket.__dataclass_fields__:
        assert name in hidden or shown.get(name, name) in TicketView.model_fields, name


async def test_a_list_shows_the_wishes_of_a_ticket_as_the_ticket_does(firm: Firm) -> None:
    wish = {"from": "2099-03-02T09:00:00.000Z", "to": "2099-03-02T12:00:00.000Z"}
    ticket = await firm.open(preferred_windows=[wish])
    async with firm.portal() as portal:
        [listed] = done(await portal.get("/v1/tickets"))["items"]
    assert listed["preferred_windows"] == ticket["preferred_windows"] == [wish]
