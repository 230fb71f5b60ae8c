"""The inventory service running on a real Kafka and a real MongoDB, with the others' events at hand."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.catalogue import CATALOGUE
from contracts.envelope import Envelope, Payload, State
from infra.chassis.clock import SystemClock
from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER
from infra.chassis.runtime import Runtime
from services.inventory.app import build
from services.inventory.settings import Settings
from tests.servers import RealServers, until
from tests.world import MONDAY_NINE

KEY = ECKey.generate_key("P-256", {"kid": "test"}, private=True)


def token(role: str, customer: str | None = None, subject: str = "somebody") -> str:
    claims: dict[str, Any] = {"iss": DEVELOPMENT_ISSUER, "aud": AUDIENCE, "role": role, "sub": subject}
    if customer is not None:
        claims["customer"] = customer
    return jwt.encode({"alg": "ES256", "kid": "test"}, {**claims, "exp": int(time.time()) + 600}, KEY)


@dataclass
class Running:
    """``as_`` gives a client that carries somebody's token; ``publish`` speaks for other services."""

    app: FastAPI
    kafka: AIOKafkaProducer
    unique: str
    _versions: dict[str, int] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def as_(self, role: str, customer: str | None = None, subject: str = "somebody") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://inventory",
            headers={"Authorization": f"Bearer {token(role, customer, subject)}"},
        )

    async def publish(self, payload: Payload, *, subject: str, key: str | None = None) -> Envelope:
        """An event as its owner would publish it; each one of a subject has the next number."""
        topic = CATALOGUE.topic_for(type(payload))
        place = f"{topic.name} {subject}"
        n = self._versions[place] = self._versions.get(place, 0) + 1
        envelope = Envelope(
            topic=topic.name,
            source=topic.source,
            id=f"{subject}:{n}",
            type=payload.TYPE,
            major=payload.MAJOR,
            subject=subject,
            key=key or subject,
            sequence=n,
            occurred_at=MONDAY_NINE,
            recorded_at=MONDAY_NINE,
            actor="lea",
            correlation_id="c-test",
        )
        await self.send(envelope, payload)
        return envelope

    async def send(self, envelope: Envelope, payload: Payload) -> None:
        """Exactly this record, be it for the second time."""
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        key = envelope.key.encode()
        await self.kafka.send_and_wait(envelope.topic, payload.encode(), key=key, headers=headers)

    async def visit(self, fact: Any) -> Envelope:
        """A fact of dispatch's."""
        return await self.publish(fact, subject=fact.visit_id, key=fact.ticket_id)

    async def state(self, state: State, subject: str) -> None:
        await self.publish(state, subject=subject)

    async def reads(self) -> bool:
        """Whether it has its database ready and its partitions assigned."""
        return self.runtime.prepared.is_set() and bool(self.runtime.consumer.assignment())

    async def settled(self) -> None:
        """Everything published so far has been applied, and what it led to has been published."""

        async def quiet() -> bool:
            return not await self.runtime.unquiet()

        await until(quiet, within=20)


@asynccontextmanager
async def running(servers: RealServers, unique: str) -> AsyncIterator[Running]:
    """The whole service, in this process, on names of its own."""
    settings = Settings(
        profile="development",
        issuer=DEVELOPMENT_ISSUER,
        jwks=json.dumps({"keys": [KEY.as_dict(private=False)]}),
        database_prefix=unique,
        group_prefix=unique,
        requests_per_minute=None,
        log_level="WARNING",
        codes_keys=("the key of these tests",),
        link_key="the key of these tests' links",
    )
    app = build(settings, clock=SystemClock(), mongo=servers.mongodb, kafka=servers.kafka)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    try:
        async with app.router.lifespan_context(app):
            service = Running(app, producer, unique)
            await until(service.reads, within=20)
            yield service
    finally:
        await producer.stop()
