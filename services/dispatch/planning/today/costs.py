"""What it is worth that visits are made when and by whom, in minutes of travel."""

import math
from datetime import datetime, timedelta

import numpy as np

from contracts.values import VisitState
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.fitness import fit
from services.dispatch.planning.insertion import (
    LATE_COST,
    PRESSING_WAIT_COST,
    WAIT_COST,
    minutes_at_risk,
)
from services.dispatch.planning.roster import (
    FOREIGN_TERRITORY_COST,
    PART_NOT_ON_VAN_COST,
    Roster,
)

WITHIN_WINDOW_COST = 1.0
MOVE_COST = {VisitState.PLANNED: 10.0, VisitState.DISPATCHED: 30.0, VisitState.ACKNOWLEDGED: 60.0}
"""What it costs to change what was planned, by what the technician knows of it. Less where the client's
arrival window and the technician stay."""

PUT_OFF = timedelta(days=1)
PUT_OFF_TRAVEL = 30.0
"""What is not made today is taken to be made so much later, and to need this way of its own."""


def waiting_minute(visit: Visit) -> float:
    """What a minute until the start costs."""
    return max(WAIT_COST[visit.priority], PRESSING_WAIT_COST if visit.need.pressing else 0.0)


def late_minutes(visit: Visit, start: datetime) -> float:
    """How far past a deadline a visit is that starts then."""
    return max(0.0, _past(visit, start) / 60)


def risk_minutes(visit: Visit, start: datetime, now: datetime) -> float:
    """By how much more it is to be expected to miss a deadline than is foreseen of a start then."""
    past, ahead = np.array(abs(_past(visit, start))), np.array((start - now).total_seconds())
    return float(minutes_at_risk(past, ahead))


def _past(visit: Visit, start: datetime) -> float:
    need = visit.need
    pairs = ((start, need.respond_by_at), (start + need.duration, need.restore_by_at))
    return max(((at - by).total_seconds() for at, by in pairs if by is not None), default=-math.inf)


def time_cost(visit: Visit, start: datetime, now: datetime) -> float:
    """What it costs that it starts then: that people wait, and what is late or may be."""
    waits = (start - now).total_seconds() / 60
    missed = late_minutes(visit, start) + risk_minutes(visit, start, now)
    return LATE_COST[visit.priority] * missed + waiting_minute(visit) * waits


def put_off_cost(visit: Visit, now: datetime, *, booked_today: bool = False) -> float:
    """What it costs to leave it for another day: as planned there, or else a day from now."""
    start = now + PUT_OFF if visit.plan is None or booked_today else max(now, visit.plan.start_at)
    return time_cost(visit, start, now) + PUT_OFF_TRAVEL


def fit_cost(roster: Roster, technician_id: str, visit: Visit) -> float:
    """What speaks against the technician without ruling him out."""
    technician, territory = roster.technicians[technician_id], visit.place.territory
    cost = fit(technician, visit)
    if territory is not None and technician.territory not in (None, territory):
        cost += FOREIGN_TERRITORY_COST
    if visit.need.parts and not roster.stock.carries(technician_id, visit):
        cost += PART_NOT_ON_VAN_COST
    return cost


def move_cost(visit: Visit, technician_id: str, start: datetime) -> float:
    """What it costs to tell people that a planned visit is made by somebody else or at another time."""
    plan = visit.plan
    if plan is None:
        return 0.0
    if technician_id == visit.technician_id:
        if start == plan.start_at:
            return 0.0
        if plan.arrival_from_at <= start <= plan.arrival_to_at:
            return WITHIN_WINDOW_COST
    return MOVE_COST[visit.state]
