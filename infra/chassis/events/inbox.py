"""Which events a service has had: an effect is stored together with the event's id, or not at all.

One document holds the ids of everything that was stored in one transaction: its index entries are what
keeps an id from being taken in twice, and a document for each id would cost as much as the effects.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from infra.chassis.store.collection import Index
from infra.chassis.store.mongo import Database, Session

INBOX = "inbox"
KEPT_DAYS = 60
ADOPTED_AT_ONCE = 1000
INBOX_INDEXES = (
    Index((("ids", 1),), unique=True, partial={"ids": {"$exists": True}}, name="ids"),
    Index((("at", 1),), expire_after_seconds=KEPT_DAYS * 86400, name="expiry"),
)


async def known(db: Database, identities: Iterable[str]) -> set[str]:
    """Those of ``identities`` whose effects are stored."""
    asked = set(identities)
    found = await db[INBOX].find({"ids": {"$in": list(asked)}}, {"ids": 1}).to_list(None)
    return asked & {id for each in found for id in each["ids"]}


async def adopt(db: Database) -> None:
    """Take over what the first versions kept: a document for each event, its id the event's."""
    oldest = db[INBOX].find({"_id": {"$type": "string"}}).sort("_id", 1).limit(ADOPTED_AT_ONCE)
    while old := await oldest.clone().to_list(None):
        ids = [each["_id"] for each in old]
        with suppress(DuplicateKeyError):  # another replica did, or this one before it was stopped
            await db[INBOX].insert_one({"ids": ids, "at": max(each["at"] for each in old)})
        await db[INBOX].delete_many({"_id": {"$in": ids}})


async def record(db: Database, session: Session, identities: Sequence[str], at: datetime) -> None:
    """Remember events in the transaction that stores their effects; a twin makes it fail."""
    if identities:
        await db[INBOX].insert_one({"ids": list(identities), "at": at}, session=session)
