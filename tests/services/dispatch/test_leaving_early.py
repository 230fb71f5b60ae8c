"""Who says that he leaves for the visit of another day is asked whether he means it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch.events import DispatchRevoked, TechnicianArrived, TechnicianEnRoute
from contracts.refusal import Refusal
from contracts.values import Outcome, Priority, VisitState
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from tests.services.dispatch.sample import Firm, technician
from tests.world import MONDAY_NINE

THURSDAY = MONDAY_NINE + timedelta(days=3)
LATER = "t1-1"


def planned(start: datetime = THURSDAY, *, priority: Priority = Priority.P3, busy: bool = True) -> Firm:
    """A visit of another day that the technician has said he will make; another today, if ``busy``."""
    firm = Firm(technician("anna"))
    firm.ask(priority=priority)
    firm.do(AssignVisit(LATER, "anna", start, DEFAULT_TRAVEL))
    if busy:
        firm.ask(ticket_id="t2", priority=Priority.P3)
        firm.do(AssignVisit("t2-1", "anna", MONDAY_NINE + timedelta(hours=5), DEFAULT_TRAVEL))
    firm.do(AcknowledgeDispatch(LATER, "anna"))
    return firm


@pytest.mark.parametrize("step", [Depart, Arrive])
def test_the_visit_of_another_day_is_not_left_for_while_others_come_before_it(
    step: type[Depart] | type[Arrive],
) -> None:
    firm = planned()
    with pytest.raises(Refusal) as refused:
        firm.do(step(LATER, "anna"))
    assert refused.value.slug == "too-early"
    assert refused.value.members == {"planned_start": THURSDAY.isoformat(), "next_visit_id": "t2-1"}
    assert firm.visit(LATER).state is VisitState.ACKNOWLEDGED
    assert (firm.told(TechnicianEnRoute), firm.told(TechnicianArrived)) == ([], [])


def test_whoever_means_it_goes_and_his_day_has_the_visit_now() -> None:
    firm = planned()
    firm.do(Depart(LATER, "anna", early=True))
    [told] = firm.told(TechnicianEnRoute)
    assert told.expected_at is not None
    assert told.expected_at < MONDAY_NINE + timedelta(hours=1)
    [slot, after] = firm.slots("anna")
    assert slot.startswith(f"{LATER} 08:")
    assert after == "t2-1 13:00-13:30"
    assert firm.slots("anna", "2026-03-05") == []
    firm.pass_minutes(12)
    firm.do(Arrive(LATER, "anna"))
    firm.do(Start(LATER, "anna"))
    firm.do(CloseVisit(LATER, Outcome.FIXED, DEFAULT_TRAVEL, "anna", work_done="Switch replaced"))
    assert firm.visit(LATER).state is VisitState.CLOSED
    assert firm.told(DispatchRevoked) == []


@pytest.mark.parametrize(
    "plan",
    [{"busy": False}, {"start": MONDAY_NINE + timedelta(hours=8)}, {"priority": Priority.P2}],
    ids=["his-next", "the-same-day", "urgent"],
)
def test_nobody_is_asked_about_his_next_visit_todays_or_an_urgent_one(plan: dict[str, Any]) -> None:
    firm = planned(**plan)
    firm.do(Depart(LATER, "anna"))
    assert firm.visit(LATER).state is VisitState.EN_ROUTE


def test_nobody_is_asked_about_what_comes_first_once_the_other_is_over() -> None:
    firm = planned()
    firm.do(AcknowledgeDispatch("t2-1", "anna"))
    for step in (Depart, Arrive, Start):
        firm.do(step("t2-1", "anna"))
    firm.do(CloseVisit("t2-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", work_done="Done"))
    firm.do(Depart(LATER, "anna"))
    assert firm.visit(LATER).state is VisitState.EN_ROUTE


def test_what_was_done_without_a_network_is_written_down_as_it_happened() -> None:
    firm = planned()
    left, came = firm.clock.now(), firm.pass_minutes(20)
    begun, ended = firm.pass_minutes(5), firm.pass_minutes(60)
    firm.do(Depart(LATER, "anna", left))
    firm.do(Arrive(LATER, "anna", came))
    closing = CloseVisit(
        LATER,
        Outcome.FIXED,
        DEFAULT_TRAVEL,
        "anna",
        started_at=begun,
        occurred_at=ended,
        work_done="Switch replaced",
    )
    firm.do(Start(LATER, "anna", begun))
    firm.do(closing)
    visit = firm.visit(LATER)
    assert (visit.departed_at, visit.arrived_at) == (left, came)
    assert (visit.started_at, visit.ended_at) == (begun, ended)


def test_a_step_said_again_is_not_asked_about_again() -> None:
    firm = planned()
    firm.do(Depart(LATER, "anna", early=True))
    firm.do(Depart(LATER, "anna"))
    firm.do(Arrive(LATER, "anna"))
    assert len(firm.told(TechnicianEnRoute)) == len(firm.told(TechnicianArrived)) == 1
