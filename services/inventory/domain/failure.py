"""A machine's failure, as it was declared, and since when failures are counted at all."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Failure:
    """One incident about a machine; the id is its ticket's. ``cause`` is what was found, if it was said."""

    id: str
    customer_id: str
    asset_id: str
    at: datetime
    cause: str | None = None


@dataclass(frozen=True)
class Counting:
    """From ``since_at`` on failures are written down: what machines lived before it says nothing of them."""

    id: str
    since_at: datetime


FAILURES = "failures"
"""The id of the counting of failures."""
