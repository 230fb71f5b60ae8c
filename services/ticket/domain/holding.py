"""That nothing goes on at a site, and why."""

from dataclasses import dataclass
from datetime import datetime

from contracts.values import HoldReason


@dataclass(frozen=True)
class Hold:
    """Why nothing goes on at a site; with ``until`` it ends by itself at that instant. ``reminders``: how
    often the client was reminded."""

    site_id: str
    reason: HoldReason
    since: datetime
    until: datetime | None = None
    reminders: int = 0
