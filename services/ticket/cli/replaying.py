"""Every clock of a service's database worked out again, beside what was said of it."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

from contracts.catalogue import CATALOGUE, InvalidBody, UnknownMajor, UnknownType
from contracts.envelope import Unreadable, read_envelope
from contracts.ticket.sla import SlaFact, SlaStarted
from infra.chassis.events.browsing import there_now
from infra.chassis.store.mongo import Database
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.sla_replaying import Difference, differences
from services.ticket.store.contracts import ContractRevisions
from services.ticket.store.tickets import Tickets

TOPIC = CATALOGUE.topic_for(SlaStarted).name


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
        stream = None if published is None else published[ticket.id]
        found.differences += differences(ticket, revisions, stream)
    return found


async def _published(kafka: str) -> dict[str, dict[int, SlaFact]]:
    found: dict[str, dict[int, SlaFact]] = defaultdict(dict)
    async for record in there_now(kafka, TOPIC):
        try:
            envelope = read_envelope(record.topic, record.key, record.headers)
            fact = CATALOGUE.decode(envelope, record.value)
        except (Unreadable, UnknownType, UnknownMajor, InvalidBody):
            continue  # whoever wrote it, it says nothing of a clock: its readers put it aside
        assert isinstance(fact, SlaFact), "its topic carries nothing else"
        found[fact.ticket_id][envelope.sequence] = fact
    return found
