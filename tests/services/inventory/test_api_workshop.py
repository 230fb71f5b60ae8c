"""The workshop over HTTP, on the real servers: who may do what, once, and at which step."""

from typing import Any

import httpx
import pytest

from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_api_supply import posted
from tests.services.inventory.test_on_real_servers import SITE, stock

ORDERS = "/v1/workshop/orders"


@pytest.fixture
async def machine(keeper: httpx.AsyncClient, agent: httpx.AsyncClient, customer: str, unique: str) -> str:
    site = {"customer_id": customer, **SITE}
    assert (await agent.put(f"/v1/sites/{unique}-site", json=site)).status_code == 201
    body = {"site_id": f"{unique}-site", "name": "Accueil", "kind": "laptop"}
    made = await keeper.put(f"/v1/assets/{unique}-pc", json=body)
    assert made.status_code == 201, made.text
    return f"{unique}-pc"


def intake(machine: str, **more: Any) -> dict[str, Any]:
    return {"asset_id": machine, "way": "counter", "condition": "Coque rayée", **more}


async def test_a_machine_is_taken_in_mended_under_warranty_and_given_back(
    inventory: Running, keeper: httpx.AsyncClient, agent: httpx.AsyncClient, machine: str, unique: str
) -> None:
    key = keyed()
    body = intake(machine, accessories=["Chargeur", "Sacoche"], promised_on="2020-01-01")
    taken = [await agent.post(ORDERS, json=body, headers=key) for _ in range(2)]
    assert [each.status_code for each in taken] == [201, 201], taken[0].text
    order = taken[1].json()
    path = taken[0].headers["Location"]
    assert path == f"{ORDERS}/{order['id']}"
    assert (order["state"], order["late"], order["possible"][0]) == ("received", True, "diagnose")
    problem(await agent.post(ORDERS, json=intake(machine), headers=keyed()), 409, "asset-in-workshop")
    assert (await agent.get(f"/v1/assets/{machine}")).json()["repair_id"] == order["id"]
    found = await agent.get(ORDERS, params={"overdue": "true", "asset": machine})
    assert [each["number"] for each in found.json()["items"]] == [order["number"]]
    found = await agent.get(ORDERS, params={"number": order["number"], "state": "received"})
    assert [each["id"] for each in found.json()["items"]] == [order["id"]]

    verdict = {"findings": "Disque mort", "cover": "warranty", "minutes": 30}
    problem(await agent.post(f"{path}/diagnose", json=verdict, headers=keyed()), 403, "forbidden-role")
    stale = await keeper.post(f"{path}/diagnose", json=verdict, headers={**keyed(), "If-Match": '"9"'})
    problem(stale, 412, "precondition-failed")
    told = problem(await keeper.post(f"{path}/start", headers=keyed()), 409, "repair-not-there")
    assert told["possible"] == ["diagnose", "give-back", "dispose"]
    assert (await posted(keeper, f"{path}/diagnose", verdict))["state"] == "approved"
    assert (await posted(keeper, f"{path}/start", {}))["state"] == "on-bench"
    await stock(inventory, unique, "depot:lyon", 2)
    fit = {"location": "depot:lyon", "sku": unique}
    twice = keyed()
    for _ in range(2):
        assert (await keeper.post(f"{path}/parts", json=fit, headers=twice)).status_code == 200
    of_it = await keeper.get("/v1/stock/movements", params={"reference": order["id"]})
    assert [(each["kind"], each["quantity"]) for each in of_it.json()["items"]] == [("issued", -1)]
    problem(
        await keeper.post(f"{path}/finish", json={"note": "?"}, headers=keyed()), 409, "repair-without-work"
    )
    await posted(keeper, f"{path}/work", {"minutes": 35})
    await posted(keeper, f"{path}/finish", {"note": "Disque changé"})
    await posted(keeper, f"{path}/test", {"checks": [{"text": "Démarre", "passed": True}]})
    back = await posted(agent, f"{path}/give-back", {"way": "counter", "receiver": "M. Blanc"})
    assert (back["state"], back["late"], back["possible"]) == ("returned", False, [])
    assert [each["verb"] for each in back["steps"]] == [
        *("take-in", "diagnose", "start", "finish", "test", "give-back"),
    ]
    assert (await agent.get(f"/v1/assets/{machine}")).json()["repair_id"] is None
    lines = (await agent.get(f"/v1/assets/{machine}/history")).json()["items"]
    assert {"sent-in", "given-back"} <= {each["happening"] for each in lines}


async def test_a_quote_is_refused_without_a_ticket(
    keeper: httpx.AsyncClient, agent: httpx.AsyncClient, machine: str
) -> None:
    order = await posted(agent, ORDERS, intake(machine), 201)
    asked = {"findings": "Écran cassé", "cover": "client", "lines": [{"text": "Écran", "unit_cents": 9900}]}
    path = f"{ORDERS}/{order['id']}/diagnose"
    problem(await keeper.post(path, json=asked, headers=keyed()), 422, "repair-without-ticket")
    problem(await keeper.post(path, json={**asked, "password": "x"}, headers=keyed()), 422, "invalid-body")


async def test_another_clients_repairs_do_not_exist(
    inventory: Running, agent: httpx.AsyncClient, machine: str, customer: str, unique: str
) -> None:
    order = await posted(agent, ORDERS, intake(machine), 201)
    async with inventory.as_("customer-manager", customer=customer) as own:
        assert (await own.get(f"{ORDERS}/{order['id']}")).json()["number"] == order["number"]
        problem(
            await own.post(f"{ORDERS}/{order['id']}/give-back", json={}, headers=keyed()),
            403,
            "forbidden-role",
        )
    async with inventory.as_("customer-manager", customer=f"{unique}-other") as other:
        problem(await other.get(f"{ORDERS}/{order['id']}"), 404, "not-found")
        assert (await other.get(ORDERS, params={"asset": machine})).json()["items"] == []
