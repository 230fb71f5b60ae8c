"""Records that make no sense, one for each way not to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaProducer

from contracts.catalogue import CATALOGUE, SERVICES, Topic
from contracts.envelope import Envelope, Payload
from tests.contracts.messages import MESSAGES, envelope_of


def readers_of(topic: Topic) -> frozenset[str]:
    """Those of the four services that read ``topic``; others may, too."""
    return frozenset(reader for readers in topic.consumers.values() for reader in readers) & set(SERVICES)


CONSUMED: tuple[Topic, ...] = tuple(filter(readers_of, CATALOGUE.topics))
"""The topics that at least one service reads."""


@dataclass(frozen=True)
class Poison:
    """A record, the reason that it must be put aside for, and the services that must do so."""

    topic: str
    reason: str
    services: frozenset[str]
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    async def spread(self, producer: AIOKafkaProducer) -> str:
        """Put it on its topic; where it lies then."""
        lies = await producer.send_and_wait(self.topic, self.value, key=self.key, headers=list(self.headers))
        return f"{lies.topic}/{lies.partition}/{lies.offset}"


def poisons(topic: Topic, tag: str) -> Iterator[Poison]:
    """Each way to spoil a record of ``topic``; ``tag`` keeps them apart from everybody's aggregates."""
    model = next(m for m in topic.events if set(topic.consumers[m.TYPE]) & set(SERVICES))
    everybody = readers_of(topic)
    concerned = frozenset(topic.consumers[model.TYPE]) & set(SERVICES)
    sample = next(message for message in MESSAGES if isinstance(message, model))
    good = {"value": sample.encode()}

    def record(name: str, services: frozenset[str] = everybody, **changes: Any) -> Poison:
        envelope = addressed(sample, f"{tag}-{topic.stream}-{len(seen)}", topic)
        seen.append(name)
        headers = {key: value.encode() for key, value in envelope.headers().items()}
        spoiled = {**headers, **changes.pop("headers", {})}
        body = {**good, "key": envelope.key.encode(), **changes}
        return Poison(topic.name, name, services, **body, headers=tuple(spoiled.items()))

    seen: list[str] = []
    if topic.kind == "facts":  # the broker itself refuses a record without a key on a compacted topic
        yield replace(record("missing-key", key=None, value=b"\xff{not json"), headers=())
    yield replace(record("missing-header", value=b"not json"), headers=())
    yield record("header-not-utf8", headers={"ce_type": b"\xff\xfe"})
    yield record("bad-id", headers={"ce_id": b"nonsense"})
    exploded = f"/schemas/{topic.owner}/it-exploded/1".encode()
    yield record("unknown-type", headers={"ce_type": b"it-exploded", "ce_dataschema": exploded})
    newer = f"/schemas/{topic.owner}/{model.TYPE}/99".encode()
    yield record("unknown-major", headers={"ce_dataschema": newer})
    yield record("null-value", value=None)
    yield record("invalid-body", concerned, value=b"{not json")
    yield record("invalid-body", concerned, value='{"name": "Zoé"}'.encode("latin-1"))
    yield record("invalid-body", concerned, value=b"{}")


def addressed(payload: Payload, subject: str, topic: Topic, n: int = 1) -> Envelope:
    """The envelope of ``payload`` as if it were about ``subject``."""
    envelope = envelope_of(payload)
    return replace(envelope, id=f"{subject}:{n}", subject=subject, key=subject, sequence=n, topic=topic.name)
