"""The epoch: what tells events after a restore from those that the restore took back."""

from datetime import datetime

from infra.chassis.store.mongo import Database

_EPOCH = {"_id": "epoch"}


async def read_epoch(db: Database) -> int:
    """The epoch that a database is in; 0 when it was never restored."""
    found = await db["meta"].find_one(_EPOCH)
    return int(found["value"]) if found else 0


async def begin_epoch(db: Database, now: datetime) -> int:
    """Begin a new epoch, before the first start after a restore; ``now`` is the system clock's.

    It is the time in minutes: counted from the restored value, two restores of the same backup would
    give two pasts the same epoch.
    """
    epoch = max(int(now.timestamp()) // 60, await read_epoch(db) + 1)
    await db["meta"].update_one(_EPOCH, {"$set": {"value": epoch}}, upsert=True)
    return epoch
