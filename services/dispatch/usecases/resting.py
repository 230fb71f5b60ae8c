"""What work outside shifts owes a technician in rest, and what has to give way to it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from contracts.calendars import Interval, intersect, subtract
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot, slots_of
from services.dispatch.domain.plan import MOVABLE, PLANNED_AHEAD
from services.dispatch.domain.rests import Timesheet, rests_owed
from services.dispatch.domain.technician import OwedRest, Technician
from services.dispatch.planning.travel import DEFAULT_TRAVEL, Travel
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.agreed import limits_for
from services.dispatch.usecases.giving_up import give_up_what_no_longer_fits

LOOKED_BACK = timedelta(days=7)
"""A rest of before that is over, and no rest that lasts still began earlier."""


def count_rests(unit: Unit, technician_id: str, travel: Travel = DEFAULT_TRAVEL) -> Technician | None:
    """Count anew what rest somebody on call is owed; ordinary visits that fall into it are planned anew.

    Call it when his slots are in his days. He comes back with the rests that he has now.
    """
    technician = unit.get(Technicians, technician_id)
    if technician is None or not (technician.on_call or technician.rests):
        return technician
    since, until = unit.now - LOOKED_BACK, unit.now + PLANNED_AHEAD
    slots = slots_of(unit.where(Days, "technician_id", technician.id))
    recent = [slot for slot in slots if slot.end_at > since]
    rests = _owed(unit, technician, technician.working(since, until), recent, travel)
    if rests == technician.rests:
        return technician
    rested = replace(technician, rests=rests)
    unit.save(Technicians, rested)
    give_up_what_no_longer_fits(unit, technician, rested)
    return rested


def _owed(
    unit: Unit, technician: Technician, work: list[Interval], slots: Iterable[Slot], travel: Travel
) -> tuple[OwedRest, ...]:
    """What is planned in a rest that sets it free gives way; what is done all the same is an intervention."""
    called: list[Interval] = []
    on_shift: list[Slot] = []
    for slot in slots:
        if intersect(work, [(slot.start_at, slot.start_at + timedelta(milliseconds=1))]):
            on_shift.append(slot)
            called += subtract([(slot.start_at, slot.end_at)], work)
        else:
            called.append(with_travel(slot, technician, travel))
    while True:
        sheet = Timesheet(technician.time_zone, tuple(work), tuple(called))
        owed = rests_owed(sheet, limits_for(unit, technician))
        stretches = [stretch for stretch, _ in owed]
        more = [
            slot
            for slot in on_shift
            if intersect(stretches, [(slot.start_at, slot.end_at)]) and _is_done(unit, technician, slot)
        ]
        if not more:
            return tuple(OwedRest(start, end, rule.value) for (start, end), rule in owed)
        called += [(slot.start_at, slot.end_at) for slot in more]
        on_shift = [slot for slot in on_shift if slot not in more]


def with_travel(slot: Slot, technician: Technician, travel: Travel) -> Interval:
    """From leaving for the slot until he is home again."""
    back = travel.seconds(slot.place, technician.home) if slot.place and technician.home else 0
    way_back = timedelta(seconds=back or slot.travel_seconds)
    return slot.start_at - timedelta(seconds=slot.travel_seconds), slot.end_at + way_back


def _is_done(unit: Unit, technician: Technician, slot: Slot) -> bool:
    visit = unit.get(Visits, slot.visit_id)
    if visit is None or visit.state not in MOVABLE:
        return visit is not None
    if visit.lawful_exit is not None:
        return True
    return visit.urgent and any(
        each.from_at <= slot.start_at and slot.end_at <= each.to_at for each in technician.on_call
    )
