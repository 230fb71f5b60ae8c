"""Commands and facts on the same levels at the same time: on real servers no piece is lost or made."""

import asyncio
import random
from collections import defaultdict

from services.inventory.store.reservations import Reservations
from services.inventory.store.stock import Movements, StockLevels
from tests.services.inventory.facts import closed, number, planned, used
from tests.services.inventory.running import Running
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
