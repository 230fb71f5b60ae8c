"""A way between two places: how long it takes, and who says so."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Where a travel time comes from: the great circle, what was observed there, or a road service."""

    DEFAULT = "default"
    LEARNED = "learned"
    OSRM = "osrm"


@dataclass(frozen=True)
class Way:
    """Whole seconds, and where they come from."""

    seconds: int
    source: Source = Source.DEFAULT


NO_WAY = Way(0)
"""To work that needs nobody on the spot."""
