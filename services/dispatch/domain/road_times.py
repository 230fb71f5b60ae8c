"""What a road service said of the ways around one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(days=90)
"""Roads change: then the place is asked about anew."""


@dataclass(frozen=True)
class RoadTimes:
    """``id`` is the place's number, ``since_at`` when it was asked about first. ``ways``: other places, with
    the seconds to them and back from them, or None where there is no road."""

    id: str
    since_at: datetime
    ways: tuple[tuple[int, float | None, float | None], ...] = ()

    def is_old(self, now: datetime) -> bool:
        return now - self.since_at > KEPT

    def joined(self, other: "RoadTimes") -> "RoadTimes":
        """With what the other says, which counts where both say something, and alone where this is old."""
        if self.is_old(other.since_at):
            return other
        known = {way[0]: way for way in (*self.ways, *other.ways)}
        return RoadTimes(self.id, self.since_at, tuple(known[place] for place in sorted(known)))
