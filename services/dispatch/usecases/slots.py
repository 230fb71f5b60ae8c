"""Take, free and move the slots of technician-days inside one run of a use case."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.dispatch.events import RevocationReason
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot, TechnicianDay, day_id, empty_day, slots_of
from services.dispatch.domain.plan import MOVABLE, OPEN, UNDER_WAY, Plan, arrival_window
from services.dispatch.domain.technician import Technician, days_touched
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.days import Days
from services.dispatch.store.visits import Visits

MINUTE = timedelta(minutes=1)


def day_refs(technician_id: str, start: datetime, end: datetime) -> tuple[Ref, ...]:
    """Every day of a technician that ``[start, end)`` may touch, whatever his zone."""
    dates = days_touched(start - timedelta(hours=14), end + timedelta(hours=14), "UTC")
    return tuple(Ref(Days, day_id(technician_id, date)) for date in dates)


def slots_between(unit: Unit, technician: Technician, start: datetime, end: datetime) -> tuple[Slot, ...]:
    """The slots of the technician's days that ``[start, end)`` touches, in order."""
    dates = days_touched(start, end, technician.time_zone)
    return slots_of(_day(unit, technician.id, date) for date in dates)


def take(unit: Unit, technician: Technician, slot: Slot) -> tuple[str, ...]:
    """Put a slot into the days that it touches; the ids of those days. ``SlotTaken`` when it is not free."""
    dates = days_touched(slot.start_at, slot.end_at, technician.time_zone)
    for date in dates:
        unit.put(Days, _day(unit, technician.id, date).placed(slot))
    return tuple(day_id(technician.id, date) for date in dates)


def free(unit: Unit, visit: Visit) -> None:
    """Take the visit's slot out of the days that hold it."""
    for id in visit.plan.days if visit.plan is not None else ():
        day = unit.get(Days, id)
        if day is not None and day.slot_of(visit.id) is not None:
            unit.save(Days, day.freed(visit.id))


def reaches(slots: Iterable[Slot], slot: Slot, travel: Travel) -> bool:
    """Whether the slot is free and the ways from the one before and to the one after fit in."""
    for other in slots:
        if other.visit_id == slot.visit_id:
            continue
        if other.overlaps(slot):
            return False
        way = timedelta(seconds=travel.seconds(other.place, slot.place))
        if other.end_at <= slot.start_at < other.end_at + way:
            return False
        if slot.end_at <= other.start_at < slot.end_at + way:
            return False
    return True


def way_there(slots: Iterable[Slot], technician: Technician, slot: Slot, travel: Travel) -> int:
    """Seconds of travel to the slot from the one before it that day, or from home."""
    before = [each for each in slots if each.end_at <= slot.start_at and each.visit_id != slot.visit_id]
    return travel.seconds(before[-1].place if before else technician.home, slot.place)


def plan_for(visit: Visit, slot: Slot, days: tuple[str, ...]) -> Plan:
    arrival_from, arrival_to = arrival_window(visit.priority, slot.start_at)
    return Plan(slot.start_at, slot.end_at, arrival_from, arrival_to, days, slot.travel_seconds)


def settle(unit: Unit, technician: Technician, visit: Visit, slot: Slot, travel: Travel) -> tuple[str, ...]:
    """Give a visit the time that it really takes, and move what that makes impossible.

    Later visits start as soon as he can be there; one that would leave his hours or the site's is
    taken back to be planned anew. A pinned one stays and is marked as late; the slot gives way to
    it and to what is over. The ids of the days that hold the slot now come back.
    """
    free(unit, visit)
    slots = slots_between(unit, technician, slot.start_at, slot.end_at + timedelta(days=1))
    others = [each for each in slots if each.visit_id != visit.id]
    moved: list[tuple[Visit, Slot]] = []
    cursor = slot
    for other in others:
        if other.end_at <= slot.start_at:
            continue
        needed = cursor.end_at + timedelta(seconds=travel.seconds(cursor.place, other.place))
        if other.start_at >= needed:
            break
        follower = unit.get(Visits, other.visit_id)
        if follower is None or follower.state not in MOVABLE or follower.pinned:
            slot = _give_way(slot, other)
            if follower is not None and follower.state in MOVABLE:
                unit.save(Visits, replace(follower, attention="late"))
            cursor = other if other.end_at > cursor.end_at else cursor
            continue
        free(unit, follower)
        start = _next_minute(needed)
        later = replace(other, start_at=start, end_at=start + (other.end_at - other.start_at))
        if _still_fits(technician, follower, later):
            moved.append((follower, later))
            cursor = later
        else:
            back, facts = follower.taken_back(RevocationReason.RESCHEDULED)
            unit.save(Visits, back, *facts)
    held = take(unit, technician, slot) if slot.end_at > slot.start_at else ()
    for follower, later in moved:
        days = take(unit, technician, later)
        tell_at = follower.plan.tell_at if follower.plan is not None else None
        plan = replace(plan_for(follower, later, days), tell_at=tell_at)
        changed, facts = follower.retimed(plan)
        unit.save(Visits, changed, *facts)
    return held


def is_busy(unit: Unit, technician: Technician, at: datetime, visit_id: str) -> bool:
    """Whether he is on the way to, at, or working on another visit."""
    slots = slots_between(unit, technician, at - timedelta(days=1), at + timedelta(hours=2))
    others = (unit.get(Visits, slot.visit_id) for slot in slots if slot.visit_id != visit_id)
    return any(
        other is not None and other.state in UNDER_WAY and other.technician_id == technician.id
        for other in others
    )


def first_open(unit: Unit, technician: Technician, at: datetime) -> Visit | None:
    """The next thing that he has to do today: what comes first of what is not over."""
    end = at + timedelta(days=1)
    today = technician.date_of(at)
    for slot in slots_between(unit, technician, at, end):
        if technician.date_of(slot.start_at) > today:
            return None
        visit = unit.get(Visits, slot.visit_id)
        if visit is not None and visit.state in OPEN and visit.technician_id == technician.id:
            return visit
    return None


def _give_way(slot: Slot, other: Slot) -> Slot:
    if other.start_at <= slot.start_at:
        return replace(slot, start_at=other.end_at, end_at=max(slot.end_at, other.end_at))
    return replace(slot, end_at=min(slot.end_at, other.start_at))


def _still_fits(technician: Technician, visit: Visit, slot: Slot) -> bool:
    if not technician.is_available(slot.start_at, slot.end_at):
        return False
    opening = visit.place.open_intervals(slot.start_at, slot.end_at + MINUTE)
    return any(start <= slot.start_at < end for start, end in opening)


def _next_minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE


def _day(unit: Unit, technician_id: str, date: str) -> TechnicianDay:
    return unit.get(Days, day_id(technician_id, date)) or empty_day(technician_id, date)
