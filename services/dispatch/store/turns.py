"""Which replica plans the days of which territory anew: a lease for each, shared out among who is there."""

import math
from collections.abc import Collection
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from infra.chassis.runtime import Runtime

TURNS, PLANNERS = "replan_turns", "replan_planners"
LEAST = timedelta(seconds=10)


class Turns:
    """``owner`` names this replica; what it has it keeps for three rounds of ``seconds`` after the last one.

    Leases only save work that others do: whoever plans, what is stored is compared with what was seen.
    """

    def __init__(self, owner: str, seconds: float) -> None:
        self._owner = owner
        self._lasts = max(LEAST, timedelta(seconds=3 * seconds))

    async def ours(self, runtime: Runtime, territories: Collection[str]) -> frozenset[str]:
        """Those of the territories that this replica plans until its next round."""
        now = runtime.system_clock.now()
        until = now + self._lasts
        planners, turns = runtime.collection(PLANNERS), runtime.collection(TURNS)
        await planners.delete_many({"until": {"$lte": now}})
        await planners.update_one({"_id": self._owner}, {"$set": {"until": until}}, upsert=True)
        there = await planners.count_documents({})
        most = math.ceil(len(territories) / max(1, there))
        held = await turns.find({"owner": self._owner, "until": {"$gt": now}}).to_list(None)
        kept = sorted({turn["_id"] for turn in held} & set(territories))
        spare = {turn["_id"] for turn in held} - set(kept[:most])
        if spare:
            await turns.delete_many({"_id": {"$in": sorted(spare)}, "owner": self._owner})
        ours = set[str]()
        for name in [*kept[:most], *sorted(set(territories) - set(kept))]:
            if len(ours) < most and await self._takes(runtime, name, now, until):
                ours.add(name)
        return frozenset(ours)

    async def _takes(self, runtime: Runtime, name: str, now: datetime, until: datetime) -> bool:
        free = {"_id": name, "$or": [{"owner": self._owner}, {"until": {"$lte": now}}]}
        change = {"$set": {"owner": self._owner, "until": until}}
        try:
            await runtime.collection(TURNS).update_one(free, change, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def give_back(self, runtime: Runtime) -> None:
        """Another need not wait for what a replica had that stops in order."""
        await runtime.collection(TURNS).delete_many({"owner": self._owner})
        await runtime.collection(PLANNERS).delete_one({"_id": self._owner})
