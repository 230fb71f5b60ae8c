"""Clocks: the domain's, injected everywhere business time is read, and the system's."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


def to_millisecond(at: datetime) -> datetime:
    """``at`` in UTC without what MongoDB would drop: its dates have milliseconds."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Clock(Protocol):
    """What time it is for the business: aware, UTC, whole milliseconds."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        return to_millisecond(datetime.now(UTC))


class SteppedClock:
    """A clock that runs at the machine's pace from an offset and can be set forward.

    It never goes back: setting it to an earlier instant than it shows is an error.
    """

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        base = SystemClock().now()
        self._frozen_at: datetime | None = (start or base) if frozen else None
        self._offset = (to_millisecond(start) - base) if start else timedelta(0)

    @property
    def offset(self) -> timedelta:
        """How far this clock is from the machine's."""
        if self._frozen_at is not None:
            return self._frozen_at - SystemClock().now()
        return self._offset

    def now(self) -> datetime:
        if self._frozen_at is not None:
            return self._frozen_at
        return to_millisecond(SystemClock().now() + self._offset)

    def set(self, to: datetime) -> None:
        """Jump forward to ``to``."""
        now = self.now()
        if to < now:
            raise ValueError(f"the clock shows {now.isoformat()} and cannot go back to {to.isoformat()}")
        if self._frozen_at is not None:
            self._frozen_at = to_millisecond(to)
        else:
            self._offset += to_millisecond(to) - now

    def freeze(self) -> None:
        """Stand still at the present instant until set or released."""
        self._frozen_at = self.now()

    def release(self) -> None:
        """Run again at the machine's pace from where the clock stands."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - SystemClock().now()
            self._frozen_at = None
