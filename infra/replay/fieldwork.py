"""What a technician does next about a visit: pure, from the visit as the API shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from contracts.values import parse_rfc3339

UNDER_WAY = frozenset({"en-route", "arrived", "started", "paused"})
OVER = frozenset({"closed", "cancelled"})


class Move(StrEnum):
    """The technician's steps, in their order; the names are the API's verbs."""

    ACKNOWLEDGE = "acknowledge"
    DEPART = "depart"
    ARRIVE = "arrive"
    START = "start"
    CLOSE = "close"


@dataclass(frozen=True)
class Next:
    """The next step and when it is due."""

    move: Move
    at: datetime


def next_move(visit: Mapping[str, Any], finished_at: datetime | None, shortest: timedelta) -> Next | None:
    """What the technician does next, or None while there is nothing for him to do.

    He sets out in time for the planned start, begins when he is there, and closes when the log says
    that the fault was gone (``finished_at``; None: not yet), but never before he has worked for
    ``shortest``.
    """
    state = visit["state"]
    if state == "dispatched":
        return Next(Move.ACKNOWLEDGE, _time(visit, "dispatched_at"))
    if state == "acknowledged":
        leave = _time(visit, "planned_start") - travel(visit)
        return Next(Move.DEPART, max(leave, _time(visit, "dispatched_at")))
    if state == "en-route":
        there = _time(visit, "departed_at") + travel(visit)
        return Next(Move.ARRIVE, max(there, _time(visit, "planned_start")))
    if state == "arrived":
        return Next(Move.START, _time(visit, "arrived_at"))
    if state in {"started", "paused"} and finished_at is not None:
        return Next(Move.CLOSE, max(finished_at, _time(visit, "started_at") + shortest))
    return None


def travel(visit: Mapping[str, Any]) -> timedelta:
    return timedelta(minutes=visit.get("travel_minutes") or 0)


def _time(visit: Mapping[str, Any], name: str) -> datetime:
    return parse_rfc3339(visit[name])
