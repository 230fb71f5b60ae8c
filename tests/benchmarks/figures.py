"""What a benchmark says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measure of ours beside one of the floor or peer, from the same run."""

    name: str
    ours: float
    unit: str
    against: str
    theirs: float
    goal: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ours": round(self.ours, 3),
            "unit": self.unit,
            "against": self.against,
            "theirs": round(self.theirs, 3),
            "ratio": round(self.ratio, 3),
        }


def percentile(values: list[float], q: float) -> float:
    """The value below which a share ``q`` (0 to 1) of ``values`` lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]
