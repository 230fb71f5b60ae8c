"""How long the firm waits before it does something by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from contracts.values import Priority

_DESK = {Priority.P2: 15, Priority.P3: 30, Priority.P4: 60, Priority.P5: 60}


@dataclass(frozen=True)
class Patience:
    """A firm's choice; a ticket keeps the one of its opening, for clients are told by when things happen.

    ``reminders`` are the working days from a question to each reminder, ``no_answer`` those to the end of
    waiting, ``acceptance`` those from a resolution to its acceptance by silence (None: never). ``desk``
    is how many minutes a visit waits for somebody to begin from the desk; where the priority is not in
    it, it does not wait. A cause that comes back so many times (``recurrences``) within
    ``recurrence_days`` is proposed as a problem.
    """

    reminders: tuple[int, ...] = (1, 3, 5)
    no_answer: int = 10
    desk: Mapping[Priority, int] = field(default_factory=lambda: _DESK)
    acceptance: int | None = None
    recurrences: int = 3
    recurrence_days: int = 30

    def __post_init__(self) -> None:
        days = (0, *self.reminders, self.no_answer)
        if any(day >= after for day, after in pairwise(days)):
            raise ValueError("each reminder is later than the one before, and the last before waiting ends")
        if self.acceptance is not None and self.acceptance < 1:
            raise ValueError("a client has a working day at least to say no")
        if not 2 <= self.recurrences <= 50 or self.recurrence_days < 1:
            raise ValueError("a cause comes back 2 to 50 times, within a day or more")
        if any(minutes < 1 for minutes in self.desk.values()):
            raise ValueError("a visit waits for the desk for a minute at least, or its priority is left out")

    def for_the_desk(self, priority: Priority) -> timedelta | None:
        minutes = self.desk.get(priority)
        return None if minutes is None else timedelta(minutes=minutes)


USUAL = Patience(acceptance=5)
"""Tickets of before acceptance by silence was told of have none."""
