"""The arrival windows that a client may choose from for a visit, and the one that he chose."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.calendars import WEEKDAYS
from contracts.dispatch.events import SlotOffered
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import VisitState, WeeklyWindows, Window
from services.dispatch.domain.need import Place
from services.dispatch.domain.plan import MOVABLE, UNPLANNED, Origin
from services.dispatch.domain.refusals import on_hold
from services.dispatch.domain.visit import Visit

STANDS = timedelta(hours=24)
"""For so long an offer waits for an answer, and never longer than until its first window opens."""

ASKED_WITHIN = timedelta(minutes=5)
"""By then the visit is asked for that is made instead of one in vain, at the time that was chosen."""

REMINDED_AT = time(16)
"""On the last working day before, at the site."""

_WORKING_DAYS: WeeklyWindows = dict.fromkeys(WEEKDAYS[:5], (("08:00", "18:00"),))


class AppointmentState(StrEnum):
    """``wanted``: windows are offered as soon as the days are known. ``declined``: none suits, or none is
    free. ``lapsed``: nobody answered in time."""

    WANTED = "wanted"
    OFFERED = "offered"
    CHOSEN = "chosen"
    DECLINED = "declined"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class OfferedSlot:
    """``id`` names it among all that the visit ever offers."""

    id: str
    window: Window


@dataclass(frozen=True)
class Appointment:
    """``id`` is the visit's. ``in_vain``: nobody let the technician in; ``next_visit_id`` is the visit that
    is made instead."""

    id: str
    origin: Origin | None = None
    state: AppointmentState = AppointmentState.WANTED
    wanted_at: datetime | None = None
    slots: tuple[OfferedSlot, ...] = ()
    ever_offered: int = 0
    offered_at: datetime | None = None
    expires_at: datetime | None = None
    chosen: Window | None = None
    chosen_at: datetime | None = None
    remind_at: datetime | None = None
    in_vain: bool = False
    next_visit_id: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the machine looks at it again: to offer, to stop waiting for an answer or for the next visit,
        or to remind."""
        if self.next_visit_id is not None:
            return None
        if self.in_vain and self.state is AppointmentState.CHOSEN and self.chosen_at is not None:
            return self.chosen_at + ASKED_WITHIN
        waits = {AppointmentState.WANTED: self.wanted_at, AppointmentState.OFFERED: self.expires_at}
        return min((at for at in (waits.get(self.state), self.remind_at) if at is not None), default=None)

    @property
    def link_until(self) -> datetime | None:
        """Until when a choice may be made or changed: the last window opens then."""
        return max((slot.window.from_at for slot in self.slots), default=None)

    @property
    def slots_offered(self) -> tuple[SlotOffered, ...]:
        return tuple(
            SlotOffered(slot=slot.id, arrival_from=slot.window.from_at, arrival_to=slot.window.to_at)
            for slot in self.slots
        )

    def is_open(self, now: datetime) -> bool:
        """Whether the client may answer: what he chose he may change, what he left unanswered lapses."""
        if self.link_until is None or self.link_until <= now or self.state is AppointmentState.LAPSED:
            return False
        return self.state is not AppointmentState.OFFERED or (self.expires_at or now) > now

    def offers(self, windows: Iterable[Window]) -> bool:
        """Whether just these are offered and wait for an answer."""
        waits = self.state is AppointmentState.OFFERED
        return waits and [slot.window for slot in self.slots] == list(windows)

    def offering(self, windows: Iterable[Window], now: datetime) -> "Appointment":
        """These windows instead of what was offered before."""
        slots = tuple(
            OfferedSlot(str(n), window) for n, window in enumerate(windows, start=self.ever_offered + 1)
        )
        return replace(
            self,
            state=AppointmentState.OFFERED,
            wanted_at=None,
            slots=slots,
            ever_offered=self.ever_offered + len(slots),
            offered_at=now,
            expires_at=min(now + STANDS, *(slot.window.from_at for slot in slots)),
        )

    def slot(self, id: str, now: datetime) -> OfferedSlot:
        """The one with that id; refused where it is offered no more, or has begun."""
        found = next((each for each in self.slots if each.id == id), None)
        if found is None or found.window.from_at <= now:
            raise slot_gone()
        return found

    def choosing(self, window: Window, now: datetime, place: Place) -> "Appointment":
        """The client has chosen this one."""
        remind_at = reminded_at(place, window.from_at)
        return replace(
            self,
            state=AppointmentState.CHOSEN,
            wanted_at=None,
            chosen=window,
            chosen_at=now,
            remind_at=remind_at if remind_at > now else None,
        )

    def declined(self) -> "Appointment":
        """None suits, or none is free: what was chosen before stays as it is."""
        return replace(self, state=AppointmentState.DECLINED, wanted_at=None)

    def lapsed(self) -> "Appointment":
        """Nobody has answered in time: what was chosen before stays as it is."""
        state = AppointmentState.LAPSED if self.chosen is None else AppointmentState.CHOSEN
        return replace(self, state=state)

    def wanted_again(self, now: datetime) -> "Appointment":
        """The visit was made in vain: other windows are offered for the next one."""
        return Appointment(self.id, self.origin, wanted_at=now, ever_offered=self.ever_offered, in_vain=True)

    def of_next(self, visit: Visit) -> "Appointment":
        """The same for the visit that is made instead."""
        return replace(self, id=visit.id, origin=visit.origin, in_vain=False)


def reminded_at(place: Place, arrival_from: datetime) -> datetime:
    """16:00 at the site on the last working day before: one on which it is open, or Monday to Friday but
    for its holidays where it says no hours."""
    there = replace(place, opening=_WORKING_DAYS if place.opening is None else place.opening)
    zone = ZoneInfo(place.time_zone)
    last = arrival_from.astimezone(zone).date() - timedelta(days=1)
    days = (last - timedelta(days=back) for back in range(14))
    return datetime.combine(
        next((day for day in days if _is_open(there, day, zone)), last), REMINDED_AT, zone
    )


def _is_open(place: Place, day: date, zone: ZoneInfo) -> bool:
    begins = datetime.combine(day, time(0), zone)
    return bool(place.open_intervals(begins, datetime.combine(day + timedelta(days=1), time(0), zone)))


def check_choosable(visit: Visit, appointment: Appointment | None) -> None:
    """Refuse to offer or choose windows for a visit that is under way or over.

    One that was made in vain counts for the one that is to be made instead.
    """
    if is_in_vain(visit, appointment):
        return
    if visit.held:
        raise on_hold(visit.state, visit.possible)
    if visit.state not in MOVABLE | UNPLANNED:
        raise Refusal(
            "appointment-over",
            Text(
                f"This visit is {visit.state}: its time cannot be chosen any more.",
                f"Cette visite est à l'état {visit.state} : son horaire ne se choisit plus.",
            ),
            state=visit.state,
        )


def is_in_vain(visit: Visit, appointment: Appointment | None) -> bool:
    """Whether nobody let the technician in, and no other visit is asked for yet."""
    if visit.state is not VisitState.CLOSED or appointment is None:
        return False
    return appointment.in_vain and appointment.next_visit_id is None


def agreed(visit: Visit, appointment: Appointment) -> Window | None:
    """When somebody comes as the client has chosen it, or as a dispatcher has moved that since."""
    return appointment.chosen if is_in_vain(visit, appointment) else visit.promised


def has_it(visit: Visit, appointment: Appointment, window: Window) -> bool:
    """Whether the client has chosen this window, and that holds."""
    chosen = appointment.state is AppointmentState.CHOSEN and appointment.chosen == window
    return chosen and agreed(visit, appointment) == window


def to_be_made_again(visit: Visit) -> Visit:
    """The visit as the one that is to be made instead of it will be."""
    return replace(
        visit,
        state=VisitState.WAITING,
        technician_id=None,
        plan=None,
        pinned=False,
        held=False,
        not_before_at=None,
        promised=None,
        refused_by=(),
    )


def slot_gone() -> Refusal:
    return Refusal(
        "slot-gone",
        Text(
            "This time is not free any more: choose one of those that are offered now.",
            "Cet horaire n'est plus libre : choisissez parmi ceux qui sont proposés maintenant.",
        ),
    )


def no_slot_free() -> Refusal:
    return Refusal(
        "no-slot-free",
        Text(
            "Nobody who can make this visit has time then: give other days, or assign it by hand.",
            "Personne qui puisse faire cette visite n'est libre alors : donnez d'autres jours, ou "
            "affectez-la à la main.",
        ),
    )
