"""When a visit may start that people have been promised an arrival window for."""

from collections.abc import Sequence

from contracts.calendars import Interval
from contracts.values import Window
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.gaps import Stretch
from services.dispatch.planning.insertion import latest_start


def stretches_promised(visit: Visit, promised: Window, opening: Sequence[Interval] | None) -> list[Stretch]:
    """Windows of an insertion whose starts lie in the promised one, and in the opening hours if there are
    any. The work may end after it: what was promised is when somebody comes."""
    duration = visit.need.duration.total_seconds()
    first, last = promised.from_at.timestamp(), promised.to_at.timestamp()
    starts = [(first, last)]
    if opening is not None:
        hours = ((opens.timestamp(), closes.timestamp()) for opens, closes in opening)
        starts = [
            (max(first, opens), min(last, latest_start((opens, closes), duration))) for opens, closes in hours
        ]
    return [(opens, latest + duration) for opens, latest in starts if opens <= latest]
