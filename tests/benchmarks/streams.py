"""500 open streams on one replica of notify: how long an event takes to each, and what they hold in memory.

A tenth of them are the firm's, who get every line; the others are technicians, who get their own.
Readers are bare sockets, so that they cost the machine less than the service does.
"""

import asyncio
import json
import secrets
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from contracts.dispatch.events import TechnicianDispatched
from contracts.dispatch.states import TechnicianChanged
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.mails import publishing
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers, resident, until
from tests.services.notify.bench import PEOPLE
from tests.services.notify.people import at, moved

STREAMS = 500
FIRMS = 50
RATE = 20
EVENTS = 400
MIB = 2**20
GOAL_MIB = 150.0
PATIENCE_SECONDS = 60.0


@dataclass
class Reader:
    """One open stream, and when each event's line came."""

    came: dict[str, float] = field(default_factory=dict)

    async def follow(self, address: str, token: str, open_: asyncio.Event) -> None:
        parts = urlsplit(address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            asked = [
                "GET /v1/streams/visits HTTP/1.1",
                f"Host: {parts.netloc}",
                f"Authorization: Bearer {token}",
                "Last-Event-ID: 0",
                "",
                "",
            ]
            writer.write("\r\n".join(asked).encode())
            status = await reader.readline()
            assert b" 200 " in status, status
            open_.set()
            while line := await reader.readline():
                if line.startswith(b"data:"):
                    self.came[json.loads(line[5:])["data"]["number"]] = time.perf_counter()
        finally:
            writer.close()


async def measure(servers: RealServers) -> list[Figure]:
    """The goals: at most 150 MiB in all, and a second from Kafka to whoever reads, at p99."""
    prefix = f"streams{secrets.token_hex(3)}"
    async with (
        running(servers, prefix, {"notify": "services.notify"}) as services,
        publishing(servers) as bench,
    ):
        lea = next(each for each in PEOPLE if isinstance(each, TechnicianChanged))
        technicians = (lea.model_copy(update={"technician_id": f"tech-{n}"}) for n in range(FIRMS, STREAMS))
        await bench.publish(*PEOPLE, *technicians)
        readers = [Reader() for _ in range(STREAMS)]
        async with AsyncExitStack() as stack:
            await _opened(stack, readers, services)
            published: dict[str, float] = {}
            begun = time.perf_counter()
            for number in range(EVENTS):
                await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
                event = _event(prefix, number)
                published[event.number] = time.perf_counter()
                await bench.publish(event)
            await until(partial(_all_came, readers), within=PATIENCE_SECONDS)
            held = resident(services.pids["notify"])
    waits = [came - published[number] for each in readers for number, came in each.came.items()]
    return [
        Figure("streams-500-p99", percentile(waits, 0.99), "s", "a second", 1.0, "at most 1 x"),
        Figure("streams-500-memory", held / MIB, "MiB", "goal", GOAL_MIB, "at most 1 x"),
    ]


async def _opened(stack: AsyncExitStack, readers: list[Reader], services: Processes) -> None:
    address, opened = services.addresses["notify"], [asyncio.Event() for _ in readers]
    for index, (reader, open_) in enumerate(zip(readers, opened, strict=True)):
        who = ("dispatcher", "bench") if index < FIRMS else ("technician", f"tech-{index}")
        token = services.issuer.token(who[0], subject=who[1])
        task = asyncio.create_task(reader.follow(address, token, open_))
        stack.callback(task.cancel)
    await asyncio.wait_for(asyncio.gather(*(each.wait() for each in opened)), PATIENCE_SECONDS)


async def _all_came(readers: list[Reader]) -> bool:
    """The firm's readers have every event, the technicians each those that are his."""
    firms = (len(each.came) == EVENTS for each in readers[:FIRMS])
    return all(firms) and sum(len(each.came) for each in readers[FIRMS:]) == EVENTS


def _event(prefix: str, number: int) -> TechnicianDispatched:
    return moved(
        TechnicianDispatched,
        at(9, 30),
        f"tech-{FIRMS + number % (STREAMS - FIRMS)}",
        ticket_id=f"{prefix}-{number}",
        visit_id=f"{prefix}-{number}-1",
        number=f"{prefix}-{number}",
        requester_id=None,
        on_site_contact_id=None,
    )
