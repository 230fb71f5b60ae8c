"""What is stored of observed travel comes into the snapshot, from this replica and from others."""

from datetime import datetime, timedelta

from infra.chassis.runtime import Runtime
from infra.chassis.store.unit import Entry
from services.dispatch.planning.known_travel import Factors
from services.dispatch.planning.roster import Roster
from services.dispatch.store.observed_travel import ObservedTravels

OVERLAP = timedelta(minutes=1)
"""Replicas' clocks differ, and what is dated before may be stored after."""


class Learning:
    """Keeps ``factors`` at what is stored."""

    def __init__(self, roster: Roster, factors: Factors) -> None:
        self._roster = roster
        self._factors = factors
        self._read_until: datetime | None = None

    def watch(self, runtime: Runtime) -> None:
        """See what this process stores."""
        runtime.watch(ObservedTravels, self._saw)

    def _saw(self, entry: Entry) -> None:
        if entry.value is not None and self._factors.put(entry.value):
            self._roster.travel_changed()

    async def catch_up(self, runtime: Runtime) -> None:
        """See what was stored since this was called last."""
        since = self._read_until
        query = {} if since is None else {"updated_at": {"$gte": since - OVERLAP}}
        changed = False
        for kept in await runtime.find(ObservedTravels, query, sort=(("updated_at", 1),), limit=0):
            self._read_until = kept.updated_at
            changed |= self._factors.put(kept.value)
        if changed:
            self._roster.travel_changed()
