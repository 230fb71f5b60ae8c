"""However much is stored: what the services ask of their databases is found by an index, little else read.

The queries are those that the databases wrote down while tickets were lived and every list of the APIs was
read by each of its filters, by everybody who may.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest

from infra.chassis.events.topics import apply_topics
from tests.benchmarks import chain as chains
from tests.benchmarks.chain import SERVICES, Chain, chain
from tests.benchmarks.filling import Filler
from tests.servers import chosen_backend, started

Json = dict[str, Any]
Client = pymongo.AsyncMongoClient[dict[str, Any]]

STORED = 3_000
LIVED = 8
SHARERS = 12
"""Technicians and sites, who share them."""
LIMIT = 10
"""A page: much shorter than what any one client, site or technician has."""
AT_MOST = 5
"""Documents read for each that is given."""
SHARE = 2 * STORED // SHARERS
"""What may be looked through besides where somebody asks for two things: those of one technician or site."""
SORTED = 60
"""A list is read in its order: what is sorted afterwards is little."""
PROFILE_BYTES = 128 * 2**20
"""The first of what was written down goes when there is no room left."""

READERS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("admin", {}),
    ("technician", {"subject": "tech-0"}),
    ("technician", {"subject": "who-is-new"}),
    ("contract-manager", {"subject": "manager"}),
    ("portal", {"customer": "acme"}),
    ("requester", {"customer": "acme"}),
    ("site-contact", {"customer": "acme"}),
)
"""One for each reach that a caller may have, and two who have nothing yet."""
VALUES: Mapping[str, str] = {
    "agency": "rennes",
    "agent": "bench",
    "as": "technician",
    "asset": "asset-1",
    "category": "no-power",
    "channel": "api",
    "contract": "care",
    "customer": "acme",
    "due_before": "2036-01-01T00:00:00Z",
    "due_within_minutes": "100000",
    "email": "ann@acme.example",
    "entity": "sites",
    "external_reference": "INC-1",
    "held": "waiting-for-client",
    "held_for_minutes": "60",
    "from": "2026-01-01T00:00:00Z",
    "kind": "incident",
    "lot": "L-1",
    "location": "van:tech-0",
    "month": "2026-03",
    "name": "ann",
    "major": "major-1",
    "number": "X00000000001",
    "owner": "lea",
    "parent": "ticket-1",
    "person": "tech-0",
    "phone": "+33299000000",
    "priority": "P1",
    "q": "start",
    "reason": "sender-unknown",
    "reference": "PO-1",
    "recipient": "tech-0",
    "requester": "somebody",
    "reopened_within_minutes": "10080",
    "role": "dispatcher",
    "serial": "S-1",
    "site": "site-1",
    "skill": "workstation",
    "sku": "power-supply",
    "standing": "refused",
    "status": "in-use",
    "supplier": "acme",
    "technician": "tech-0",
    "territory": "west",
    "ticket": "ticket-1",
    "to": "2036-01-01T00:00:00Z",
    "updated_after": "2026-01-01T00:00:00Z",
    "updated_within_minutes": "100000",
}
"""What each filter is asked for; a state is asked for by every one of its values."""


@pytest.fixture(scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Chain, Client]]:
    """The four services over databases that hold many tickets and write down what they are asked."""
    folder: Path = tmp_path_factory.mktemp("filled")
    with pytest.MonkeyPatch.context() as smaller:
        # Fewer share the same tickets, so that each has more of them than a page shows.
        smaller.setattr(chains, "TECHNICIANS", SHARERS)
        smaller.setattr(chains, "SITES", SHARERS)
        async with started(chosen_backend(), folder) as servers:
            await apply_topics(servers.kafka)
            async with chain(servers) as given, Client(servers.mongodb) as client:
                await given.live(tickets=LIVED)
                filler = Filler(client, given.processes.prefix)
                await filler.learn(given.lived)
                await filler.fill(STORED)
                for service in SERVICES:
                    db = client[f"{given.processes.prefix}_{service}"]
                    await db.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
                    await db.command({"profile": 2})
                yield given, client


async def read_all_lists(given: Chain) -> None:
    """Every list, by each filter alone, as everybody who may."""
    ticket = given.lived[-1]
    given_ids = {"ticket": ticket, "visit": f"{ticket}-1", "id": ticket, "visit_id": f"{ticket}-1"}
    async with given.processes.client("notify", "admin") as anybody:
        [oldest] = (await anybody.get("/v1/deliveries", params={"limit": 1})).json()["items"]
    values = {**VALUES, **given_ids, "template": oldest["template"]}
    for service in SERVICES:
        async with given.processes.client(service, "admin") as anybody:
            document = (await anybody.get(f"/v1/openapi/{service}.json")).json()
        for role, claims in READERS:
            async with given.processes.client(service, role, **claims) as reader:
                for path, methods in document["paths"].items():
                    names = [
                        each for each in methods.get("get", {}).get("parameters", ()) if each["in"] == "query"
                    ]
                    if not any(each["name"] == "limit" for each in names):
                        continue
                    where = path.replace("{id}", _thing(path, ticket)).replace("{kpi}", "opened")
                    for query in [{}, *(one for each in names for one in _asked(document, each, values))]:
                        answer = await reader.get(where, params={"limit": LIMIT, **query})
                        assert answer.status_code in (200, 403, 404), f"{where} {query}: {answer.text}"


def _thing(path: str, ticket: str) -> str:
    return "care" if "contracts" in path else "shipped.at-risk" if "views" in path else ticket


def _asked(document: Json, parameter: Json, values: Mapping[str, str]) -> Iterator[Json]:
    name, schema = parameter["name"], parameter["schema"]
    if name in ("limit", "cursor"):
        return
    kinds = [schema, *schema.get("anyOf", ())]
    if name == "state":
        [items] = [kind["items"] for kind in kinds if "items" in kind]
        if "$ref" in items:
            items = document["components"]["schemas"][items["$ref"].rpartition("/")[2]]
        yield from ({name: value} for value in items["enum"])
    elif any(kind.get("format") == "date" for kind in kinds):
        # A day on which what is stored here was declared.
        yield {name: f"{datetime.now(UTC):%Y-%m-%d}"}
    elif any(kind.get("type") == "boolean" for kind in kinds):
        yield {name: "true"}
    elif any("enum" in kind for kind in kinds):
        yield from ({name: value} for kind in kinds for value in kind.get("enum", ()))
    else:
        assert name in values, f"say in VALUES what {name} is asked for"
        yield {name: values[name]}


async def asked_of(client: Client, prefix: str) -> list[Json]:
    """Whatever the services asked since their databases write it down."""
    found: list[Json] = []
    for service in SERVICES:
        db = client[f"{prefix}_{service}"]
        await db.command({"profile": 0})
        ours = {"ns": {"$not": {"$regex": "system[.]"}}, "planSummary": {"$exists": True}}
        found += await db["system.profile"].find(ours).to_list(None)
    return found


def _is_too_much(asked: Json) -> bool:
    given = max(asked.get("nreturned", 0), asked.get("nMatched", 0), asked.get("ndeleted", 0))
    read: int = asked.get("docsExamined", 0)
    # Of what words find, all that one technician has may be sorted: it may be less than the words have.
    sorted_at_most = SHARE if asked["command"].get("sort") == {"serial": -1} else SORTED
    return read > SHARE + AT_MOST * given or (read > sorted_at_most and bool(asked.get("hasSortStage")))


def _shape(asked: Json) -> str:
    command = {
        name: asked["command"].get(name) for name in ("filter", "q", "query", "sort", "pipeline", "limit")
    }
    return f"{asked['ns'].split('_', 2)[2]} {asked['planSummary']} read {asked['docsExamined']}: {command}"


@pytest.mark.in_turn
@pytest.mark.timeout(300)
async def test_no_query_reads_much_more_than_it_gives(filled: tuple[Chain, Client]) -> None:
    given, client = filled
    await given.live(tickets=LIVED)
    await read_all_lists(given)
    asked = await asked_of(client, given.processes.prefix)
    assert len(asked) > 1000, "the databases wrote nothing down"
    wasteful = {_shape(each) for each in asked if _is_too_much(each)}
    assert not wasteful, "\n".join(sorted(wasteful))
