"""A request becomes a dispatched technician and a closed intervention."""

from contracts.dispatch.events import (
    DispatchAcknowledged,
    InterventionClosed,
    InterventionStarted,
    TechnicianArrived,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitPlanned,
)
from contracts.values import Outcome, Priority, VisitState
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from tests.services.dispatch.sample import Firm


def test_an_urgent_visit_goes_to_the_nearest_and_he_is_told_at_once() -> None:
    firm = Firm()
    assert firm.ask().state is VisitState.WAITING
    firm.plan()
    visit = firm.visit()
    assert (visit.state, visit.technician_id) == (VisitState.DISPATCHED, "anna")
    [planned], [told] = firm.told(VisitPlanned), firm.told(TechnicianDispatched)
    assert planned.planned_start == told.planned_start == visit.plan.start_at  # type: ignore[union-attr]
    assert told.acknowledge_by is not None
    assert firm.slots("anna") == ["t1-1 08:10-08:40"]


def test_the_steps_of_a_technician_end_in_a_closed_visit() -> None:
    firm = Firm()
    firm.ask()
    firm.plan()
    firm.do(AcknowledgeDispatch("t1-1", "anna"))
    firm.do(Depart("t1-1", "anna"))
    firm.pass_minutes(11)
    firm.do(Arrive("t1-1", "anna"))
    firm.do(Start("t1-1", "anna"))
    firm.pass_minutes(20)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", work_done="Switch replaced"))
    assert firm.visit().state is VisitState.CLOSED
    for model in (DispatchAcknowledged, TechnicianEnRoute, TechnicianArrived, InterventionStarted):
        assert len(firm.told(model)) == 1
    [closed] = firm.told(InterventionClosed)
    assert (closed.outcome, closed.technician_id) == (Outcome.FIXED, "anna")
    assert (closed.started_at, closed.ended_at) == (firm.visit().started_at, firm.clock.now())
    assert (closed.work_done, closed.digest is None) == ("Switch replaced", False)
    assert firm.slots("anna") == ["t1-1 08:11-08:31"]


def test_work_that_can_wait_is_told_shortly_before() -> None:
    firm = Firm()
    firm.ask()
    firm.plan()
    firm.ask(ticket_id="t2", priority=Priority.P3)
    firm.plan()
    assert firm.visit("t2-1").state in (VisitState.PLANNED, VisitState.DISPATCHED)
