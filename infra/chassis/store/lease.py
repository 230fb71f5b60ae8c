"""One of several replicas at a time, for what others would only get in the way of."""

from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from infra.chassis.store.mongo import DocumentCollection

LEASES = "leases"


class Lease:
    """Its holder renews it well before ``lasts`` is over; when he dies another one gets it then.

    Two may hold it for a moment where their clocks differ or one stood still: it spares work, and what must
    happen once rests on something that is stored.
    """

    def __init__(self, leases: DocumentCollection, name: str, owner: str, lasts: timedelta) -> None:
        self._leases = leases
        self._name = name
        self._owner = owner
        self._lasts = lasts

    async def is_mine(self, now: datetime) -> bool:
        """Take or renew it; False while somebody else has it."""
        free = {"_id": self._name, "$or": [{"owner": self._owner}, {"until": {"$lte": now}}]}
        mine = {"$set": {"owner": self._owner, "until": now + self._lasts}}
        try:
            await self._leases.update_one(free, mine, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def give_up(self) -> None:
        """Let the next one have it at once."""
        await self._leases.delete_one({"_id": self._name, "owner": self._owner})
