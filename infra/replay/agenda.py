"""What comes next: tickets with steps to play, visits about which a technician has to do something."""

import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.replay.playing import Playing

STRIDE = timedelta(minutes=10)
"""Rows of tickets that need nobody on site are played together within so long, each dated as logged."""


NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(order=True)
class Entry:
    """``what`` is a ticket, or the id of a visit. Of equal times the one that was entered first is first."""

    at: datetime
    number: int
    what: Playing | str = field(compare=False)

    @property
    def exact_at(self) -> datetime:
        """The first time from here on that the clock has to show: what planning depends on is exact."""
        if isinstance(self.what, str):
            return self.at
        at = next((step.at for step in self.what.steps if step.exact), None)
        return NEVER if at is None else max(at, self.at)


class Agenda:
    def __init__(self) -> None:
        self._heap: list[Entry] = []
        self._count = 0
        self._entered: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._heap)

    @property
    def first(self) -> Entry:
        return self._heap[0]

    def ticket(self, playing: Playing) -> None:
        """Enter a ticket's next step, unless it is entered already or has none."""
        at = playing.next_at()
        if at is not None and playing.plan.number not in self._entered:
            self._entered.add(playing.plan.number)
            self._enter(at, playing)

    def visit(self, at: datetime, visit_id: str) -> None:
        self._enter(at, visit_id)

    def target(self) -> datetime:
        """How far the clock may go for what is first: what only keeps books is taken in strides."""
        until = min(entry.exact_at for entry in self._heap)
        until = max(self._heap[0].at, min(until, self._heap[0].at + STRIDE))
        return max(entry.at for entry in self._heap if entry.at <= until)

    def due(self, now: datetime) -> tuple[list[Playing], list[str]]:
        """Take off what is due: tickets, and visits (each once)."""
        tickets: list[Playing] = []
        visits: dict[str, None] = {}
        while self._heap and self._heap[0].at <= now:
            what = heapq.heappop(self._heap).what
            if isinstance(what, str):
                visits[what] = None
            else:
                self._entered.discard(what.plan.number)
                tickets.append(what)
        return tickets, list(visits)

    def _enter(self, at: datetime, what: Playing | str) -> None:
        self._count += 1
        heapq.heappush(self._heap, Entry(at, self._count, what))
