"""Technicians are away, come back, and lose skills or hours: what becomes of their visits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.calendars import WEEKDAYS
from contracts.dispatch.events import Attention, DispatchRevoked, RevocationReason
from contracts.refusal import NotFound, Refusal
from contracts.values import VisitState, WeeklyWindows
from services.dispatch.domain.technician import Absence, Shifts
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.make_visit import Depart
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician, WithdrawAbsence
from services.dispatch.usecases.pin_visit import PinVisit
from tests.services.dispatch.sample import Firm, need, technician
from tests.world import MONDAY_NINE

AFTERNOONS: WeeklyWindows = dict.fromkeys(WEEKDAYS[:5], (("14:00", "18:00"),))
CANNOT: list[dict[str, Any]] = [
    {"skills": {}},
    {"skills": {"network": 1, "hardware": 3}},
    {"shifts": Shifts(AFTERNOONS, AFTERNOONS)},
]
SICK = Absence(MONDAY_NINE, MONDAY_NINE + timedelta(hours=8), "sick")


def dispatched() -> Firm:
    firm = Firm()
    firm.ask(need(skills={"network": 2}))
    firm.plan()
    assert firm.visit().technician_id == "anna"
    return firm


@pytest.mark.parametrize("change", CANNOT, ids=["no skill", "lower level", "other hours"])
def test_what_a_technician_cannot_make_any_more_goes_to_another(change: dict[str, Any]) -> None:
    firm = dispatched()
    firm.do(PutTechnician(technician("anna", **change)))
    assert firm.slots("anna") == []
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.RESCHEDULED
    firm.plan()
    assert firm.visit().technician_id == "bruno"


def test_of_a_pinned_visit_that_no_longer_fits_the_dispatcher_is_asked() -> None:
    firm = dispatched()
    firm.do(PinVisit("t1-1", pinned=True))
    firm.do(PutTechnician(technician("anna", skills={})))
    assert (firm.visit().technician_id, firm.visit().attention) == ("anna", Attention.UNFIT)


def test_who_has_left_already_keeps_the_visit() -> None:
    firm = dispatched()
    firm.do(Depart("t1-1", "anna"))
    firm.do(PutTechnician(technician("anna", skills={})))
    assert (firm.visit().technician_id, firm.visit().state) == ("anna", VisitState.EN_ROUTE)


def test_a_visit_given_by_hand_beyond_the_hours_stays_when_other_hours_change() -> None:
    firm = dispatched()
    evening = MONDAY_NINE + timedelta(hours=11)
    firm.do(AssignVisit("t1-1", "anna", evening, DEFAULT_TRAVEL))
    firm.do(PutTechnician(technician("anna", shifts=Shifts(AFTERNOONS, AFTERNOONS))))
    assert firm.visit().technician_id == "anna"


def test_an_absence_that_began_long_ago_still_moves_what_is_planned_now() -> None:
    firm = dispatched()
    since_january = Absence(MONDAY_NINE - timedelta(days=61), MONDAY_NINE + timedelta(days=30), "leave")
    firm.do(AddAbsence("anna", since_january))
    assert firm.visit().state is VisitState.WAITING


def test_an_absence_says_who_told_of_it_and_when() -> None:
    firm = dispatched()
    firm.pass_minutes(30)
    firm.do(AddAbsence("anna", SICK, MONDAY_NINE), actor="dora")
    [absence] = firm.have(Technicians, "anna").absences
    assert (absence.author, absence.said_at, absence.recorded_at) == ("dora", MONDAY_NINE, firm.clock.now())
    with pytest.raises(Refusal, match="occurred-in-the-future"):
        firm.do(AddAbsence("bruno", SICK, firm.clock.now() + timedelta(minutes=1)))


def test_after_an_absence_entered_by_mistake_he_works_again() -> None:
    firm = Firm(technician("anna"))
    firm.do(AddAbsence("anna", SICK))
    firm.ask()
    start = MONDAY_NINE + timedelta(hours=1)
    with pytest.raises(Refusal, match="absent"):
        firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL))
    [absence] = firm.have(Technicians, "anna").absences
    firm.do(WithdrawAbsence("anna", absence.id))
    assert firm.have(Technicians, "anna").absences == ()
    firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL))
    with pytest.raises(NotFound):
        firm.do(WithdrawAbsence("anna", absence.id))


def test_one_absence_told_twice_is_one() -> None:
    later = replace(SICK, author="dora", recorded_at=MONDAY_NINE)
    assert (SICK.id, SICK) == (later.id, later)
    assert SICK.id != replace(SICK, kind="leave").id
