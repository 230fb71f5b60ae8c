"""What is asked most, with 1,000, 10,000 and 100,000 tickets stored in all four databases.

The peer is the same with 1,000: what is found by an index costs the same with a hundred times as much. A
million takes some ten minutes to fill and is asked for by name (stored_million.py).
"""

import asyncio
import json
import secrets
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pymongo

from contracts.values import rfc3339
from infra.chassis.store.collection import A_DATE, Document
from tests.benchmarks import reference
from tests.benchmarks.chain import Chain, chain
from tests.benchmarks.figures import Figure
from tests.benchmarks.filling import Filler
from tests.benchmarks.load import Connection, get, post
from tests.servers import RealServers

Act = Callable[[], Awaitable[None]]

SIZES = (1_000, 10_000, 100_000)
LIVED = 32
TIMES, WARM = 40, 5
GOAL = "at most 2 x"

LISTS = {
    "tickets-page": ("ticket", "/v1/tickets"),
    "tickets-open": ("ticket", "/v1/tickets?state=new&state=triaged&state=scheduled&state=in-progress"),
    "tickets-most-urgent": ("ticket", "/v1/tickets?order=due"),
    "tickets-of-client": ("ticket", "/v1/tickets?customer=acme"),
    "tickets-of-client-open": ("ticket", "/v1/tickets?customer=acme&state=new&state=scheduled"),
    "tickets-at-site": ("ticket", "/v1/tickets?site=site-1"),
    "tickets-of-technician": ("ticket", "/v1/tickets?technician=tech-1"),
    "tickets-attention": ("ticket", "/v1/tickets?attention=true"),
    "clocks-of-contract": ("ticket", "/v1/contracts/care/sla"),
    "visits-waiting": ("dispatch", "/v1/visits?state=waiting&state=failed"),
    "visits-of-day": ("dispatch", "/v1/visits?from={today}&to={tomorrow}&state=dispatched&state=started"),
    "visits-of-technician": ("dispatch", "/v1/visits?technician=tech-1&state=planned&state=dispatched"),
    "reservations-short": ("inventory", "/v1/reservations?state=short"),
    "movements-at-van": ("inventory", "/v1/stock/movements?location=van:tech-1"),
    "deliveries-failed": ("notify", "/v1/deliveries?state=failed"),
}


async def measure(servers: RealServers) -> list[Figure]:
    """Milliseconds at the median of 40, one request at a time."""
    return await measured(servers, SIZES)


async def measured(servers: RealServers, sizes: Sequence[int]) -> list[Figure]:
    figures, first = [], dict[str, float]()
    async with chain(servers) as given, pymongo.AsyncMongoClient[Document](servers.mongodb) as client:
        await given.live(tickets=LIVED)
        filler = Filler(client, given.processes.prefix)
        await filler.learn(given.lived)
        for size in sizes:
            await filler.fill(size)
            took = {name: await _median(act) for name, act in _acts(given, client).items()}
            first = first or took
            figures += [
                Figure(f"{name}-at-{size}", ms, "ms", f"with {sizes[0]}", first[name], GOAL)
                for name, ms in took.items()
            ]
    return figures


def _acts(
    given: Chain, client: pymongo.AsyncMongoClient[Document]
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What is measured, by name."""
    today = datetime.now(UTC)
    days = {"today": rfc3339(today - timedelta(hours=12)), "tomorrow": rfc3339(today + timedelta(hours=12))}
    token = given.processes.issuer.token("admin", subject="bench")
    body = json.dumps(reference.ticket(1)).encode()
    connections: dict[str, Connection] = {}

    async def send(service: str, request: bytes, wanted: int) -> None:
        if service not in connections:
            connections[service] = await Connection.open(given.processes.addresses[service])
        status, answer = await connections[service].ask(request)
        if status != wanted:
            raise SystemExit(f"the benchmark needs {wanted} and got {status}: {answer.decode()}")

    def listed(service: str, path: str) -> Act:
        return lambda: send(service, get(path.format(**days), token), 200)

    async def opened() -> None:
        await send("ticket", post("/v1/tickets", token, body, secrets.token_hex(8)), 201)

    async def due() -> None:
        """As the timer loop asks (infra/chassis/store/timers.py)."""
        tickets = client[f"{given.processes.prefix}_ticket"]["tickets"]
        query = {"next_due": {"$lte": datetime.now(UTC), **A_DATE}}
        await tickets.find(query, {"_id": 1}).sort("next_due", 1).limit(500).to_list(None)

    lists = {name: listed(*where) for name, where in LISTS.items()}
    return {"ticket-opened": opened, "timers-due": due, **lists}


async def _median(act: Act) -> float:
    took = []
    for _ in range(WARM + TIMES):
        begun = time.perf_counter()
        await act()
        took.append((time.perf_counter() - begun) * 1000)
        # What follows from it elsewhere is not to be in the next one's way.
        await asyncio.sleep(0.01)
    return statistics.median(took[WARM:])
