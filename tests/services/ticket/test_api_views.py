"""Views of tickets saved, shared and run, over HTTP, on the real servers."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.services.ticket.running import Firm, created, done, post_ticket, problem


def view(**changes: Any) -> dict[str, Any]:
    return {"name": {"fr": "Écrans", "en": "Screens"}, "filters": {"q": "écran"}, **changes}


async def shown(client: httpx.AsyncClient, id: str, **more: str | int) -> list[str]:
    answer = await client.get(f"/v1/views/{id}/tickets", params=more)
    return [each["id"] for each in done(answer)["items"]]


async def all_shown(client: httpx.AsyncClient, id: str) -> set[str]:
    """Page by page: other tests leave tickets open, too."""
    found, place = set[str](), dict[str, str]()
    while True:
        answer = await client.get(f"/v1/views/{id}/tickets", params={"limit": "200", **place})
        page = done(answer)
        found |= {each["id"] for each in page["items"]}
        if page["next"] is None:
            return found
        place = {"cursor": page["next"]}


async def ids(client: httpx.AsyncClient) -> list[str]:
    return [each["id"] for each in done(await client.get("/v1/views", params={"limit": 200}))["items"]]


async def test_a_view_is_saved_run_counted_exported_replaced_and_taken_away(firm: Firm) -> None:
    ticket = await firm.open()
    await firm.open(summary="Clavier", description="Une touche manque")
    id = f"{firm.name}-screens"
    async with firm.portal() as client:
        saved = await client.put(f"/v1/views/{id}", json=view(columns=["summary", "number"]))
        assert created(saved)["filters"] == {"q": "écran"}
        assert saved.headers["location"] == f"/v1/views/{id}"
        assert id in await ids(client)
        assert await shown(client, id) == [ticket["id"]]
        assert done(await client.get(f"/v1/views/{id}/count")) == {"count": 1, "more": False}
        answer = await client.get(f"/v1/views/{id}/export", headers={"Accept-Language": "en"})
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows == [["Summary", "Number"], ["Écran noir", ticket["number"]]]
        tag = saved.headers["etag"]
        read = await client.get(f"/v1/views/{id}", headers={"If-None-Match": tag})
        assert read.status_code == 304
        other = view(filters={"q": "clavier"})
        assert done(await client.put(f"/v1/views/{id}", json=other, headers={"If-Match": tag}))
        late = await client.put(f"/v1/views/{id}", json=view(), headers={"If-Match": tag})
        problem(late, 412, "precondition-failed")
        problem(await client.delete(f"/v1/views/{id}", headers={"If-Match": tag}), 412, "precondition-failed")
        assert ticket["id"] not in await shown(client, id)
        assert (await client.delete(f"/v1/views/{id}")).status_code == 204
        problem(await client.get(f"/v1/views/{id}"), 404, "not-found")
        problem(await client.delete(f"/v1/views/{id}"), 404, "not-found")
        assert id not in await ids(client)
        gone = await client.put(f"/v1/views/{id}", json=view(), headers={"If-Match": "*"})
        problem(gone, 412, "precondition-failed")
        created(await client.put(f"/v1/views/{id}", json=view(), headers={"If-None-Match": "*"}))
        assert await shown(client, id) == [ticket["id"]]


async def test_anothers_view_does_not_exist_whoever_he_is(firm: Firm) -> None:
    id = f"{firm.name}-mine"
    subject = f"{firm.name}-portal"
    async with (
        firm.portal() as owner,
        firm.service.as_("portal", firm.pasteur, "a-colleague") as colleague,
        firm.service.as_("portal", firm.mairie, subject) as namesake,
        firm.service.as_("agent", subject=subject) as agent,
        firm.service.as_("admin") as admin,
    ):
        created(await owner.put(f"/v1/views/{id}", json=view()))
        for stranger in (colleague, namesake, agent, admin):
            for what in ("", "/tickets", "/count", "/export"):
                problem(await stranger.get(f"/v1/views/{id}{what}"), 404, "not-found")
            problem(await stranger.delete(f"/v1/views/{id}"), 404, "not-found")
            problem(await stranger.put(f"/v1/views/{id}", json=view()), 409, "already-exists")
            assert id not in await ids(stranger)


async def test_a_customer_manager_shares_within_his_customer_and_each_sees_his_own_tickets(
    firm: Firm,
) -> None:
    id = f"{firm.name}-shared"
    secret = await firm.open(summary="Écran du chef", confidential=True)
    async with (
        firm.service.as_("customer-manager", firm.pasteur, "chief") as chief,
        firm.service.as_("customer-manager", firm.pasteur, "deputy") as deputy,
        firm.service.as_("requester", firm.pasteur, f"{firm.name}-r") as requester,
        firm.service.as_("customer-manager", firm.mairie, "chief") as stranger,
        firm.agent() as agent,
    ):
        his = created(await post_ticket(requester, firm.asked()))
        created(await chief.put(f"/v1/views/{id}", json=view(shared="customer")))
        assert await shown(requester, id) == [his["id"]]
        assert await shown(chief, id) == [his["id"], secret["id"]]
        for outside in (stranger, agent):
            problem(await outside.get(f"/v1/views/{id}"), 404, "not-found")
        problem(await requester.put(f"/v1/views/{id}", json=view()), 403, "not-your-view")
        problem(await requester.delete(f"/v1/views/{id}"), 403, "not-your-view")
        assert (
            done(await deputy.put(f"/v1/views/{id}", json=view(shared="customer", order="due")))["owner"]
            == "chief"
        )
        wrong = await requester.put(f"/v1/views/{id}-2", json=view(shared="customer"))
        assert problem(wrong, 403, "forbidden-role")["roles"] == ["admin", "customer-manager"]
        problem(await chief.put(f"/v1/views/{id}-2", json=view(shared="firm")), 403, "forbidden-role")


async def test_the_firm_shares_among_itself(firm: Firm) -> None:
    id = f"{firm.name}-firm"
    async with (
        firm.agent() as agent,
        firm.service.as_("technician", subject="lea") as lea,
        firm.service.as_("admin") as admin,
        firm.portal() as client,
    ):
        mine = view(shared="firm", filters={"customer": firm.pasteur})
        assert created(await agent.put(f"/v1/views/{id}", json=mine))["yours"]
        assert done(await lea.get(f"/v1/views/{id}"))["yours"] is False
        problem(await lea.put(f"/v1/views/{id}", json=view()), 403, "not-your-view")
        problem(await lea.put(f"/v1/views/{id}-2", json=mine), 403, "forbidden-role")
        problem(await client.get(f"/v1/views/{id}"), 404, "not-found")
        problem(
            await admin.put(f"/v1/views/{id}-2", json=view(shared="customer")), 422, "nobody-to-share-with"
        )
        done(await admin.put(f"/v1/views/{id}", json={**mine, "order": "due"}))
        await firm.open()
        assert await shown(lea, id) == [], "a technician sees the tickets of his visits"
        assert len(await shown(agent, id)) == 1


async def test_views_that_ship_are_the_firms_and_nobody_changes_them(firm: Firm) -> None:
    async with firm.agent() as agent, firm.portal() as client:
        listed = done(await agent.get("/v1/views", params={"limit": 2}))
        assert [each["id"] for each in listed["items"]] == ["shipped.at-risk", "shipped.mine"]
        rest = done(await agent.get("/v1/views", params={"limit": 200, "cursor": listed["next"]}))["items"]
        assert [each["id"] for each in rest][:3] == [
            "shipped.reopened",
            "shipped.unassigned",
            "shipped.waiting-for-client",
        ]
        for each in (*listed["items"], *rest[:3]):
            assert each["owner"] is None
            assert not each["yours"]
            assert set(each["name"]) == {"fr", "en"}
            done(await agent.get(f"/v1/views/{each['id']}/tickets"))
            done(await agent.get(f"/v1/views/{each['id']}/count"))
            problem(await client.get(f"/v1/views/{each['id']}/tickets"), 404, "not-found")
            problem(await agent.put(f"/v1/views/{each['id']}", json=view()), 409, "view-ships")
            problem(await agent.delete(f"/v1/views/{each['id']}"), 409, "view-ships")
        assert not [id for id in await ids(client) if id.startswith("shipped.")]


async def test_shipped_views_choose_what_their_names_say(firm: Firm) -> None:
    subject = f"{firm.name}-agent"
    new = await firm.open()
    async with firm.service.as_("agent", subject=subject) as agent:
        taken = await firm.open()
        done(await agent.post(f"/v1/tickets/{taken['id']}/take"))
        assert await shown(agent, "shipped.mine") == [taken["id"]]
        waiting = await firm.open()
        since = datetime.now(UTC) - timedelta(days=3, hours=1)
        held = {"reason": "waiting-for-client", "occurred_at": since.isoformat()}
        opened = firm.asked(customer_id=firm.pasteur, occurred_at=(since - timedelta(hours=1)).isoformat())
        old = created(await post_ticket(agent, opened))
        done(await agent.post(f"/v1/tickets/{old['id']}/hold", json=held))
        done(await agent.post(f"/v1/tickets/{waiting['id']}/hold", json={"reason": "waiting-for-client"}))
        again = await firm.open()
        done(await agent.post(f"/v1/tickets/{again['id']}/resolve", json={"work_done": "fixed"}))
        body = {"reason": "still dark", "service": "down"}
        done(await agent.post(f"/v1/tickets/{again['id']}/reopen", json=body))
        shipped = {
            name: await all_shown(agent, f"shipped.{name}")
            for name in ("unassigned", "at-risk", "waiting-for-client", "reopened")
        }
    assert new["id"] in shipped["unassigned"]
    assert taken["id"] not in shipped["unassigned"]
    assert {new["id"], taken["id"]} <= shipped["at-risk"]
    assert old["id"] in shipped["waiting-for-client"]
    assert waiting["id"] not in shipped["waiting-for-client"]
    assert again["id"] in shipped["reopened"]
    assert new["id"] not in shipped["reopened"]


async def test_only_what_a_list_of_tickets_knows_can_be_saved(firm: Firm) -> None:
    async with firm.portal() as client:
        wrongs: list[dict[str, Any]] = [
            {"filters": {"colour": "red"}},
            {"filters": {"state": ["lost"]}},
            {"filters": {"updated_within_minutes": 0}},
            {"columns": ["colour"]},
            {"columns": ["number", "number"]},
            {"order": "sideways"},
            {"shared": True},
            {"name": {}},
        ]
        for wrong in wrongs:
            problem(await client.put(f"/v1/views/{firm.name}-x", json=view(**wrong)), 422, "invalid-body")


async def test_the_filters_of_a_view_are_those_of_the_list(firm: Firm) -> None:
    async with firm.portal() as client:
        document = (await client.get("/v1/openapi/ticket.json")).json()
    of_the_list = {
        each["name"]
        for each in document["paths"]["/v1/tickets"]["get"]["parameters"]
        if each["in"] == "query"
    }
    of_a_view = set(document["components"]["schemas"]["TicketFilters"]["properties"])
    assert of_a_view == of_the_list - {"limit", "cursor", "order"}


async def test_filters_of_a_view_hold_together_and_with_those_of_its_page(firm: Firm) -> None:
    id = f"{firm.name}-narrow"
    ticket = await firm.open()
    done_one = await firm.open()
    async with firm.agent() as agent, firm.portal() as client:
        done(await agent.post(f"/v1/tickets/{done_one['id']}/resolve", json={"work_done": "fixed"}))
        filters = {"state": ["resolved", "closed"], "updated_within_minutes": 60, "kind": "incident"}
        created(await client.put(f"/v1/views/{id}", json=view(filters=filters)))
        assert await shown(client, id) == [done_one["id"]]
        assert await shown(client, id, updated_after="2036-01-01T00:00:00Z") == []
        created(await client.put(f"/v1/views/{id}-mine", json=view(filters={"requester": "me"})))
        assert ticket["id"] not in await shown(client, f"{id}-mine"), "nobody known asked for it"
