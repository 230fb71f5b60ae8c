"""What a ticket makes of the way in which its visits end."""

from datetime import datetime
from typing import Any

import pytest

from contracts.dispatch import events as visits
from contracts.ticket.events import (
    TicketHeld,
    TicketOpened,
    TicketResolved,
    TicketRestored,
    TicketResumed,
    VisitsRequested,
    VisitsWithdrawn,
    WorkStarted,
)
from contracts.values import HoldReason, Outcome, ServiceHealth, TicketState, VisitState
from services.ticket.domain.attention import Attention
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import AGENT, a_world, at, opened, timeline
from tests.services.ticket.visits import assignment, end, plan, tell
from tests.world import World


def planned_world(*sites: str) -> World:
    world = a_world()
    ticket = opened(world, *sites)
    for n in range(1, len(ticket.visits) + 1):
        plan(world, ticket, n, at(10))
    return world


def test_a_ticket_of_two_sites_resolves_when_the_second_is_fixed() -> None:
    world = planned_world("nord", "sud")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS
    assert world.have(Tickets, "t1").unfinished_sites == ("sud",)
    end(world, ticket, 2, Outcome.FIXED, at(12), started=at(11))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED
    assert [fact.site_id for fact in world.told(TicketRestored)] == ["nord", "sud"]
    assert len(world.told(TicketResolved)) == 1


def test_what_the_technicians_did_resolves_the_ticket_in_the_order_of_their_closings() -> None:
    world = planned_world("nord", "sud")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 2, Outcome.PART_DEAD, at(11), started=at(10), work_done="Dalle commandée")
    end(world, ticket, 1, Outcome.FIXED, at(12), started=at(11), work_done="Câble changé")
    assert world.have(Tickets, "t1").resolution is None
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 3, Outcome.FIXED, at(14), started=at(13), work_done="Dalle changée", cause="choc")
    assert world.have(Tickets, "t1").resolution == Resolution(
        "Sud – Dalle commandée\nNord – Câble changé\nSud – Dalle changée", "choc"
    )


def test_at_one_site_the_site_goes_without_saying_and_what_was_not_accepted_is_left_out() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.FIXED, at(11), started=at(10), work_done="Câble changé")
    assert world.have(Tickets, "t1").resolution == Resolution("Câble changé")
    world.clock.set(at(12))
    world.do(ReopenTicket(ticket_id="t1", viewer=AGENT, reason="encore", service=ServiceHealth.DOWN))
    end(world, world.have(Tickets, "t1"), 2, Outcome.FIXED, at(14), started=at(13), work_done="Dalle changée")
    assert world.have(Tickets, "t1").resolution == Resolution("Dalle changée")


def test_a_technician_who_says_nothing_resolves_the_ticket_without_words() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.FIXED, at(11), started=at(10))
    assert world.have(Tickets, "t1").resolution == Resolution(None)


@pytest.mark.parametrize("outcome", [Outcome.NOT_FIXED, Outcome.PART_DEAD])
def test_work_that_failed_is_followed_up_by_a_linked_visit(outcome: Outcome) -> None:
    world = planned_world("nord", "sud")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, outcome, at(11), started=at(10))
    [request] = world.told(VisitsRequested)
    [need] = request.visits
    assert (need.visit_id, need.follows, need.site_id) == ("t1-3", "t1-1", "nord")
    assert dict(need.skills) == {"hardware": 2}
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.IN_PROGRESS
    end(world, ticket, 2, Outcome.FIXED, at(12), started=at(11))
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS
    end(world, ticket, 3, Outcome.FIXED, at(14), started=at(13))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED


def test_a_follow_up_comes_where_the_visit_came_that_it_goes_on_with() -> None:
    world = a_world()
    ticket = opened(world, "nord", "sud", site_order=(("sud",), ("nord",)), same_technician=True)
    assert [(need.after, need.same_technician) for need in world.told(TicketOpened)[0].visits] == [
        (("t1-2",), True),
        ((), True),
    ]
    for n in (1, 2):
        plan(world, ticket, n, at(10))
    end(world, world.have(Tickets, "t1"), 1, Outcome.NOT_FIXED, at(11), started=at(10))
    [need] = world.told(VisitsRequested)[0].visits
    assert (need.follows, need.after, need.same_technician) == ("t1-1", ("t1-2",), True)


@pytest.mark.parametrize("outcome", [Outcome.NO_ACCESS, Outcome.USER_ABSENT, Outcome.REFUSED, Outcome.UNSAFE])
def test_nobody_let_in_holds_that_site_from_the_arrival(outcome: Outcome) -> None:
    world = planned_world("nord", "sud")
    ticket = world.have(Tickets, "t1")
    tell(world, visits.TechnicianArrived, ticket, 1, at(10, 5), technician_id="lea")
    end(world, ticket, 1, outcome, at(10, 30))
    [held] = world.told(TicketHeld)
    assert (held.reason, held.held_sites, held.visit_id) == (
        HoldReason.WAITING_FOR_ACCESS,
        ("nord",),
        "t1-1",
    )
    ticket = world.have(Tickets, "t1")
    assert ticket.holds[0].since == at(10, 5)
    assert ticket.state is TicketState.SCHEDULED, "sud goes on"
    assert (Attention.UNSAFE_SITE in ticket.attention) == (outcome is Outcome.UNSAFE)
    assert world.told(VisitsRequested) == []


def test_going_on_after_nobody_was_let_in_asks_for_another_visit() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.NO_ACCESS, at(10, 30))
    assert world.have(Tickets, "t1").state is TicketState.ON_HOLD
    world.clock.set(at(12))
    world.do(ResumeTicket(ticket_id="t1", viewer=AGENT))
    [need] = world.told(VisitsRequested)[0].visits
    assert (need.visit_id, need.follows) == ("t1-2", "t1-1")
    assert world.have(Tickets, "t1").state is TicketState.TRIAGED


def test_the_time_that_the_client_chooses_then_asks_for_another_visit_once() -> None:
    world = planned_world("nord", "sud")
    ticket = world.have(Tickets, "t1")
    chosen = {"arrival_from": at(14), "arrival_to": at(16), "summary": "Écran noir"}
    tell(world, visits.AppointmentChosen, ticket, 1, at(9), **chosen)
    assert world.told(TicketResumed) == [], "nothing waits: the visit is only planned for another time"
    end(world, ticket, 1, Outcome.NO_ACCESS, at(10, 30))
    for _ in range(2):
        tell(world, visits.AppointmentChosen, ticket, 1, at(11), **chosen)
    assert [fact.resumed_sites for fact in world.told(TicketResumed)] == [("nord",)]
    [need] = world.told(VisitsRequested)[0].visits
    assert (need.visit_id, need.follows) == ("t1-3", "t1-1")
    assert "appointment-chosen" in [line.event for line in timeline(world)]


def test_work_out_of_scope_holds_the_site_for_approval() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.OUT_OF_SCOPE, at(10, 30), started=at(10))
    [held] = world.told(TicketHeld)
    assert held.reason is HoldReason.WAITING_FOR_APPROVAL
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.ON_HOLD
    assert ticket.attention == (Attention.APPROVAL,)


def test_a_workaround_restores_the_site_and_asks_the_agent_what_next() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.WORKAROUND, at(11), started=at(10))
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.IN_PROGRESS
    assert ticket.attention == (Attention.FOLLOW_UP_OR_RESOLVE,)
    assert [fact.site_id for fact in world.told(TicketRestored)] == ["nord"]
    assert world.told(VisitsRequested) == []


def test_after_a_workaround_a_triage_asks_for_the_follow_up() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.WORKAROUND, at(11), started=at(10))
    world.clock.set(at(12))
    world.do(TriageTicket(ticket_id="t1", viewer=AGENT))
    [need] = world.told(VisitsRequested)[0].visits
    assert (need.visit_id, need.follows) == ("t1-2", "t1-1")
    assert world.have(Tickets, "t1").attention == ()


def test_after_a_workaround_the_agent_may_resolve() -> None:
    world = planned_world("nord")
    end(world, world.have(Tickets, "t1"), 1, Outcome.WORKAROUND, at(11), started=at(10))
    world.clock.set(at(12))
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Contournement accepté"))
    assert world.have(Tickets, "t1").state is TicketState.RESOLVED


def test_a_closing_that_arrives_after_the_cancellation_is_kept_and_shown_to_a_person() -> None:
    world = planned_world("nord")
    world.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason="client-consent"))  # type: ignore[arg-type]
    end(world, world.have(Tickets, "t1"), 1, Outcome.FIXED, at(11), started=at(10))
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.CANCELLED
    assert ticket.visits[0].state is VisitState.CLOSED
    assert ticket.attention == (Attention.WORK_AFTER_THE_END,)
    assert timeline(world)[-1].event == "intervention-closed"


def test_a_start_told_late_does_not_open_a_closed_visit_again() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    tell(world, visits.InterventionStarted, ticket, 1, at(10), technician_id="lea")
    tell(world, visits.VisitPlanned, ticket, 1, at(9), **assignment(at(10)))
    after = world.have(Tickets, "t1")
    assert after.state is TicketState.RESOLVED
    assert after.visits[0].state is VisitState.CLOSED
    assert len(world.told(WorkStarted)) == 1


def test_the_same_visit_closed_twice_is_counted_once() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.NOT_FIXED, at(11), started=at(10))
    end(world, ticket, 1, Outcome.FIXED, at(12), started=at(10))
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS
    assert len(world.told(VisitsRequested)) == 1


def test_a_start_at_a_held_site_ends_the_hold() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    end(world, ticket, 1, Outcome.USER_ABSENT, at(10, 30))
    world.clock.set(at(12))
    world.do(ResumeTicket(ticket_id="t1", viewer=AGENT))
    after = world.have(Tickets, "t1")
    held, facts = after.held(HoldReason.WAITING_FOR_CLIENT, (), at(12), None)
    assert facts[0][1].TYPE == "ticket-held"
    world.give(Tickets, held)
    tell(world, visits.InterventionStarted, after, 2, at(13), technician_id="lea")
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS
    assert world.told(TicketResumed)[-1].resumed_sites == ("nord",)


def test_a_decline_leaves_the_visit_waiting_for_the_next_technician() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    tell(world, visits.DispatchDeclined, ticket, 1, at(8), technician_id="lea", reason="malade")
    after = world.have(Tickets, "t1")
    assert after.visits[0].state is VisitState.WAITING
    assert after.visits[0].assignment is None
    assert after.state is TicketState.TRIAGED


def test_a_revocation_of_the_first_technician_does_not_take_the_visit_from_the_second() -> None:
    world = planned_world("nord")
    ticket = world.have(Tickets, "t1")
    plan(world, ticket, 1, at(14), technician_id="marc")
    tell(world, visits.DispatchRevoked, ticket, 1, at(8), technician_id="lea", reason="no-answer")
    visit = world.have(Tickets, "t1").visits[0]
    assert visit.assignment is not None
    assert visit.assignment.technician_id == "marc"


def test_a_visit_that_nobody_can_serve_asks_for_a_person() -> None:
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    tell(world, visits.DispatchFailed, ticket, 1, at(9), priority="P3", summary="Écran noir")
    after = world.have(Tickets, "t1")
    assert after.visits[0].state is VisitState.FAILED
    assert after.visits[0].technician_id is None, "nobody is expected any more"
    assert after.attention == (Attention.NOBODY_CAN_SERVE,)
    plan(world, ticket, 1, at(14))
    assert world.have(Tickets, "t1").attention == ()


def test_a_fact_of_a_visit_that_the_ticket_never_had_is_kept_in_the_timeline() -> None:
    world = a_world()
    ticket = opened(world)
    tell(world, visits.VisitCancelled, ticket, 9, at(9), reason="withdrawn")
    [line] = timeline(world)
    assert (line.event, line.visit_id) == ("visit-cancelled", "t1-9")


def reschedule(world: World, ticket: Ticket, start: datetime, *, within_window: bool) -> None:
    said = assignment(start, previous_technician_id="lea", previous_start=at(10), within_window=within_window)
    tell(world, visits.VisitRescheduled, ticket, 1, at(9, 30), **said)


def test_a_start_moved_within_the_window_leaves_the_technician_s_answer() -> None:
    world = planned_world()
    ticket = world.have(Tickets, "t1")
    tell(world, visits.DispatchAcknowledged, ticket, 1, at(9), technician_id="lea")
    reschedule(world, ticket, at(10, 10), within_window=True)
    moved = world.have(Tickets, "t1").visits[0]
    assert moved.assignment is not None
    assert (moved.state, moved.assignment.planned_start) == (VisitState.ACKNOWLEDGED, at(10, 10))
    assert not timeline(world)[-1].public
    reschedule(world, ticket, at(14), within_window=False)
    assert world.have(Tickets, "t1").visits[0].state is VisitState.PLANNED
    assert timeline(world)[-1].public


def test_a_fix_by_a_visit_that_counted_as_cancelled_is_a_fix_and_calls_off_the_one_in_its_place() -> None:
    world = planned_world()
    ticket = world.have(Tickets, "t1")
    tell(world, visits.VisitCancelled, ticket, 1, at(9), reason="withdrawn")
    assert [visit.state for visit in world.have(Tickets, "t1").visits] == ["cancelled", "waiting"]
    end(world, ticket, 1, Outcome.FIXED, at(10))
    after = world.have(Tickets, "t1")
    assert (after.state, [visit.state for visit in after.visits]) == ("resolved", ["closed", "cancelled"])
    assert [each.visit_ids for each in world.told(VisitsWithdrawn)] == [("t1-2",)]


@pytest.mark.parametrize("told", [visits.VisitPlanned, visits.DispatchAcknowledged, visits.DispatchFailed])
def test_what_was_on_its_way_when_a_visit_was_cancelled_does_not_bring_it_back(
    told: type[visits.VisitFact],
) -> None:
    world = planned_world()
    ticket = world.have(Tickets, "t1")
    tell(world, visits.VisitCancelled, ticket, 1, at(9), reason="withdrawn")
    said: dict[type[visits.VisitFact], dict[str, Any]] = {
        visits.VisitPlanned: assignment(at(9)),
        visits.DispatchFailed: {"priority": "P3", "summary": "x"},
    }
    tell(world, told, ticket, 1, at(9), **said.get(told, {"technician_id": "lea"}))
    assert [visit.state for visit in world.have(Tickets, "t1").visits] == ["cancelled", "waiting"]


def reopened_world(*, under_way: bool = False) -> World:
    """Solved from the desk at eleven, and reopened at half past: the service is down."""
    world = planned_world("nord")
    if under_way:
        tell(world, visits.TechnicianEnRoute, world.have(Tickets, "t1"), 1, at(10), technician_id="lea")
    world.clock.set(at(11))
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Redémarré"))
    world.clock.set(at(11, 30))
    world.do(ReopenTicket(ticket_id="t1", viewer=AGENT, reason="encore", service=ServiceHealth.DOWN))
    world.clock.set(at(13))
    return world


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("under_way", [False, True], ids=["withdrawn", "under way"])
def test_whatever_came_of_a_visit_before_the_reopening_somebody_goes_there_again(
    outcome: Outcome, under_way: bool
) -> None:
    """The technician had no network; what he did had not helped."""
    world = reopened_world(under_way=under_way)
    tell(world, visits.InterventionStarted, world.have(Tickets, "t1"), 1, at(10), technician_id="lea")
    end(world, world.have(Tickets, "t1"), 1, outcome, at(10, 30), started=at(10), arrived_at=at(10))
    ticket = world.have(Tickets, "t1")
    assert [visit.id for visit in ticket.visits if visit.live] == ["t1-2"]
    assert (ticket.state, ticket.unfinished_sites) == (TicketState.TRIAGED, ("nord",))
    assert ticket.restored_sites == ()


@pytest.mark.parametrize("under_way", [False, True], ids=["withdrawn", "under way"])
def test_who_was_there_after_the_reopening_has_fixed_it(under_way: bool) -> None:
    world = reopened_world(under_way=under_way)
    end(world, world.have(Tickets, "t1"), 1, Outcome.FIXED, at(12, 30), started=at(12))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, ticket.resolved_at) == (TicketState.RESOLVED, at(12, 30))
