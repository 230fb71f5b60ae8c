"""The KPIs of the 20,000 tickets of the statements' benchmark, and a page of what is behind one.

The floor is reading what KPIs read of the same tickets from MongoDB and decoding nothing. Ten seconds are
promised.
"""

import time

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from infra.chassis.store.mongo import Database, close, database, open_client
from services.ticket.statements.measuring import SHOWN
from services.ticket.store.tickets import Tickets
from tests.benchmarks.figures import Figure
from tests.benchmarks.processes import running
from tests.benchmarks.statements import TICKETS, seed
from tests.servers import RealServers

PREFIX = "bench_kpis"
MARCH = {"contract": "c1", "from": "2026-03-01", "to": "2026-03-31"}
TIMES = 3
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


async def measure(servers: RealServers) -> list[Figure]:
    """Seconds from the request to the last byte, the best of three."""
    client = open_client(servers.mongodb, application="bench")
    try:
        db = database(client, f"{PREFIX}_ticket")
        async with running(servers, PREFIX, {"ticket": "services.ticket"}) as processes:
            await seed(db)
            floor = min([await _floor(db) for _ in range(TIMES)])
            figures = []
            async with processes.client("ticket", "admin") as admin:
                for name, path, goal in (
                    ("kpis-json", "/v1/kpis", "at most 10 s"),
                    ("kpis-first-page", "/v1/kpis/mttr-mean/tickets", ""),
                ):
                    took = []
                    for _ in range(TIMES):
                        begun = time.perf_counter()
                        answer = await admin.get(path, params=MARCH, timeout=120)
                        took.append(time.perf_counter() - begun)
                        answer.raise_for_status()
                    figures.append(Figure(name, min(took), "s", "reading the documents", floor, goal))
                said = {
                    each["kpi"]: each for each in (await admin.get("/v1/kpis", params=MARCH)).json()["items"]
                }
                if said["opened"]["value"] != TICKETS:
                    raise AssertionError(f"not every ticket is in it: {said['opened']}")
    finally:
        await close(client)
    return figures


async def _floor(db: Database) -> float:
    stored = db.get_collection(Tickets.name, codec_options=_RAW)
    begun = time.perf_counter()
    found = await stored.find({"visits.contract_id": "c1"}, SHOWN).to_list(None)
    if len(found) != TICKETS:
        raise AssertionError(f"{len(found)} tickets were seeded")
    return time.perf_counter() - begun
