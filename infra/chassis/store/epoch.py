"""The epoch: what tells events after a restore from those that the restore took back."""

from datetime import datetime

from pymongo.errors import PyMongoError

from infra.chassis.store.mongo import Database

_EPOCH = {"_id": "epoch"}
_RESTORE = {"_id": "restore"}
NUMBERS = "counters"
"""Where a service counts the numbers that it gives to people: ``{reserved}``."""
NUMBERS_SKIPPED = 10_000
"""More than anybody gives between two backups."""


class RestoreUnfinished(PyMongoError):
    """Half of a backup is no state to work on."""

    def __init__(self) -> None:
        super().__init__("a restore broke off here: run `astreinte restore FILE --replace` again")


async def read_epoch(db: Database, *, restoring: bool = False) -> int:
    """The epoch that a database is in; 0 when it was never restored.

    ``RestoreUnfinished`` to all but the restore itself while one is under way or was broken off.
    """
    if not restoring and await db["meta"].find_one(_RESTORE):
        raise RestoreUnfinished
    found = await db["meta"].find_one(_EPOCH)
    return int(found["value"]) if found else 0


async def begin_restore(db: Database, now: datetime) -> None:
    """Keep services off a database until ``begin_epoch`` says that all of it is there."""
    await db["meta"].insert_one({**_RESTORE, "begun": now})


async def all_is_there(db: Database, now: datetime) -> None:
    """Wait until a majority's journal has what was written to ``db``: what a majority reads lags behind."""
    await db["meta"].update_one(_RESTORE, {"$set": {"loaded": now}})


async def begin_epoch(db: Database, now: datetime) -> int:
    """Begin a new epoch, before the first start after a restore; ``now`` is the system clock's.

    It is the time in minutes: counted from the restored value, two restores of the same backup would
    give two pasts the same epoch. Numbers that people were given after the backup are not given again.
    """
    epoch = max(int(now.timestamp()) // 60, await read_epoch(db, restoring=True) + 1)
    await db[NUMBERS].update_many({}, {"$inc": {"reserved": NUMBERS_SKIPPED}})
    await db["meta"].update_one(_EPOCH, {"$set": {"value": epoch}}, upsert=True)
    await db["meta"].delete_one(_RESTORE)
    return epoch
