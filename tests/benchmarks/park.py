"""Searches and filters among 200,000 assets, and inventories that agents report, a second.

The assets are of a hundred customers and twenty models; the firm asks half of the searches, a client half.
The peer of a search is the same view of one asset by its serial number. Inventories come packed over sixteen
connections from machines that were seen before, as nearly all do, a tenth of them changed; the floor unpacks
and reads the same bytes, and writes one document for each.
"""

import asyncio
import base64
import json
import random
import secrets
import time
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pymongo

from infra.chassis.store.collection import Document
from services.inventory.domain.asset import Asset, Seen
from services.inventory.store.assets import Assets
from tests.benchmarks import reference
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.load import Connection, get, requests_per_second
from tests.benchmarks.processes import running
from tests.servers import RealServers
from tests.services.inventory.agents import laptop

SIZE, CUSTOMERS = 200_000, 100
ASKED, WARM = 200, 20
INSERTED = 1_000
MACHINES, SECONDS, CONNECTIONS = 100, 10.0, 16
MODELS = [
    (maker, f"{family} {number}", kind)
    for maker, family, kind in (
        ("Dell Inc.", "Latitude", "laptop"),
        ("HP", "ProDesk", "computer"),
        ("Lenovo", "ThinkPad", "laptop"),
        ("Kyocera", "ECOSYS", "printer"),
    )
    for number in (5420, 5430, 5440, 7010, 7020)
]


async def measure(servers: RealServers) -> list[Figure]:
    """Milliseconds a search at the 95th percentile; inventories a second."""
    prefix, chance = reference.prefix(), random.Random(11)
    only = {"ticket": "services.ticket", "inventory": "services.inventory"}
    async with running(servers, prefix, only) as processes:
        await reference.write(processes, sites=1, technicians=0)
        address = processes.addresses["inventory"]
        async with processes.client("inventory", "admin") as admin:
            body = {"customer_id": "acme", "site_id": "site-0", "name": "bench"}
            key = (await admin.post("/v1/agent-keys", json=body)).json()["secret"]
        keeper = processes.issuer.token("stock-keeper", subject="bench")
        client = processes.issuer.token("customer-manager", customer="c007", subject="bench")
        many = [_asset(n, chance) for n in range(SIZE)]
        async with pymongo.AsyncMongoClient[Document](servers.mongodb) as mongo:
            stored = mongo[f"{prefix}_inventory"][Assets.name]
            for at in range(0, SIZE, INSERTED):
                await stored.insert_many(
                    [_document(each, at + n) for n, each in enumerate(many[at : at + INSERTED])]
                )
        connection = await Connection.open(address)

        async def took(paths: Iterator[tuple[str, str]]) -> list[float]:
            times = []
            for path, token in paths:
                begun = time.perf_counter()
                status, answer = await connection.ask(get(path, token))
                if status != 200:
                    raise SystemExit(f"the benchmark needs 200 and got {status}: {answer.decode()}")
                times.append((time.perf_counter() - begun) * 1000)
            return times[WARM:]

        searches = percentile(await took(_searches(many, chance, keeper, client)), 0.95)
        filters = percentile(await took(_filters(chance, keeper, client)), 0.95)
        serials = ((f"/v1/assets?serial={chance.choice(many).serial}", keeper) for _ in range(WARM + ASKED))
        one = percentile(await took(serials), 0.95)
        requests = _inventories(key)
        await _said_once(address, requests[0])
        ours, statuses = await requests_per_second(
            address,
            lambda n: requests[n % 10 == 0][n % MACHINES],
            connections=CONNECTIONS,
            seconds=SECONDS,
        )
        if set(statuses) != {200}:
            raise SystemExit(f"the benchmark needs 200 and got {statuses}")
        floor = await _floor(servers, prefix)
    return [
        Figure(f"assets-found-among-{SIZE}", searches, "ms p95", "by serial", one, "at most 50 ms"),
        Figure(f"assets-filtered-among-{SIZE}", filters, "ms p95", "by serial", one, "at most 50 ms"),
        Figure("inventories", ours, "a second", "read and written", floor, "at least 50 a second"),
    ]


def _asset(n: int, chance: random.Random) -> Asset:
    maker, model, kind = chance.choice(MODELS)
    serial = f"{secrets.token_hex(4)}{n:06d}".upper()
    bought = datetime(2018, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(3_000))
    customer = f"c{n % CUSTOMERS:03d}"
    return Asset(
        id=f"a{n:07d}",
        customer_id=customer,
        site_id=f"{customer}-s{n % 7}",
        name=f"PC-{n:06d}",
        kind=kind,
        manufacturer=maker,
        model=model,
        serial=serial,
        asset_tag=f"TAG{n:06d}",
        bought_on=bought.date().isoformat(),
        warranty_until=(bought + timedelta(days=1_095)).date().isoformat(),
        seen=Seen(hostname=f"PC-{n:06d}", macs=(f"a4bb6d{n:06x}",), last_user=f"user{n % 5_000:04d}"),
    )


def _document(asset: Asset, n: int) -> Document:
    arrays: Document = {"outbox": [], "streams": {}, "keys": [], "rows": [], "commits": []}
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
    own = {"_id": asset.id, "version": 1, "schema": Assets.schema, "updated_at": at}
    return {**own, **Assets.encode(asset), **arrays}


def _searches(
    many: Sequence[Asset], chance: random.Random, keeper: str, client: str
) -> Iterator[tuple[str, str]]:
    for n in range(WARM + ASKED):
        asset = chance.choice(many)
        assert asset.seen is not None
        text = chance.choice(
            [
                asset.serial[:6] if asset.serial else "",
                asset.name,
                asset.asset_tag,
                f"{asset.model} {asset.seen.last_user}",
                asset.seen.last_user,
                asset.manufacturer,
                str(asset.model)[:5],
            ]
        )
        yield f"/v1/assets?q={quote(str(text))}", keeper if n % 2 else client


def _filters(chance: random.Random, keeper: str, client: str) -> Iterator[tuple[str, str]]:
    for n in range(WARM + ASKED):
        customer = f"c{chance.randrange(CUSTOMERS):03d}"
        asked = chance.choice(
            [
                f"customer={customer}",
                f"site={customer}-s{chance.randrange(7)}",
                f"kind={chance.choice(('laptop', 'printer'))}",
                "warranty=soon",
                f"customer={customer}&warranty=over",
                f"customer={customer}&kind=printer&bought_before=2020-01-01",
            ]
        )
        yield f"/v1/assets?{asked}", keeper if n % 2 else client


def _inventories(key: str) -> tuple[list[bytes], list[bytes]]:
    """What each machine says, and what it says after its memory was halved; as requests."""
    credentials = base64.b64encode(f"agent:{key}".encode()).decode()

    def request(message: Any) -> bytes:
        body = zlib.compress(json.dumps(message).encode())
        head = (
            "POST /inventory HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-compress-zlib\r\n"
            f"GLPI-Agent-ID: 3f1c0a52-8a0e-4d55-9d83-0f3a6f0c2b11\r\nAuthorization: Basic {credentials}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    same = [request(_message(n)) for n in range(MACHINES)]
    changed = [request(_message(n, memories__rows=[{"capacity": 8192}])) for n in range(MACHINES)]
    return same, changed


def _message(n: int, **changes: Any) -> Any:
    """With two hundred programs, as an office's machines have."""
    software = [
        {"name": f"Program {i}", "version": f"{i}.{i % 7}", "publisher": f"Maker {i % 40}"}
        for i in range(200)
    ]
    return laptop(f"{n:06d}", softwares__rows=software, **changes)


async def _said_once(address: str, requests: Sequence[bytes]) -> None:
    waiting = iter(requests)

    async def worker() -> None:
        connection = await Connection.open(address)
        for each in waiting:
            await connection.send(each)
        connection.close()

    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))


async def _floor(servers: RealServers, prefix: str) -> float:
    """The same bytes read and one document written for each, a second, as many at once."""
    bodies = [zlib.compress(json.dumps(_message(n)).encode()) for n in range(MACHINES)]
    async with pymongo.AsyncMongoClient[Document](servers.mongodb) as mongo:
        written = mongo[f"{prefix}_floor"]["machines"]
        numbers, begun = iter(range(10_000_000)), time.perf_counter()
        done = 0

        async def worker() -> None:
            nonlocal done
            while time.perf_counter() - begun < SECONDS / 2:
                n = next(numbers) % MACHINES
                message = json.loads(zlib.decompress(bodies[n]))
                name = message["content"]["hardware"]["name"]
                await written.update_one(
                    {"_id": message["deviceid"]}, {"$set": {"name": name, "at": time.time()}}, upsert=True
                )
                done += 1

        await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
        return done / (time.perf_counter() - begun)
