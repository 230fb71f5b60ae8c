"""Which assets of the park are asked for, as queries."""

from datetime import date
from typing import Any, Literal

from services.inventory.domain.warranty import Warranty, bounds


def warranted(today: date, asked: Warranty | Literal[""] | None) -> dict[str, Any]:
    """Of which assets the warranty stands so on that day."""
    if not asked:
        return {}
    since, before = bounds(today, asked)
    if since is None and before is None:
        return {"warranty_until": None}
    within = {"$gte": since, "$lt": before}
    return {"warranty_until": {name: day for name, day in within.items() if day is not None}}
