"""What a service is made of, and the small things that come out of a running one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import uuid_utils

from contracts.catalogue import CATALOGUE, Catalogue
from infra.chassis.events.batch import BatchRunner
from infra.chassis.events.copies import Copies
from infra.chassis.events.deciding import Decider, Handlers
from infra.chassis.events.freshness import Freshness
from infra.chassis.events.kafka import Consumer, Producer
from infra.chassis.events.outbox import LIMITS, Limits
from infra.chassis.events.publisher import Publisher
from infra.chassis.events.resending import Resender
from infra.chassis.events.retrying import Retrier
from infra.chassis.store.audit import USUAL_DAYS, Audited, Auditing
from infra.chassis.store.collection import Collection, Document, Index, Kind, ReadCopy
from infra.chassis.store.loading import entry_of
from infra.chassis.store.runner import CommandRunner, EmissionWriter, no_streams
from infra.chassis.store.timers import Timers

if TYPE_CHECKING:
    from infra.chassis.runtime import Runtime

A = TypeVar("A")
R = TypeVar("R")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Kept(Generic[A]):
    """A stored aggregate with what the chassis knows about it."""

    value: A
    version: int
    updated_at: datetime


@dataclass(frozen=True)
class Created(Generic[R]):
    """What a creation gave. ``again``: the same request had created it before."""

    id: str
    result: R | None
    again: bool
    stored_at: datetime | None = None


@dataclass(frozen=True)
class Born:
    """Where things of a kind come from when another service's facts create them."""

    kind: Collection[Any]
    topic: str
    key: Callable[[str], str]


Task = Callable[["Runtime"], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """What a service is made of: the whole of its wiring on one screen.

    ``linger_seconds``: how long after a batch the next one may wait for company when events come thick
    and fast. Nothing for a service that people wait for. Of what is ``audited`` it is kept for ``audit_days``
    who changed what.
    """

    name: str
    collections: tuple[Collection[Any], ...]
    copies: tuple[ReadCopy[Any], ...] = ()
    handlers: Handlers = field(default_factory=dict)
    timers: Timers = field(default_factory=dict)
    born: Mapping[str, Born] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    emissions: EmissionWriter = no_streams
    indexes: Mapping[str, tuple[Index, ...]] = field(default_factory=dict)
    linger_seconds: float = 0.03
    audited: tuple[Audited, ...] = ()
    audit_days: int = USUAL_DAYS

    @property
    def auditing(self) -> Auditing:
        """Who changed what of its reference data."""
        return Auditing({each.collection.name: each for each in self.audited}, self.audit_days)

    def topics(self, catalogue: Catalogue = CATALOGUE) -> tuple[str, ...]:
        """The topics that its handlers and read copies need."""
        models = {*self.handlers, *(copy.model for copy in self.copies)}
        return tuple(topic.name for topic in catalogue.topics if models & set(topic.events))


@dataclass(frozen=True)
class Parts:
    """The chassis's own classes, named once: a test gives a variant of one to show what it is for."""

    producer: type[Producer] = Producer
    consumer: type[Consumer] = Consumer
    publisher: type[Publisher] = Publisher
    resender: type[Resender] = Resender
    commands: type[CommandRunner] = CommandRunner
    decider: type[Decider] = Decider
    copies: type[Copies] = Copies
    batches: type[BatchRunner] = BatchRunner
    retrier: type[Retrier] = Retrier
    freshness: type[Freshness] = Freshness
    limits: Limits = LIMITS


class Wake:
    """Set by commits of one kind; whoever waits clears it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        self._event.set()

    async def wait(self, timeout: float) -> bool:
        """True when something was committed since the last wait, False after ``timeout`` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), timeout)
        woken = self._event.is_set()
        self._event.clear()
        return woken


def new_id() -> str:
    """An id that sorts by its time of making (UUID version 7)."""
    return str(uuid_utils.uuid7())


def kept_of(kind: Kind[A], document: Document) -> Kept[A] | None:
    """The document as an aggregate; None where it is erased."""
    entry = entry_of(kind, document)
    if entry.value is None:
        return None
    return Kept(entry.value, entry.version, document.get("updated_at", EPOCH))
