"""``PATCH /v1/tickets/{id}``: correct what a ticket says."""

from typing import Any

import httpx
import pytest

from contracts.ticket.events import TicketNoted
from tests.servers import until
from tests.services.ticket.running import Firm, done, post_ticket, problem

NOW = {"If-Match": '"1"'}
ANY = {"If-Match": "*"}
MERGE = {**NOW, "Content-Type": "application/merge-patch+json"}


async def patch(
    client: httpx.AsyncClient, ticket: dict[str, Any], headers: dict[str, str] = NOW, **body: Any
) -> httpx.Response:
    return await client.patch(f"/v1/tickets/{ticket['id']}", json=body, headers=headers)


async def test_what_is_given_changes_and_the_rest_stays(firm: Firm) -> None:
    wish = {"from": "2099-03-02T09:00:00.000Z", "to": "2099-03-02T12:00:00.000Z"}
    ticket = await firm.open(custom={"floor": 3, "badge": {"number": 7, "colour": "red"}})
    async with firm.portal() as portal:
        answer = await patch(
            portal,
            ticket,
            MERGE,
            summary="Écran cassé",
            preferred_windows=[wish],
            on_site_contact={"name": "Zoé", "phone": "+33 1 23 45 67 89"},
            external_reference="INC-9",
            custom={"floor": None, "badge": {"number": 8}},
        )
        changed = done(answer)
        assert answer.headers["etag"] == '"2"'
        read = done(await portal.get(f"/v1/tickets/{ticket['id']}"))
        assert {**changed, "sla": None} == {**read, "sla": None}
        assert (changed["summary"], changed["description"]) == ("Écran cassé", ticket["description"])
        assert changed["preferred_windows"] == [wish]
        assert changed["external_reference"] == "INC-9"
        assert changed["custom"] == {"badge": {"number": 8, "colour": "red"}}
        contact = done(await portal.get(f"/v1/contacts/{changed['on_site_contact_id']}"))
        assert contact["name"] == "Zoé"
        line = done(await portal.get(f"/v1/tickets/{ticket['id']}/timeline"))["items"][-1]
    assert line["title"] == "Request corrected"
    assert set(line["details"]["change"]["fields"]) == {
        "summary",
        "preferred_windows",
        "on_site_contact",
        "external_reference",
        "custom",
    }


async def test_null_takes_away_what_may_be_missing(firm: Firm) -> None:
    ticket = await firm.open(external_reference="INC-1", custom={"a": 1}, on_site_contact={"name": "Zoé"})
    async with firm.portal() as portal:
        body: dict[str, Any] = {"external_reference": None, "custom": None, "on_site_contact": None}
        changed = done(await patch(portal, ticket, **body))
        assert (changed["external_reference"], changed["custom"]) == (None, {})
        assert changed["on_site_contact_id"] is None
        refused = problem(await patch(portal, ticket, ANY, summary=None), 422, "invalid-body")
        assert refused["errors"][0]["pointer"] == "/summary"


async def test_what_changes_nothing_is_no_event(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.portal() as portal:
        assert (await patch(portal, ticket, summary=ticket["summary"])).headers["etag"] == '"1"'
        assert (await patch(portal, ticket)).headers["etag"] == '"1"'


async def test_the_dispatchers_are_told_what_the_ticket_says_now(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        done(await patch(agent, ticket, confidential=True))

    async def told() -> bool:
        facts = [fact for _, fact in await firm.service.read_facts(ticket["id"])]
        return any(
            isinstance(fact, TicketNoted) and fact.confidential and fact.change is not None for fact in facts
        )

    await until(told, within=10)


@pytest.mark.parametrize(
    ("field", "value", "verb"),
    [("priority", "P1", "triage"), ("urgency", "high", "triage"), ("state", "closed", "<verb>")],
)
async def test_what_a_verb_owns_is_refused_with_its_name(
    firm: Firm, field: str, value: str, verb: str
) -> None:
    ticket = await firm.open()
    async with firm.portal() as portal:
        body: dict[str, Any] = {field: value}
        refused = problem(await patch(portal, ticket, **body), 422, "invalid-body")
        [error] = refused["errors"]
        assert error["pointer"] == f"/{field}"
        assert f"POST …/{verb}" in error["detail"]
        assert done(await portal.get(f"/v1/tickets/{ticket['id']}"))[field] == ticket[field]


async def test_nobody_overwrites_what_he_has_not_read(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.portal() as portal:
        problem(await patch(portal, ticket, {}, summary="x"), 428, "precondition-required")
        problem(await patch(portal, ticket, {"If-Match": '"7"'}, summary="x"), 412, "precondition-failed")


async def test_what_a_patch_names_has_to_exist(firm: Firm) -> None:
    ticket, taken = await firm.open(), await firm.open(external_reference="INC-2")
    async with firm.portal() as portal:
        refused = problem(await patch(portal, ticket, asset="none"), 422, "unknown-reference")
        assert (refused["kind"], refused["id"]) == ("asset", "none")
        again = await patch(portal, ticket, external_reference="INC-2")
        refused = problem(again, 409, "external-reference-taken")
        assert refused["ticket_id"] == taken["id"]


async def test_a_ticket_that_has_ended_is_not_corrected(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json={"work_done": "x"}))
        problem(await patch(agent, ticket, ANY, summary="y"), 409, "illegal-transition")


async def test_who_may_not_is_told_that_before_anything_else(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.service.as_("stock-keeper") as keeper:
        problem(await patch(keeper, ticket, {}, summary="x"), 403, "forbidden-role")
        problem(await keeper.post(f"/v1/tickets/{ticket['id']}/close"), 403, "forbidden-role")
    async with firm.service.as_("portal", firm.mairie) as mairie:
        problem(await patch(mairie, ticket, summary="x"), 404, "not-found")


async def test_a_clients_own_fields_are_any_json_of_bounded_size(firm: Firm) -> None:
    custom = {"tree": {"a": [1, 2.5, None, {"b.c": True, "$d": "é"}]}}
    ticket = await firm.open(custom=custom)
    assert ticket["custom"] == custom
    async with firm.portal() as portal:
        assert done(await portal.get(f"/v1/tickets/{ticket['id']}"))["custom"] == custom
        assert done(await patch(portal, ticket, summary="x"))["custom"] == custom
        for wrong in ({"x": "y" * 40_000}, {"x": [[[[[[[[1]]]]]]]]}):
            refused = problem(await post_ticket(portal, firm.asked(custom=wrong)), 422, "invalid-body")
            assert refused["errors"][0]["pointer"] == "/custom"
