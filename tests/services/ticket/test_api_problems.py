"""Problems and their prevention over HTTP, on the real servers."""

import asyncio
from typing import Any

import pytest

from contracts.inventory.states import CurrentAssetChanged
from services.ticket.store.copies import Assets
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, post_ticket

Json = dict[str, Any]


async def machine(firm: Firm, name: str, site: str, customer: str) -> str:
    """A machine of this test's own model, which the service knows of."""
    id = f"{firm.name}-{name}"
    told = CurrentAssetChanged(
        asset_id=id,
        site_id=site,
        customer_id=customer,
        name=name,
        kind="printer",
        manufacturer="HP",
        model=f"LaserJet {firm.name}",
    )
    await firm.service.publish(told, subject=id)

    async def known() -> bool:
        return await firm.service.runtime.read(Assets, id) is not None

    await until(known, within=20)
    return id


async def fails(firm: Firm, asset: str, site: str) -> str:
    async with firm.agent() as agent:
        ticket = created(await post_ticket(agent, firm.asked(site, asset=asset)))
        told = {"work_done": "Changé", "cause": f"Fusible {firm.name} grillé"}
        done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=told))
        return str(ticket["id"])


async def proposed(firm: Firm) -> tuple[Json, list[str]]:
    """The problem that three faults on one machine propose, and its tickets."""
    asset = await machine(firm, "printer", firm.nord, firm.pasteur)
    tickets = [await fails(firm, asset, firm.nord) for _ in range(3)]
    async with firm.agent() as agent:
        asked = {"asset": asset, "state": "proposed", "customer": firm.pasteur}
        [found] = done(await agent.get("/v1/problems", params=asked))["items"]
    return found, tickets


async def test_three_faults_of_one_cause_are_a_proposal_that_the_client_does_not_see_yet(firm: Firm) -> None:
    problem, tickets = await proposed(firm)
    assert (problem["by_rule"], problem["tickets"]) == (True, tickets)
    async with firm.agent() as agent, firm.portal() as portal:
        where = f"/v1/problems/{problem['id']}"
        assert (await portal.get(where)).status_code == 404
        taken_up = done(await agent.post(f"{where}/open"))
        assert taken_up["prevention"]["spots"][0]["site_id"] == firm.nord
        shown = done(await portal.get(where))
        assert (shown["state"], shown["prevention"], shown["owner"], shown["possible"]) == (
            "open",
            None,
            None,
            [],
        )
        assert [each["id"] for each in done(await portal.get("/v1/problems"))["items"]] == [problem["id"]]
        assert (await portal.post(f"{where}/close")).status_code == 403
        found = done(await agent.get("/v1/problems", params={"ticket": tickets[0]}))["items"]
        assert [each["id"] for each in found] == [problem["id"]]


async def test_three_resolved_at_the_same_moment_propose_one_problem(firm: Firm) -> None:
    asset = await machine(firm, "printer", firm.nord, firm.pasteur)
    tickets = await asyncio.gather(*(fails(firm, asset, firm.nord) for _ in range(3)))
    async with firm.agent() as agent:
        [found] = done(await agent.get("/v1/problems", params={"customer": firm.pasteur}))["items"]
    assert sorted(found["tickets"]) == sorted(tickets)


async def test_a_problem_by_hand_lives_from_its_opening_to_its_end(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        body = {"title": "VPN lent", "cause": "MTU", "customer": firm.pasteur, "tickets": [ticket["id"]]}
        key = {"Idempotency-Key": f"{firm.name}-problem"}
        first = created(await agent.post("/v1/problems", json=body, headers=key))
        assert created(await agent.post("/v1/problems", json=body, headers=key))["id"] == first["id"]
        where = f"/v1/problems/{first['id']}"
        known = {"workaround": "MTU à 1400", "root_cause": "Encapsulation double"}
        assert done(await agent.post(f"{where}/known-error", json=known))["workaround"] == "MTU à 1400"
        read = await agent.get(where)
        changed = await agent.patch(where, json={"owner": "lea"}, headers={"If-Match": read.headers["ETag"]})
        assert (done(changed)["owner"], done(changed)["root_cause"]) == ("lea", "Encapsulation double")
        assert done(await agent.get("/v1/problems", params={"owner": "lea", "customer": firm.pasteur}))[
            "items"
        ]
        unlinked = done(await agent.delete(f"{where}/tickets/{ticket['id']}"))
        assert unlinked["tickets"] == []
        done(await agent.post(f"{where}/resolve", json={}))
        assert done(await agent.post(f"{where}/close"))["state"] == "closed"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "This problem is open: it cannot close"), ("fr", "Ce problème est à l'état open")],
)
async def test_what_the_state_does_not_allow_is_refused_in_words(
    firm: Firm, language: str, sentence: str
) -> None:
    async with firm.agent() as agent:
        opened = created(await agent.post("/v1/problems", json={"title": "VPN lent", "cause": "MTU"}))
        answer = await agent.post(f"/v1/problems/{opened['id']}/close", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["possible"]) == (409, ["known-error", "resolve"])
    assert answer.json()["detail"].startswith(sentence)


async def test_another_customers_ticket_is_no_part_of_a_customers_problem(firm: Firm) -> None:
    async with firm.agent() as agent:
        theirs = created(await post_ticket(agent, firm.asked(firm.hall)))
        body = {"title": "VPN lent", "cause": "MTU", "customer": firm.pasteur}
        opened = created(await agent.post("/v1/problems", json=body))
        answer = await agent.put(f"/v1/problems/{opened['id']}/tickets/{theirs['id']}")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("ticket-of-another-customer")


async def test_prevention_accepted_by_two_at_once_opens_one_ticket_per_customer(firm: Firm) -> None:
    await machine(firm, "one", firm.nord, firm.pasteur)
    await machine(firm, "two", firm.sud, firm.pasteur)
    await machine(firm, "three", firm.hall, firm.mairie)
    async with firm.agent() as agent, firm.service.as_("technician", subject="lea") as technician:
        body = {
            "title": "Fusibles",
            "cause": "Fusible",
            "manufacturer": "HP",
            "model": f"LaserJet {firm.name}",
        }
        where = f"/v1/problems/{created(await agent.post('/v1/problems', json=body))['id']}/prevention"
        proposal = {"category": firm.laptop, "text": "Changer le fusible"}
        spots = done(await agent.post(where, json=proposal))["prevention"]["spots"]
        assert {spot["site_id"] for spot in spots} == {firm.nord, firm.sud, firm.hall}
        assert (await technician.post(f"{where}/accept")).status_code == 403
        async with firm.service.as_("agent", subject="ines") as manager:
            answers = await asyncio.gather(agent.post(f"{where}/accept"), manager.post(f"{where}/accept"))
        tickets = [done(each)["prevention"]["tickets"] for each in answers]
        assert tickets[0] == tickets[1]
        for customer, sites in ((firm.pasteur, {firm.nord, firm.sud}), (firm.mairie, {firm.hall})):
            [ticket] = done(
                await agent.get("/v1/tickets", params={"customer": customer, "kind": "maintenance"})
            )["items"]
            assert ticket["id"] == tickets[0][customer]
            assert {visit["site_id"] for visit in ticket["visits"]} == sites
