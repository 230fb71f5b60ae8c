"""Transfers, orders, returns, loans and van lists over HTTP, on the real servers."""

import asyncio
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
import openpyxl

from contracts.dispatch.states import TechnicianChanged
from contracts.values import PartUsed
from tests.services.inventory.facts import closed, failed, planned, used
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_on_real_servers import SITE, stock


async def posted(client: httpx.AsyncClient, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = await client.post(path, json=body, headers=keyed())
    assert answer.status_code == status, answer.text
    return answer.json()


async def on_hand(client: httpx.AsyncClient, sku: str) -> dict[str, int]:
    levels = (await client.get("/v1/stock", params={"sku": sku})).json()["items"]
    return {each["location"]: each["on_hand"] for each in levels}


async def test_a_transfer_is_sent_and_received_short_once(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 5)
    body = {"origin": "depot:lyon", "destination": "van:lea", "lines": [{"sku": unique, "quantity": 3}]}
    key = keyed()
    sent = [await keeper.post("/v1/stock/transfers", json=body, headers=key) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201]
    assert sent[0].json()["id"] == sent[1].json()["id"]
    path = sent[0].headers["Location"]
    assert await on_hand(keeper, unique) == {"depot:lyon": 2, "transit": 3}
    twice = {**body, "lines": [*body["lines"], *body["lines"]]}
    problem(await keeper.post("/v1/stock/transfers", json=twice, headers=keyed()), 422, "invalid-body")
    came = {"lines": [{"sku": unique, "quantity": 2}]}
    problem(await keeper.post(f"{path}/receive", json=came, headers=keyed()), 422, "reason-needed")
    stale = await keeper.post(f"{path}/receive", json={}, headers={**keyed(), "If-Match": '"9"'})
    problem(stale, 412, "precondition-failed")
    why = {"reason": "lost-in-transit", "note": "Un carton manque"}
    received = await posted(keeper, f"{path}/receive", {**came, **why})
    assert (received["state"], received["lines"][0]["lost"], received["note"]) == ("short", 1, why["note"])
    assert await on_hand(keeper, unique) == {"depot:lyon": 2, "transit": 0, "van:lea": 2}
    of_it = await keeper.get("/v1/stock/movements", params={"reference": received["id"]})
    assert sorted((line["location"], line["quantity"]) for line in of_it.json()["items"]) == [
        ("depot:lyon", -3),
        ("transit", -2),
        ("transit", -1),
        ("transit", 3),
        ("van:lea", 2),
    ]
    at_van = await keeper.get("/v1/stock/transfers", params={"location": "van:lea", "state": "short"})
    assert received["id"] in {each["id"] for each in at_van.json()["items"]}


async def test_lots_are_received_found_by_their_number_and_counted(
    keeper: httpx.AsyncClient, unique: str
) -> None:
    sku, lot = f"{unique}-gel", f"{unique}-L1"
    part = {"name": "Thermal gel", "tracking": "lot"}
    assert (await keeper.put(f"/v1/parts/{sku}", json=part)).json()["tracking"] == "lot"
    came = {"location": "depot:lyon", "sku": sku, "quantity": 2}
    problem(await keeper.post("/v1/stock/receive", json=came, headers=keyed()), 422, "lot-needed")
    lots = [{"lot": lot, "quantity": 2, "expires_on": "2030-01-31"}]
    assert (await posted(keeper, "/v1/stock/receive", {**came, "lots": lots}))["lots"] == lots
    found = (await keeper.get("/v1/stock/movements", params={"lot": lot})).json()["items"]
    assert [(line["sku"], line["lots"]) for line in found] == [(sku, lots)]
    counted = await posted(
        keeper, "/v1/stock/count", {"location": "depot:lyon", "sku": sku, "quantity": 1, "lots": []}
    )
    [waiting] = counted["unexplained"]
    why = {"movement": waiting, "reason": "expired", "note": "Jeté"}
    assert (await posted(keeper, "/v1/stock/explain", why))["unexplained"] == []


async def test_what_runs_short_is_drafted_once_approved_ordered_and_received(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 2)
    supplier = f"{unique} SARL"
    part = {"name": "=Toner", "reorder_point": 4, "supplier": supplier, "order_multiple": 5}
    await keeper.put(f"/v1/parts/{unique}", json=part)
    due = (await keeper.get("/v1/stock/reorder", params={"due": True})).json()["items"]
    [line] = [each for each in due if each["sku"] == unique]
    assert (line["position"], line["reorder_point"], line["suggested"]) == (2, 4, 5)
    await asyncio.gather(*(keeper.post("/v1/purchase-requests/draft") for _ in range(4)))
    drafts = (await keeper.post("/v1/purchase-requests/draft")).json()["items"]
    [draft] = [each for each in drafts if each["supplier"] == supplier]
    assert [(each["sku"], each["quantity"]) for each in draft["lines"]] == [(unique, 5)]
    listed = await keeper.get("/v1/purchase-requests", params={"supplier": supplier})
    assert len(listed.json()["items"]) == 1
    path = f"/v1/purchase-requests/{draft['id']}"
    problem(await keeper.post(f"{path}/order", json={}), 409, "purchase-not-there")
    assert (await keeper.post(f"{path}/approve")).json()["state"] == "approved"
    ordered = await keeper.post(f"{path}/order", json={"reference": "PO-7", "expected_on": "2030-01-02"})
    assert (ordered.json()["state"], ordered.json()["expected_on"]) == ("ordered", "2030-01-02")
    due = (await keeper.get("/v1/stock/reorder", params={"due": True})).json()["items"]
    assert unique not in {each["sku"] for each in due}, "it is on order"
    came = {"location": "depot:lyon", "sku": unique, "quantity": 3, "purchase_request": draft["id"]}
    await posted(keeper, "/v1/stock/receive", came)
    assert (await keeper.get(path)).json()["lines"][0]["open"] == 2
    await posted(keeper, "/v1/stock/receive", {**came, "quantity": 2})
    assert (await keeper.get(path)).json()["state"] == "received"
    refused = await keeper.post("/v1/stock/receive", json=came, headers=keyed())
    problem(refused, 409, "purchase-not-there")
    assert await on_hand(keeper, unique) == {"depot:lyon": 7}

    table = await keeper.get("/v1/purchase-requests/export", params={"id": draft["id"]})
    [row] = table.content.decode("utf-8-sig").splitlines()[1:]
    assert row.split(",")[2:8] == [supplier, unique, "'=Toner", "5", "5", "0"]
    sheet = await keeper.get("/v1/purchase-requests/export", params={"id": draft["id"], "format": "xlsx"})
    cells = list(openpyxl.load_workbook(BytesIO(sheet.content)).active.values)
    assert cells[1][2:6] == (supplier, unique, "=Toner", 5)


async def test_what_a_visit_waits_for_is_ordered_though_nobody_can_be_sent(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    """A part that was never used and has no reorder point: nothing but the visit asks for it."""
    await keeper.put(f"/v1/parts/{unique}", json={"name": "Rouleau", "supplier": unique})
    await inventory.visit(planned(f"{unique}-1", "lea", (unique, 2)))
    await inventory.visit(failed(f"{unique}-1"))
    await inventory.settled()
    reorder = (await keeper.get("/v1/stock/reorder", params={"due": True})).json()["items"]
    [line] = [each for each in reorder if each["sku"] == unique]
    assert (line["awaited"], line["suggested"]) == (2, 2)


async def test_who_may_not_buy_is_refused(inventory: Running, unique: str) -> None:
    async with inventory.as_("technician", subject="lea") as lea:
        problem(await lea.get("/v1/purchase-requests"), 403, "forbidden-role")
        problem(await lea.post("/v1/purchase-requests/draft"), 403, "forbidden-role")
        problem(await lea.get("/v1/stock/van-lists/marc"), 404, "not-found")


async def test_what_a_visit_took_out_comes_back_and_is_claimed_from_its_supplier(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "van:lea", 1)
    part = {"name": "Disk", "repairable": True, "supplier": "Seagate"}
    await keeper.put(f"/v1/parts/{unique}", json=part)
    fitted = PartUsed(sku=unique, quantity=1, serial_in=f"{unique}-N", serial_out=f"{unique}-O")
    await inventory.visit(closed(f"{unique}-1", "lea", fitted))
    await inventory.settled()
    expected = await keeper.get("/v1/stock/returns", params={"technician": "lea", "state": "expected"})
    [back] = [each for each in expected.json()["items"] if each["sku"] == unique]
    path = f"/v1/stock/returns/{back['id']}"
    wrong = await keeper.post(f"{path}/quarantine", json={"location": "depot:lyon"}, headers=keyed())
    problem(wrong, 422, "not-a-quarantine")
    kept = await posted(keeper, f"{path}/quarantine", {"location": "quarantine:lyon"})
    assert (kept["state"], kept["serial"]) == ("quarantined", f"{unique}-O")
    assert (await on_hand(keeper, unique))["quarantine:lyon"] == 1
    early = await keeper.post(f"{path}/send", json={}, headers=keyed())
    problem(early, 409, "return-not-there")
    await posted(keeper, f"{path}/claim", {"kind": "warranty", "reference": "RMA-1"})
    await posted(keeper, f"{path}/send", {})
    assert (await on_hand(keeper, unique))["quarantine:lyon"] == 0
    nowhere = await keeper.post(f"{path}/settle", json={"outcome": "replaced"}, headers=keyed())
    problem(nowhere, 422, "invalid-body")
    answer = {"outcome": "replaced", "location": "depot:lyon", "serial": f"{unique}-R"}
    ended = await posted(keeper, f"{path}/settle", answer)
    assert [step["state"] for step in ended["steps"]] == [
        *("expected", "quarantined", "claimed", "sent", "replaced"),
    ]
    assert await on_hand(keeper, unique) == {"depot:lyon": 1, "quarantine:lyon": 0, "van:lea": 0}


async def test_what_is_defective_in_stock_is_scrapped_from_quarantine(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 2)
    body = {"sku": unique, "location": "quarantine:lyon", "origin": "depot:lyon", "fault": "Ne démarre pas"}
    back = await posted(keeper, "/v1/stock/returns", body, 201)
    assert await on_hand(keeper, unique) == {"depot:lyon": 1, "quarantine:lyon": 1}
    await posted(keeper, f"/v1/stock/returns/{back['id']}/settle", {"outcome": "scrapped"})
    assert await on_hand(keeper, unique) == {"depot:lyon": 1, "quarantine:lyon": 0}


async def test_what_was_found_to_be_good_is_in_stock_again(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 1)
    body = {"sku": unique, "location": "quarantine:lyon", "origin": "depot:lyon"}
    path = f"/v1/stock/returns/{(await posted(keeper, '/v1/stock/returns', body, 201))['id']}/settle"
    out = {"origin": "quarantine:lyon", "destination": "depot:lyon", "sku": unique, "quantity": 1}
    refused = await keeper.post("/v1/stock/transfer", json=out, headers=keyed())
    problem(refused, 409, "in-quarantine")
    problem(await keeper.post(path, json={"outcome": "kept"}, headers=keyed()), 422, "invalid-body")
    assert (await posted(keeper, path, {"outcome": "kept", "location": "depot:lyon"}))["state"] == "kept"
    assert await on_hand(keeper, unique) == {"depot:lyon": 1, "quarantine:lyon": 0}


async def test_a_loan_unit_is_out_and_comes_back_once(
    inventory: Running, keeper: httpx.AsyncClient, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    await agent.put(f"/v1/sites/{unique}", json={"customer_id": customer, **SITE})
    await stock(inventory, unique, "depot:lyon", 1)
    body = {"sku": unique, "location": "depot:lyon", "site_id": unique, "due_on": "2020-01-01"}
    loan = await posted(keeper, "/v1/stock/loans", body, 201)
    assert (loan["customer_id"], loan["late"]) == (customer, True)
    none_left = await keeper.post("/v1/stock/loans", json=body, headers=keyed())
    problem(none_left, 409, "not-enough-stock")
    path = f"/v1/stock/loans/{loan['id']}/back"
    assert (await posted(keeper, path, {"location": "quarantine:lyon"}))["state"] == "back"
    again = await keeper.post(path, json={"location": "depot:lyon"}, headers=keyed())
    problem(again, 409, "loan-over")
    assert await on_hand(keeper, unique) == {"depot:lyon": 0, "quarantine:lyon": 1}


async def test_a_technician_reads_what_to_load_for_tomorrow(
    inventory: Running, keeper: httpx.AsyncClient, agent: httpx.AsyncClient, customer: str, unique: str
) -> None:
    zoe = f"{unique}-zoe"
    await inventory.state(TechnicianChanged(technician_id=zoe, name="Zoé", skills={}), zoe)
    await agent.put("/v1/sites/pasteur-nord", json={"customer_id": customer, **SITE})
    fan, belt, toner = (f"{unique}-{name}" for name in ("fan", "belt", "toner"))
    await stock(inventory, fan, "depot:lyon", 3)
    await stock(inventory, belt, f"van:{zoe}", 1)
    await stock(inventory, toner, f"van:{zoe}", 5)
    await stock(inventory, toner, "depot:lyon", 9)
    await keeper.put(f"/v1/parts/{toner}", json={"name": "Toner", "van_minimum": 6})
    for n, needs in enumerate(([(fan, 2), (belt, 1)], [(fan, 9)]), start=1):
        await inventory.visit(planned(f"{unique}-{n}", zoe, *needs, starts_in=timedelta(days=1)))
    later = planned(f"{unique}-3", zoe, (belt, 1), starts_in=timedelta(days=2))
    await inventory.visit(later)
    for n in (8, 9):
        await inventory.visit(closed(f"{unique}-{n}", zoe, used(toner)))
    await inventory.settled()
    async with inventory.as_("technician", subject=zoe) as client:
        answer = await client.get(f"/v1/stock/van-lists/{zoe}", params={"date": "2026-03-03"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["to_load"] == [
        {
            "sku": fan,
            "quantity": 2,
            "location": "depot:lyon",
            "visits": [f"{unique}-1"],
            "instead_of": None,
        }
    ]
    assert [each["sku"] for each in found["in_van"]] == [belt]
    assert [(each["sku"], each["quantity"]) for each in found["missing"]] == [(fan, 9)]
    top_up = [each for each in found["top_up"] if each["sku"] == toner]
    assert [(each["available"], each["minimum"], each["quantity"]) for each in top_up] == [(3, 6, 3)]
