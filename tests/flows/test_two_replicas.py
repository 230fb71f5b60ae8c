"""Two replicas, hundreds of deadlines in seconds, one killed meanwhile: each breach is said once and soon."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer

from contracts.values import parse_rfc3339, rfc3339, to_millisecond
from tests.flows.apart import Apart
from tests.flows.firm import Firm, promise
from tests.flows.log_reading import Told, gaps, told
from tests.flows.waiting import until

TICKETS = 300
AT_ONCE = 16
MINUTES = 60
OPENING = timedelta(seconds=6)
FALLING = timedelta(seconds=3)
"""Most are open after ``OPENING``; then their deadlines fall, spread over ``FALLING``."""
LATEST = timedelta(seconds=5)
"""What a dead replica had stored and not sent is sent by another after two seconds."""


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


async def test_each_breach_is_said_once_and_soon_while_a_replica_is_killed(apart: Apart, unique: str) -> None:
    _, victim, _ = await apart.start("inventory", "ticket", "ticket")
    firm = Firm(apart, unique)
    acme = await firm.customer()
    await firm.contract(acme, promise(MINUTES))
    site, work = await firm.site(acme), await firm.work()
    async with followed(apart.kafka) as log:
        begin = to_millisecond(datetime.now(UTC)) + OPENING
        deadlines = [begin + n * FALLING / TICKETS for n in range(TICKETS)]
        due = await tickets_due(firm, work, site, deadlines)

        async def in_the_middle() -> bool:
            return len(log.breaches()) >= TICKETS // 3

        await until(in_the_middle, why="for a third of the breaches", every=0.01)
        await victim.is_killed()
        assert len({each.subject for each in log.breaches()}) < TICKETS, "it was killed too late"

        async def all_said() -> bool:
            return {each.subject for each in log.breaches()} >= due.keys()

        await until(all_said, why=lambda: f"for {TICKETS} breaches, {len(log.breaches())} came")
        late = [sent_at - due[each.subject] for each, sent_at in log.events if each.type == "sla-breached"]
    assert max(late) <= LATEST
    events = told(await apart.records("ticket.sla.v1"))
    of_ours = [each for each in events if each.subject in due]
    assert gaps(of_ours) == {}
    said = {(each.subject, each.number): each for each in of_ours if each.type == "sla-breached"}.values()
    assert sorted(each.subject for each in said) == sorted(due)
    for each in said:
        assert parse_rfc3339(each.headers["ce_time"]) == due[each.subject]


async def tickets_due(firm: Firm, work: str, site: str, deadlines: list[datetime]) -> dict[str, datetime]:
    """A ticket for each deadline, opened through both replicas; when each is due."""
    due: dict[str, datetime] = {}
    left = iter(deadlines)

    async def opens_some() -> None:
        for deadline in left:
            at = to_millisecond(deadline)
            occurred = rfc3339(at - timedelta(minutes=MINUTES))
            due[(await firm.opens(work, site, occurred_at=occurred)).id] = at

    await asyncio.gather(*(opens_some() for _ in range(AT_ONCE)))
    return due
