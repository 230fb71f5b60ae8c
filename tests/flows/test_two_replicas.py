"""Two replicas, hundreds of deadlines in seconds, one killed meanwhile: each breach is said once and soon."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from contracts.values import parse_rfc3339, rfc3339, to_millisecond
from tests.flows.apart import Apart
from tests.flows.firm import Firm, done, promise
from tests.flows.log_reading import Told, gaps, told
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

TICKETS = 300
AT_ONCE = 16
MINUTES = 60
LEFT = timedelta(seconds=3)
"""Of what is allowed when a ticket is opened: deadlines fall one after the other as tickets are opened."""
LATEST = timedelta(seconds=6)
"""What a dead replica had stored and not sent is sent by another, after two seconds on a machine at rest."""


@dataclass
class Log:
    """What comes on ``ticket.sla.v1``, each event with when the broker had it."""

    events: list[tuple[Told, datetime]] = field(default_factory=list)

    def breaches(self) -> list[Told]:
        return [event for event, _ in self.events if event.type == "sla-breached"]

    async def follows(self, reader: AIOKafkaConsumer) -> None:
        async for record in reader:
            sent_at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
            self.events += [(event, sent_at) for event in told([record])]


@asynccontextmanager
async def followed(kafka: str) -> AsyncIterator[Log]:
    log = Log()
    async with AIOKafkaConsumer(
        "ticket.sla.v1", bootstrap_servers=kafka, auto_offset_reset="latest"
    ) as reader:
        await reader.seek_to_end()
        following = asyncio.create_task(log.follows(reader))
        try:
            yield log
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


@dataclass
class Opening:
    """Opens tickets through both replicas; asks again where one has gone, as every client does."""

    firm: Firm
    work: str
    site: str
    due: dict[str, datetime] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)

    async def all(self) -> None:
        left = iter(range(TICKETS))
        await asyncio.gather(*(self._some(left) for _ in range(AT_ONCE)))

    async def _some(self, left: Iterator[int]) -> None:
        for n in left:
            at = to_millisecond(datetime.now(UTC)) + LEFT
            occurred = rfc3339(at - timedelta(minutes=MINUTES))
            id = await self._opened(f"{self.firm.name}-{n}", occurred)
            self.due[id], self.answered[id] = at, datetime.now(UTC)

    async def _opened(self, key: str, occurred: str) -> str:
        body = self.firm.request(self.work, self.site, occurred_at=occurred)
        while True:
            with suppress(httpx.TransportError):
                return str(done(await self.firm.agent.post("/v1/tickets", body, key=key))["id"])


async def test_each_breach_is_said_once_and_soon_while_a_replica_is_killed(apart: Apart, unique: str) -> None:
    _, victim, survivor = await apart.start("inventory", "ticket", "ticket")
    firm = Firm(apart, unique)
    acme = await firm.customer()
    await firm.contract(acme, promise(MINUTES))
    opening = Opening(firm, await firm.work(), await firm.site(acme))
    async with followed(apart.kafka) as log, asyncio.TaskGroup() as group:
        opened = group.create_task(opening.all())

        async def in_the_middle() -> bool:
            return len(log.breaches()) >= TICKETS // 3

        await until(in_the_middle, why="for a third of the breaches", every=0.01)
        assert victim.runs
        await victim.is_killed()
        assert len(log.breaches()) < TICKETS, "it was killed too late"
        await opened
        due = opening.due
        assert len(due) == TICKETS

        async def all_said() -> bool:
            return {each.subject for each in log.breaches()} >= due.keys()

        await until(all_said, why=lambda: f"for {TICKETS} breaches, {len(log.breaches())} came")
        assert survivor.runs
    for event, sent_at in log.events:
        if event.type == "sla-breached":
            assert sent_at - max(due[event.subject], opening.answered[event.subject]) <= LATEST
    events = [each for each in told(await apart.records("ticket.sla.v1")) if each.subject in due]
    assert gaps(events) == {}
    said = {(each.subject, each.number): each for each in events if each.type == "sla-breached"}.values()
    assert sorted(each.subject for each in said) == sorted(due)
    for each in said:
        assert parse_rfc3339(each.headers["ce_time"]) == due[each.subject]
