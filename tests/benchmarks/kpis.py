"""The KPIs of a month of 20,000 tickets over HTTP, beside reading the same and decoding nothing."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pymongo
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from infra.chassis.store.collection import Document
from services.ticket.statements.measuring import PAGE, SHOWN
from services.ticket.store.tickets import Tickets
from tests.benchmarks.chain import chain
from tests.benchmarks.figures import Figure
from tests.benchmarks.filling import Filler
from tests.benchmarks.load import Connection, get
from tests.servers import RealServers

SIZE, LIVED, TIMES = 20_000, 32, 3
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


async def measure(servers: RealServers) -> list[Figure]:
    """Seconds, the best of three: all that the firm has, and one client's hundredth of it."""
    async with chain(servers) as given, pymongo.AsyncMongoClient[Document](servers.mongodb) as client:
        await given.live(tickets=LIVED)
        filler = Filler(client, given.processes.prefix)
        await filler.learn(given.lived)
        await filler.fill(SIZE)
        token = given.processes.issuer.token("admin", subject="bench")
        connection = await Connection.open(given.processes.addresses["ticket"])
        stored = client[f"{given.processes.prefix}_ticket"].get_collection(Tickets.name, codec_options=_RAW)
        today = datetime.now(UTC).date()
        days = f"from={today.replace(day=1)}&to={today}"

        def asked(path: str) -> Callable[[], Awaitable[None]]:
            async def ask() -> None:
                status, answer = await connection.ask(get(path, token))
                if status != 200:
                    raise SystemExit(f"the benchmark needs 200 and got {status}: {answer.decode()}")

            return ask

        def read(query: Document) -> Callable[[], Awaitable[None]]:
            async def reading() -> None:
                found = stored.find(query, SHOWN, batch_size=PAGE)
                while await found.to_list(PAGE):
                    pass

            return reading

        return [
            Figure(
                f"kpis-of-{name}",
                await _best(asked(f"/v1/kpis?{days}{choice}")),
                "s",
                "reading the same documents",
                await _best(read(query)),
                goal,
            )
            for name, choice, query, goal in (
                (str(SIZE), "", {}, "at most 10 s"),
                ("one-client", "&customer=acme", {"customer_id": "acme"}, ""),
            )
        ]


async def _best(act: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        await act()
        took.append(time.perf_counter() - begun)
    return min(took)
