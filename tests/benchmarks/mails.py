"""From a dispatch on Kafka to the technician's mailbox and his dispatcher's screen, by notify alone.

The floor is the bare hand-over of the same mails to the same server, over connections that are kept.
"""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP as LINES

import httpx
from aiokafka import AIOKafkaProducer
from aiosmtplib import SMTP

from contracts.catalogue import CATALOGUE
from contracts.dispatch.events import TechnicianDispatched
from infra.chassis.clock import SystemClock
from infra.local.mail_sink import MailSink, Received
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.processes import Processes, running
from tests.servers import RealServers
from tests.services.notify.bench import PEOPLE, Bench
from tests.services.notify.people import at, moved
from tests.services.notify.sink import Sink

RATE = 20
PACED = 200
AT_ONCE = 1000
WARM = 60
CONNECTIONS = 8
FLOOR = "bare hand-over"
PATIENCE_SECONDS = 60.0


async def measure(servers: RealServers) -> list[Figure]:
    """Milliseconds at p99 of 200 dispatches at 20 a second, and mails a second of 1000 at once."""
    sink = MailSink(kept=PACED)
    await sink.start()
    prefix = f"mails{secrets.token_hex(3)}"
    try:
        async with (
            running(
                servers, prefix, {"notify": "services.notify"}, smtp=f"127.0.0.1:{sink.port}"
            ) as services,
            publishing(servers) as bench,
        ):
            run = Run(bench, sink, services, prefix)
            await run.warm()
            to_sink, to_stream = await run.paced()
            ours = await run.at_once()
            mail = sink.messages[0]
            floor = await _handed_over(sink, mail)
            theirs = await _bare(sink, mail)
    finally:
        await sink.stop()
    bare = percentile(floor, 0.99)
    return [
        Figure(f"{name}-p99-after-dispatch", percentile(waits, 0.99), "ms", FLOOR, bare, "at most 5000 ms")
        for name, waits in (("mail", to_sink), ("stream", to_stream))
    ] + [Figure("mails-at-once", ours, "mails/s", FLOOR, theirs, "at least 100 mails/s")]


@asynccontextmanager
async def publishing(servers: RealServers) -> AsyncIterator[Bench]:
    """What speaks for the other services, on their topics."""
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    try:
        yield Bench(servers, "", CATALOGUE, producer, Sink(), SystemClock())
    finally:
        await producer.stop()


@dataclass
class Run:
    """Notify in a process of its own; numbers of dispatches are never used twice."""

    bench: Bench
    sink: MailSink
    services: Processes
    prefix: str

    def dispatch(self, number: int) -> TechnicianDispatched:
        return moved(
            TechnicianDispatched,
            at(9, 30),
            ticket_id=f"{self.prefix}-{number}",
            visit_id=f"{self.prefix}-{number}-1",
            number=f"{self.prefix}-{number}",
            requester_id=None,
            on_site_contact_id=None,
        )

    async def warm(self) -> None:
        """The people are known, and whatever lay on the topics before is done."""
        await self.bench.publish(*PEOPLE)
        await self.bench.publish(*(self.dispatch(-1 - n) for n in range(WARM)))
        await self.sink.until(WARM, seconds=PATIENCE_SECONDS)

    async def paced(self) -> tuple[list[float], list[float]]:
        """Milliseconds from publishing each dispatch to its mail and to its line."""
        published: dict[str, float] = {}
        shown: dict[str, float] = {}
        async with self.services.client("notify", "dispatcher") as client:
            listening = asyncio.Event()
            reading = asyncio.create_task(self._read(client, shown, listening))
            await listening.wait()
            before, begun = self.sink.total, time.perf_counter()
            for number in range(PACED):
                await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
                event = self.dispatch(number)
                published[event.number] = time.time()
                await self.bench.publish(event)
            await self.sink.until(before + PACED, seconds=PATIENCE_SECONDS)
            await asyncio.wait_for(reading, PATIENCE_SECONDS)
        mailed = {number: each.at.timestamp() for each in self.sink.messages[:PACED] for number in _of(each)}
        return _waits(published, mailed), _waits(published, shown)

    async def _read(self, client: httpx.AsyncClient, shown: dict[str, float], there: asyncio.Event) -> None:
        async with client.stream("GET", "/v1/streams/visits", timeout=None) as answer:
            async for line in answer.aiter_lines():
                there.set()
                if line.startswith("data:"):
                    shown[json.loads(line[5:])["data"]["number"]] = time.time()
                    if len(shown) == PACED:
                        return

    async def at_once(self) -> float:
        """Mails a second while a whole day's dispatches come at once."""
        before, begun = self.sink.total, time.perf_counter()
        await self.bench.publish(*(self.dispatch(PACED + n) for n in range(AT_ONCE)))
        await self.sink.until(before + AT_ONCE, seconds=PATIENCE_SECONDS)
        return AT_ONCE / (time.perf_counter() - begun)


def _of(mail: Received) -> list[str]:
    """The number that the subject names."""
    return [word for word in mail.subject.split() if word.startswith("mails")]


def _waits(began: dict[str, float], ended: dict[str, float]) -> list[float]:
    return [(ended[number] - then) * 1000 for number, then in began.items()]


async def _client(sink: MailSink) -> SMTP:
    client = SMTP(hostname="127.0.0.1", port=sink.port)
    await client.connect()
    return client


async def _handed_over(sink: MailSink, mail: Received) -> list[float]:
    """Milliseconds that each bare hand-over takes, at the same pace."""
    message = message_from_bytes(mail.content, policy=LINES)
    client, waits = await _client(sink), list[float]()
    begun = time.perf_counter()
    for number in range(PACED):
        await asyncio.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
        then = time.perf_counter()
        await client.send_message(message)
        waits.append((time.perf_counter() - then) * 1000)
    await client.quit()
    return waits


async def _bare(sink: MailSink, mail: Received) -> float:
    """Mails a second handed over on as many connections as notify may use."""
    message = message_from_bytes(mail.content, policy=LINES)
    numbers = iter(range(AT_ONCE))

    async def worker() -> None:
        client = await _client(sink)
        for _ in numbers:
            await client.send_message(message)
        await client.quit()

    begun = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    return AT_ONCE / (time.perf_counter() - begun)
