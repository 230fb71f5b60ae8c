"""Known repairs over HTTP, on the real servers: written, found, tried, and counted."""

from typing import Any

import pytest

from tests.services.ticket.running import Firm, created, done, problem


def words(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}


def repair(title: str = "Écran débranché", **changes: Any) -> dict[str, Any]:
    return {
        "title": words(title, "Unplugged screen"),
        "symptom": words("L'écran reste noir.", "The screen stays dark."),
        "steps": [words("Rebranchez le câble vidéo.", "Plug the video cable in again.")],
        "minutes": 5,
        "mode": "remote",
        "self_service": True,
        **changes,
    }


async def published(firm: Firm, name: str, **changes: Any) -> str:
    id = f"{firm.name}-{name}"
    # A word of this test's own, for the base holds what other tests have written.
    async with firm.agent() as agent:
        created(await agent.put(f"/v1/articles/{id}", json=repair(f"{firm.name} {name}", **changes)))
        done(await agent.post(f"/v1/articles/{id}/review"))
        assert done(await agent.post(f"/v1/articles/{id}/publish"))["state"] == "published"
    return id


async def search(firm: Firm, role: str = "agent", **body: Any) -> list[str]:
    async with firm.service.as_(role, firm.pasteur if role == "portal" else None) as who:
        body = {"text": firm.name, **body}
        found = done(await who.post("/v1/articles/search", json=body))["items"]
    return [each["article"]["id"] for each in found if each["article"]["id"].startswith(firm.name)]


async def test_an_article_is_found_once_it_is_published_and_until_it_is_retired(firm: Firm) -> None:
    id = f"{firm.name}-cable"
    async with firm.agent() as agent:
        draft = created(await agent.put(f"/v1/articles/{id}", json=repair(firm.name)))
        assert (draft["state"], draft["published"], draft["author"]) == ("draft", None, "paul")
        assert await search(firm) == []
        problem(await agent.post(f"/v1/articles/{id}/publish"), 422, "not-reviewed")
        assert done(await agent.post(f"/v1/articles/{id}/review"))["draft_state"] == "reviewed"
        assert done(await agent.post(f"/v1/articles/{id}/publish"))["revision"] == 1
        assert await search(firm) == [id]
        renamed = done(await agent.put(f"/v1/articles/{id}", json=repair(f"{firm.name} wire")))
        assert (renamed["state"], renamed["draft_state"]) == ("published", "draft")
        done(await agent.post(f"/v1/articles/{id}/retire"))
        assert await search(firm) == []
        listed = done(await agent.get("/v1/articles", params={"state": "retired", "limit": 200}))["items"]
        assert id in [each["id"] for each in listed]


async def test_a_client_sees_what_he_can_do_himself_and_no_draft(firm: Firm) -> None:
    safe = await published(firm, "safe")
    inside = await published(firm, "inside", self_service=False)
    assert set(await search(firm)) == {safe, inside}
    assert await search(firm, "portal") == [safe]
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.put(f"/v1/articles/{safe}", json=repair("soon")))
        seen = done(await client.get(f"/v1/articles/{safe}"))
        assert (seen["draft"], seen["draft_state"], seen["author"], seen["seen_on"]) == (None, None, None, [])
        problem(await client.get(f"/v1/articles/{inside}"), 404, "not-found")
        problem(await client.put(f"/v1/articles/{safe}", json=repair()), 403, "forbidden-role")
        listed = done(await client.get("/v1/articles", params={"limit": 200}))["items"]
        assert (safe in [each["id"] for each in listed], inside in [each["id"] for each in listed]) == (
            True,
            False,
        )


async def test_a_technician_writes_and_an_agent_publishes_and_a_visit_ends_by_its_closing(firm: Firm) -> None:
    id = f"{firm.name}-his"
    ticket = await firm.open()
    async with firm.service.as_("technician", subject="lea") as lea:
        created(await lea.put(f"/v1/articles/{id}", json=repair(firm.name)))
        problem(await lea.post(f"/v1/articles/{id}/review"), 403, "forbidden-role")
        tried = {"article_id": id, "worked": True}
        problem(await lea.post(f"/v1/tickets/{ticket['id']}/tried", json=tried), 403, "forbidden-role")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"symptom": {}}, "/symptom"), ({"steps": []}, "/steps"), ({"minutes": 0}, "/minutes")],
)
async def test_an_article_that_says_too_little_is_refused(
    firm: Firm, changes: dict[str, Any], pointer: str
) -> None:
    async with firm.agent() as agent:
        refused = problem(
            await agent.put(f"/v1/articles/{firm.name}-x", json=repair(**changes)), 422, "invalid-body"
        )
    assert [each["pointer"] for each in refused["errors"]] == [pointer]


async def test_what_really_fixed_it_comes_first(firm: Firm) -> None:
    first, second = await published(firm, "a"), await published(firm, "b")
    async with firm.agent() as agent:
        for worked, count in ((True, 3), (False, 1)):
            for _ in range(count):
                ticket = await firm.open()
                body = {"work_done": "Branché", "article_id": second, "article_worked": worked}
                done(await agent.post(f"/v1/tickets/{ticket['id']}/resolve", json=body))
        seen = done(await agent.get(f"/v1/articles/{second}"))["fix_rate"]
    assert (seen["worked"], seen["tried"], round(seen["low"], 3)) == (3, 4, 0.301)
    assert await search(firm) == [second, first]


async def test_the_requester_fixes_it_himself_and_nobody_comes(firm: Firm) -> None:
    mine = await published(firm, "mine")
    other = await published(firm, "other")
    ticket = await firm.open(summary=f"{firm.name} mine", description="Écran noir")
    async with firm.portal() as client:
        where = f"/v1/tickets/{ticket['id']}"
        found = done(await client.get(f"{where}/suggestions"))["items"]
        assert [each["article"]["id"] for each in found[:2]] == [mine, other]
        done(await client.post(f"{where}/tried", json={"article_id": mine, "worked": False}))
        found = done(await client.get(f"{where}/suggestions"))["items"]
        assert [each["article"]["id"] for each in found][:1] == [other], (
            "what was tried in vain is not said again"
        )
        closed = done(await client.post(f"{where}/tried", json={"article_id": other, "worked": True}))
        assert (closed["state"], closed["resolution"]["article_id"]) == ("closed", other)
        again = await client.post(f"{where}/tried", json={"article_id": other, "worked": True})
        problem(again, 409, "illegal-transition")
        nothing = {"article_id": "no-such", "worked": True}
        problem(await client.post(f"{where}/tried", json=nothing), 422, "unknown-reference")


async def test_a_diagnosis_points_at_articles_that_there_are(firm: Firm) -> None:
    id = await published(firm, "named")
    question: dict[str, Any] = {
        "id": "dark",
        "kind": "yes-no",
        "text": words("Noir ?", "Dark?"),
        "branches": [{"when": [{"is": ["yes"]}], "fills": {"articles": [id]}}, {}],
    }
    tree = {"name": words("Écran", "Screen"), "first": "dark", "questions": [question]}
    async with firm.agent() as agent:
        where = f"/v1/diagnoses/{firm.name}-dark"
        created(await agent.put(where, json=tree))
        done(await agent.post(f"{where}/publish"))
        question["branches"][0]["fills"]["articles"] = ["no-such"]
        problem(await agent.put(where, json=tree), 422, "unknown-reference")
    asked = {"id": f"{firm.name}-dark", "answers": {"dark": "yes"}}
    assert (await search(firm, text="rien à voir", diagnosis=asked, limit=1)) == [id]


async def test_another_customers_asset_says_nothing(firm: Firm) -> None:
    async with firm.portal() as client:
        body = {"text": "écran", "asset": "no-such"}
        problem(await client.post("/v1/articles/search", json=body), 422, "unknown-reference")
