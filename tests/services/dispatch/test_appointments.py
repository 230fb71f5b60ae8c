"""A client is offered arrival windows and chooses one, which planning then keeps."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts.dispatch.events import (
    AppointmentChosen,
    AppointmentDeclined,
    AppointmentOffered,
    AppointmentReminded,
    NoSlot,
    TechnicianDispatched,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.refusal import Refusal
from contracts.values import Priority, VisitState, Window
from services.dispatch.domain.appointment import AppointmentState, reminded_at, to_be_made_again
from services.dispatch.domain.need import place_of
from services.dispatch.domain.technician import Absence, Shifts
from services.dispatch.planning.candidate import Candidate
from services.dispatch.planning.offering import windows_to_offer
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import RescheduleVisit
from services.dispatch.usecases.hold_visits import HoldVisits
from services.dispatch.usecases.make_appointment import (
    ChooseSlot,
    Chosen,
    DeclineSlots,
    FireAppointment,
    OfferSlots,
)
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.withdraw_visits import Reprioritise
from tests.services.dispatch.sample import (
    ALWAYS,
    BLAGNAC,
    MURET,
    OFFICE_HOURS,
    Firm,
    need,
    site,
    technician,
)

PARIS_TIME = ZoneInfo("Europe/Paris")


def local(window: Window) -> str:
    """``Mon 14:00-16:00`` at the site."""
    begins, ends = (at.astimezone(PARIS_TIME) for at in (window.from_at, window.to_at))
    return f"{begins:%a %H:%M}-{ends:%H:%M}"


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of March 2026 in Paris; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=PARIS_TIME).astimezone(UTC)


class Desk(Firm):
    """A firm with a planned P4, whose contact is asked when somebody may come."""

    def __init__(self, *people: Any, priority: Priority = Priority.P4, **wanted: Any) -> None:
        super().__init__(*people, sites=(site(opening=OFFICE_HOURS),))
        self.ask(need(**wanted), priority=priority)
        self.plan()

    def windows(self, **asked: Any) -> tuple[Window, ...]:
        return windows_to_offer(self.roster(), self.visit(), self.clock.now(), **asked)

    def offers(self, **asked: Any) -> list[str]:
        """The windows offered, at the site's time."""
        windows = self.windows(**asked)
        self.do(OfferSlots("t1-1", windows))
        return [local(window) for window in windows]

    def chooses(self, slot: str, id: str = "t1-1") -> Chosen:
        return self.do(ChooseSlot(id, slot, self.best(slot, id), DEFAULT_TRAVEL))

    def best(self, slot: str, id: str = "t1-1") -> Candidate:
        """Who would make the visit in that slot."""
        window = self.have(Appointments, id).slot(slot, self.clock.now()).window
        visit = self.visit(id)
        asked = to_be_made_again(visit) if visit.state is VisitState.CLOSED else visit
        best = self.roster().best(replace(asked, promised=window), self.clock.now())
        assert best is not None, f"nobody can make {id} in {window}"
        return best

    def has(self, id: str = "t1-1") -> Any:
        return self.have(Appointments, id)

    def fires(self, id: str = "t1-1") -> None:
        """Its timer, at the moment that it is set for."""
        due = self.has(id).due_at
        assert due is not None
        self.clock.set(max(due, self.clock.now()))
        self.do(FireAppointment(id, lambda visit, now: windows_to_offer(self.roster(), visit, now)))


def test_three_windows_on_different_half_days_are_offered_cheapest_and_kept() -> None:
    desk = Desk()
    assert desk.offers() == ["Mon 13:00-15:00", "Tue 08:00-10:00", "Tue 13:00-15:00"]
    [told] = desk.told(AppointmentOffered)
    assert [slot.slot for slot in told.slots] == ["1", "2", "3"]
    assert told.expires_at == paris(2, 13), "before the first of them"
    assert told.link_until == paris(3, 13)
    assert desk.visit().state is VisitState.DISPATCHED, "until he chooses it stays as it was planned"


def test_what_costs_the_plan_most_is_not_offered() -> None:
    """On Tuesday morning anna is at Muret anyway, far from where she lives."""
    desk = Desk(technician("anna"), priority=Priority.P4)
    desk.give(Visits, replace(desk.visit(), place=place_of(site(point=MURET, opening=OFFICE_HOURS))))
    desk.ask(
        need("t2-1", preferred_windows=(Window(from_at=paris(5, 9), to_at=paris(5, 11)),)), ticket_id="t2"
    )
    desk.give(Visits, replace(desk.visit("t2-1"), place=place_of(site(point=MURET))))
    desk.plan()
    windows = desk.windows(begins=paris(4, 8), ends=paris(6, 18), count=1)
    assert [local(window)[:3] for window in windows] == ["Thu"]


def test_within_one_half_day_several_are_offered_where_no_other_days_are_asked_for() -> None:
    desk = Desk()
    assert desk.offers(begins=paris(3, 8), ends=paris(3, 12)) == ["Tue 08:00-10:00", "Tue 10:00-12:00"]


def test_what_the_ticket_wishes_for_is_offered_first() -> None:
    desk = Desk(preferred_windows=(Window(from_at=paris(4, 14), to_at=paris(4, 18)),))
    assert desk.offers() == ["Wed 14:00-16:00", "Wed 16:00-18:00"]
    assert desk.offers(ends=paris(4, 8), count=1) == ["Mon 13:00-15:00"], "nobody can then"


def test_windows_begin_on_half_hours_and_what_is_left_of_a_half_day_comes_last() -> None:
    desk = Desk()
    desk.pass_minutes(17)
    assert desk.offers(count=2) == ["Mon 13:30-15:30", "Tue 08:00-10:00"]
    desk.clock.set(paris(3, 8, 1))
    assert desk.offers(begins=paris(3, 8, 1), ends=paris(3, 18), count=2) == [
        "Tue 12:30-13:00",
        "Tue 13:00-15:00",
    ]
    assert desk.offers(count=2)[0] == "Tue 13:00-15:00"


def test_where_a_site_says_no_hours_nobody_is_asked_to_open_by_night() -> None:
    always = technician("anna", shifts=Shifts(ALWAYS, ALWAYS))
    desk = Desk(always)
    desk.give(Visits, replace(desk.visit(), place=replace(desk.visit().place, opening=None)))
    desk.clock.set(paris(2, 19))
    assert desk.offers(count=2) == ["Tue 08:00-10:00", "Tue 13:00-15:00"]


def test_offering_the_same_again_says_nothing_new() -> None:
    desk = Desk()
    desk.offers()
    desk.offers()
    assert len(desk.told(AppointmentOffered)) == 1


def test_a_choice_is_planned_in_its_window_and_promised() -> None:
    desk = Desk()
    desk.offers()
    assert desk.chooses("2") is Chosen.DONE
    visit = desk.visit()
    assert visit.plan is not None
    assert visit.promised is not None
    assert local(visit.promised) == "Tue 08:00-10:00"
    assert visit.promised.from_at <= visit.plan.start_at <= visit.promised.to_at
    assert (visit.plan.arrival_from_at, visit.plan.arrival_to_at) == (paris(3, 8), paris(3, 10))
    assert visit.state is VisitState.PLANNED, "who had been told to go today need not"
    [chosen] = desk.told(AppointmentChosen)
    assert (chosen.arrival_from, chosen.arrival_to) == (paris(3, 8), paris(3, 10))
    assert desk.told(VisitRescheduled)[-1].arrival_from == paris(3, 8)
    assert desk.has().state is AppointmentState.CHOSEN


def test_choosing_the_same_again_changes_nothing_and_another_moves_it() -> None:
    desk = Desk()
    desk.offers()
    desk.chooses("2")
    before = len(desk.events)
    desk.chooses("2")
    assert len(desk.events) == before
    desk.chooses("3")
    plan = desk.visit().plan
    assert plan is not None
    assert plan.arrival_from_at == paris(3, 13)
    assert desk.has().chosen == Window(from_at=paris(3, 13), to_at=paris(3, 15))


def test_the_time_that_was_planned_anyway_may_be_chosen() -> None:
    desk = Desk()
    desk.do(RescheduleVisit("t1-1", paris(3, 9), DEFAULT_TRAVEL))
    slots = [local(window) for window in desk.windows(begins=paris(3, 8), ends=paris(3, 12), count=1)]
    assert slots == ["Tue 08:00-10:00"]
    desk.offers(begins=paris(3, 8), ends=paris(3, 12), count=1)
    best = desk.best("1")
    desk.do(RescheduleVisit("t1-1", best.start_at, DEFAULT_TRAVEL))
    desk.chooses("1")
    last = desk.told(VisitRescheduled)[-1]
    assert (last.within_window, last.arrival_from, last.arrival_to) == (True, paris(3, 8), paris(3, 10))


def test_what_is_gone_or_has_begun_is_refused() -> None:
    desk = Desk()
    desk.offers()
    with pytest.raises(Refusal, match="slot-gone"):
        desk.has().slot("7", desk.clock.now())
    desk.clock.set(paris(2, 13))
    with pytest.raises(Refusal, match="slot-gone"):
        desk.chooses("1")


def test_who_cannot_any_more_when_it_is_stored_is_not_given_it() -> None:
    desk = Desk(technician("anna"))
    desk.offers()
    best = desk.best("2")
    desk.do(AddAbsence("anna", Absence(paris(3, 8), paris(3, 12), "sick")))
    assert desk.do(ChooseSlot("t1-1", "2", best, DEFAULT_TRAVEL)) is Chosen.STALE
    assert desk.visit().promised is None
    assert desk.told(AppointmentChosen) == []


def test_a_promise_binds_whoever_is_to_make_it_when_the_first_cannot() -> None:
    desk = Desk()
    desk.offers()
    desk.chooses("2")
    first = desk.visit().technician_id
    desk.do(AddAbsence(first or "", Absence(paris(3, 0), paris(4, 0), "sick")))
    desk.plan()
    visit = desk.visit()
    assert visit.technician_id not in (None, first)
    assert visit.plan is not None
    assert paris(3, 8) <= visit.plan.start_at <= paris(3, 10)


def test_what_nobody_can_keep_is_for_a_dispatcher_who_may_move_it() -> None:
    desk = Desk(technician("anna"))
    desk.offers()
    desk.chooses("2")
    desk.do(AddAbsence("anna", Absence(paris(3, 0), paris(4, 0), "sick")))
    desk.plan()
    failed = desk.visit()
    assert failed.state is VisitState.FAILED
    assert [each.rule for each in failed.reasons] == ["absent"]


def test_a_dispatcher_who_moves_an_appointment_promises_the_new_time() -> None:
    desk = Desk()
    desk.offers()
    desk.chooses("2")
    desk.do(RescheduleVisit("t1-1", paris(4, 9), DEFAULT_TRAVEL))
    assert desk.visit().promised == Window(from_at=paris(4, 9), to_at=paris(4, 11))


def test_a_hold_beyond_it_and_an_emergency_end_a_promise() -> None:
    held, urgent, failed = Desk(), Desk(), Desk()
    for desk in (held, urgent, failed):
        desk.offers()
        desk.chooses("2")
    held.do(HoldVisits("t1", ("capitole",), paris(5, 9)))
    failed.give(Visits, replace(failed.visit(), state=VisitState.FAILED, plan=None, technician_id=None))
    for desk in (urgent, failed):
        desk.do(Reprioritise("t1", Priority.P1))
    assert {desk.visit().promised for desk in (held, urgent, failed)} == {None}


def test_that_none_suits_asks_for_a_dispatcher_once() -> None:
    desk = Desk()
    desk.offers()
    for _ in range(2):
        desk.do(DeclineSlots("t1-1"))
    [told] = desk.told(AppointmentDeclined)
    assert (told.reason, desk.visit().attention) == (NoSlot.SUITS, NoSlot.SUITS)
    desk.chooses("2")
    assert desk.visit().attention is None, "he has changed his mind"


def test_an_offer_that_nobody_answers_lapses() -> None:
    desk = Desk()
    desk.offers()
    assert desk.has().is_open(desk.clock.now())
    desk.fires()
    assert desk.clock.now() == paris(2, 13)
    assert desk.has().state is AppointmentState.LAPSED
    assert not desk.has().is_open(desk.clock.now())


def test_the_day_before_he_is_reminded() -> None:
    desk = Desk()
    desk.offers(begins=paris(4, 8))
    desk.chooses("1")
    desk.fires()
    assert desk.clock.now() == paris(3, 16)
    [told] = desk.told(AppointmentReminded)
    assert (told.technician_id, told.arrival_from) == (desk.visit().technician_id, paris(4, 8))
    assert desk.has().due_at is None


def test_who_chose_after_that_moment_is_not_reminded() -> None:
    desk = Desk()
    desk.offers(begins=paris(3, 8))
    desk.clock.set(paris(2, 16))
    desk.chooses("1")
    assert desk.has().due_at is None


def test_of_what_was_moved_he_is_reminded_the_day_before_it_is() -> None:
    desk = Desk()
    desk.offers(begins=paris(4, 8))
    desk.chooses("1")
    desk.do(RescheduleVisit("t1-1", paris(6, 9), DEFAULT_TRAVEL))
    desk.fires()
    assert (desk.told(AppointmentReminded), desk.has().due_at) == ([], paris(5, 16))


@pytest.mark.parametrize(
    ("day", "reminded"),
    [((2026, 3, 3), "Mon 02/03"), ((2026, 3, 9), "Fri 06/03"), ((2026, 5, 4), "Thu 30/04")],
)
def test_the_day_before_is_a_working_day(day: tuple[int, int, int], reminded: str) -> None:
    """1 May 2026 is a Friday."""
    place = place_of(site())
    at = reminded_at(place, datetime(*day, 9, tzinfo=PARIS_TIME))
    assert f"{at:%a %d/%m %H:%M}" == f"{reminded} 16:00"


def test_what_a_dispatcher_has_moved_the_client_may_choose_again() -> None:
    desk = Desk()
    desk.offers()
    desk.chooses("2")
    desk.do(RescheduleVisit("t1-1", paris(4, 9), DEFAULT_TRAVEL))
    desk.chooses("2")
    assert desk.visit().promised == desk.has().chosen


def test_the_first_plan_is_told_as_ever() -> None:
    desk = Desk()
    assert len(desk.told(VisitPlanned)) == len(desk.told(TechnicianDispatched)) == 1
    assert desk.visit().place.point == BLAGNAC
