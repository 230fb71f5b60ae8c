"""Every clock of a service's database worked out again, beside what was said of it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from contracts.catalogue import CATALOGUE, InvalidBody, UnknownMajor, UnknownType
from contracts.envelope import Unreadable, read_envelope
from contracts.ticket.sla import SlaFact, SlaStarted
from infra.chassis.events.browsing import there_now
from infra.chassis.store.epoch import read_epoch
from infra.chassis.store.mongo import Database
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.sla_replaying import Difference, differences
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.tickets import Tickets

TOPIC = CATALOGUE.topic_for(SlaStarted).name
STREAM = CATALOGUE.topic_named(TOPIC).stream

Told = tuple[int, SlaFact]
"""A fact and the epoch that it was told in."""


@dataclass
class Replayed:
    """What was compared, and where it differs."""

    tickets: int = 0
    clocks: int = 0
    facts: int | None = None
    differences: list[Difference] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "differences": [asdict(each) for each in self.differences]}


async def replayed(db: Database, kafka: str | None) -> Replayed:
    """Compare every ticket; with ``kafka`` the facts on its topic too."""
    published = None if kafka is None else await _published(kafka)
    epoch = await read_epoch(db)
    found = Replayed(facts=None if published is None else sum(map(len, published.values())))
    revisions: dict[str, ContractRevision] = {}
    async for document in db[Tickets.name].find({"sla": {"$type": "object"}}).sort("_id", 1):
        ticket = Tickets.decode(document)
        assert ticket.sla is not None, "that is what was asked for"
        for id in ticket.sla.revision_ids:
            if id not in revisions:
                stored = await db[ContractRevisions.name].find_one({"_id": id})
                if stored is not None:
                    revisions[id] = ContractRevisions.decode(stored)
        found.tickets += 1
        found.clocks += len(ticket.sla.clocks)
        if missing := [id for id in ticket.sla.revision_ids if id not in revisions]:
            lacking = Difference(ticket.id, ticket.number, "", "", "clocks", f"no revision {missing[0]}")
            found.differences.append(lacking)
            continue
        told = document.get("streams", {}).get(STREAM, 0)
        stream = None if published is None else still_true(published[ticket.id], told, epoch)
        found.differences += differences(ticket, revisions, stream)
    return found


def still_true(published: Mapping[int, Told], told: int, epoch: int) -> dict[int, SlaFact]:
    """What a topic says of a ticket without what a restore took back.

    That is of an epoch before the present one, and of a number that the ticket has not told since.
    """
    return {n: fact for n, (of, fact) in published.items() if of == epoch or n <= told}


async def _published(kafka: str) -> dict[str, dict[int, Told]]:
    found: dict[str, dict[int, Told]] = defaultdict(dict)
    async for record in there_now(kafka, TOPIC):
        try:
            envelope = read_envelope(record.topic, record.key, record.headers)
            fact = CATALOGUE.decode(envelope, record.value)
        except (Unreadable, UnknownType, UnknownMajor, InvalidBody):
            continue  # whoever wrote it, it says nothing of a clock: its readers put it aside
        assert isinstance(fact, SlaFact), "its topic carries nothing else"
        before = found[fact.ticket_id].get(envelope.sequence)
        if before is None or before[0] <= envelope.epoch:
            found[fact.ticket_id][envelope.sequence] = (envelope.epoch, fact)
    return found
