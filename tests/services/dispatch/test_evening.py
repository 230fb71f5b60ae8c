"""Whose shift is over while nothing is heard of his visits is asked, once an evening."""

from datetime import timedelta

from contracts.dispatch.events import WorkNotReported
from contracts.values import WeeklyWindows
from services.dispatch.domain.day import Slot, empty_day
from services.dispatch.domain.evening import PATIENCE, shift_end
from services.dispatch.domain.plan import OPEN
from services.dispatch.domain.technician import Partner, Shifts
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.fire_day import FireDay
from services.dispatch.usecases.make_visit import Pause, Start
from tests.services.dispatch.sample import OFFICE_HOURS, Firm, need, technician
from tests.services.dispatch.test_lone_work import on_the_spot
from tests.world import MONDAY_NINE


def evening(firm: Firm) -> list[WorkNotReported]:
    """What is told once the timers of the days have fired."""
    for _ in range(3):
        due = [each.chase_at for each in firm.all(Days) if each.chase_at is not None]
        if not due:
            break
        firm.advance(max(timedelta(0), min(due) - firm.clock.now()))
        for each in firm.all(Days):
            firm.do(FireDay(each.id))
    return firm.told(WorkNotReported)


def test_a_visit_that_nothing_is_heard_of_is_asked_for_after_the_shift() -> None:
    firm = on_the_spot()
    [told] = evening(firm)
    assert (told.technician_id, told.numbers, told.visit_id) == ("anna", ("T-1",), "t1-1")
    assert firm.clock.now() == told.shift_ended + PATIENCE
    assert firm.visit().state in OPEN


def test_it_is_asked_for_once() -> None:
    firm = on_the_spot()
    evening(firm)
    firm.advance(timedelta(hours=1))
    assert len(evening(firm)) == 1


def test_what_is_closed_or_paused_is_not_asked_for() -> None:
    firm = on_the_spot()
    firm.do(Start("t1-1", "anna"))
    firm.do(Pause("t1-1", "anna"))
    assert evening(firm) == []


def test_two_visits_are_asked_for_in_one_message() -> None:
    firm = on_the_spot()
    firm.ask(need("t2-1"), ticket_id="t2", number="T-2")
    firm.plan()
    firm.do(AcknowledgeDispatch("t2-1", "anna"))
    [told] = evening(firm)
    assert told.numbers == ("T-1", "T-2")


def test_who_works_longer_that_day_is_asked_when_he_is_done() -> None:
    firm = on_the_spot()
    long: WeeklyWindows = {**OFFICE_HOURS, "mon": (("08:00", "20:00"),)}
    firm.give(Technicians, technician("anna", shifts=Shifts(long, long)))
    [told] = evening(firm)
    assert told.shift_ended == MONDAY_NINE.replace(hour=19)


def test_of_a_partners_technician_the_firm_is_asked_by_its_link() -> None:
    firm = Firm(technician("anna", partner=Partner("Sous-traitance SARL", email="p@example.org")))
    firm.ask()
    firm.plan()
    assert evening(firm) == []


def test_a_visit_over_midnight_belongs_to_the_evening_on_which_it_began() -> None:
    night = Slot("v", MONDAY_NINE.replace(hour=21), MONDAY_NINE.replace(hour=21) + timedelta(hours=3))
    anna = technician("anna")
    monday, tuesday = (empty_day("anna", f"2026-03-0{n}").placed(night) for n in (2, 3))
    assert shift_end(monday, anna) == night.end_at
    assert shift_end(tuesday, anna) is None
