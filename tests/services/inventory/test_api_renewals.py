"""``/v1/renewals``: from files and inventories to advices, a year's plan and a quote."""

import json
from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.services.inventory.agent_park import Park
from tests.services.inventory.agents import laptop
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem

OLD = [{"cycle": "1.9", "eol": "2021-11-11"}, {"cycle": "2", "eol": "2099-01-01"}]
SOON = "2099-01-01T12:00:00Z"


async def filed(keeper: httpx.AsyncClient, name: str, content: Any) -> httpx.Response:
    files = {"file": (f"{name}.json", json.dumps(content).encode(), "application/json")}
    return await keeper.post("/v1/renewals/products", files=files)


async def refreshed(park: Park) -> int:
    answer = await park.keeper.post("/v1/renewals/refresh", json={"customer_id": park.customer})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["changed"])


async def advices(client: httpx.AsyncClient, park: Park, **asked: str) -> list[dict[str, Any]]:
    found = await client.get("/v1/renewals", params={"customer": park.customer, **asked})
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


@pytest.fixture
async def product(park: Park, unique: str) -> str:
    """A product of this test's own that a laptop of the park has, in a version that nobody supports."""
    name = f"logiciel-{unique}"
    assert (await filed(park.keeper, name, OLD)).status_code == 200
    names = {"names": [f"Logiciel {unique}"]}
    assert (await park.keeper.put(f"/v1/renewals/names/{name}", json=names)).status_code == 201
    rules = {"upgrade_cents": {name: 18_050}, "currency": "CHF", "category": "upgrade"}
    assert (await park.keeper.put(f"/v1/renewals/rules/{park.customer}", json=rules)).status_code == 201
    software = [
        {"name": f"Logiciel {unique} (x64)", "version": "1.9.4"},
        {"name": f"Logiciel {unique} ODBC", "version": "1.9.4"},
    ]
    await park.tell(laptop(softwares__rows=software))
    return name


async def test_a_file_is_taken_once_and_never_over_the_firms_own_word(
    keeper: httpx.AsyncClient, unique: str
) -> None:
    name, path = f"p-{unique}", f"/v1/renewals/products/p-{unique}"
    assert (await filed(keeper, name, OLD)).json() == {"products": 1, "changed": 1, "left": 0}
    assert (await filed(keeper, name, OLD)).json() == {"products": 1, "changed": 0, "left": 0}
    body = {"label": "Le mien", "cycles": [{"name": "1.9", "ends_on": "2030-01-01"}]}
    put = await keeper.put(path, json=body)
    assert (put.status_code, put.json()["own"], put.json()["cycles"][0]["label"]) == (200, True, "1.9")
    assert (await filed(keeper, name, OLD)).json() == {"products": 1, "changed": 0, "left": 1}
    assert (await keeper.delete(f"{path}/own", headers=keyed())).status_code == 204
    assert (await filed(keeper, name, OLD)).json()["changed"] == 1
    assert (await keeper.get(path)).json()["cycles"][0]["ends_on"] == "2021-11-11"
    problem(await filed(keeper, name, {"not": "one"}), 422, "unreadable-life-cycles")
    broken = await keeper.post("/v1/renewals/products", files={"file": ("x.json", b"{", "application/json")})
    problem(broken, 422, "unreadable-life-cycles")


async def test_what_an_agent_reports_becomes_an_advice_once_and_doubts_are_listed(
    park: Park, product: str, unique: str
) -> None:
    assert await refreshed(park) == 1
    [advice] = await advices(park.keeper, park)
    asset = await park.only()
    assert (advice["kind"], advice["asset_id"], advice["state"]) == ("support-ends", asset["id"], "open")
    assert (advice["product"], advice["due_on"], advice["late"]) == (product, "2021-11-11", True)
    assert (advice["cost_cents"], advice["currency"]) == (18_050, "CHF")
    assert "ended on 2021-11-11" in advice["reason"]
    french = await park.keeper.get(f"/v1/renewals/{advice['id']}", headers={"Accept-Language": "fr"})
    assert "a pris fin le 11/11/2021" in french.json()["reason"]
    assert await refreshed(park) == 0
    unmatched = await park.keeper.get("/v1/renewals/unmatched", params={"customer": park.customer})
    told = {each["name"]: each["why"] for each in unmatched.json()["items"]}
    assert told[f"Logiciel {unique} ODBC"] == "other-words"


async def test_an_advice_is_declined_with_a_reason_and_stays_so(park: Park, product: str) -> None:
    await refreshed(park)
    [advice] = await advices(park.keeper, park)
    path = f"/v1/renewals/{advice['id']}"
    assert (await park.keeper.post(f"{path}/decline", json={}, headers=keyed())).status_code == 422
    because = {"reason": "La machine part en mars"}
    stale = {**keyed(), "If-Match": '"9"'}
    problem(
        await park.keeper.post(f"{path}/decline", json=because, headers=stale), 412, "precondition-failed"
    )
    declined = (await park.keeper.post(f"{path}/decline", json=because, headers=keyed())).json()
    assert (declined["state"], declined["why"]) == ("declined", because["reason"])
    assert await refreshed(park) == 0
    for verb, state in (("reopen", "open"), ("accept", "accepted"), ("done", "done")):
        answer = await park.keeper.post(f"{path}/{verb}", headers=keyed())
        assert answer.json()["state"] == state
    problem(await park.keeper.post(f"{path}/accept", headers=keyed()), 409, "advice-done")


async def test_a_years_plan_is_read_as_json_workbook_and_document(
    park: Park, product: str, inventory: Running
) -> None:
    await refreshed(park)
    year = inventory.runtime.clock.now().year
    path = f"/v1/renewals/plans/{park.customer}/{year}"
    read = await park.keeper.get(path)
    plan = read.json()
    same = await park.keeper.get(path, headers={"If-None-Match": read.headers["ETag"]})
    assert same.status_code == 304
    assert plan["totals"] == [{"currency": "CHF", "cents": 18_050}]
    assert [len(each["advices"]) for each in plan["months"]] == [1]
    french = {"Accept-Language": "fr"}
    sheet = load_workbook(BytesIO((await park.keeper.get(f"{path}.xlsx", headers=french)).content)).active
    head, line = list(sheet.iter_rows(values_only=True))
    assert (head[0], line[1], line[7], line[9]) == ("Prévu le", "2021-11-11", 180.5, "à décider")
    document = await park.keeper.get(f"{path}.pdf", headers=french)
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(document.content)).pages)
    assert f"Plan de renouvellement {year}" in said
    assert "180,50 CHF" in said.replace("\u202f", " ").replace("\xa0", " ")
    assert document.content == (await park.keeper.get(f"{path}.pdf", headers=french)).content
    empty = (await park.keeper.get(f"/v1/renewals/plans/{park.customer}/{year + 1}")).json()
    assert (empty["months"], empty["totals"]) == ([], [])


async def test_renewals_are_quoted_once_under_a_ticket_of_their_own(
    park: Park, product: str, inventory: Running
) -> None:
    await refreshed(park)
    [advice] = await advices(park.keeper, park)
    body = {"customer_id": park.customer, "advices": [advice["id"]], "valid_until": SOON}
    key = keyed()
    quoted = await park.keeper.post("/v1/renewals/quotes", json=body, headers=key)
    assert quoted.status_code == 201, quoted.text
    assert quoted.headers["Location"] == f"/v1/tickets/{quoted.json()['ticket_id']}"
    again = await park.keeper.post("/v1/renewals/quotes", json=body, headers=key)
    assert again.json() == quoted.json()
    ticket = quoted.json()["ticket_id"]
    [kept] = await advices(park.keeper, park, ticket=ticket)
    assert (kept["state"], kept["ticket_id"]) == ("accepted", ticket)
    other = await park.keeper.post("/v1/renewals/quotes", json=body, headers=keyed())
    assert problem(other, 409, "advice-quoted")["ticket_id"] == ticket
    stored = await inventory.runtime.collection("renewal_orders").find_one({"_id": ticket})
    assert stored is not None
    assert stored["streams"], "it was told once"


async def test_a_quote_needs_prices_a_place_and_a_work_type(park: Park, product: str, unique: str) -> None:
    rules = f"/v1/renewals/rules/{park.customer}"
    await park.keeper.put(rules, json={"category": "upgrade"})
    await refreshed(park)
    [advice] = await advices(park.keeper, park)
    body = {"customer_id": park.customer, "advices": [advice["id"]], "valid_until": SOON}

    async def quote(**other: Any) -> httpx.Response:
        return await park.keeper.post("/v1/renewals/quotes", json={**body, **other}, headers=keyed())

    assert problem(await quote(), 422, "advice-unpriced")["advices"] == [advice["id"]]
    problem(await quote(valid_until="2020-01-01T00:00:00Z"), 422, "quote-over-before-it-begins")
    unknown = await quote(advices=["nothing"])
    assert problem(unknown, 422, "unknown-reference")["id"] == "nothing"
    await park.keeper.put(rules, json={})
    priced = {"costs": {advice["id"]: 100}}
    problem(await quote(**priced), 422, "category-not-named")
    assert (await quote(**priced, category="upgrade")).status_code == 201


async def test_another_customer_sees_nothing_of_it_and_cannot_decide(
    park: Park, product: str, inventory: Running, unique: str
) -> None:
    await refreshed(park)
    [advice] = await advices(park.keeper, park)
    year = inventory.runtime.clock.now().year
    async with inventory.as_("customer-manager", park.customer) as mine:
        assert [each["id"] for each in await advices(mine, park)] == [advice["id"]]
        refused = await mine.post(f"/v1/renewals/{advice['id']}/accept", headers=keyed())
        problem(refused, 403, "forbidden-role")
    async with inventory.as_("customer-manager", f"{unique}-other") as other:
        assert await advices(other, park) == []
        for path in (advice["id"], f"plans/{park.customer}/{year}", f"unmatched?customer={park.customer}"):
            problem(await other.get(f"/v1/renewals/{path}"), 404, "not-found")


async def test_a_machine_is_judged_with_its_figures(park: Park, unique: str) -> None:
    body = {"site_id": park.site, "name": "Poste", "kind": "computer", "bought_on": "2015-01-01"}
    await park.keeper.put(f"/v1/assets/{unique}-pc", json=body)
    prices = {"price_cents": {"computer": 90_000}, "repair_cents": 15_000}
    await park.keeper.put(f"/v1/renewals/rules/{park.customer}", json=prices)
    path = f"/v1/assets/{unique}-pc/repair-or-replace"
    judged = (await park.keeper.get(path, headers={"Accept-Language": "fr"})).json()
    assert (judged["verdict"], judged["reasons"]) == ("replace", ["far-too-old"])
    assert (judged["new_cents"], judged["value_cents"], judged["keep_cents"]) == (18_000, 0, 0)
    assert judged["said"] == ["plus d'une fois et demie sa durée de vie"]
    asked = (await park.keeper.get(path, params={"repair_cents": 20_000})).json()
    assert (asked["faults"], asked["keep_cents"]) == (1, 20_000)
    assert "not-worth-it" in asked["reasons"]
