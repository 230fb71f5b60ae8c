"""What a road service said of the ways around one place."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RoadTimes:
    """``id`` is the place's number, ``since_at`` when it was asked about first. ``ways``: other places, with
    the seconds to them and back from them, or None where there is no road."""

    id: str
    since_at: datetime
    ways: tuple[tuple[int, float | None, float | None], ...] = ()

    def joined(self, other: "RoadTimes") -> "RoadTimes":
        """With what the other says, which counts where both say something."""
        known = {way[0]: way for way in (*self.ways, *other.ways)}
        return RoadTimes(self.id, self.since_at, tuple(known[place] for place in sorted(known)))
