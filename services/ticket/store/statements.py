from dataclasses import dataclass
from datetime import datetime

from contracts.values import Priority
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.ticket.domain.part_of import PartOf
from services.ticket.domain.sla_record import SlaRecord
from services.ticket.domain.statement_month import FrozenContent, StatementMonth
from services.ticket.store.tickets import Tickets


@dataclass(frozen=True)
class CountedTicket:
    """What of a ticket a month's statement reads: a small part of what is stored."""

    id: str
    number: str
    customer_id: str
    priority: Priority
    sla: SlaRecord | None = None
    cancelled_at: datetime | None = None
    duplicate_of: str | None = None
    major_id: str | None = None
    part_of: tuple[PartOf, ...] = ()


CountedTickets = Collection(Tickets.name, CountedTicket, schema=Tickets.schema)
"""Tickets for readers that count thousands of them."""

StatementMonths = Collection(
    "statement_months",
    StatementMonth,
    indexes=(Index((("contract_id", 1), *IN_ORDER), name="of_contract"),),
    customer=lambda month: month.customer_id,
)

FrozenContents = Collection(
    "statement_contents",
    FrozenContent,
    indexes=(Index((("contract_id", 1),), name="of_contract"),),
    customer=lambda content: content.customer_id,
)
