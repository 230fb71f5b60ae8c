"""How a machine's warranty stands on a day."""

from datetime import date, timedelta
from typing import Literal

SOON = timedelta(days=90)
Warranty = Literal["over", "soon", "running", "unknown"]


def warranty_on(day: date, until: str | None) -> Warranty:
    """``soon``: it ends within 90 days. ``until`` (ISO 8601) is its last day."""
    if until is None:
        return "unknown"
    ends = date.fromisoformat(until)
    if ends < day:
        return "over"
    return "soon" if ends < day + SOON else "running"


def bounds(day: date, asked: Warranty) -> tuple[str | None, str | None]:
    """From which last day, inclusive, to which, exclusive, a warranty stands so; None: without end."""
    today, soon = day.isoformat(), (day + SOON).isoformat()
    return {"over": (None, today), "soon": (today, soon), "running": (soon, None), "unknown": (None, None)}[
        asked
    ]


def age_years(day: date, bought_on: str | None) -> float | None:
    """How old it is, in years of 365.25 days; None where nobody knows."""
    if bought_on is None:
        return None
    return max(0, (day - date.fromisoformat(bought_on)).days) / 365.25
