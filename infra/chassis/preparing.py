"""What a service's database needs before the service can work."""

from infra.chassis.events.inbox import INBOX, INBOX_INDEXES, adopt
from infra.chassis.events.parked import PARKED, PARKED_INDEXES
from infra.chassis.store.idempotency import KEY_INDEX, KEYS
from infra.chassis.store.mongo import Database, ensure_index, ensure_indexes
from infra.chassis.wiring import Service


async def prepare(db: Database, service: Service) -> None:
    """Make its indexes, and take over what the first versions kept."""
    await ensure_indexes(db, (*service.collections, *service.copies))
    own = {INBOX: INBOX_INDEXES, KEYS: (KEY_INDEX,), PARKED: PARKED_INDEXES, **service.indexes}
    for name, indexes in own.items():
        for index in indexes:
            await ensure_index(db[name], index)
    await adopt(db)
