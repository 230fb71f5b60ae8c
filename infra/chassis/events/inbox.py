"""Which events a service has had: an effect is stored together with the event's id, or not at all."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from infra.chassis.store.collection import Index
from infra.chassis.store.mongo import Database, Session

INBOX = "inbox"
KEPT_DAYS = 60
INBOX_INDEX = Index((("at", 1),), expire_after_seconds=KEPT_DAYS * 86400, name="expiry")


async def known(db: Database, identities: Iterable[str]) -> set[str]:
    """Those of ``identities`` whose effects are stored."""
    return set(await db[INBOX].distinct("_id", {"_id": {"$in": list(identities)}}))


async def record(db: Database, session: Session, identities: Sequence[str], at: datetime) -> None:
    """Remember events in the transaction that stores their effects; a twin makes it fail."""
    if identities:
        await db[INBOX].insert_many([{"_id": each, "at": at} for each in identities], session=session)
