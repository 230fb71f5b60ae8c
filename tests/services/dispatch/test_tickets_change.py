"""A ticket is held, withdrawn or becomes more urgent: what its visits make of it."""

from datetime import datetime, timedelta

import pytest

from contracts.dispatch.events import (
    Attention,
    CancelledBecause,
    DispatchRevoked,
    RevocationReason,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.refusal import Refusal
from contracts.ticket.events import TicketHeld, TicketReprioritised, VisitsWithdrawn, WithdrawalReason
from contracts.values import HoldReason, Priority, VisitState
from services.dispatch.domain.technician import Absence
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.stream.ticket_lifecycle import (
    on_ticket_held,
    on_ticket_reprioritised,
    on_visits_withdrawn,
)
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.hold_visits import ResumeVisits
from services.dispatch.usecases.make_visit import Arrive, Depart
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.pin_visit import PinVisit
from tests.services.dispatch.sample import Firm, envelope, need, technician
from tests.world import MONDAY_NINE


def dispatched() -> Firm:
    firm = Firm()
    firm.ask()
    firm.plan()
    return firm


def withdraw(firm: Firm, *visit_ids: str) -> None:
    event = VisitsWithdrawn(
        ticket_id="t1",
        number="T-1",
        customer_id="pasteur",
        summary="No network",
        visit_ids=visit_ids,
        reason=WithdrawalReason.CANCELLED,
    )
    firm.run(on_visits_withdrawn(event, envelope()))


def raise_to_p1(firm: Firm, ticket_id: str) -> None:
    event = TicketReprioritised(
        ticket_id=ticket_id,
        number="T-2",
        customer_id="pasteur",
        summary="No network",
        previous_priority=Priority.P4,
        priority=Priority.P1,
    )
    firm.run(on_ticket_reprioritised(event, envelope(ticket_id)))


def test_a_withdrawn_visit_is_cancelled_and_its_slot_is_free() -> None:
    firm = dispatched()
    withdraw(firm, "t1-1", "t9-1")
    assert firm.slots("anna") == []
    [cancelled] = firm.told(VisitCancelled)
    assert (cancelled.reason, cancelled.technician_id) == (CancelledBecause.TICKET_CANCELLED, "anna")


def test_who_drives_to_a_withdrawn_visit_is_told_and_has_his_time_back() -> None:
    firm = dispatched()
    firm.do(Depart("t1-1", "anna"))
    withdraw(firm, "t1-1")
    assert firm.slots("anna") == []
    assert [fact.technician_id for fact in firm.told(VisitCancelled)] == ["anna"]
    assert firm.visit().state is VisitState.CANCELLED


def test_who_has_arrived_at_a_withdrawn_visit_goes_on_until_the_dispatcher_decides() -> None:
    firm = dispatched()
    firm.do(Depart("t1-1", "anna"))
    firm.do(Arrive("t1-1", "anna"))
    withdraw(firm, "t1-1")
    assert (firm.visit().state, firm.visit().attention) == (VisitState.ARRIVED, Attention.WITHDRAWN)
    assert firm.told(VisitCancelled) == []
    assert firm.slots("anna") == ["t1-1 08:10-08:40"]


def after_a_long_one() -> Firm:
    """anna has a long visit, then one that can wait, then nothing."""
    firm = Firm(technician("anna"))
    firm.ask(need(duration_minutes=240), priority=Priority.P3)
    firm.plan()
    firm.ask(ticket_id="t2", priority=Priority.P4)
    firm.plan()
    assert firm.visit("t2-1").state is VisitState.PLANNED
    return firm


def test_a_visit_that_becomes_urgent_is_planned_anew() -> None:
    firm = after_a_long_one()
    raise_to_p1(firm, "t2")
    firm.plan()
    assert firm.visit("t2-1").state is VisitState.DISPATCHED
    assert firm.visit("t2-1").priority is Priority.P1


def test_a_visit_that_becomes_urgent_comes_forward_though_it_was_told_and_answered() -> None:
    firm = after_a_long_one()
    firm.do(AcknowledgeDispatch("t2-1", "anna"))
    withdraw(firm, "t1-1")
    raise_to_p1(firm, "t2")
    firm.plan()
    assert firm.slots("anna") == ["t2-1 08:10-08:40"]
    assert firm.told(DispatchRevoked)[-1].reason is RevocationReason.RESCHEDULED


def test_a_pinned_visit_that_becomes_urgent_stays() -> None:
    firm = after_a_long_one()
    firm.do(PinVisit("t2-1", pinned=True))
    withdraw(firm, "t1-1")
    before = firm.slots("anna")
    raise_to_p1(firm, "t2")
    firm.plan()
    assert firm.slots("anna") == before


def hold(firm: Firm, until: datetime | None) -> None:
    event = TicketHeld(
        ticket_id="t1",
        number="T-1",
        customer_id="pasteur",
        summary="No network",
        reason=HoldReason.APPOINTMENT,
        held_sites=("capitole",),
        until=until,
    )
    firm.run(on_ticket_held(event, envelope()))


def test_an_appointment_moves_the_visit_behind_it() -> None:
    firm = dispatched()
    hold(firm, MONDAY_NINE + timedelta(hours=5))
    firm.plan()
    assert firm.slots("anna") == ["t1-1 13:00-13:30"]
    assert len(firm.told(VisitRescheduled)) == 1


def test_a_hold_without_an_end_frees_the_slot_until_it_is_resumed() -> None:
    firm = dispatched()
    hold(firm, None)
    assert firm.slots("anna") == []
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.WITHDRAWN
    firm.plan()
    assert firm.visit().state is VisitState.WAITING
    firm.do(ResumeVisits("t1", ("capitole",)))
    firm.plan()
    assert firm.visit().state is VisitState.DISPATCHED


def test_a_hold_that_ends_beyond_what_is_planned_takes_the_technician_off() -> None:
    firm = dispatched()
    until = MONDAY_NINE + timedelta(days=20)
    hold(firm, until)
    firm.plan()
    [revoked] = firm.told(DispatchRevoked)
    assert (revoked.technician_id, revoked.reason) == ("anna", RevocationReason.WITHDRAWN)
    assert firm.slots("anna") == []
    firm.advance(timedelta(days=20))
    firm.plan()
    assert firm.told(VisitRescheduled) == []
    assert firm.told(VisitPlanned)[-1].planned_start >= until


def test_a_hold_takes_off_even_the_technician_from_whom_the_visit_was_taken_before() -> None:
    firm = dispatched()
    firm.do(AddAbsence("anna", Absence(MONDAY_NINE, MONDAY_NINE + timedelta(hours=8), "sick")))
    assert firm.visit().moved_from is not None
    hold(firm, None)
    assert [fact.reason for fact in firm.told(DispatchRevoked)] == [
        RevocationReason.ABSENCE,
        RevocationReason.WITHDRAWN,
    ]
    assert firm.visit().moved_from is None


def test_of_a_pinned_visit_in_the_way_of_a_hold_the_dispatcher_is_asked() -> None:
    firm = dispatched()
    firm.do(PinVisit("t1-1", pinned=True))
    hold(firm, None)
    assert (firm.visit().technician_id, firm.visit().attention) == ("anna", Attention.ON_HOLD)
    firm.do(ResumeVisits("t1", ("capitole",)))
    assert firm.visit().attention is None


def test_a_pinned_visit_behind_the_end_of_a_hold_is_nobody_s_question() -> None:
    firm = dispatched()
    firm.do(PinVisit("t1-1", pinned=True))
    hold(firm, MONDAY_NINE + timedelta(minutes=5))
    assert firm.visit().attention is None


def test_nobody_is_sent_to_a_site_on_hold() -> None:
    firm = dispatched()
    hold(firm, None)
    with pytest.raises(Refusal) as refused:
        firm.do(AssignVisit("t1-1", "bruno", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    assert refused.value.slug == "on-hold"
    assert firm.visit().possible == ()
