"""Everybody who makes a visit together holds it in his days at the same time, or nobody does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.ability import lack_beside
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import Plan
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Beside
from services.dispatch.planning.travel import Travel
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import (
    can_make,
    day_refs,
    plan_for,
    reaches,
    slots_between,
    take,
    way_there,
)
from services.dispatch.usecases.telling import tell_next


@dataclass(frozen=True)
class Seat:
    """One of those who make a visit, and the time that it takes of his."""

    technician: Technician
    slot: Slot


def crew_refs(beside: Iterable[Beside], start: datetime, end: datetime) -> tuple[Ref, ...]:
    """What seating them reads."""
    ids = [each.technician_id for each in beside]
    people = (Ref(Technicians, id) for id in ids)
    return (*people, *(ref for id in ids for ref in day_refs(id, start, end)))


def seats_for(
    unit: Unit, visit: Visit, lead_id: str, slot: Slot, beside: Sequence[Beside], travel: Travel
) -> tuple[Seat, ...] | None:
    """The companions that the machine chose; None where they are not as many as it takes, or one of them
    cannot make it any more."""
    ids = {lead_id, *(each.technician_id for each in beside)}
    if len(beside) != visit.need.technicians - 1 or len(ids) != visit.need.technicians:
        return None
    seats = []
    for each in beside:
        technician = unit.get(Technicians, each.technician_id)
        if technician is None:
            return None
        his = replace(slot, travel_seconds=each.travel_seconds, travel_source=each.travel_source)
        slots = slots_between(unit, technician, slot.start_at, slot.end_at)
        barred = lack_beside(technician, visit, slot.end_at) is not None
        if barred or not can_make(technician, visit.beside, his, slots, travel):
            return None
        seats.append(Seat(technician, his))
    return tuple(seats)


def seat(unit: Unit, technician: Technician, slot: Slot, travel: Travel) -> Seat:
    """A companion who was chosen by hand."""
    slots = slots_between(unit, technician, slot.start_at, slot.end_at)
    way = way_there(slots, technician, slot, travel)
    return Seat(technician, replace(slot, travel_seconds=way.seconds, travel_source=way.source))


def book(unit: Unit, visit: Visit, technician: Technician, slot: Slot, beside: Iterable[Seat] = ()) -> Plan:
    """Put the visit into the days of who leads and of his companions; ``SlotTaken`` when one is not free."""
    beside = tuple(beside)
    days = take(unit, technician, slot)
    for each in beside:
        days += take(unit, each.technician, each.slot)
    return plan_for(visit, slot, days, tuple(each.technician.id for each in beside))


def count_their_rests(unit: Unit, beside: Iterable[Seat], travel: Travel) -> None:
    """Count anew what rest companions are owed for whom it is outside of their hours."""
    for each in beside:
        if not each.technician.is_available(each.slot.start_at, each.slot.end_at):
            count_rests(unit, each.technician.id, travel, changed=each.slot)


def tell_next_of(unit: Unit, visit: Visit) -> None:
    """It is theirs no more: each is told what he has to do next."""
    for id in (visit.technician_id, *visit.companions):
        tell_next(unit, None if id is None else unit.get(Technicians, id))


def others_of(unit: Unit, visit: Visit, technician_id: str) -> tuple[Seat, ...]:
    """The seats of everybody else who makes it, as they are in their days."""
    plan, seats = visit.plan, []
    ids = () if plan is None else (visit.technician_id or "", *plan.companions)
    for id in ids:
        other = unit.get(Technicians, id) if id != technician_id else None
        if plan is None or other is None:
            continue
        slots = slots_between(unit, other, plan.start_at, plan.end_at)
        slot = next((each for each in slots if each.visit_id == visit.id), None)
        booked = Slot(visit.id, plan.start_at, plan.end_at, plan.travel_seconds, visit.where)
        seats.append(Seat(other, slot or booked))
    return tuple(seats)


def moved_to(
    unit: Unit, visit: Visit, seats: Iterable[Seat], slot: Slot, travel: Travel
) -> tuple[Seat, ...] | None:
    """The same seats at the time of ``slot``, the visit not being in their days; None where one of them
    does not work then or has no room."""
    moved = []
    for each in seats:
        later = replace(each.slot, start_at=slot.start_at, end_at=slot.end_at)
        if not each.technician.is_available(slot.start_at, slot.end_at, urgent=visit.urgent):
            return None
        if not reaches(slots_between(unit, each.technician, slot.start_at, slot.end_at), later, travel):
            return None
        moved.append(Seat(each.technician, later))
    return tuple(moved)
