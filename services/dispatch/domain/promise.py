"""An arrival window that people have been promised: planning keeps to it, a dispatcher may move it."""

from dataclasses import replace
from datetime import datetime

from contracts.values import Window
from services.dispatch.domain.plan import arrival_window
from services.dispatch.domain.visit import Visit


def keeps_promise(visit: Visit, start: datetime) -> bool:
    """Whether somebody who starts then comes when it was promised, if anything was."""
    promised = visit.promised
    return promised is None or promised.from_at <= start <= promised.to_at


def arrival_for(visit: Visit, start: datetime) -> tuple[datetime, datetime]:
    """What the client is told of a visit that starts then: the window that he was promised, if that holds."""
    promised = visit.promised
    if promised is not None and keeps_promise(visit, start):
        return promised.from_at, promised.to_at
    return arrival_window(visit.priority, start)


def promise_moved(visit: Visit, start: datetime) -> Visit:
    """As a dispatcher decides: who has been promised a time is promised the new one."""
    if keeps_promise(visit, start):
        return visit
    arrival_from, arrival_to = arrival_window(visit.priority, start)
    return replace(visit, promised=Window(from_at=arrival_from, to_at=arrival_to))
