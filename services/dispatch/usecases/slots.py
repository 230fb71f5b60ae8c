"""Take, free and move the slots of technician-days inside one run of a use case."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import lack_of
from services.dispatch.domain.day import Slot, TechnicianDay, day_id, empty_day, slots_of
from services.dispatch.domain.evening import chased
from services.dispatch.domain.plan import OPEN, UNDER_WAY, Plan
from services.dispatch.domain.promise import arrival_for, keeps_promise
from services.dispatch.domain.technician import Technician, days_touched
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.way import NO_WAY, Way
from services.dispatch.planning.roster import PART_MISSING
from services.dispatch.planning.travel import Travel
from services.dispatch.store.days import Days
from services.dispatch.store.visits import Visits


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
        unit.put(Days, chased(_day(unit, technician.id, date).placed(slot), technician))
    return tuple(day_id(technician.id, date) for date in dates)


def free(unit: Unit, visit: Visit) -> None:
    """Take the visit's slot out of the days that hold it."""
    for id in visit.plan.days if visit.plan is not None else ():
        day = unit.get(Days, id)
        if day is not None and day.slot_of(visit.id) is not None:
            unit.save(Days, day.freed(visit.id))


def reaches(slots: Iterable[Slot], slot: Slot, travel: Travel) -> bool:
    """Whether the slot is free and the ways from the place before and to the place after fit in.

    Only these two count: what was really worked may lie closer together than the ways between.
    """
    others = [each for each in slots if each.visit_id != slot.visit_id]
    if any(each.overlaps(slot) for each in others):
        return False
    placed = sorted((each for each in others if each.place is not None), key=lambda each: each.start_at)
    before = [each for each in placed if each.end_at <= slot.start_at][-1:]
    after = [each for each in placed if slot.end_at <= each.start_at][:1]
    return all(each.end_at + way_between(each, slot, travel) <= slot.start_at for each in before) and all(
        slot.end_at + way_between(slot, each, travel) <= each.start_at for each in after
    )


def can_make(
    technician: Technician, visit: Visit, slot: Slot, slots: Collection[Slot], travel: Travel
) -> bool:
    """Whether the machine may give him the visit in this slot; ``slots`` are what he has by then."""
    refused = {each.rule for each in visit.refused_by if each.technician_id == technician.id}
    return (
        lack_of(technician, visit, slot.end_at) is None
        and refused <= {PART_MISSING}
        and keeps_promise(visit, slot.start_at)
        and technician.is_available(slot.start_at, slot.end_at, urgent=visit.urgent)
        and reaches(slots, slot, travel)
    )


def way_there(slots: Iterable[Slot], technician: Technician, slot: Slot, travel: Travel) -> Way:
    """To the slot from the one before it that day, or from home; as it is shortly before the slot."""
    if slot.place is None:
        return NO_WAY
    places = [
        each.place
        for each in slots
        if each.end_at <= slot.start_at and each.visit_id != slot.visit_id and each.place is not None
    ]
    start = places[-1] if places else technician.home
    leave = slot.start_at - timedelta(seconds=travel.seconds(start, slot.place))
    return travel.way(start, slot.place, leave)


def way_between(one: Slot, other: Slot, travel: Travel) -> timedelta:
    """How long it takes from one, when it is over, to the other; nothing where one of them needs nobody on
    the spot."""
    if one.place is None or other.place is None:
        return timedelta(0)
    return timedelta(seconds=travel.seconds(one.place, other.place, one.end_at))


def plan_for(visit: Visit, slot: Slot, days: tuple[str, ...], companions: tuple[str, ...] = ()) -> Plan:
    arrival_from, arrival_to = arrival_for(visit, slot.start_at)
    return Plan(
        slot.start_at,
        slot.end_at,
        arrival_from,
        arrival_to,
        days,
        slot.travel_seconds,
        travel_source=slot.travel_source,
        companions=companions,
    )


def is_busy(unit: Unit, technician: Technician, at: datetime, visit_id: str) -> bool:
    """Whether he is on the way to, at, or working on another visit."""
    slots = slots_between(unit, technician, at - timedelta(days=1), at + timedelta(hours=2))
    others = (unit.get(Visits, slot.visit_id) for slot in slots if slot.visit_id != visit_id)
    return any(
        other is not None and other.state in UNDER_WAY and other.is_made_by(technician.id) for other in others
    )


def first_open(unit: Unit, technician: Technician, at: datetime) -> Visit | None:
    """The next thing that he has to do today: what comes first of what is not over."""
    end = at + timedelta(days=1)
    today = technician.date_of(at)
    for slot in slots_between(unit, technician, at, end):
        if technician.date_of(slot.start_at) > today:
            return None
        visit = unit.get(Visits, slot.visit_id)
        if visit is not None and visit.state in OPEN and visit.is_made_by(technician.id):
            return visit
    return None


def open_before(unit: Unit, technician: Technician, at: datetime, visit: Visit) -> Visit | None:
    """What he has to do before a visit of another day, from today on: the first that is not over."""
    assert visit.plan is not None
    for date in days_touched(at, visit.plan.start_at, technician.time_zone):
        for slot in _day(unit, technician.id, date).slots:
            if slot.visit_id == visit.id or slot.start_at >= visit.plan.start_at:
                continue
            other = unit.get(Visits, slot.visit_id)
            if other is not None and other.state in OPEN and other.is_made_by(technician.id):
                return other
    return None


def _day(unit: Unit, technician_id: str, date: str) -> TechnicianDay:
    return unit.get(Days, day_id(technician_id, date)) or empty_day(technician_id, date)
