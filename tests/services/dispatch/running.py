"""The dispatch service running on a real Kafka and a real MongoDB, with the others' events at hand."""

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
from contracts.envelope import Envelope, Payload
from infra.chassis.clock import SteppedClock
from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER
from infra.chassis.runtime import Runtime
from services.dispatch.app import build
from services.dispatch.settings import Settings
from tests.servers import RealServers, until
from tests.world import MONDAY_NINE

KEY = ECKey.generate_key("P-256", {"kid": "test"}, private=True)


def token(role: str, subject: str | None = None, customer: str | None = None) -> str:
    claims: dict[str, Any] = {
        "iss": DEVELOPMENT_ISSUER,
        "aud": AUDIENCE,
        "role": role,
        "sub": subject or role,
    }
    if customer is not None:
        claims["customer"] = customer
    return jwt.encode({"alg": "ES256", "kid": "test"}, {**claims, "exp": int(time.time()) + 600}, KEY)


@dataclass
class Running:
    """``as_`` gives a client that carries somebody's token; ``publish`` speaks for other services."""

    app: FastAPI
    clock: SteppedClock
    kafka: AIOKafkaProducer
    _versions: dict[str, int] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def as_(self, role: str, subject: str | None = None, customer: str | None = None) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://dispatch",
            headers={"Authorization": f"Bearer {token(role, subject, customer)}"},
        )

    async def publish(self, payload: Payload, *, subject: str, key: str | None = None) -> None:
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
            actor="dr-martin",
            correlation_id=f"c-{subject}",
        )
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        await self.kafka.send_and_wait(
            topic.name, payload.encode(), key=envelope.key.encode(), headers=headers
        )

    async def comes_to(self, visit_id: str, state: str, within: float = 20) -> dict[str, Any]:
        """The visit, once it is in that state."""
        found: dict[str, Any] = {}

        async def there() -> bool:
            async with self.as_("dispatcher") as dispatcher:
                answer = await dispatcher.get(f"/v1/visits/{visit_id}")
            found.update(answer.json())
            return answer.status_code == 200 and found["state"] == state

        await until(there, within=within)
        return found


@asynccontextmanager
async def running(
    servers: RealServers, unique: str, *, replan_seconds: float = 60.0, osrm: str = ""
) -> AsyncIterator[Running]:
    """The whole service, in this process, on names of its own, on a Monday at nine that does not pass."""
    settings = Settings(
        profile="development",
        issuer=DEVELOPMENT_ISSUER,
        jwks=json.dumps({"keys": [KEY.as_dict(private=False)]}),
        database_prefix=unique,
        group_prefix=unique,
        requests_per_minute=None,
        log_level="WARNING",
        replan_seconds=replan_seconds,
        osrm=osrm,
    )
    clock = SteppedClock(MONDAY_NINE, frozen=True)
    app = build(settings, clock=clock, mongo=servers.mongodb, kafka=servers.kafka)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    try:
        async with app.router.lifespan_context(app):
            service = Running(app, clock, producer)

            async def reads() -> bool:
                return service.runtime.prepared.is_set() and bool(service.runtime.consumer.assignment())

            await until(reads, within=20)
            yield service
    finally:
        await producer.stop()
