"""Notify running on real servers with a real mail sink, and a way to publish what others would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.catalogue import TOPICS, Catalogue
from contracts.envelope import Envelope, Payload
from infra.chassis.clock import Clock, SteppedClock
from infra.chassis.events.topics import apply_topics
from infra.chassis.runtime import Runtime
from services.notify.app import service
from services.notify.mail.compose import Sender
from services.notify.mail.smtp import Server
from services.notify.push.sealing import VapidKey
from services.notify.settings import Settings
from services.notify.sms.gateway import Gateway
from services.notify.views.live import LiveStreams
from services.notify.webhooks.posting import networks_of
from tests.contracts.messages import envelope_of
from tests.servers import RealServers
from tests.services.notify.people import ANNE, CLINIC, LEA, MARC, NORTH, SOUTH
from tests.services.notify.sink import Sink
from tests.world import MONDAY_NINE

PEOPLE = (ANNE, CLINIC, LEA, MARC, NORTH, SOUTH)


def private_catalogue(prefix: str) -> Catalogue:
    """The platform's streams under topic names of one test, on fewer partitions."""
    return Catalogue(
        replace(topic, name=f"{prefix}.{topic.name}", partitions=min(topic.partitions, 3))
        for topic in TOPICS
        if topic.owner == "notify" or any("notify" in readers for readers in topic.consumers.values())
    )


@dataclass
class Bench:
    """``publish`` puts events on Kafka as their owner would; ``start`` runs one more replica of notify."""

    servers: RealServers
    unique: str
    catalogue: Catalogue
    producer: AIOKafkaProducer
    sink: Sink
    clock: Clock
    count: int = 0
    sms: Gateway | None = None
    push: VapidKey | None = None

    async def publish(self, *events: Payload) -> list[Envelope]:
        """All of them, acknowledged, each as the next of its aggregate."""
        envelopes, sent = [], []
        for event in events:
            self.count += 1
            made = envelope_of(event)
            envelope = replace(
                made,
                topic=f"{self.unique}.{made.topic}" if self.unique else made.topic,
                id=f"{made.subject}:{self.count}",
                sequence=self.count,
                occurred_at=self.clock.now(),
                recorded_at=self.clock.now(),
            )
            envelopes.append(envelope)
            sent.append(await self.send(envelope, event))
        await asyncio.gather(*sent)
        return envelopes

    async def send(self, envelope: Envelope, event: Payload) -> Any:
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        return await self.producer.send(
            envelope.topic, event.encode(), key=envelope.key.encode(), headers=headers
        )

    def replica(self, live: LiveStreams | None = None) -> Runtime:
        settings = Settings(
            smtp=Server("127.0.0.1", self.sink.port),
            sender=Sender("Firm", "firm@firm.example", "http://firm.example"),
            sms=self.sms,
            push=self.push,
            webhook_networks=networks_of("127.0.0.0/8"),
        )
        return Runtime(
            service(settings, live or LiveStreams()),
            clock=self.clock,
            mongo=self.servers.mongodb,
            kafka=self.servers.kafka,
            database_name=self.unique,
            group=self.unique,
            catalogue=self.catalogue,
        )

    @asynccontextmanager
    async def running(self, live: LiveStreams | None = None) -> AsyncIterator[Runtime]:
        runtime = self.replica(live)
        await runtime.start()
        try:
            await runtime.prepared.wait()
            yield runtime
        finally:
            await runtime.stop()


@asynccontextmanager
async def bench(servers: RealServers, unique: str) -> AsyncIterator[Bench]:
    catalogue = private_catalogue(unique)
    await apply_topics(servers.kafka, catalogue=catalogue)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    async with Sink() as sink:
        made = Bench(servers, unique, catalogue, producer, sink, SteppedClock(MONDAY_NINE))
        try:
            yield made
        finally:
            await producer.stop()
