"""Parents and children over HTTP, on the real servers."""

import asyncio

import pytest

from tests.services.ticket.running import Firm, done


async def test_a_parent_tells_how_many_children_it_has_and_lists_them(firm: Firm) -> None:
    parent, child = await firm.open(), await firm.open()
    async with firm.agent() as agent:
        where = f"/v1/tickets/{child['id']}/parent"
        done(await agent.put(where, json={"parent": parent["id"]}))
        attached = done(await agent.put(where, json={"parent": parent["id"]}))
        assert (attached["parent_id"], attached["parent_number"]) == (parent["id"], parent["number"])
        assert done(await agent.get(f"/v1/tickets/{parent['id']}"))["children"] == 1
        [listed] = done(await agent.get("/v1/tickets", params={"parent": parent["id"]}))["items"]
        assert (listed["id"], listed["parent_number"]) == (child["id"], parent["number"])
        assert done(await agent.delete(where))["parent_id"] is None
        assert done(await agent.get(f"/v1/tickets/{parent['id']}"))["children"] == 0


async def test_the_client_sees_a_parent_of_his_and_sets_none(firm: Firm) -> None:
    parent, child = await firm.open(), await firm.open()
    where = f"/v1/tickets/{child['id']}"
    async with firm.agent() as agent, firm.portal() as portal:
        done(await agent.put(f"{where}/parent", json={"parent": parent["id"]}))
        assert done(await portal.get(where))["parent_number"] == parent["number"]
        assert (await portal.put(f"{where}/parent", json={"parent": parent["id"]})).status_code == 403


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "a parent has no parent"), ("fr", "un parent n'a pas de parent")],
)
async def test_a_third_generation_is_refused_in_words(firm: Firm, language: str, sentence: str) -> None:
    first, second, third = [await firm.open() for _ in range(3)]
    async with firm.agent() as agent:
        done(await agent.put(f"/v1/tickets/{second['id']}/parent", json={"parent": first["id"]}))
        answer = await agent.put(
            f"/v1/tickets/{third['id']}/parent",
            json={"parent": second["id"]},
            headers={"Accept-Language": language},
        )
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("parent-has-a-parent")
    assert problem["parent"] == first["id"]
    assert sentence in problem["detail"]


@pytest.mark.parametrize(
    ("language", "detail"), [("en", "It has ended already."), ("fr", "Il est déjà terminé.")]
)
async def test_resolving_with_the_children_says_what_was_left_as_often_as_it_is_asked(
    firm: Firm, language: str, detail: str
) -> None:
    parent, fixed, ended = [await firm.open() for _ in range(3)]
    async with firm.agent() as agent:
        for child in (fixed, ended):
            done(await agent.put(f"/v1/tickets/{child['id']}/parent", json={"parent": parent["id"]}))
        done(await agent.post(f"/v1/tickets/{ended['id']}/resolve", json={"work_done": "Branché"}))
        for _ in range(2):
            answer = await agent.post(
                f"/v1/tickets/{parent['id']}/resolve",
                json={"work_done": "Redémarré", "children": True},
                headers={"Idempotency-Key": f"{firm.name}-resolve", "Accept-Language": language},
            )
            assert done(answer)["together"] == {
                "resolved": [fixed["id"]],
                "left": [{"id": ended["id"], "reason": "not-open", "detail": detail}],
            }
        assert done(await agent.get(f"/v1/tickets/{fixed['id']}"))["state"] == "resolved"


async def test_two_who_link_at_the_same_moment_make_no_three_generations(firm: Firm) -> None:
    async with firm.agent() as agent:
        for _ in range(5):
            first, second, third = [(await firm.open())["id"] for _ in range(3)]
            answers = await asyncio.gather(
                agent.put(f"/v1/tickets/{first}/parent", json={"parent": second}),
                agent.put(f"/v1/tickets/{second}/parent", json={"parent": third}),
            )
            assert sorted(each.status_code for each in answers) == [200, 422]
