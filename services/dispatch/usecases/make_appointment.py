"""Offer a client arrival windows for a visit, and take his answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.dispatch.events import NoSlot
from contracts.refusal import NotFound
from contracts.values import Window
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.appointment import (
    Appointment,
    AppointmentState,
    check_choosable,
    has_it,
    is_in_vain,
    reminded_at,
    to_be_made_again,
)
from services.dispatch.domain.day import Slot
from services.dispatch.domain.plan import MOVABLE, OPEN
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.travel import Travel
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.binding import bind_others, bound
from services.dispatch.usecases.crewing import (
    book,
    count_their_rests,
    crew_refs,
    seats_for,
    tell_next_of,
)
from services.dispatch.usecases.keep_order import turn_in
from services.dispatch.usecases.resting import count_rests
from services.dispatch.usecases.slots import can_make, day_refs, free, slots_between
from services.dispatch.usecases.telling import tell_when_due

FindWindows = Callable[[Visit, datetime], tuple[Window, ...] | None]
"""The windows to offer for a visit; None while the days are not known yet."""


class Chosen(StrEnum):
    """``stale``: the technician or his day is not any more what the choice was checked against."""

    DONE = "done"
    STALE = "stale"


@dataclass(frozen=True)
class OfferSlots:
    """Instead of what was offered before. The same once more changes nothing."""

    visit_id: str
    windows: tuple[Window, ...]

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Ref(Appointments, self.visit_id))

    def decide(self, unit: Unit) -> None:
        visit, appointment = _asked(unit, self.visit_id)
        check_choosable(visit, appointment)
        offer(unit, visit, appointment, self.windows)


@dataclass(frozen=True)
class ChooseSlot:
    """The client chooses, and the visit is planned by ``best``; choosing the same again changes nothing.

    Of a visit in vain only the choice is kept: the ticket asks for another one, which is planned so.
    """

    visit_id: str
    slot_id: str
    best: Candidate
    travel: Travel

    def loads(self) -> Loads:
        best = self.best
        return (
            Ref(Visits, self.visit_id),
            Ref(Appointments, self.visit_id),
            Ref(Technicians, best.technician_id),
            *day_refs(best.technician_id, best.start_at, best.end_at),
            *crew_refs(best.beside, best.start_at, best.end_at),
        )

    def decide(self, unit: Unit) -> Chosen:
        visit, known = _asked(unit, self.visit_id)
        check_choosable(visit, known)
        appointment = known or Appointment(visit.id)
        window = appointment.slot(self.slot_id, unit.now).window
        if has_it(visit, appointment, window):
            return Chosen.DONE
        if is_in_vain(visit, appointment):
            unit.save(Visits, visit, visit.chosen(window))
        elif not self._planned(unit, visit, window):
            return Chosen.STALE
        unit.save(Appointments, appointment.choosing(window, unit.now, visit.place))
        return Chosen.DONE

    def _planned(self, unit: Unit, visit: Visit, window: Window) -> bool:
        best = self.best
        technician = unit.get(Technicians, best.technician_id)
        slot = Slot(
            visit.id, best.start_at, best.end_at, best.travel_seconds, visit.where, best.travel_source
        )
        slots = () if technician is None else slots_between(unit, technician, slot.start_at, slot.end_at)
        promised, turn = replace(bound(unit, visit), promised=window), turn_in(unit, visit)
        if technician is None or not can_make(technician, promised, slot, slots, self.travel):
            return False
        if turn.waits or not turn.allows(slot.start_at):
            return False
        beside = seats_for(unit, promised, technician.id, slot, best.beside, self.travel)
        if beside is None:
            return False
        free(unit, visit)
        plan = book(unit, promised, technician, slot, beside)
        changed, facts = promised.appointed(window, technician.id, plan)
        unit.save(Visits, changed, *facts)
        told, more = tell_when_due(unit, changed, technician)
        unit.save(Visits, told, *more)
        bind_others(unit, told)
        if not technician.is_available(slot.start_at, slot.end_at):
            count_rests(unit, technician.id, self.travel)
        count_their_rests(unit, beside, self.travel)
        if visit.technician_id not in (None, technician.id):
            tell_next_of(unit, visit)
        return True


@dataclass(frozen=True)
class DeclineSlots:
    """None suits the client, or none is free: a dispatcher has to call him. Said again it changes nothing."""

    visit_id: str
    reason: NoSlot = NoSlot.SUITS

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Ref(Appointments, self.visit_id))

    def decide(self, unit: Unit) -> None:
        visit, appointment = _asked(unit, self.visit_id)
        check_choosable(visit, appointment)
        decline(unit, visit, appointment, self.reason)


@dataclass(frozen=True)
class FireAppointment:
    """An appointment's timer: windows are to be offered, nobody has answered, or it is near."""

    visit_id: str
    find: FindWindows

    def loads(self) -> Loads:
        return (Ref(Visits, self.visit_id), Ref(Appointments, self.visit_id))

    def decide(self, unit: Unit) -> None:
        visit, appointment = unit.get(Visits, self.visit_id), unit.get(Appointments, self.visit_id)
        if visit is None or appointment is None or (appointment.due_at or unit.now) > unit.now:
            return
        if appointment.state is AppointmentState.WANTED:
            self._offer(unit, visit, appointment)
            return
        if is_in_vain(visit, appointment) and appointment.state is AppointmentState.CHOSEN:
            decline(unit, visit, appointment, NoSlot.VISIT)
            return
        if appointment.remind_at is not None and appointment.remind_at <= unit.now:
            appointment = self._reminded(unit, visit, appointment)
        if appointment.state is AppointmentState.OFFERED and (appointment.expires_at or unit.now) <= unit.now:
            appointment = appointment.lapsed()
        unit.save(Appointments, appointment)

    def _offer(self, unit: Unit, visit: Visit, appointment: Appointment) -> None:
        windows = self.find(to_be_made_again(visit), unit.now)
        if windows is None:
            return
        if windows:
            offer(unit, visit, appointment, windows)
        else:
            decline(unit, visit, appointment, NoSlot.FREE)

    def _reminded(self, unit: Unit, visit: Visit, appointment: Appointment) -> Appointment:
        """Of what is promised by now: a dispatcher may have moved it, or the visit was called off."""
        if visit.state not in MOVABLE or visit.promised is None:
            return replace(appointment, remind_at=None)
        later = reminded_at(visit.place, visit.promised.from_at)
        if later > unit.now:
            return replace(appointment, remind_at=later)
        if visit.promised.from_at > unit.now:
            unit.save(Visits, visit, visit.reminded())
        return replace(appointment, remind_at=None)


def offer(unit: Unit, visit: Visit, known: Appointment | None, windows: tuple[Window, ...]) -> None:
    """Keep and tell that the client may choose one of these."""
    appointment = known or Appointment(visit.id, visit.origin)
    if appointment.offers(windows):
        return
    offered = appointment.offering(windows, unit.now)
    assert offered.expires_at is not None
    assert offered.link_until is not None
    unit.put(Appointments, offered)
    fact = visit.offered(offered.slots_offered, offered.expires_at, offered.link_until)
    answered = isinstance(visit.attention, NoSlot)
    unit.save(Visits, replace(visit, attention=None) if answered else visit, fact)


def decline(unit: Unit, visit: Visit, known: Appointment | None, reason: NoSlot) -> None:
    """Keep that there is no window for the client, and ask for a dispatcher."""
    appointment = known or Appointment(visit.id, visit.origin)
    if appointment.state is AppointmentState.DECLINED:
        return
    unit.put(Appointments, appointment.declined())
    asking = replace(visit, attention=reason) if visit.state in OPEN else visit
    unit.save(Visits, asking, visit.without_slot(reason))


def want(unit: Unit, visit: Visit) -> None:
    """After a visit in vain the client is offered other windows, as soon as the days are known."""
    known = unit.get(Appointments, visit.id) or Appointment(visit.id, visit.origin)
    unit.put(Appointments, known.wanted_again(unit.now))


def made_in_vain(unit: Unit, visit_id: str | None) -> Appointment | None:
    """What was offered or chosen after that visit, if it was made in vain and no other is asked for yet."""
    known = None if visit_id is None else unit.get(Appointments, visit_id)
    return known if known is not None and known.in_vain and known.next_visit_id is None else None


def _asked(unit: Unit, visit_id: str) -> tuple[Visit, Appointment | None]:
    visit = unit.get(Visits, visit_id)
    if visit is None:
        raise NotFound("visit", visit_id)
    return visit, unit.get(Appointments, visit_id)
