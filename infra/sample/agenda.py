"""What people will do, in the order of time."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

Act = Callable[[], Awaitable[None]]


@dataclass
class Agenda:
    """Acts of the same instant are done in the order in which they were entered."""

    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def at(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._acts, (at, next(self._numbers), act))

    @property
    def first(self) -> datetime | None:
        """When something is to be done next."""
        return self._acts[0][0] if self._acts else None

    async def do_what_is_due(self, now: Callable[[], datetime]) -> None:
        while self._acts and self._acts[0][0] <= now():
            _, _, act = heapq.heappop(self._acts)
            await act()
