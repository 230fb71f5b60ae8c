"""The secret address under which somebody's calendar program reads his days."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CalendarAddress:
    """``id`` is the technician's: he has one at a time. Only the ``digest`` of the secret is kept."""

    id: str
    digest: str
    made_at: datetime
