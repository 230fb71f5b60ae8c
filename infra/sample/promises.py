"""What the sample firm's clients bought: from a bank that never closes to an office that can wait a day."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.sample.calls import Json
from infra.sample.places import WEEK

STOPS = ("waiting-for-client", "waiting-for-access", "appointment")
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
MET_BY = {
    "gti-remote": "started",
    "gti-on-site": "started-onsite",
    "gtr": "restored",
    "resolution": "resolved",
}
"""Each kind of promise by its name, and what keeps it."""

Promise = int | Json
"""Minutes, or the ``days``, ``by`` and ``cutoff`` of a target of days."""


SCALE: Json = {
    "currency": "EUR",
    "base": "2400.00",
    "cap": "360.00",
    "rules": [
        {"name": "gtr", "per": "hour", "amount": "40.00", "targets": ["gtr"], "cap": "200.00"},
        {
            "name": "gti",
            "per": "rate",
            "percent": "0.50",
            "targets": ["gti-on-site"],
            "rate": "95",
            "small_sample": {"below": 20, "allowed": 1},
        },
    ],
}
"""What being late costs those who promise a time to repair: at most 15 % of a month's price."""


@dataclass(frozen=True)
class Promises:
    """``hours`` are weekly windows of the site's own zone; each kind of promise is given from P1 to P5."""

    days: tuple[str, ...]
    opens: str
    closes: str
    holidays: str
    targets: Mapping[str, tuple[Promise, ...]]

    def calendar(self) -> Json:
        weekly = {day: [[self.opens, self.closes]] for day in self.days}
        return {"time_zone": "site", "weekly": weekly, "holidays": self.holidays}

    def by_priority(self) -> Json:
        return {
            priority: [
                {
                    "name": name,
                    **_allowed(promised[n]),
                    "calendar": "hours",
                    "stops_on": list(STOPS),
                    "met_by": MET_BY[name],
                }
                for name, promised in self.targets.items()
            ]
            for n, priority in enumerate(PRIORITIES)
        }


def _allowed(promise: Promise) -> Json:
    return {"minutes": promise} if isinstance(promise, int) else promise


def _days(days: int, by: str) -> Json:
    """J+1 and its like; what is asked for after 15:00 counts as of the next day."""
    return {"days": days, "by": by, "cutoff": "15:00"}


_SATURDAY = (*WEEK, "sat")

PROMISES: Mapping[str, Promises] = {
    "round-the-clock": Promises(
        (*_SATURDAY, "sun"), "00:00", "24:00", "none",
        {
            "gti-remote": (15, 30, 120, 240, 240),
            "gti-on-site": (120, 240, 480, 24 * 60, 24 * 60),
            "gtr": (240, 480, 24 * 60, 72 * 60, 72 * 60),
            "resolution": (24 * 60, 48 * 60, 5 * 24 * 60, 10 * 24 * 60, 10 * 24 * 60),
        },
    ),
    "extended": Promises(
        _SATURDAY, "08:00", "20:00", "site",
        {
            "gti-remote": (15, 30, 120, 240, 240),
            "gti-on-site": (240, _days(1, "12:00"), _days(1, "18:00"), _days(3, "18:00"), _days(5, "18:00")),
            "gtr": (240, 480, 24 * 60, 72 * 60, 72 * 60),
        },
    ),
    "business": Promises(
        WEEK, "08:00", "18:00", "site",
        {
            "gti-on-site": (240, 480, 600, 20 * 60, 20 * 60),
            "gtr": (360, 600, 24 * 60, 72 * 60, 72 * 60),
        },
    ),
    "light": Promises(
        WEEK, "09:00", "17:00", "site",
        {
            "gti-on-site": tuple(_days(days, "17:00") for days in (1, 1, 2, 5, 5)),
            "resolution": tuple(_days(days, "17:00") for days in (2, 3, 5, 10, 10)),
        },
    ),
}  # fmt: skip
"""By what was bought."""
