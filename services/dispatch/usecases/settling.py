"""Bring a technician's day in line with what really happened."""

from dataclasses import replace
from datetime import datetime, timedelta

from contracts.dispatch.events import Attention, RevocationReason
from contracts.values import VisitState
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import MOVABLE, Plan
from services.dispatch.domain.promise import keeps_promise
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.crewing import Seat, book, moved_to, others_of
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import free, slots_between, take, way_between
from services.dispatch.usecases.telling import tell_next, tell_when_due

MINUTE = timedelta(minutes=1)


def move(unit: Unit, technician: Technician, visit: Visit, plan: Plan, *, at: datetime | None = None) -> None:
    """Give a visit another time with the same technician; he is told anew when the client has to be."""
    changed, facts = visit.retimed(plan)
    unit.save(Visits, changed, *facts, at=at)
    if changed.state is VisitState.PLANNED:
        told, more = tell_when_due(unit, changed, technician)
        unit.save(Visits, told, *more)


def settle(unit: Unit, technician: Technician, visit: Visit, slot: Slot, travel: Travel) -> tuple[str, ...]:
    """Give a visit the time that it really takes, and move what that makes impossible.

    Later visits start as soon as he can be there; one that would leave his hours or the site's is
    taken back to be planned anew. A pinned one stays and is marked as late; the slot gives way to
    it and to what is over. The ids of the days that hold the slot now come back. Its companions are there
    for as long.
    """
    beside = others_of(unit, visit, technician.id)
    free(unit, visit)
    freed = set[str]()
    held = _settle(unit, technician, visit, slot, travel, freed)
    for each in beside if visit.companions else ():
        his = replace(each.slot, start_at=slot.start_at, end_at=slot.end_at)
        held += _settle(unit, each.technician, visit, his, travel, freed)
    for id in sorted(freed):
        tell_next(unit, unit.get(Technicians, id))
    return held


def _settle(
    unit: Unit, technician: Technician, visit: Visit, slot: Slot, travel: Travel, freed: set[str]
) -> tuple[str, ...]:
    """``freed`` takes those who were to make with him what is taken back."""
    slots = slots_between(unit, technician, slot.start_at, slot.end_at + timedelta(days=1))
    taken = [each for each in slots if each.visit_id != visit.id]
    moved: list[tuple[Visit, Slot, tuple[Seat, ...]]] = []
    cursor = slot
    for other in taken:
        if other.end_at <= slot.start_at:
            continue
        needed = cursor.end_at + way_between(cursor, other, travel)
        if other.start_at >= needed:
            break
        follower = unit.get(Visits, other.visit_id)
        if follower is None or follower.state not in MOVABLE or follower.pinned:
            slot = _give_way(slot, other)
            if follower is not None and follower.state in MOVABLE:
                asked, facts = follower.asking(Attention.LATE)
                unit.save(Visits, asked, *facts)
            cursor = other if other.end_at > cursor.end_at else cursor
            continue
        others = others_of(unit, follower, technician.id)
        free(unit, follower)
        start = _next_minute(needed)
        later = replace(other, start_at=start, end_at=start + (other.end_at - other.start_at))
        with_him = moved_to(unit, follower, others, later, travel)
        if with_him is not None and _still_fits(technician, follower, later):
            for each in with_him:
                take(unit, each.technician, each.slot)
            moved.append((follower, later, with_him))
            cursor = later
        else:
            back, facts = follower.taken_back(RevocationReason.RESCHEDULED)
            unit.save(Visits, back, *facts)
            freed.update(each.technician.id for each in others)
    held = take(unit, technician, slot) if slot.end_at > slot.start_at else ()
    for follower, later, with_him in moved:
        seats = {each.technician.id: each for each in (Seat(technician, later), *with_him)}
        lead = seats.pop(follower.technician_id or "")
        plan = book(unit, follower, lead.technician, lead.slot, seats.values())
        move(unit, lead.technician, follower, plan)
    count_rests(unit, technician.id, travel, changed=slot)
    return held


def _give_way(slot: Slot, other: Slot) -> Slot:
    if other.start_at <= slot.start_at:
        return replace(slot, start_at=other.end_at, end_at=max(slot.end_at, other.end_at))
    return replace(slot, end_at=min(slot.end_at, other.start_at))


def _still_fits(technician: Technician, visit: Visit, slot: Slot) -> bool:
    if not technician.is_available(slot.start_at, slot.end_at, urgent=visit.urgent):
        return False
    if not keeps_promise(visit, slot.start_at):
        return False
    if visit.where is None:
        return True
    opening = visit.place.open_intervals(slot.start_at, slot.end_at + MINUTE)
    return any(start <= slot.start_at < end for start, end in opening)


def _next_minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE
