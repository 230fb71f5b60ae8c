"""``/v1/trainings``: asked for, read, held, and marked by a link without a login."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.ticket.states import ContactChanged
from infra.chassis.http.signed import signed
from tests.services.inventory.agent_park import Park
from tests.services.inventory.facts import closed, planned
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem

Json = dict[str, Any]


def next_monday() -> str:
    """The only day of the week on which the site of these tests is open."""
    today = datetime.now(UTC).date()
    return (today + timedelta(days=7 + (7 - today.weekday()) % 7)).isoformat()


@pytest.fixture
async def anne(inventory: Running, customer: str, unique: str) -> str:
    """A contact of the customer's, known here."""
    id = f"{unique}-anne"
    await inventory.state(ContactChanged(contact_id=id, customer_id=customer, name="Anne"), id)
    return id


@pytest.fixture
async def asked(agent: httpx.AsyncClient, park: Park, anne: str, inventory: Running) -> Json:
    await inventory.settled()
    answer = await agent.post("/v1/trainings", json=body(park, anne), headers=keyed())
    assert answer.status_code == 201, answer.text
    training: Json = answer.json()
    return training


def body(park: Park, *contacts: str, **changes: Any) -> Json:
    return {
        "customer_id": park.customer,
        "site_id": park.site,
        "title": "Nouveaux\npostes",
        "category": "training",
        "wished_on": next_monday(),
        "places": 4,
        "contacts": list(contacts),
        "guests": ["Une remplaçante"],
        **changes,
    }


async def happens(inventory: Running, training: Json, *facts: Any) -> None:
    visit = {"visit_id": f"{training['ticket_id']}-1", "ticket_id": training["ticket_id"]}
    for fact in facts:
        await inventory.visit(fact.model_copy(update={**visit, "customer_id": training["customer_id"]}))
    await inventory.settled()


async def test_a_training_is_asked_for_once_and_described_anew(
    agent: httpx.AsyncClient, park: Park, asked: Json
) -> None:
    path = f"/v1/trainings/{asked['id']}"
    assert (asked["title"], asked["state"], asked["places"]) == ("Nouveaux postes", "asked", 4)
    assert asked["ticket_id"] == f"tr-{asked['id']}"
    [guest] = asked["guests"]
    renamed = {"title": "Les postes", "contacts": asked["contact_ids"], "guests": ["Paul", guest["name"]]}
    read = await agent.get(path)
    again = await agent.put(path, json=renamed, headers={"If-Match": read.headers["ETag"]})
    assert again.status_code == 200, again.text
    assert {each["name"]: each["id"] for each in again.json()["guests"]}[guest["name"]] == guest["id"]
    assert len({each["id"] for each in again.json()["guests"]}) == 2
    stale = await agent.put(path, json=renamed, headers={"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412
    listed = (await agent.get("/v1/trainings", params={"customer": park.customer})).json()["items"]
    assert [each["id"] for each in listed] == [asked["id"]]


async def test_the_same_request_twice_is_one_training(
    agent: httpx.AsyncClient, park: Park, anne: str, inventory: Running
) -> None:
    await inventory.settled()
    once = keyed()
    first, second = [await agent.post("/v1/trainings", json=body(park, anne), headers=once) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]


async def test_what_cannot_be_is_refused_by_name(agent: httpx.AsyncClient, park: Park, anne: str) -> None:
    tuesday = (datetime.fromisoformat(next_monday()) + timedelta(days=1)).date().isoformat()
    for changes, status, slug in (
        ({"places": 1}, 422, "too-many-participants"),
        ({"wished_on": tuesday}, 422, "site-closed"),
        ({"wished_on": "2020-01-06"}, 422, "day-passed"),
        ({"site_id": "nowhere"}, 422, "unknown-reference"),
        ({"contacts": ["nobody"]}, 422, "unknown-reference"),
    ):
        asked = await agent.post("/v1/trainings", json=body(park, anne, **changes), headers=keyed())
        problem(asked, status, slug)


async def test_another_customers_training_does_not_exist(inventory: Running, park: Park, asked: Json) -> None:
    async with inventory.as_("customer-manager", "another") as stranger:
        problem(await stranger.get(f"/v1/trainings/{asked['id']}"), 404, "not-found")
        assert (await stranger.get("/v1/trainings")).json()["items"] == []
        figures = await stranger.get("/v1/trainings/figures", params={"customer": park.customer})
        assert figures.status_code == 404
    async with inventory.as_("customer-manager", park.customer) as manager:
        assert (await manager.get(f"/v1/trainings/{asked['id']}")).json()["id"] == asked["id"]
        refused = await manager.post("/v1/trainings", json=body(park), headers=keyed())
        assert refused.status_code == 403


async def test_it_is_held_counted_and_marked(
    inventory: Running, agent: httpx.AsyncClient, park: Park, asked: Json, anne: str
) -> None:
    path = f"/v1/trainings/{asked['id']}"
    problem(
        await agent.post(f"{path}/attendance", json={"came": []}, headers=keyed()), 409, "training-not-begun"
    )
    await happens(inventory, asked, planned("v", "lea"), closed("v", "lea"))
    assert (await agent.get(path)).json()["state"] == "held"
    async with inventory.as_("technician", subject="lea") as lea:
        taken = {"came": [anne], "questions": "Où sont les signatures ?"}
        noted = await lea.post(f"{path}/attendance", json=taken, headers=keyed())
    assert (noted.status_code, noted.json()["attended"]) == (200, 1)

    until = datetime.now(UTC) + timedelta(days=1)
    key = inventory.app.state.link_key
    of_anne, of_somebody = (f"training/{asked['id']}/{each}" for each in (anne, "somebody"))
    link = f"/v1/training-marks/{signed(key, of_anne, until)}"
    nobody = httpx.ASGITransport(inventory.app)
    async with httpx.AsyncClient(transport=nobody, base_url="http://inventory") as anybody:
        page = await anybody.get(f"{link}?mark=4", headers={"Accept": "text/html", "Accept-Language": "fr"})
        assert "Nouveaux postes" in page.text
        assert (await agent.get(path)).json()["marks"] == 0, "opening a link records nothing"
        given = await anybody.post(
            link,
            data={"mark": "4", "comment": "Clair"},
            headers={"Accept": "text/html", "Accept-Language": "fr"},
        )
        assert "4 sur 5" in given.text
        stranger = signed(key, of_somebody, until)
        problem(await anybody.get(f"/v1/training-marks/{stranger}"), 404, "no-such-link")
        problem(await anybody.get(f"{link}x"), 404, "no-such-link")
        problem(await anybody.post(link, json={"mark": 6}), 422, "invalid-body")
    shown = (await agent.get(path)).json()
    assert (shown["marks"], shown["mean_mark"], shown["comments"]) == (1, 4.0, ["Clair"])
    figures = (await agent.get("/v1/trainings/figures", params={"customer": park.customer})).json()
    assert figures == {
        "held": 1, "invited": 2, "attended": 1, "attendance": 0.5, "marks": 1, "mean_mark": 4.0
    }  # fmt: skip
    later = {"customer": park.customer, "from": "2090-01-01T00:00:00Z"}
    assert (await agent.get("/v1/trainings/figures", params=later)).json()["held"] == 0


async def test_new_machines_at_a_site_are_an_offer_that_is_taken_with_one_request(
    inventory: Running, park: Park, anne: str, unique: str
) -> None:
    await inventory.settled()
    keeper, rules = park.keeper, f"/v1/renewals/rules/{park.customer}"
    for n in range(3):
        old = {"site_id": park.site, "name": f"PC {n}", "kind": "laptop", "bought_on": "2012-01-01"}
        made = await keeper.put(f"/v1/assets/{unique}-pc{n}", json={**old, "owner_id": anne})
        assert made.status_code == 201, made.text
    await keeper.put(rules, json={"category": "upgrade", "price_cents": {"laptop": 90_000}})
    assert (await keeper.post("/v1/renewals/refresh", json={"customer_id": park.customer})).json()["changed"]
    asked = {"customer": park.customer, "kind": "replace"}
    advices = [each["id"] for each in (await keeper.get("/v1/renewals", params=asked)).json()["items"]]
    offers = "/v1/trainings/offers"
    mine = {"customer": park.customer}
    assert (await keeper.get(offers, params=mine)).json()["items"] == [], "nothing is on its way yet"
    quote = {"customer_id": park.customer, "advices": advices, "valid_until": "2099-01-01T12:00:00Z"}
    ticket = (await keeper.post("/v1/renewals/quotes", json=quote, headers=keyed())).json()["ticket_id"]
    [offer] = (await keeper.get(offers, params=mine)).json()["items"]
    assert (offer["ticket_id"], offer["kind"], offer["machines"]) == (ticket, "laptop", 3)
    assert offer["contact_ids"] == [anne]
    year = {"customer": park.customer, "year": str(inventory.runtime.clock.now().year)}
    page = await keeper.get("/parc/renewals", params=year)
    assert "3 new machines (laptop)" in page.text

    taken = {name: offer[name] for name in ("customer_id", "ticket_id", "site_id", "kind")}
    problem(await keeper.post(offers, json=taken, headers=keyed()), 422, "category-not-named")
    await keeper.put(rules, json={"category": "upgrade", "training_category": "training"})
    first = await keeper.post(offers, json=taken, headers=keyed())
    assert first.status_code == 201, first.text
    training = first.json()
    assert (training["origin"], training["contact_ids"]) == ({"ticket_id": ticket, "kind": "laptop"}, [anne])
    again = await keeper.post(offers, json=taken, headers=keyed())
    assert (again.status_code, again.json()["id"]) == (200, training["id"])
    assert (await keeper.get(offers, params=mine)).json()["items"] == []
    unknown = await keeper.post(offers, json={**taken, "kind": "phone"}, headers=keyed())
    problem(unknown, 422, "unknown-reference")
    shown = await keeper.get("/parc/trainings", params=mine)
    assert training["title"] in shown.text
