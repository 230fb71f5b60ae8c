"""The ledger, what has been taken from included volumes, and when people worked."""

from collections.abc import Mapping
from typing import Any

from infra.chassis.runtime import Runtime
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.ticket.domain.consumption import Volume
from services.ticket.domain.ledger import LedgerEntry
from services.ticket.domain.worked_day import WorkedDay

PAGE = 1_000

Ledger = Collection(
    "ledger",
    LedgerEntry,
    indexes=(
        Index((("source_id", 1),), name="of_source"),
        Index((("ticket_id", 1),), name="of_ticket"),
        Index((("contract_id", 1), *IN_ORDER), name="of_contract"),
        Index((("contract_id", 1), ("month", 1), *IN_ORDER), name="in_month"),
        Index((("contract_id", 1), ("model", 1), *IN_ORDER), name="of_model"),
        Index((("customer_id", 1), ("month", 1), *IN_ORDER), name="of_customer"),
    ),
    customer=lambda entry: entry.customer_id,
)

Volumes = Collection("volumes", Volume, customer=lambda volume: volume.customer_id)

WorkedDays = Collection("worked_days", WorkedDay)


async def entries_where(run: Runtime, query: Mapping[str, Any]) -> list[LedgerEntry]:
    """All entries of a query, what was written first first."""
    found: list[LedgerEntry] = []
    beyond: dict[str, Any] = {}
    while True:
        page = await run.find(Ledger, {**query, **beyond}, sort=IN_ORDER, limit=PAGE)
        found += [kept.value for kept in page]
        if len(page) < PAGE:
            return found
        at, id = page[-1].updated_at, page[-1].value.id
        beyond = {"$or": [{"updated_at": {"$gt": at}}, {"updated_at": at, "_id": {"$gt": id}}]}
