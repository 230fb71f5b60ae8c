"""Preventive work that the state of a machine asked for, until its ticket is open."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

AGAIN_AFTER = timedelta(minutes=10)
MOST_TRIES = 100


class AskedState(StrEnum):
    WAITING = "waiting"
    OPENED = "opened"
    GIVEN_UP = "given-up"


@dataclass(frozen=True)
class AskedWork:
    """The id is its ticket's. ``why`` is the last refusal: a work type or a site that is not known yet."""

    id: str
    customer_id: str
    site_id: str
    asset_id: str
    rule: str
    category: str
    summary: str
    detail: str
    asked_at: datetime
    try_at: datetime
    state: AskedState = AskedState.WAITING
    tries: int = 0
    why: str | None = None

    def opened(self) -> "AskedWork":
        return replace(self, state=AskedState.OPENED, why=None)

    def refused(self, why: str, now: datetime) -> "AskedWork":
        """Tried again later; where what is missing is missing for most of a day there is no ticket."""
        tries = self.tries + 1
        state = AskedState.GIVEN_UP if tries >= MOST_TRIES else AskedState.WAITING
        return replace(self, tries=tries, try_at=now + AGAIN_AFTER, state=state, why=why)
