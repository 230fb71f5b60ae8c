"""Timers are fields: a loop reads what is due and fires it through the versioned path.

What a timer leads to belongs to what the aggregate came from: where its document has an ``origin`` with a
``correlation_id`` (and a ``causation_id``, and a ``traceparent``), that goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.chassis.store.collection import A_DATE, Collection, Document
from infra.chassis.store.mongo import Database, look_in
from infra.chassis.store.unit import Cause, UseCase

TIMER_BATCH = 500

Timers = Mapping[Collection[Any], Callable[[str], UseCase[Any]]]


@dataclass(frozen=True)
class Due:
    """A timer whose time has come, and when that was."""

    case: UseCase[Any]
    at: datetime
    origin: Mapping[str, str | None]

    def cause(self, actor: str, correlation_id: str) -> Cause:
        """What is done at it; ``correlation_id`` where nobody knows what it came from."""
        return Cause(
            actor,
            self.origin.get("correlation_id") or correlation_id,
            self.origin.get("causation_id"),
            self.origin.get("traceparent"),
        )


async def due(db: Database, timers: Timers, now: datetime) -> list[Due]:
    """Everything due, the longest due first in each collection."""
    if not timers:
        return []
    look: list[Document] = [
        {"$match": {"next_due": {"$lte": now, **A_DATE}}},
        {"$sort": {"next_due": 1}},
        {"$limit": TIMER_BATCH},
        {"$project": {"next_due": 1, "origin": 1}},
    ]
    fires = {kind.name: fire for kind, fire in timers.items()}
    found = await look_in(db, dict.fromkeys(fires, look))
    return [Due(fires[name](each["_id"]), each["next_due"], each.get("origin") or {}) for name, each in found]


async def next_due(db: Database, timers: Timers) -> datetime | None:
    """When the next timer is due, or None."""
    if not timers:
        return None
    look: list[Document] = [
        {"$match": {"next_due": A_DATE}},
        {"$sort": {"next_due": 1}},
        {"$limit": 1},
        {"$project": {"next_due": 1}},
    ]
    found = await look_in(db, {kind.name: look for kind in timers})
    return min((each["next_due"] for _, each in found), default=None)
