"""Events as they lie in their aggregate's document until Kafka has acknowledged them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from contracts.catalogue import CATALOGUE, Catalogue
from contracts.envelope import Envelope, Payload, State
from contracts.quick import quick
from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.unit import Cause

OutboxItem = dict[str, Any]
"""``{stream, n, topic, key, headers, value, at}``; ``at`` is the system clock's, for the sweep."""


@dataclass(frozen=True)
class Limits:
    """What a document may hold of events that Kafka has not acknowledged."""

    event_bytes: int = 128 * 1024
    events: int = 500
    outbox_bytes: int = 4 * 1024 * 1024


LIMITS = Limits()


@quick(frozen=True)
class Stamp:
    """What every event of one save shares."""

    cause: Cause
    recorded_at: datetime
    system_at: datetime
    epoch: int
    catalogue: Catalogue = CATALOGUE
    limits: Limits = LIMITS


def outbox_item(
    payload: Payload | None,
    *,
    model: type[Payload],
    aggregate_id: str,
    key: str,
    customer: str | None,
    n: int,
    sequence: int,
    occurred_at: datetime,
    stamp: Stamp,
) -> OutboxItem:
    """One encoded event. ``payload`` None with a state's ``model`` is that state's erasure."""
    topic = stamp.catalogue.topic_for(model)
    kind = model.ERASED if payload is None and issubclass(model, State) else model.TYPE
    number = f"{stamp.epoch}.{n}" if stamp.epoch else str(n)
    envelope = Envelope(
        topic=topic.name,
        source=f"/astreinte/{topic.owner}/{topic.stream}",
        id=f"{aggregate_id}:{number}",
        type=kind,
        major=model.MAJOR,
        subject=aggregate_id,
        key=key,
        sequence=sequence,
        epoch=stamp.epoch,
        occurred_at=occurred_at,
        recorded_at=stamp.recorded_at,
        actor=stamp.cause.actor,
        customer=customer,
        correlation_id=stamp.cause.correlation_id,
        causation_id=stamp.cause.causation_id,
        traceparent=stamp.cause.traceparent,
    )
    value = None if payload is None else payload.encode()
    if value is not None and len(value) > stamp.limits.event_bytes:
        raise Refusal(
            "event-too-large",
            Text(
                f"{kind} would take {len(value)} bytes of {stamp.limits.event_bytes} at most: "
                "shorten its texts.",
                f"{kind} prendrait {len(value)} octets, au plus {stamp.limits.event_bytes} : "
                "raccourcissez ses textes.",
            ),
        )
    return {
        "stream": topic.stream,
        "n": n,
        "topic": topic.name,
        "key": key,
        "headers": envelope.headers(),
        "value": value,
        "at": stamp.system_at,
    }


def state_item(kind: Collection[Any], document: Document, stamp: Stamp) -> OutboxItem:
    """The record of a document's present state, or of its erasure, with the id it was last sent under."""
    aggregate = kind.decode(document)
    if kind.state is None or kind.published is None:
        raise TypeError(f"{kind.name} has no state to send")
    state = None if document.get("erased") else kind.state(aggregate)
    return outbox_item(
        state,
        model=kind.published,
        aggregate_id=document["_id"],
        key=document["_id"],
        customer=kind.customer(aggregate) if kind.customer else None,
        n=document["streams"][stamp.catalogue.topic_for(kind.published).stream],
        sequence=document["version"],
        occurred_at=document["updated_at"],
        stamp=stamp,
    )


def check_room(outbox: tuple[OutboxItem, ...], limits: Limits = LIMITS) -> None:
    """Refuse a save whose unpublished events would outgrow the document (503, try again later)."""
    size = sum(len(item["value"] or b"") for item in outbox)
    if len(outbox) > limits.events or size > limits.outbox_bytes:
        raise Refusal(
            "outbox-full",
            Text(
                "Its events wait for Kafka and no more can be kept: try again in a few seconds.",
                "Ses événements attendent Kafka et on ne peut en garder davantage : "
                "réessayez dans quelques secondes.",
            ),
            retry_after_seconds=5,
        )


class Sender(Protocol):
    """Hands one record to Kafka; what it returns is done when Kafka has acknowledged it."""

    async def __call__(self, item: OutboxItem, /) -> "asyncio.Future[Any]": ...


StateItem = Callable[[Collection[Any], Document], OutboxItem]
"""The record of a document's present state, or of its erasure."""


def trimming(sent: Mapping[str, set[int]], rows: Iterable[str] = ()) -> dict[str, Any]:
    """The update that takes out of a document what Kafka has acknowledged, and rows that were moved."""
    acknowledged = [{"stream": stream, "n": {"$lte": max(numbers)}} for stream, numbers in sent.items()]
    pull: dict[str, Any] = {"outbox": {"$or": acknowledged}}
    if rows:
        pull["rows"] = {"document._id": {"$in": sorted(rows)}}
    return {"$pull": pull}
