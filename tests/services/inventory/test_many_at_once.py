"""Commands and facts on the same levels at the same time: on real servers no piece is lost or made."""

import asyncio
import random
from collections import defaultdict

import httpx
import pytest

from services.inventory.store.reservations import Reservations
from services.inventory.store.stock import Movements, StockLevels
from tests.servers import RealServers
from tests.services.inventory.facts import closed, number, planned, technician, used
from tests.services.inventory.running import Running, running
from tests.services.inventory.test_on_real_servers import stock

VANS = ("van:lea", "van:marc")


async def test_the_books_balance_after_everything_happened_at_once(inventory: Running, unique: str) -> None:
    chance = random.Random(7)
    callers = asyncio.Semaphore(16)
    await stock(inventory, unique, "depot:lyon", 20)
    async with inventory.as_("stock-keeper") as keeper:

        async def move(n: int) -> int:
            origin, destination = chance.sample(("depot:lyon", *VANS), 2)
            verb, body = chance.choice(
                (
                    ("receive", {"location": origin, "sku": unique, "quantity": 2}),
                    ("count", {"location": origin, "sku": unique, "quantity": chance.randrange(6)}),
                    (
                        "transfer",
                        {"origin": origin, "destination": destination, "sku": unique, "quantity": 1},
                    ),
                )
            )
            headers = {"Idempotency-Key": f"{unique}-{n}"}
            while True:
                async with callers:
                    answer = await keeper.post(f"/v1/stock/{verb}", json=body, headers=headers)
                if answer.status_code != 503:
                    return answer.status_code

        async def visit(n: int) -> None:
            technician = chance.choice(("lea", "marc"))
            await inventory.visit(planned(f"{unique}-{n}", technician, (unique, chance.randrange(1, 3))))
            await inventory.visit(closed(f"{unique}-{n}", technician, used(unique, chance.randrange(1, 4))))

        statuses = await asyncio.gather(*(move(n) for n in range(60)))
        moved = asyncio.gather(*(move(n) for n in range(60, 160)))
        await asyncio.gather(*(visit(n) for n in range(40)))
        statuses += await moved
    await inventory.settled()

    assert set(statuses) <= {200, 409}
    assert statuses.count(200) > len(statuses) / 2
    run = inventory.runtime
    levels = [kept.value for kept in await run.find(StockLevels, {"sku": unique})]
    lines = [kept.value for kept in await run.find(Movements, {"sku": unique}, limit=2000)]
    promised: dict[str, int] = defaultdict(int)
    visits = [kept.value for kept in await run.find(Reservations, {"ticket_id": {"$regex": unique}})]
    for held in (held for reservation in visits for held in reservation.held):
        promised[f"{held.location}/{held.sku}"] += held.quantity
    assert len(visits) == 40
    assert all(reservation.closed for reservation in visits)
    for level in levels:
        own = sorted((line for line in lines if line.level_id == level.id), key=lambda line: number(line.id))
        assert [number(line.id) for line in own] == list(range(1, level.moves + 1))
        assert level.on_hand == sum(line.quantity for line in own)
        assert level.reserved == promised[level.id]
        assert not level.overdrawn


@pytest.mark.parametrize("wanted", [False, True], ids=["in shared writes", "in transactions"])
async def test_of_two_replicas_that_receive_one_serial_at_two_places_one_is_refused(
    servers: RealServers, unique: str, wanted: bool
) -> None:
    async with running(servers, unique) as one, running(servers, unique) as other:
        for id in ("lea", "marc"):
            await one.state(technician(id), id)
        skus = [f"{unique}-{n}" for n in range(12)]
        async with one.as_("stock-keeper") as here, other.as_("stock-keeper") as there:
            for sku in skus:
                assert (await here.put(f"/v1/parts/{sku}", json={"name": sku})).status_code == 201
                for id in ("lea", "marc") if wanted else ():
                    await one.visit(planned(f"{sku}-{id}", id, (sku, 1)))
            await one.settled()
            await other.settled()
            pairs = await asyncio.gather(
                *(
                    asyncio.gather(receive_one(here, "van:lea", sku), receive_one(there, "van:marc", sku))
                    for sku in skus
                )
            )
            for pair in pairs:
                [_, late] = sorted(pair, key=lambda answer: answer.status_code)
                assert sorted(answer.status_code for answer in pair) == [200, 409]
                assert late.json()["type"].endswith("serial-already-here")
                assert late.json()["location"] in VANS
        levels = [kept.value for kept in await one.runtime.find(StockLevels, {"sku": {"$in": skus}})]
        lines = [kept.value for kept in await one.runtime.find(Movements, {"sku": {"$in": skus}})]
    assert sorted(level.sku for level in levels if level.serials == ("S-1",)) == sorted(skus)
    assert sum(level.on_hand for level in levels) == sum(line.quantity for line in lines) == len(skus)


async def test_pieces_with_serials_go_from_place_to_place_and_back(inventory: Running, unique: str) -> None:
    await stock(inventory, unique, "depot:metz", 1)
    async with inventory.as_("stock-keeper") as keeper:
        assert (await receive_one(keeper, "depot:lyon", unique)).status_code == 200
        for n, (origin, destination) in enumerate((("depot:lyon", "van:lea"), ("van:lea", "depot:lyon"))):
            body = {"origin": origin, "destination": destination, "sku": unique, "quantity": 1}
            moved = await keeper.post(
                "/v1/stock/transfer",
                json={**body, "serials": ["S-1"]},
                headers={"Idempotency-Key": f"{unique}-{n}"},
            )
            assert moved.status_code == 200, moved.text
            assert moved.json()["destination"]["serials"] == ["S-1"]


async def receive_one(keeper: httpx.AsyncClient, location: str, sku: str) -> httpx.Response:
    return await keeper.post(
        "/v1/stock/receive",
        json={"location": location, "sku": sku, "quantity": 1, "serials": ["S-1"]},
        headers={"Idempotency-Key": f"{location}-{sku}"},
    )
