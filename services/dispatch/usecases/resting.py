"""What work outside shifts owes a technician in rest, and what has to give way to it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from contracts.calendars import Interval, intersect, subtract
from infra.chassis.store.unit import Unit
from services.dispatch.domain.day import Slot, slots_of
from services.dispatch.domain.plan import MOVABLE, PLANNED_AHEAD
from services.dispatch.domain.rests import Timesheet, rests_owed_with
from services.dispatch.domain.technician import OwedRest, Technician, last_of
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import DEFAULT_TRAVEL, Travel
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.agreed import limits_for
from services.dispatch.usecases.giving_up import give_up_what_no_longer_fits

LOOKED_BACK = timedelta(days=7)
"""A rest of before that is over, and no rest that lasts still began earlier."""


def count_rests(
    unit: Unit, technician_id: str, travel: Travel = DEFAULT_TRAVEL, *, changed: Slot | None = None
) -> Technician | None:
    """Count anew what rest somebody is owed; ordinary visits that fall into it are planned anew.

    Call it when his slots are in his days. Who is not on call is owed one only if the slot that ``changed``
    is not all in his shifts. He comes back with the rests that he has now.
    """
    technician = unit.get(Technicians, technician_id)
    if technician is None or not (technician.on_call or technician.rests or _is_beyond(technician, changed)):
        return technician
    rests = _owed(unit, technician, unit.now, _recent(unit, technician), travel)
    if rests == technician.rests:
        return technician
    rested = replace(technician, rests=rests)
    unit.save(Technicians, rested)
    for other in sorted(give_up_what_no_longer_fits(unit, technician, rested)):
        count_rests(unit, other, travel)
    return rested


def _is_beyond(technician: Technician, slot: Slot | None) -> bool:
    if slot is None:
        return False
    start, end = slot.start_at, slot.end_at
    return bool(subtract([(start, end)], technician.working(start, end)))


def without_its_rest(unit: Unit, technician: Technician, visit: Visit, travel: Travel) -> Technician:
    """He as he would be owed rest were it not for the visit: what it owes itself is not in its way."""
    if not visit.is_made_by(technician.id) or not technician.rests:
        return technician
    others = [slot for slot in _recent(unit, technician) if slot.visit_id != visit.id]
    return replace(technician, rests=_owed(unit, technician, unit.now, others, travel))


def rest_without(
    unit: Unit, technician: Technician, visit_id: str, start: datetime, end: datetime, travel: Travel
) -> OwedRest | None:
    """The rest that he had at some time in ``[start, end)`` from what came before, were it not for the visit.

    Of several the one that ends last.
    """
    before = [
        slot
        for slot in _slots(unit, technician)
        if start - LOOKED_BACK < slot.end_at <= end and slot.visit_id != visit_id
    ]
    return last_of(_owed(unit, technician, start, before, travel), start, end)


def _recent(unit: Unit, technician: Technician) -> list[Slot]:
    return [slot for slot in _slots(unit, technician) if slot.end_at > unit.now - LOOKED_BACK]


def _slots(unit: Unit, technician: Technician) -> tuple[Slot, ...]:
    return slots_of(unit.where(Days, "technician_id", technician.id))


def _owed(
    unit: Unit, technician: Technician, at: datetime, slots: Iterable[Slot], travel: Travel
) -> tuple[OwedRest, ...]:
    """What is planned in a rest that sets it free gives way; what is done all the same is an intervention."""
    work = technician.working(at - LOOKED_BACK, at + PLANNED_AHEAD)
    called: list[Interval] = []
    on_shift: list[Slot] = []
    for slot in slots:
        if intersect(work, [(slot.start_at, slot.start_at + timedelta(milliseconds=1))]):
            on_shift.append(slot)
            called += subtract([(slot.start_at, slot.end_at)], work)
        else:
            called.append(with_travel(slot, technician, travel))

    def done_within(rests: Sequence[Interval]) -> list[Interval]:
        return [
            (slot.start_at, slot.end_at)
            for slot in on_shift
            if intersect(rests, [(slot.start_at, slot.end_at)]) and _is_done(unit, technician, slot)
        ]

    sheet = Timesheet(technician.time_zone, tuple(work), tuple(called))
    owed = rests_owed_with(sheet, done_within, limits_for(unit, technician))
    return tuple(OwedRest(start, end, rule.value) for (start, end), rule in owed)


def with_travel(slot: Slot, technician: Technician, travel: Travel) -> Interval:
    """From leaving for the slot until he is home again."""
    back = travel.seconds(slot.place, technician.home) if slot.place and technician.home else 0
    way_back = timedelta(seconds=back or slot.travel_seconds)
    return slot.start_at - timedelta(seconds=slot.travel_seconds), slot.end_at + way_back


def _is_done(unit: Unit, technician: Technician, slot: Slot) -> bool:
    visit = unit.get(Visits, slot.visit_id)
    if visit is None or visit.state not in MOVABLE:
        return visit is not None
    if visit.technician_id == technician.id and visit.lawful_exit is not None:
        return True
    return visit.urgent and any(
        each.from_at <= slot.start_at and slot.end_at <= each.to_at for each in technician.on_call
    )
