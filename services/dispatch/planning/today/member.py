"""Where a technician stands in the day's work that he is in or begins next, and what he has left of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from contracts.values import Point, VisitState
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import MOVABLE, OPEN
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.gaps import BREAK_SECONDS, Stretch
from services.dispatch.planning.insertion import OVERRUN_SECONDS
from services.dispatch.planning.roster import Roster

LEAVING = timedelta(minutes=5)
"""Who has been told and has to leave within this stays with it: he may be on his way."""

BEGINS_WITHIN_SECONDS = 16 * 3600.0
LOOKS_AHEAD_SECONDS = 24 * 3600.0
MINUTE = 60


@dataclass(frozen=True)
class Member:
    """Instants are whole seconds since 1970, on whole minutes.

    He is free at ``place`` (None: not known) from ``free`` on, and has to be home by ``until``. His shifts
    leave ``pause`` free, where there is one to come. ``left`` is what may be planned anew, in order.
    """

    technician: Technician
    place: Point | None
    free: int
    until: int
    pause: tuple[int, int] | None
    left: tuple[Slot, ...]


def member_of(roster: Roster, technician_id: str, now: float) -> Member | None:
    """None for who has nothing left of his day, and for a day that this view of it does not fit.

    That is one with more pauses than one to come, or with work that needs nobody on the spot.
    """
    visits = roster.visits
    work = days_work(roster.hours(technician_id), now)
    if not work:
        return None
    opens, until = work[0][0], min(work[-1][1], now + LOOKS_AHEAD_SECONDS)
    slots = [
        slot
        for slot in roster.slots(technician_id)
        if slot.end_at.timestamp() > opens - BREAK_SECONDS
        and slot.start_at.timestamp() < until + BREAK_SECONDS
    ]
    if work[-1][1] > until:
        # Who works round the clock: what goes beyond is another day's.
        beyond = [slot for slot in slots if slot.end_at.timestamp() > until]
        slots = [slot for slot in slots if slot.end_at.timestamp() <= until]
        until = min([until, *(slot.start_at.timestamp() for slot in beyond)])
    fixed = max((n for n, slot in enumerate(slots, 1) if _stays(slot, visits, now)), default=0)
    left = slots[fixed:]
    if any(slot.place is None or slot.end_at.timestamp() > until for slot in left):
        return None
    technician = roster.technicians[technician_id]
    place, free = technician.home, max(now, opens)
    for slot in slots[:fixed]:
        place = slot.place or place
        ends, visit = slot.end_at.timestamp(), visits.get(slot.visit_id)
        overdue = ends < now and visit is not None and visit.state in OPEN
        free = max(free, now + OVERRUN_SECONDS if overdue else ends)
    pauses = [(a, b) for (_, a), (b, _) in pairwise(work) if b > free]
    if pauses and free > pauses[0][0]:
        free = max(free, pauses.pop(0)[1])
    free = math.ceil(free / MINUTE) * MINUTE
    if len(pauses) > 1 or free >= until:
        return None
    pause = (int(pauses[0][0]), int(pauses[0][1])) if pauses else None
    return Member(technician, place, free, int(until), pause, tuple(left))


def days_work(hours: Sequence[Stretch], now: float) -> list[Stretch]:
    """The stretches of the day's work that is under way at ``now``, or of the next one if it begins soon."""
    work: list[Stretch] = []
    for opens, closes in hours:
        if work and opens - work[-1][1] >= BREAK_SECONDS:
            if work[-1][1] > now:
                break
            work = []
        work.append((opens, closes))
    if not work or work[-1][1] <= now or work[0][0] > now + BEGINS_WITHIN_SECONDS:
        return []
    return work


def _stays(slot: Slot, visits: Mapping[str, Visit], now: float) -> bool:
    """Whether it is over, under way, about to be, or not (yet) what is stored."""
    visit = visits.get(slot.visit_id)
    if visit is None or visit.state not in MOVABLE:
        return True
    starts = slot.start_at.timestamp()
    leaves = starts - slot.travel_seconds - LEAVING.total_seconds()
    return starts <= now or (visit.state is not VisitState.PLANNED and leaves <= now)
