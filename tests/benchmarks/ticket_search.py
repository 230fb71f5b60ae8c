"""Searches among 20,000 tickets, and what keeping their words costs.

The texts are what clients said (``phrasings.tsv``), mixed, of a hundred clients, each with a word of its own.
Half of the searches are a client's, half the hotline's, of one to three words, some half-written. The peer is
the list of a number, the same view of one ticket. What the words cost is told by commits on the same tickets
with and without them: of new tickets, and of a change that leaves the words as they are.
"""

import asyncio
import dataclasses
import json
import random
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pymongo

from infra.chassis.clock import SystemClock
from infra.chassis.store.collection import Collection, Document, Ref
from infra.chassis.store.mongo import close, database, ensure_indexes, open_client
from infra.chassis.store.runner import CommandRunner, Store
from infra.chassis.store.unit import Cause, Entry, Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets, queued_at
from tests.benchmarks import reference
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.known_repairs import phrasings
from tests.benchmarks.load import Connection, get, post
from tests.benchmarks.processes import running
from tests.infra.chassis.toy import catalogue
from tests.servers import RealServers

SIZE, CLIENTS = 20_000, 100
ASKED, WARM = 400, 40
AT_ONCE, COMMITS = 64, 3_000
INSERTED = 500
CAUSE = Cause(actor="bench", correlation_id="bench")
OF_WORDS = frozenset({"words", "customers_words"})

Bare = dataclasses.replace(
    Tickets,
    name="bare_tickets",
    indexes=tuple(index for index in Tickets.indexes if index.name not in OF_WORDS),
    searched_by=lambda ticket: {"queued_at": queued_at(ticket)},
)
"""Tickets as they would be without their words."""


async def measure(servers: RealServers) -> list[Figure]:
    return await measured(servers, SIZE)


async def measured(servers: RealServers, size: int) -> list[Figure]:
    """Milliseconds a search at the 95th percentile of 400; commits a second with and without words."""
    prefix, chance = reference.prefix(), random.Random(7)
    only = {"ticket": "services.ticket", "inventory": "services.inventory"}
    async with running(servers, prefix, only) as processes:
        await reference.write(processes, sites=1, technicians=0, whole=True)
        agent = processes.issuer.token("agent", subject="bench")
        client = processes.issuer.token("portal", customer="acme", subject="bench")
        connection = await Connection.open(processes.addresses["ticket"])
        async with pymongo.AsyncMongoClient[Document](servers.mongodb) as mongo:
            stored = mongo[f"{prefix}_ticket"][Tickets.name]
            template = await _template(connection, agent, stored)
            many = [_varied(template, n, chance) for n in range(size)]
            for at in range(0, size, INSERTED):
                await stored.insert_many([_document(each) for each in many[at : at + INSERTED]])

        # Filling takes longer than an idle connection is kept.
        connection = await Connection.open(processes.addresses["ticket"])

        async def took(paths: Iterator[tuple[str, str]]) -> list[float]:
            times = []
            for path, token in paths:
                begun = time.perf_counter()
                status, answer = await connection.ask(get(path, token))
                if status != 200:
                    raise SystemExit(f"the benchmark needs 200 and got {status}: {answer.decode()}")
                times.append((time.perf_counter() - begun) * 1000)
            return times[WARM:]

        asked = _asked(many, chance, agent, client)
        ours = percentile(await took(asked), 0.95)
        numbers = ((f"/v1/tickets?number={chance.choice(many).number}", agent) for _ in range(WARM + ASKED))
        theirs = percentile(await took(numbers), 0.95)
    added, changed = await _commits(servers, many[: 2 * COMMITS])
    return [
        Figure(f"ticket-search-among-{size}", ours, "ms p95", "by number", theirs, "at most 100 ms"),
        Figure("tickets-added-with-words", *added, "at least 0.4 x"),
        Figure("tickets-changed-with-words", *changed, "at least 0.9 x"),
    ]


async def _template(connection: Connection, token: str, stored: Any) -> Ticket:
    """One ticket as the service itself stores it."""
    body = json.dumps(reference.ticket(0)).encode()
    status, answer = await connection.ask(post("/v1/tickets", token, body, secrets.token_hex(8)))
    if status != 201:
        raise SystemExit(f"the benchmark needs 201 and got {status}: {answer.decode()}")
    ticket: Ticket = Tickets.decode(await stored.find_one({"_id": json.loads(answer)["id"]}))
    return ticket


def _varied(template: Ticket, n: int, chance: random.Random) -> Ticket:
    texts = [text for _, text in chance.sample(phrasings(), 3)]
    customer = f"c{n % CLIENTS:03d}" if n % CLIENTS else "acme"
    return replace(
        template,
        id=f"{n:08x}{template.id[8:]}",
        number=f"T-2025-{n:06d}",
        customer_id=customer,
        summary=texts[0][:160],
        description=f"{texts[1]}. {texts[2]}. {chance.choice('xyz')}{n:05d}",
    )


def _document(ticket: Ticket) -> Document:
    arrays: Document = {"outbox": [], "streams": {}, "keys": [], "rows": [], "commits": []}
    own = {"_id": ticket.id, "version": 1, "schema": Tickets.schema, "updated_at": datetime.now(UTC)}
    return {**own, **Tickets.encode(ticket), **arrays}


def _asked(
    many: Sequence[Ticket], chance: random.Random, agent: str, client: str
) -> Iterator[tuple[str, str]]:
    for n in range(WARM + ASKED):
        ticket = chance.choice(many)
        words = chance.sample(f"{ticket.summary} {ticket.description}".split(), chance.choice((1, 2, 2, 3)))
        if n % 4 == 3:
            words[-1] = words[-1][: max(3, len(words[-1]) - 2)]
        yield f"/v1/tickets?q={quote(' '.join(words))}", agent if n % 2 else client


@dataclass(frozen=True)
class _Add:
    kind: Collection[Ticket]
    ticket: Ticket

    def loads(self) -> tuple[Ref, ...]:
        return ()

    def decide(self, unit: Unit) -> None:
        unit.add(self.kind, self.ticket)


@dataclass(frozen=True)
class _Take:
    kind: Collection[Ticket]
    id: str
    agent: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(self.kind, self.id),)

    def decide(self, unit: Unit) -> None:
        ticket = unit.get(self.kind, self.id)
        assert ticket is not None
        unit.save(self.kind, replace(ticket, agent_id=self.agent, lines=ticket.lines + 1))


Rates = tuple[float, str, str, float]


async def _commits(servers: RealServers, tickets: Sequence[Ticket]) -> tuple[Rates, Rates]:
    """Commits a second with words, beside those without: tickets added, and tickets taken by somebody.

    Both kinds take turns, so that what the machine does meanwhile is the same for both.
    """
    client = open_client(servers.mongodb, application="bench")
    db = database(client, f"bench_{secrets.token_hex(4)}")
    clock = SystemClock()
    runner = CommandRunner(Store(client, db, clock, clock, 0, catalogue("bench")), _published)
    spent: dict[tuple[str, str], float] = {}
    try:
        await ensure_indexes(db, (Tickets, Bare))
        for at in range(0, len(tickets), INSERTED):
            some = tickets[at : at + INSERTED]
            for kind in (Tickets, Bare) if at % (2 * INSERTED) else (Bare, Tickets):
                for what, commands in (
                    ("added", [_Add(kind, ticket) for ticket in some]),
                    ("changed", [_Take(kind, ticket.id, secrets.token_hex(4)) for ticket in some]),
                ):
                    took = await _seconds(runner, commands)
                    spent[what, kind.name] = spent.get((what, kind.name), 0.0) + took
    finally:
        await client.drop_database(db.name)
        await close(client)
    added, changed = (
        (
            len(tickets) / spent[what, Tickets.name],
            "commits/s",
            "without words",
            len(tickets) / spent[what, Bare.name],
        )
        for what in ("added", "changed")
    )
    return added, changed


async def _seconds(runner: CommandRunner, commands: Sequence[Any]) -> float:
    waiting = iter(commands)

    async def worker() -> None:
        for command in waiting:
            await runner.run(command, CAUSE)

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return time.perf_counter() - begun


def _published(entries: Sequence[Entry]) -> None:
    """Publishing is the same for both and is left out of both."""
