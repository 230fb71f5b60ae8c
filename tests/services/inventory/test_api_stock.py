"""What callers may do with stock over HTTP, and what they learn of reservations."""

from typing import Any

import httpx
import pytest

from tests.services.inventory.facts import planned
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_on_real_servers import stock

# -- stock ---------------------------------------------------------------------------------------


async def test_stock_moves_once_however_often_it_is_asked(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 1)
    body = {"location": "depot:lyon", "sku": unique, "quantity": 4}
    key = keyed()
    answers = [await keeper.post("/v1/stock/receive", json=body, headers=key) for _ in range(3)]
    assert [answer.json() for answer in answers] == [answers[0].json()] * 3
    [level] = (await keeper.get("/v1/stock", params={"sku": unique})).json()["items"]
    assert level["on_hand"] == 5
    other = await keeper.post("/v1/stock/receive", json={**body, "quantity": 5}, headers=key)
    problem(other, 422, "idempotency-key-reused")


async def test_a_transfer_moves_and_a_count_corrects(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    await stock(inventory, unique, "depot:lyon", 3)
    move = {"origin": "depot:lyon", "destination": "van:lea", "sku": unique, "quantity": 2}
    moved = (await keeper.post("/v1/stock/transfer", json=move, headers=keyed())).json()
    assert (moved["origin"]["on_hand"], moved["destination"]["on_hand"]) == (1, 2)
    counting = {"location": "van:lea", "sku": unique, "quantity": 1}
    counted = await keeper.post("/v1/stock/count", json=counting, headers=keyed())
    assert counted.json()["on_hand"] == 1
    short = await keeper.post("/v1/stock/transfer", json=move, headers=keyed())
    assert problem(short, 409, "not-enough-stock")["available"] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("receive", {"location": "garage:1", "sku": "psu", "quantity": 1}),
        ("receive", {"location": "depot:lyon", "sku": "psu", "quantity": 0}),
        ("receive", {"location": "depot:lyon", "sku": "psu", "quantity": True}),
        ("receive", {"location": "depot:lyon", "sku": "psu", "quantity": 1.5}),
        ("receive", {"location": "depot:lyon", "quantity": 1}),
        ("receive", {"location": "depot:lyon", "sku": "psu", "quantity": 1, "occurred_at": "yesterday"}),
        ("transfer", {"location": "depot:lyon", "sku": "psu", "quantity": 1}),
        ("count", {"location": "depot:lyon", "sku": "psu", "quantity": -1}),
    ],
)
async def test_a_malformed_movement_is_refused(
    keeper: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    problem(await keeper.post(f"/v1/stock/{path}", json=body, headers=keyed()), 422, "invalid-body")


async def test_a_key_belongs_to_one_request_whatever_it_is_about(
    keeper: httpx.AsyncClient, unique: str
) -> None:
    key = {"Idempotency-Key": f"{unique}-k"}
    for sku in (f"{unique}-a", f"{unique}-b"):
        assert (await keeper.put(f"/v1/parts/{sku}", json={"name": sku})).status_code == 201
    move: dict[str, Any] = {"location": "depot:north", "sku": f"{unique}-none", "quantity": 2}
    problem(await keeper.post("/v1/stock/receive", json=move, headers=key), 422, "unknown-reference")
    move["sku"] = f"{unique}-a"
    for _ in range(2):
        assert (await keeper.post("/v1/stock/receive", json=move, headers=key)).json()["on_hand"] == 2
    move["sku"] = f"{unique}-b"
    problem(await keeper.post("/v1/stock/receive", json=move, headers=key), 422, "idempotency-key-reused")
    assert (await keeper.get("/v1/stock", params={"sku": move["sku"]})).json()["items"] == []


@pytest.mark.parametrize("body", [{"name": " "}, {"name": "x", "supplier": "\t"}])
async def test_a_name_says_something(keeper: httpx.AsyncClient, unique: str, body: dict[str, str]) -> None:
    problem(await keeper.put(f"/v1/parts/{unique}", json=body), 422, "invalid-body")


@pytest.mark.parametrize("verb", ["receive", "transfer", "count"])
async def test_a_movement_needs_an_idempotency_key(keeper: httpx.AsyncClient, verb: str) -> None:
    body = {"location": "depot:lyon", "sku": "psu", "quantity": 1}
    if verb == "transfer":
        body = {"origin": "depot:lyon", "destination": "van:lea", "sku": "psu", "quantity": 1}
    problem(await keeper.post(f"/v1/stock/{verb}", json=body), 400, "idempotency-key-required")


async def test_an_unknown_part_a_van_of_nobody_and_the_future_are_refused(
    inventory: Running, keeper: httpx.AsyncClient, unique: str
) -> None:
    body = {"location": "depot:lyon", "sku": unique, "quantity": 1}
    refused = await keeper.post("/v1/stock/receive", json=body, headers=keyed())
    assert problem(refused, 422, "unknown-reference")["kind"] == "part"
    for verb, said in (
        ("receive", {**body, "location": "van:nobody"}),
        ("count", {**body, "location": "van:nobody"}),
        ("transfer", {"origin": "depot:lyon", "destination": "van:nobody", "sku": unique, "quantity": 1}),
    ):
        await stock(inventory, unique, "depot:lyon", 1)
        refused = await keeper.post(f"/v1/stock/{verb}", json=said, headers=keyed())
        unknown = problem(refused, 422, "unknown-reference")
        assert (unknown["kind"], unknown["id"]) == ("technician", "nobody")
    future = {**body, "occurred_at": "2099-01-01T00:00:00+01:00"}
    refused = await keeper.post("/v1/stock/receive", json=future, headers=keyed())
    problem(refused, 422, "occurred-in-the-future")


# -- reservations --------------------------------------------------------------------------------


async def test_reservations_are_found_by_state_and_part(inventory: Running, unique: str) -> None:
    await stock(inventory, unique, "depot:lyon", 1)
    for n in (1, 2):
        await inventory.visit(planned(f"{unique}-{n}", "lea", (unique, 1)))
    await inventory.settled()
    async with inventory.as_("dispatcher") as dispatcher:
        short = (await dispatcher.get("/v1/reservations", params={"sku": unique, "state": "short"})).json()
        assert [each["missing"][0]["sku"] for each in short["items"]] == [unique]
        whole = (await dispatcher.get("/v1/reservations", params={"sku": unique})).json()
        assert {each["state"] for each in whole["items"]} == {"reserved", "short"}
        problem(await dispatcher.get(f"/v1/reservations/{unique}-9"), 404, "not-found")


async def test_a_reservation_is_there_as_soon_as_its_visit_is_planned(
    inventory: Running, unique: str
) -> None:
    await stock(inventory, unique, "van:lea", 1)
    planning = planned(f"{unique}-1", "lea", (unique, 1)).model_copy(update={"ticket_id": unique})
    await inventory.visit(planning)
    async with inventory.as_("dispatcher") as dispatcher:
        read = await dispatcher.get(f"/v1/reservations/{unique}-1")
        assert (read.status_code, read.json()["state"]) == (200, "reserved")
