"""The ticket service running on a real Kafka and a real MongoDB, with the others' events at hand."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey

from contracts.catalogue import CATALOGUE
from contracts.envelope import Envelope, Payload, read_envelope
from contracts.inventory.states import SiteChanged
from contracts.values import to_millisecond
from infra.chassis.clock import SystemClock
from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER
from infra.chassis.runtime import Runtime
from services.ticket.app import build
from services.ticket.settings import Settings
from tests.servers import RealServers, until
from tests.services.ticket.sample import ALWAYS, site

KEY = ECKey.generate_key("P-256", {"kid": "test"}, private=True)
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "test"}, private=True)


def token(
    role: str,
    customer: str | None = None,
    subject: str | None = "somebody",
    *,
    key: ECKey = KEY,
    expires: int = 600,
) -> str:
    claims: dict[str, Any] = {"iss": DEVELOPMENT_ISSUER, "aud": AUDIENCE, "role": role, "sub": subject}
    if customer is not None:
        claims["customer"] = customer
    return jwt.encode({"alg": "ES256", "kid": "test"}, {**claims, "exp": int(time.time()) + expires}, key)


@dataclass
class Running:
    """``as_`` gives a client that carries somebody's token; ``publish`` speaks for other services."""

    app: FastAPI
    producer: AIOKafkaProducer
    kafka: str
    _versions: dict[str, int] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    def as_(self, role: str, customer: str | None = None, subject: str = "somebody") -> httpx.AsyncClient:
        return self.with_token(token(role, customer, subject))

    def with_token(self, bearer: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://ticket",
            headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
        )

    async def publish(self, payload: Payload, *, subject: str, key: str | None = None) -> Envelope:
        """An event as its owner would publish it; each one of a subject has the next number."""
        topic = CATALOGUE.topic_for(type(payload))
        place = f"{topic.name} {subject}"
        n = self._versions[place] = self._versions.get(place, 0) + 1
        now = to_millisecond(datetime.now(UTC))
        envelope = Envelope(
            topic=topic.name,
            source=topic.source,
            id=f"{subject}:{n}",
            type=payload.TYPE,
            major=payload.MAJOR,
            subject=subject,
            key=key or subject,
            sequence=n,
            occurred_at=now,
            recorded_at=now,
            actor="lea",
            correlation_id="c-test",
        )
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        await self.producer.send_and_wait(
            topic.name, payload.encode(), key=envelope.key.encode(), headers=headers
        )
        return envelope

    async def visit_fact(self, fact: Any) -> None:
        await self.publish(fact, subject=fact.visit_id, key=fact.ticket_id)

    async def site(self, id: str, customer: str) -> SiteChanged:
        known = site(id, customer)
        await self.publish(known, subject=id)
        return known

    async def read_facts(
        self, key: str, topic: str = "ticket.lifecycle.v1"
    ) -> list[tuple[Envelope, Payload]]:
        """Every event with this key that stands in the topic now, in order."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=None)
        await consumer.start()
        try:
            count = CATALOGUE.topic_named(topic).partitions
            partitions = [TopicPartition(topic, n) for n in range(count)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(partitions)
            found = []
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        if record.key == key.encode():
                            envelope = read_envelope(record.topic, record.key, record.headers)
                            found.append((envelope, CATALOGUE.decode(envelope, record.value)))
            return found
        finally:
            await consumer.stop()

    async def reads(self) -> bool:
        """Whether it has its database ready and its partitions assigned."""
        return self.runtime.prepared.is_set() and bool(self.runtime.consumer.assignment())


@asynccontextmanager
async def running(servers: RealServers, unique: str, **settings_too: Any) -> AsyncIterator[Running]:
    """The whole service, in this process, on names of its own."""
    settings = Settings(
        profile="development",
        issuer=DEVELOPMENT_ISSUER,
        jwks=json.dumps({"keys": [KEY.as_dict(private=False)]}),
        database_prefix=unique,
        group_prefix=unique,
        requests_per_minute=None,
        log_level="WARNING",
        **settings_too,
    )
    app = build(settings, clock=SystemClock(), mongo=servers.mongodb, kafka=servers.kafka)
    producer = AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all")
    await producer.start()
    try:
        async with app.router.lifespan_context(app):
            service = Running(app, producer, servers.kafka)
            await until(service.reads, within=20)
            yield service
    finally:
        await producer.stop()


@dataclass(frozen=True)
class Firm:
    """Two customers with their sites and contracts, made through the API; ids are of this test alone."""

    service: Running
    name: str

    @property
    def pasteur(self) -> str:
        return f"{self.name}-pasteur"

    @property
    def mairie(self) -> str:
        return f"{self.name}-mairie"

    @property
    def nord(self) -> str:
        return f"{self.name}-nord"

    @property
    def sud(self) -> str:
        return f"{self.name}-sud"

    @property
    def hall(self) -> str:
        return f"{self.name}-hall"

    @property
    def laptop(self) -> str:
        return f"{self.name}-laptop"

    def portal(self) -> httpx.AsyncClient:
        return self.service.as_("portal", self.pasteur, f"{self.name}-portal")

    def agent(self) -> httpx.AsyncClient:
        return self.service.as_("agent", subject="paul")

    def asked(self, *sites: str, **changes: Any) -> dict[str, Any]:
        return {
            "kind": "incident",
            "summary": "Écran noir",
            "description": "Rien ne s'affiche depuis ce matin",
            "category": self.laptop,
            "impact": "medium",
            "urgency": "medium",
            "sites": list(sites or (self.nord,)),
            **changes,
        }

    def contract(self, **changes: Any) -> dict[str, Any]:
        response = {
            "name": "response",
            "minutes": 60,
            "calendar": "always",
            "stops_on": [],
            "met_by": "started",
        }
        return {
            "customer_id": self.pasteur,
            "name": "Pasteur 2026",
            "valid_from": "2016-01-01",
            "calendars": {"always": ALWAYS},
            "targets": {f"P{n}": [response] for n in range(1, 6)},
            **changes,
        }

    async def open(self, *sites: str, **changes: Any) -> dict[str, Any]:
        async with self.portal() as client:
            return created(await post_ticket(client, self.asked(*sites, **changes)))


async def a_firm(service: Running, name: str, **terms: Any) -> Firm:
    """``terms`` are what its contract says besides the usual."""
    firm = Firm(service, name)
    async with service.as_("admin") as admin:
        for id in (firm.pasteur, firm.mairie):
            created(await admin.put(f"/v1/customers/{id}", json={"name": id}))
        await service.site(firm.nord, firm.pasteur)
        await service.site(firm.sud, firm.pasteur)
        await service.site(firm.hall, firm.mairie)
        work = {
            "name": {"fr": "Portable", "en": "Laptop"},
            "kind": "incident",
            "skills": {"hardware": 2},
            "duration_minutes": 60,
        }
        created(await admin.put(f"/v1/work-types/{firm.laptop}", json=work))
        created(await admin.put(f"/v1/contracts/{name}-c1", json=firm.contract(**terms)))
    return firm


async def post_ticket(
    client: httpx.AsyncClient, body: dict[str, Any], key: str | None = None
) -> httpx.Response:
    key = key or str(time.time_ns())
    return await client.post("/v1/tickets", json=body, headers={"Idempotency-Key": key})


def created(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def done(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{slug}", body
    assert body["title"]
    assert body["detail"]
    return body
