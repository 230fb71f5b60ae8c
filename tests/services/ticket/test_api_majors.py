"""Major incidents over HTTP, on the real servers: who sees what of them."""

from typing import Any

import pytest

from tests.services.ticket.running import Firm, created, done, post_ticket

Json = dict[str, Any]
TITLE = {"fr": "Fibre coupée", "en": "Fibre cut"}


async def declare(firm: Firm, **body: Any) -> Json:
    async with firm.agent() as agent:
        return created(await agent.post("/v1/major-incidents", json={"title": TITLE, **body}))


async def at_the_hall(firm: Firm) -> Json:
    """A ticket of the other customer's."""
    async with firm.agent() as agent:
        return created(await post_ticket(agent, firm.asked(firm.hall)))


async def both(firm: Firm) -> tuple[Json, Json, Json]:
    """A major incident with a ticket of each customer."""
    mine, theirs = await firm.open(), await at_the_hall(firm)
    major = await declare(firm, ticket=mine["id"], lead="lea", update_minutes=30)
    async with firm.agent() as agent:
        major = done(await agent.put(f"/v1/major-incidents/{major['id']}/tickets/{theirs['id']}"))
    return major, mine, theirs


async def test_the_firm_sees_all_of_it_and_the_ticket_names_it(firm: Firm) -> None:
    major, mine, theirs = await both(firm)
    assert sorted(major["tickets"]) == sorted([mine["id"], theirs["id"]])
    assert sorted(major["customers"]) == sorted([firm.pasteur, firm.mairie])
    assert (major["lead"], major["possible"]) == ("lea", ["investigate", "mitigate", "resolve"])
    async with firm.agent() as agent:
        assert done(await agent.get(f"/v1/tickets/{mine['id']}"))["major_id"] == major["id"]
        listed = done(await agent.get("/v1/tickets", params={"major": major["id"]}))["items"]
        assert len(listed) == 2
        where = {"customer": firm.mairie, "state": "declared"}
        [found] = done(await agent.get("/v1/major-incidents", params=where))["items"]
        assert found["id"] == major["id"]


async def test_a_client_sees_what_concerns_him_and_nothing_of_other_clients(firm: Firm) -> None:
    major, mine, theirs = await both(firm)
    async with firm.portal() as portal:
        answer = await portal.get(f"/v1/major-incidents/{major['id']}")
        shown = done(answer)
        assert (shown["customers"], shown["tickets"], shown["sites"]) == (
            [firm.pasteur],
            [mine["id"]],
            [firm.nord],
        )
        assert (shown["lead"], shown["ticket"], shown["missed_updates"], shown["possible"]) == (
            None,
            None,
            None,
            [],
        )
        for secret in (firm.mairie, firm.hall, theirs["id"]):
            assert secret not in answer.text
        listed = done(await portal.get("/v1/major-incidents"))["items"]
        assert [each["id"] for each in listed] == [major["id"]]
        assert (await portal.post(f"/v1/major-incidents/{major['id']}/close")).status_code == 403
        elsewhere = await declare(firm, customers=[firm.mairie])
        assert (await portal.get(f"/v1/major-incidents/{elsewhere['id']}")).status_code == 404
        asked = {"customer": firm.mairie}
        assert done(await portal.get("/v1/major-incidents", params=asked))["items"] == []


async def test_what_only_a_confidential_ticket_says_the_others_are_not_told(firm: Firm) -> None:
    secret = await firm.open(confidential=True)
    major = await declare(firm, ticket=secret["id"])
    where = f"/v1/major-incidents/{major['id']}"
    async with firm.service.as_("requester", firm.pasteur, f"{firm.name}-bob") as bob:
        assert (await bob.get(where)).status_code == 404
    async with firm.service.as_("customer-manager", firm.pasteur, f"{firm.name}-boss") as boss:
        assert done(await boss.get(where))["tickets"] == [secret["id"]]


async def test_opening_a_ticket_at_an_affected_site_proposes_it_to_the_hotline(firm: Firm) -> None:
    major = await declare(firm, sites=[firm.sud], categories=[firm.laptop])
    async with firm.agent() as agent, firm.portal() as portal:
        near = created(await post_ticket(agent, firm.asked(firm.sud)))
        assert near["suggested_major"] == major["id"]
        assert created(await post_ticket(agent, firm.asked(firm.nord)))["suggested_major"] is None
        his = created(await post_ticket(portal, firm.asked(firm.sud)))
        assert his["suggested_major"] is None
        done(await agent.put(f"/v1/major-incidents/{major['id']}/tickets/{near['id']}"))
        attached = done(await agent.get(f"/v1/tickets/{near['id']}"))
        assert (attached["major_id"], attached["suggested_major"]) == (major["id"], None)


async def test_a_declaration_and_a_message_are_taken_once_however_often_they_are_sent(firm: Firm) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        key = {"Idempotency-Key": f"{firm.name}-declare"}
        body = {"title": TITLE, "ticket": ticket["id"]}
        first, again = [
            created(await agent.post("/v1/major-incidents", json=body, headers=key)) for _ in range(2)
        ]
        assert first["id"] == again["id"]
        key = {"Idempotency-Key": f"{firm.name}-message"}
        text = {"text": {"fr": "On répare", "en": "It is being mended"}}
        where = f"/v1/major-incidents/{first['id']}/messages"
        for _ in range(2):
            shown = done(await agent.post(where, json=text, headers=key))
            assert [each["n"] for each in shown["messages"]] == [1]
        for language, words in (("fr", "On répare"), ("en", "It is being mended")):
            lines = done(
                await agent.get(f"/v1/tickets/{ticket['id']}/timeline", headers={"Accept-Language": language})
            )["items"]
            assert lines[-1]["text"] == words


async def test_it_is_run_to_its_end_and_says_what_was_resolved_with_it(firm: Firm) -> None:
    major, mine, theirs = await both(firm)
    where = f"/v1/major-incidents/{major['id']}"
    async with firm.agent() as agent:
        done(await agent.post(f"/v1/tickets/{theirs['id']}/resolve", json={"work_done": "Branché"}))
        for verb in ("investigate", "mitigate"):
            done(await agent.post(f"{where}/{verb}"))
        over = done(await agent.post(f"{where}/resolve", json={"work_done": "Soudée", "cause": "Pelleteuse"}))
        assert over["together"]["resolved"] == [mine["id"]]
        assert [(each["id"], each["reason"]) for each in over["together"]["left"]] == [
            (theirs["id"], "not-open")
        ]
        assert done(await agent.post(f"{where}/close"))["state"] == "closed"


async def test_changing_it_takes_the_version_that_was_read(firm: Firm) -> None:
    major = await declare(firm)
    where = f"/v1/major-incidents/{major['id']}"
    async with firm.agent() as agent:
        assert (await agent.patch(where, json={"lead": "lea"})).status_code == 428
        read = await agent.get(where)
        changed = await agent.patch(
            where, json={"lead": "lea", "sites": [firm.sud]}, headers={"If-Match": read.headers["ETag"]}
        )
        assert (done(changed)["lead"], done(changed)["sites"]) == ("lea", [firm.sud])
        assert (
            await agent.patch(where, json={}, headers={"If-Match": read.headers["ETag"]})
        ).status_code == 412


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "is part of another major incident"), ("fr", "fait partie d'un autre incident majeur")],
)
async def test_a_second_one_is_refused_in_words(firm: Firm, language: str, sentence: str) -> None:
    major, mine, _ = await both(firm)
    other = await declare(firm)
    async with firm.agent() as agent:
        answer = await agent.put(
            f"/v1/major-incidents/{other['id']}/tickets/{mine['id']}", headers={"Accept-Language": language}
        )
    assert answer.status_code == 422
    assert (answer.json()["major_id"], sentence in answer.json()["detail"]) == (major["id"], True)
