"""Plans of maintenance, their occurrences and failure rates, asked for over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.ticket.events import TicketCancelled, TicketResolved
from contracts.values import TicketKind
from tests.servers import until
from tests.services.inventory.agent_park import Park
from tests.services.inventory.running import Running
from tests.services.inventory.test_on_real_servers import SITE

Json = dict[str, Any]


def in_days(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def monthly(customer: str, **changes: Any) -> Json:
    trigger = {"kind": "calendar", "every": 1, "unit": "months", "first_on": in_days(100)}
    return {"customer_id": customer, "name": "Nettoyage", "category": "clean", "trigger": trigger, **changes}


async def occurrences(keeper: httpx.AsyncClient, plan: str, state: str, count: int = 1) -> list[Json]:
    """Those in that state, once there are so many."""
    found: list[Json] = []

    async def there() -> bool:
        items = (await keeper.get(f"/v1/maintenance-plans/{plan}/occurrences")).json()["items"]
        found[:] = [each for each in items if each["state"] == state]
        return len(found) >= count

    await until(there, within=10)
    return found


async def test_a_plan_is_written_down_read_and_described_anew(keeper: httpx.AsyncClient, park: Park) -> None:
    path = f"/v1/maintenance-plans/{park.customer}"
    item = {"id": "dust", "fr": "Poussière ?", "en": "Dust?", "kind": "yes-no", "right": ["no"]}
    body = monthly(park.customer, checklist=[item], before_days=5)
    created = await keeper.put(path, json=body)
    assert created.status_code == 201, created.text
    shown = created.json()
    assert (shown["trigger"]["unit"], shown["checklist"][0]["right"]) == ("months", ["no"])
    assert (await keeper.put(path, json=body)).status_code == 200
    # With the version that was read, and no older one.
    stale = {"If-Match": '"0"'}
    assert (await keeper.put(path, json=body, headers=stale)).status_code == 412
    [to_come] = await occurrences(keeper, park.customer, "upcoming")
    assert (to_come["due_on"], to_come["earliest_on"]) == (in_days(100), in_days(95))
    listed = (await keeper.get("/v1/maintenance-plans", params={"customer": park.customer})).json()["items"]
    assert [each["id"] for each in listed] == [park.customer]


async def test_a_plan_by_condition_is_shown_as_it_was_written(keeper: httpx.AsyncClient, park: Park) -> None:
    path = f"/v1/maintenance-plans/{park.customer}-full"
    body = monthly(park.customer, trigger={"kind": "condition", "field": "used_percent", "above": 90})
    assert (await keeper.put(path, json=body)).status_code == 201
    shown = (await keeper.get(path)).json()["trigger"]
    told = {name: value for name, value in shown.items() if value is not None}
    assert told == {"kind": "condition", "field": "used_percent", "above": 90.0, "days": 30}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trigger": {"kind": "calendar", "every": 1}}, "calendar a every, first_on, unit"),
        ({"trigger": {"kind": "counter", "field": "page_count", "days": 3}}, "counter a field, step"),
        ({"trigger": {"kind": "condition", "field": "used_percent"}}, "condition a above, field"),
        (
            {"trigger": {"kind": "condition", "field": "used_percent", "below": 1, "above": 9}},
            "condition a below, field",
        ),
        ({"checklist": [{"id": "a", "fr": "A", "en": "A", "kind": "choice"}]}, "choices va avec un choix"),
        (
            {"checklist": [{"id": "a", "fr": "A", "en": "A", "kind": "yes-no", "right": ["maybe"]}]},
            "right fait partie des réponses",
        ),
        ({"checklist": [{"id": "a", "fr": "A", "en": "A", "kind": "text"}] * 2}, "son propre identifiant"),
    ],
)
async def test_what_contradicts_itself_is_refused_in_words(
    keeper: httpx.AsyncClient, park: Park, changes: Json, said: str
) -> None:
    body = monthly(park.customer, **changes)
    answer = await keeper.put(
        f"/v1/maintenance-plans/{park.customer}-x", json=body, headers={"Accept-Language": "fr"}
    )
    assert answer.status_code == 422
    assert said in answer.text


async def test_a_plan_for_what_is_another_customers_is_refused(keeper: httpx.AsyncClient, park: Park) -> None:
    body = monthly(park.customer, site_ids=["nowhere"])
    answer = await keeper.put(f"/v1/maintenance-plans/{park.customer}-y", json=body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-reference")


async def test_a_customers_manager_sees_his_plans_and_nobody_elses(
    inventory: Running, keeper: httpx.AsyncClient, park: Park
) -> None:
    assert (
        await keeper.put(f"/v1/maintenance-plans/{park.customer}", json=monthly(park.customer))
    ).is_success
    async with inventory.as_("customer-manager", park.customer) as his:
        assert (await his.get(f"/v1/maintenance-plans/{park.customer}")).status_code == 200
        assert (
            await his.put(f"/v1/maintenance-plans/{park.customer}", json=monthly(park.customer))
        ).status_code == 403
    async with inventory.as_("customer-manager", "somebody-else") as other:
        for path in ("", "/occurrences"):
            answer = await other.get(f"/v1/maintenance-plans/{park.customer}{path}")
            assert answer.status_code == 404
        assert (await other.get("/v1/maintenance-occurrences")).json()["items"] == []


async def test_a_plan_that_rests_has_nothing_to_come(keeper: httpx.AsyncClient, park: Park) -> None:
    path = f"/v1/maintenance-plans/{park.customer}"
    await keeper.put(path, json=monthly(park.customer))
    await occurrences(keeper, park.customer, "upcoming")
    await keeper.put(path, json=monthly(park.customer, active=False))
    await occurrences(keeper, park.customer, "dropped")
    await keeper.put(path, json=monthly(park.customer))
    [again] = await occurrences(keeper, park.customer, "upcoming")
    assert again["due_on"] == in_days(100)


async def test_sites_that_are_due_at_once_are_asked_for_on_different_days(
    keeper: httpx.AsyncClient, agent: httpx.AsyncClient, park: Park, unique: str
) -> None:
    for n in range(3):
        await an_open_site(agent, park, f"{unique}-{n}", unique, latitude=44.0 + n)
    trigger = {"kind": "calendar", "every": 1, "unit": "months", "first_on": in_days(8)}
    sites = [f"{unique}-{n}" for n in range(3)]
    body = monthly(park.customer, trigger=trigger, site_ids=sites, minutes=210, before_days=7, after_days=20)
    await keeper.put(f"/v1/maintenance-plans/{unique}", json=body)
    days = [each["chosen_on"] for each in await occurrences(keeper, unique, "asked", count=3)]
    assert len(set(days)) == 3
    params: Json = {"customer": park.customer, "from": in_days(1), "to": in_days(20), "site": sites[0]}
    found = (await keeper.get("/v1/maintenance-occurrences", params=params)).json()["items"]
    assert [each["site_id"] for each in found] == [sites[0]]


async def an_open_site(agent: httpx.AsyncClient, park: Park, id: str, territory: str, **where: Any) -> None:
    """One that is always open, in a territory where nothing else is planned."""
    opening = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    always: Json = {"opening": opening, "holidays": "none", "territory": territory, **where}
    answer = await agent.put(f"/v1/sites/{id}", json={**SITE, "customer_id": park.customer, **always})
    assert answer.is_success, answer.text


async def test_a_cancelled_ticket_is_followed_by_the_next_occurrence(
    inventory: Running, keeper: httpx.AsyncClient, agent: httpx.AsyncClient, park: Park, unique: str
) -> None:
    await an_open_site(agent, park, unique, unique)
    trigger = {"kind": "calendar", "every": 2, "unit": "weeks", "first_on": in_days(5)}
    await keeper.put(
        f"/v1/maintenance-plans/{park.customer}",
        json=monthly(park.customer, trigger=trigger, before_days=4, after_days=20, site_ids=[unique]),
    )
    [asked] = await occurrences(keeper, park.customer, "asked")
    fact = TicketCancelled(**_ticket(park, asked["ticket_id"]), reason="client-consent")
    await inventory.publish(fact, subject=asked["ticket_id"])
    await occurrences(keeper, park.customer, "skipped")
    every = (await keeper.get(f"/v1/maintenance-plans/{park.customer}/occurrences")).json()["items"]
    assert sorted(each["due_on"] for each in every) == [in_days(5), in_days(19)]


async def test_incidents_make_a_rate_and_name_the_machine(
    inventory: Running, keeper: httpx.AsyncClient, park: Park, unique: str
) -> None:
    for id in ("bad", "good"):
        body = {"site_id": park.site, "name": f"PC {id}", "kind": "computer", "model": f"M-{unique}"}
        assert (await keeper.put(f"/v1/assets/{unique}-{id}", json=body)).is_success
    for n in range(2):
        fact = TicketResolved(
            **_ticket(park, f"{unique}-t{n}"),
            kind=TicketKind.INCIDENT,
            asset_id=f"{unique}-bad",
            declared_at=datetime.now(UTC),
            cause="Ventilateur",
        )
        await inventory.publish(fact, subject=fact.ticket_id)
    await inventory.settled()
    rates = (await keeper.get("/v1/failure-rates", params={"customer": park.customer})).json()
    [model] = [each for each in rates["items"] if each["model"] == f"M-{unique}"]
    assert (model["machines"], model["failures"], model["confidence"]) == (2, 2, 0.95)
    assert model["low"] < model["per_year"] < model["high"]
    asked = {"customer": park.customer, "site": park.site}
    [named] = (
        await keeper.get("/v1/assets/at-risk", params=asked, headers={"Accept-Language": "fr"})
    ).json()["items"]
    assert named["asset_id"] == f"{unique}-bad"
    assert named["reasons"][0] == {
        "type": "repeated-faults",
        "detail": "Elle est tombée en panne 2 fois en six mois (Ventilateur).",
    }
    judged = (await keeper.get(f"/v1/assets/{unique}-bad/repair-or-replace")).json()
    assert judged["faults"] == 2
    async with inventory.as_("customer-manager", "somebody-else") as other:
        assert (await other.get("/v1/assets/at-risk")).json()["items"] == []
        answer = await other.get("/v1/failure-rates", params={"customer": park.customer})
        assert answer.status_code == 404
    async with inventory.as_("requester", park.customer) as nobody:
        assert (await nobody.get("/v1/failure-rates")).status_code == 403


def _ticket(park: Park, id: str) -> Json:
    return {"ticket_id": id, "number": id[-8:], "customer_id": park.customer, "summary": "Maintenance"}


async def test_what_is_over_leaves_room_for_what_comes(
    keeper: httpx.AsyncClient, park: Park, inventory: Running
) -> None:
    created = await keeper.put(f"/v1/maintenance-plans/{park.customer}", json=monthly(park.customer))
    assert created.status_code == 201, created.text
    [to_come] = await occurrences(keeper, park.customer, "upcoming")
    stored = inventory.runtime.collection("maintenance_occurrences")
    one = await stored.find_one({"_id": to_come["id"]})
    assert one is not None
    over = {"state": "done", "due_on": in_days(-30), "followed": True, "current_of": None, "next_due": None}
    await stored.insert_many([{**one, **over, "_id": f"{to_come['id']}-{n}"} for n in range(300)])
    page = await keeper.get("/parc/prevention", params={"site": park.site}, headers={"HX-Request": "true"})
    assert page.status_code == 200, page.text
    assert page.text.count("to come") == 1
    assert page.text.count("done") > 1
