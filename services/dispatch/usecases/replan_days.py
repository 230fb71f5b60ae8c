"""Days planned anew are stored, all of it where everything still is as it was, or else nothing."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import ClassVar

from contracts.dispatch.events import RevocationReason
from contracts.refusal import NotFound
from contracts.values import VisitState
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.binding import bound_to
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import MOVABLE, UNPLANNED, Moved
from services.dispatch.domain.replan import Away, Booking, Overtaken, Replan, Replanned, booking_of
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import Travel
from services.dispatch.store.replans import Replans
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.keep_order import turn_in
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import can_make, day_refs, free, plan_for, slots_between, take
from services.dispatch.usecases.telling import tell_next, tell_when_due

Given = dict[str, list[tuple[Visit, Slot]]]
"""By technician the visits that he is given, each with its slot."""


@dataclass(frozen=True)
class ReplanDays:
    """Store a plan that was just made. ``Overtaken`` where something it rests on has changed."""

    SEVERAL: ClassVar[bool] = True

    replan: Replan
    travel: Travel

    def loads(self) -> Loads:
        return (Ref(Replans, self.replan.id), *_loads(self.replan))

    def decide(self, unit: Unit) -> str:
        _carry_out(unit, self.replan, self.travel)
        unit.add(Replans, self.replan.applied(unit.now, unit.cause.actor))
        return self.replan.id


@dataclass(frozen=True)
class ProposeReplan:
    """Keep a plan to be looked at, and applied by who wants it."""

    replan: Replan

    def loads(self) -> Loads:
        return (Ref(Replans, self.replan.id),)

    def decide(self, unit: Unit) -> str:
        unit.add(Replans, self.replan)
        return self.replan.id


@dataclass(frozen=True)
class ApplyReplan:
    """Do what was proposed. ``Overtaken`` where something it rests on has changed."""

    replan_id: str
    travel: Travel

    def loads(self) -> Loads:
        return (Ref(Replans, self.replan_id),)

    def decide(self, unit: Unit) -> str:
        replan = unit.get(Replans, self.replan_id)
        if replan is None:
            raise NotFound("plan", self.replan_id)
        done = replan.applied(unit.now, unit.cause.actor)
        if done is not replan:
            _carry_out(unit, replan, self.travel)
            unit.save(Replans, done)
        return replan.id


def _loads(replan: Replan) -> Loads:
    bookings = [each for change in replan.changes for each in (change.before, change.after) if each]
    people = dict.fromkeys(each.technician_id for each in bookings)
    days = (ref for each in bookings for ref in day_refs(each.technician_id, each.start_at, each.end_at))
    return (
        *(Ref(Visits, change.visit_id) for change in replan.changes),
        *(Ref(Technicians, id) for id in people),
        *dict.fromkeys(days),
    )


def _carry_out(unit: Unit, replan: Replan, travel: Travel) -> None:
    away = replan.away
    if away is not None:
        AddAbsence(away.technician_id, away.absence).decide(unit)
    visits = {change.visit_id: _as_it_was(unit, change, away) for change in replan.changes}
    given: Given = defaultdict(list)
    for change in replan.changes:
        if change.after is not None:
            visit = visits[change.visit_id]
            given[change.after.technician_id].append((visit, _slot(visit, change.after)))
    _check(unit, visits, given, travel)
    for visit in visits.values():
        free(unit, visit)
    changed = []
    for technician_id, bookings in given.items():
        technician = unit.require(Technicians, technician_id, as_="technician")
        for visit, slot in bookings:
            plan = plan_for(visit, slot, take(unit, technician, slot))
            stays = visit.technician_id == technician_id
            moved, facts = visit.retimed(plan) if stays else visit.planned(technician_id, plan)
            unit.save(Visits, moved, *facts)
            changed.append((technician, moved, slot))
    for change in replan.changes:
        if change.after is None and visits[change.visit_id].plan is not None:
            back, facts = visits[change.visit_id].taken_back(RevocationReason.RESCHEDULED)
            unit.save(Visits, back, *facts)
    for technician, moved, slot in changed:
        if moved.state is VisitState.PLANNED:
            told, more = tell_when_due(unit, moved, technician)
            unit.save(Visits, told, *more)
        if not technician.is_available(slot.start_at, slot.end_at):
            count_rests(unit, technician.id, travel)
    for change in replan.changes:
        if change.before is not None and change.before != change.after:
            tell_next(unit, unit.get(Technicians, change.before.technician_id))


def _as_it_was(unit: Unit, change: Replanned, away: Away | None) -> Visit:
    """The visit, where it is still planned as it was and may be moved; or just taken from who is away."""
    visit, before = unit.get(Visits, change.visit_id), change.before
    if visit is None or visit.held or visit.pinned:
        raise Overtaken(change.visit_id, "gone" if visit is None else visit.state)
    if before is not None and away is not None and before.technician_id == away.technician_id:
        same = visit.moved_from == Moved(before.technician_id, before.start_at)
    else:
        same = booking_of(visit) == before
    together = visit.companions or visit.need.technicians > 1
    if same and not together and visit.state in MOVABLE | UNPLANNED:
        return visit
    raise Overtaken(change.visit_id, visit.state)


def _slot(visit: Visit, booking: Booking) -> Slot:
    return Slot(
        visit.id,
        booking.start_at,
        booking.end_at,
        booking.travel_seconds,
        visit.where,
        booking.travel_source,
    )


def _check(unit: Unit, moved: Collection[str], given: Given, travel: Travel) -> None:
    """Everybody can make what he is given, and be there in time."""
    for technician_id, bookings in given.items():
        technician = unit.get(Technicians, technician_id)
        if technician is None:
            raise Overtaken(bookings[0][0].id, "technician-gone")
        slots = {
            slot.visit_id: slot
            for _, taken in bookings
            for slot in slots_between(unit, technician, taken.start_at, taken.end_at)
            if slot.visit_id not in moved
        }
        slots.update((slot.visit_id, slot) for _, slot in bookings)
        for visit, slot in bookings:
            lasts = slot.end_at - slot.start_at == visit.need.duration
            fits = lasts and can_make(technician, visit, slot, slots.values(), travel)
            if not fits or not turn_in(unit, visit).allows(slot.start_at) or _parts(unit, visit, given):
                raise Overtaken(visit.id, visit.state)


def _parts(unit: Unit, visit: Visit, given: Given) -> bool:
    """Whether it goes to somebody else than the others of its request, which one technician is to make."""
    to = {moved.id: technician_id for technician_id, bookings in given.items() for moved, _ in bookings}
    if not visit.need.same_technician or to[visit.id] == visit.technician_id:
        return False
    request = unit.where(Visits, "ticket_id", visit.ticket_id)
    then = (replace(each, technician_id=to.get(each.id, each.technician_id)) for each in request)
    return bound_to(visit, then) not in (None, to[visit.id])
