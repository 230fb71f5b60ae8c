"""When a customer's park was last looked through, and what nothing could be said of."""

from dataclasses import dataclass
from datetime import datetime

from services.inventory.domain.renewing import Unmatched

MOST_UNMATCHED = 1_000


@dataclass(frozen=True)
class RenewalWatch:
    """One for each customer, whose id it has. ``unmatched``: what most machines have first."""

    id: str
    looked_at: datetime
    machines: int = 0
    unmatched: tuple[Unmatched, ...] = ()
    left_out: int = 0
