"""A service's aggregates in memory: use cases run here exactly as they do on a database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from contracts.catalogue import CATALOGUE
from contracts.envelope import Envelope, Payload, read_envelope
from infra.chassis.clock import SteppedClock
from infra.chassis.events.outbox import Stamp
from infra.chassis.store.collection import Kind, Ref
from infra.chassis.store.merge import merge
from infra.chassis.store.unit import Cause, Entry, Memory, NotLoaded, Unit, UseCase

R = TypeVar("R")
A = TypeVar("A")

MONDAY_NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
"""Monday 2 March 2026, 09:00 in Paris."""


@dataclass(frozen=True)
class Published:
    """One event as it would stand in Kafka."""

    envelope: Envelope
    payload: Payload | None


class World:
    """``give`` puts aggregates and copies there, ``do`` runs a use case, ``events`` are what came of it."""

    def __init__(self, now: datetime = MONDAY_NINE, unit: type[Unit] = Unit) -> None:
        self._unit = unit
        self.clock = SteppedClock(now, frozen=True)
        self.memory = Memory()
        self.events: list[Published] = []

    def advance(self, step: timedelta) -> None:
        self.clock.set(self.clock.now() + step)

    def give(self, kind: Kind[A], aggregate: A, id: str | None = None) -> A:
        place = (kind.name, id or aggregate.id)  # type: ignore[attr-defined]
        self.memory.entries[place] = Entry(kind, place[1], aggregate, version=1, stored_version=1)
        return aggregate

    def have(self, kind: Kind[A], id: str) -> A:
        entry = self.memory.entries[kind.name, id]
        assert entry.value is not None, f"{kind.name} {id} is gone"
        return entry.value  # type: ignore[no-any-return]

    def all(self, kind: Kind[A]) -> list[A]:
        """Every aggregate of a kind, in the order of their ids."""
        found = sorted(place for place in self.memory.entries if place[0] == kind.name)
        values = [self.memory.entries[place].value for place in found]
        return [value for value in values if value is not None]

    def do(self, use_case: UseCase[R], *, actor: str = "tester") -> R:
        """Run it against what is here; its changes stay, its facts are added to ``events``."""
        cause = Cause(actor=actor, correlation_id="c-test")
        unit, result = self._decide(use_case, cause)
        stamp = Stamp(cause, unit.now, unit.now, epoch=0)
        for place in merge(self.memory, unit, stamp):
            entry = self.memory.entries[place]
            for row in entry.rows:
                self.memory.entries[row.place] = Entry(row.kind, row.value.id, row.value, 1, stored_version=1)
            self.events.extend(_published(item) for item in entry.outbox)
            self.memory.entries[place] = replace(entry, outbox=(), rows=(), stored_version=entry.version)
        return result

    def _decide(self, use_case: UseCase[R], cause: Cause) -> tuple[Unit, R]:
        while True:
            unit = self._unit(self.memory, now=self.clock.now(), cause=cause)
            try:
                return unit, use_case.decide(unit)
            except NotLoaded as missing:
                want = missing.want
                if isinstance(want, Ref):
                    self.memory.entries[want.kind.name, want.id] = Entry(want.kind, want.id, None)
                else:
                    self.memory.wheres.add((want.kind.name, want.field, want.value))

    def run(self, use_cases: Iterable[UseCase[Any]]) -> None:
        """Run what a stream handler returned, in order."""
        for use_case in use_cases:
            self.do(use_case)

    def told(self, model: type[A]) -> list[A]:
        """The payloads of one kind published so far."""
        return [p.payload for p in self.events if isinstance(p.payload, model)]


def _published(item: dict[str, Any]) -> Published:
    headers = [(name, value.encode()) for name, value in item["headers"].items()]
    envelope = read_envelope(item["topic"], item["key"].encode(), headers)
    return Published(envelope, None if item["value"] is None else CATALOGUE.decode(envelope, item["value"]))
