"""Diagnoses over HTTP, on the real servers: written, tried, published, and answered at an opening."""

from typing import Any

from contracts.ticket.events import TicketOpened
from services.ticket.domain.reminding import NO_ANSWER
from tests.servers import until
from tests.services.ticket.running import Firm, created, done, post_ticket, problem


def both(text: str) -> dict[str, str]:
    return {"fr": f"{text} ?", "en": f"{text}?"}


def tree(firm: Firm, **changes: Any) -> dict[str, Any]:
    return {
        "name": both("dark"),
        "first": "plugged",
        "categories": [firm.laptop],
        "fills": {"category": firm.laptop, "impact": "low", "urgency": "medium"},
        "questions": [
            {
                "id": "plugged",
                "kind": "yes-no",
                "text": both("plugged in"),
                "branches": [{"when": [{"is": ["no"]}], "fills": {"urgency": "low"}}, {"next": "users"}],
            },
            {
                "id": "users",
                "kind": "number",
                "text": both("how many"),
                "branches": [
                    {"when": [{"at_least": 5}], "fills": {"impact": "high", "skills": {"network": 2}}},
                    {},
                ],
            },
        ],
        **changes,
    }


async def published(firm: Firm, id: str, **changes: Any) -> str:
    async with firm.service.as_("admin") as admin:
        created(await admin.put(f"/v1/diagnoses/{id}", json=tree(firm, **changes)))
        done(await admin.post(f"/v1/diagnoses/{id}/publish"))
    return id


async def test_a_diagnosis_is_written_tried_and_published_and_its_next_version_waits(firm: Firm) -> None:
    id = f"{firm.name}-dark"
    async with firm.service.as_("agent") as agent, firm.portal() as client:
        draft = created(await agent.put(f"/v1/diagnoses/{id}", json=tree(firm)))
        assert (draft["revision"], draft["published"]) == (0, None)
        problem(await client.get(f"/v1/diagnoses/{id}"), 404, "not-found")
        tried = done(await agent.post(f"/v1/diagnoses/{id}/try", json={"answers": {"plugged": "yes"}}))
        assert tried["next"]["id"] == "users"
        assert done(await agent.post(f"/v1/diagnoses/{id}/publish"))["revision"] == 1
        again = done(await agent.post(f"/v1/diagnoses/{id}/publish"))
        assert again["revision"] == 1, "there is nothing new"
        seen = done(await client.get(f"/v1/diagnoses/{id}"))
        assert (seen["published"], seen["draft"]) == (draft["draft"], None)

        renamed = done(await agent.put(f"/v1/diagnoses/{id}", json=tree(firm, name=both("black"))))
        assert (renamed["published"]["name"], renamed["draft"]["name"]) == (both("dark"), both("black"))
        assert done(await client.get(f"/v1/diagnoses/{id}"))["published"]["name"] == both("dark")
        assert done(await agent.post(f"/v1/diagnoses/{id}/publish"))["revision"] == 2
        listed = done(await client.get("/v1/diagnoses", params={"category": firm.laptop}))["items"]
        assert [each["published"]["name"] for each in listed if each["id"] == id] == [both("black")]


async def test_a_tree_that_leads_round_is_refused_with_its_path(firm: Firm) -> None:
    round = tree(firm)
    round["questions"][1]["branches"][1]["next"] = "plugged"
    async with firm.service.as_("agent") as agent, firm.portal() as client:
        refused = problem(
            await agent.put(f"/v1/diagnoses/{firm.name}-round", json=round), 422, "diagnosis-invalid"
        )
        assert refused["path"] == ["plugged", "users", "plugged"]
        unknown = tree(firm, categories=["no-such"])
        problem(await agent.put(f"/v1/diagnoses/{firm.name}-x", json=unknown), 422, "unknown-reference")
        problem(await client.put(f"/v1/diagnoses/{firm.name}-x", json=tree(firm)), 403, "forbidden-role")


async def test_the_answers_fill_in_what_the_request_does_not_say_and_brief_the_technician(firm: Firm) -> None:
    id = await published(firm, f"{firm.name}-dark")
    async with firm.portal() as client:
        walked = done(await client.post(f"/v1/diagnoses/{id}/walk", json={"answers": {"plugged": "yes"}}))
        assert (walked["next"]["id"], walked["fills"]["impact"]) == ("users", "low")
        body = firm.asked(diagnosis={"id": id, "answers": {"plugged": "yes", "users": "12"}})
        for field in ("category", "impact", "urgency"):
            del body[field]
        ticket = created(await post_ticket(client, body))
    assert (ticket["category"], ticket["impact"], ticket["priority"]) == (firm.laptop, "high", "P2")
    assert ticket["diagnosis"] == {
        "id": id,
        "revision": 1,
        "answers": {"plugged": "yes", "users": "12"},
        "done": True,
        "ended_early": None,
    }

    async def told() -> bool:
        return bool(await firm.service.read_facts(ticket["id"]))

    await until(told, within=10)
    [(_, fact)] = await firm.service.read_facts(ticket["id"])
    assert isinstance(fact, TicketOpened)
    assert [(each.question, each.answer) for each in fact.answers] == [
        ("plugged in ?", "oui"),
        ("how many ?", "12"),
    ]
    assert dict(fact.visits[0].skills) == {"hardware": 2, "network": 2}


async def test_what_the_request_says_itself_counts_before_its_answers(firm: Firm) -> None:
    id = await published(firm, f"{firm.name}-dark")
    answers = {"plugged": "yes", "users": "12"}
    ticket = await firm.open(impact="medium", diagnosis={"id": id, "answers": answers})
    assert ticket["impact"] == "medium"


async def test_a_request_with_answers_that_cannot_be_or_say_too_little_opens_nothing(firm: Firm) -> None:
    id = await published(firm, f"{firm.name}-dark", fills={"category": firm.laptop})
    async with firm.portal() as client:
        for answers, slug in (
            ({"plugged": "maybe"}, "no-such-answer"),
            ({"users": "3"}, "question-not-asked"),
            ({"plugged": None}, "not-judged"),
        ):
            body = firm.asked(diagnosis={"id": id, "answers": answers})
            del body["impact"], body["category"]
            problem(await post_ticket(client, body), 422, slug)
        body = firm.asked(diagnosis={"id": "no-such", "answers": {}})
        problem(await post_ticket(client, body), 422, "unknown-reference")
        assert done(await client.get("/v1/tickets"))["items"] == []


async def test_once_thirty_tickets_have_ended_the_likeliest_repair_is_a_hint(firm: Firm) -> None:
    id = await published(firm, f"{firm.name}-dark")

    async def repaired(cause: str, answers: dict[str, str]) -> None:
        ticket = await firm.open(diagnosis={"id": id, "answers": answers})
        async with firm.service.as_("agent") as agent:
            body = {"work_done": "fixed", "cause": cause}
            done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=body))

    async def hint(role: str, **answers: str) -> Any:
        async with firm.service.as_(role, firm.pasteur if role == "portal" else None) as who:
            return done(await who.post(f"/v1/diagnoses/{id}/walk", json={"answers": answers}))["likely"]

    for n in range(29):
        await repaired("Power supply " if n % 3 else "Cable", {"plugged": "yes", "users": str(n % 4)})
    await repaired("Cable", {"plugged": "no"})
    await repaired(NO_ANSWER, {"plugged": "yes", "users": "1"})
    assert await hint("agent", plugged="yes") is None, "29 of those"
    await repaired("power supply", {"plugged": "yes", "users": "1"})
    likely = await hint("agent", plugged="yes")
    assert (likely["cause"].strip().lower(), likely["cases"], likely["of"]) == ("power supply", 20, 30)
    assert (await hint("agent"))["of"] == 31
    assert await hint("agent", plugged="yes", users="1") is None
    assert await hint("portal", plugged="yes") is None, "what technicians write is the firm's own"
