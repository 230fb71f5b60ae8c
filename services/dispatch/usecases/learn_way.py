"""What a technician's way to a visit says of travel there: learned when he arrives."""

from datetime import datetime, timedelta

from contracts.values import Point, VisitState
from infra.chassis.store.unit import Unit
from services.dispatch.domain.early import JUST_NOW
from services.dispatch.domain.observed_travel import ObservedTravel, band_at, observed_id, ratio_of
from services.dispatch.domain.plan import MOVABLE, UNPLANNED
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.gaps import BREAK_SECONDS
from services.dispatch.planning.known_travel import cell_of
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.observed_travel import ObservedTravels
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.slots import slots_between

NOT_THERE = MOVABLE | UNPLANNED | {VisitState.EN_ROUTE, VisitState.CANCELLED}

WENT_HOME = timedelta(seconds=BREAK_SECONDS)
"""Who has had nothing to do for so long sets out from home."""


def is_hearsay(unit: Unit, visit: Visit, at: datetime) -> bool:
    """Whether somebody else than the technician says, long after, when it was."""
    return unit.cause.actor != f"technician:{visit.technician_id}" and unit.now - at > JUST_NOW


def learn_way(unit: Unit, visit: Visit, arrived_at: datetime) -> None:
    """Count the way to a visit at which its technician has arrived, where it is known how long it took."""
    left_at, to = visit.departed_at, visit.where
    if left_at is None or to is None or visit.departure_is_hearsay or is_hearsay(unit, visit, arrived_at):
        return
    technician = unit.get(Technicians, visit.technician_id or "")
    start = None if technician is None else _set_out_from(unit, technician, visit, left_at)
    if start is None:
        return
    kilometres = DEFAULT_TRAVEL.kilometres(start, to)
    ratio = ratio_of(arrived_at - left_at, kilometres, DEFAULT_TRAVEL.seconds(start, to))
    if ratio is None:
        return
    zone = visit.place.time_zone
    id = observed_id(cell_of(to), band_at(left_at, zone))
    known = unit.get(ObservedTravels, id) or ObservedTravel(id, zone)
    unit.put(ObservedTravels, known.observed(left_at, ratio))


def _set_out_from(unit: Unit, technician: Technician, visit: Visit, left_at: datetime) -> Point | None:
    """Where he was last that day, or else his home; None where that cannot be told."""
    for slot in reversed(slots_between(unit, technician, left_at - WENT_HOME, left_at)):
        if slot.visit_id == visit.id or slot.place is None or slot.start_at >= left_at:
            continue
        other = unit.get(Visits, slot.visit_id)
        if other is None or other.technician_id != technician.id or other.state in NOT_THERE:
            continue
        if left_at - (other.ended_at or slot.end_at) < WENT_HOME:
            return slot.place
    return technician.home
