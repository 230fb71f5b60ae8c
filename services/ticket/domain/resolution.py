"""How a request was fixed, and when that did not hold."""

from dataclasses import dataclass
from datetime import datetime

from contracts.values import ServiceHealth


@dataclass(frozen=True)
class Resolution:
    work_done: str | None
    cause: str | None = None
    article_id: str | None = None


@dataclass(frozen=True)
class Reopening:
    """``resolved_at`` is the end that it undid."""

    resolved_at: datetime
    at: datetime
    service: ServiceHealth | None = None
