"""The ledger of stock: lines that are only added, each with who, when and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.inventory.domain.lots import Lot


class MovementKind(StrEnum):
    RECEIVED = "received"
    SENT = "sent"
    ARRIVED = "arrived"
    COUNTED = "counted"
    ISSUED = "issued"
    EXPLAINED = "explained"
    """Why an earlier count differed, said afterwards: no piece moves."""
    RETURNED = "returned"
    """Taken out of a client's machine, or come back unused from outside the firm's stock."""
    TO_SUPPLIER = "to-supplier"
    FROM_SUPPLIER = "from-supplier"
    SCRAPPED = "scrapped"
    LENT = "lent"
    BACK = "back"


class VarianceReason(StrEnum):
    """Why there are more or fewer than the ledger said."""

    MISCOUNT = "miscount"
    UNRECORDED_USE = "unrecorded-use"
    UNRECORDED_RECEIPT = "unrecorded-receipt"
    DAMAGED = "damaged"
    EXPIRED = "expired"
    LOST = "lost"
    STOLEN = "stolen"
    LOST_IN_TRANSIT = "lost-in-transit"
    OTHER = "other"


@dataclass(frozen=True)
class Movement:
    """One line of a level's ledger: pieces that came (positive) or went (negative).

    Lines are numbered without a gap, ``<location>/<sku>#<n>``, and never change: what is on hand
    is their sum. ``other`` is where a transfer came from or went to; ``reference`` the transfer, the
    purchase request, the return, the loan or the line explained that this line belongs to.
    """

    id: str
    level_id: str
    location: str
    sku: str
    kind: MovementKind
    quantity: int
    at: datetime
    recorded_at: datetime
    actor: str
    visit_id: str | None = None
    other: str | None = None
    serials: tuple[str, ...] = ()
    lots: tuple[Lot, ...] = ()
    reason: VarianceReason | None = None
    note: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Journal:
    """Who moves pieces, when and why: ``at`` it happened, ``recorded_at`` we learned it."""

    at: datetime
    recorded_at: datetime
    actor: str
    visit_id: str | None = None
    reason: VarianceReason | None = None
    note: str | None = None
    reference: str | None = None
