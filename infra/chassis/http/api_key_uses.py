"""That a key is in use, noted once a day: who tidies up sees which of them nothing uses any more."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.key_uses import KeyUseChanged
from infra.chassis.http.api_keys import KnownKey
from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import Collection, Index, Loads, Ref
from infra.chassis.store.unit import Cause, Unit

REMEMBERED = 10_000


@dataclass(frozen=True)
class KeyUse:
    """``id`` is the key's, ``used_on`` a date."""

    id: str
    customer_id: str
    used_on: str


def key_uses(published: type[KeyUseChanged] | None) -> Collection[KeyUse]:
    """Where a service keeps this; told to who owns the keys, unless it is the owner itself."""

    def state(use: KeyUse) -> KeyUseChanged:
        assert published is not None, "without a model nothing is published"
        day = date.fromisoformat(use.used_on)
        return published(api_key_id=use.id, customer_id=use.customer_id, used_on=day)

    return Collection(
        "api_key_uses",
        KeyUse,
        indexes=(Index((("customer_id", 1),)),),
        customer=lambda use: use.customer_id,
        state=None if published is None else state,
        published=published,
    )


@dataclass(frozen=True)
class NoteUse:
    kind: Collection[KeyUse]
    use: KeyUse

    def loads(self) -> Loads:
        return (Ref(self.kind, self.use.id),)

    def decide(self, unit: Unit) -> None:
        before = unit.get(self.kind, self.use.id)
        if before is None or before.used_on < self.use.used_on:
            unit.put(self.kind, self.use)


class Noting:
    """Notes uses beside the requests that they come with: none of them waits for it, or fails by it."""

    def __init__(self, runtime: Runtime, kind: Collection[Any]) -> None:
        self._runtime = runtime
        self._kind = kind
        self._noted: dict[str, str] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def used(self, key: KnownKey) -> None:
        id, day = key.api_key_id, self._runtime.system_clock.now().date().isoformat()
        if self._noted.get(id) == day:
            return
        if len(self._noted) >= REMEMBERED:
            self._noted.clear()
        self._noted[id] = day
        task = asyncio.create_task(self._note(KeyUse(id, key.customer_id, day)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _note(self, use: KeyUse) -> None:
        cause = Cause(actor=f"service:{self._runtime.service.name}", correlation_id=use.id)
        try:
            await self._runtime.do(NoteUse(self._kind, use), cause)
        except Exception as error:
            self._noted.pop(use.id, None)
            self._runtime.log.warning("that a key was used is not noted for now: %s", error)
