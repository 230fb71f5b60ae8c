"""A request of one site, from the portal to its resolution."""

from contracts.dispatch import events as visits
from contracts.ticket.events import TicketOpened, TicketResolved, TicketRestored, WorkStarted
from contracts.values import Outcome, Priority, TicketState, VisitState
from services.ticket.store.tickets import Tickets
from tests.services.ticket.sample import a_world, at, give_contract, opened, timeline
from tests.services.ticket.visits import end, plan, tell


def test_a_request_becomes_a_visit_and_its_closing_resolves_the_ticket() -> None:
    world = a_world()
    give_contract(world, "c1")
    ticket = opened(world)
    [told] = world.told(TicketOpened)
    [need] = told.visits
    assert (need.visit_id, need.site_id, need.contract_id) == ("t1-1", "nord", "c1")
    assert dict(need.skills) == {"hardware": 2}
    assert need.access is not None
    assert need.respond_by == at(9), "60 minutes for a P3"
    assert ticket.state is TicketState.NEW
    assert ticket.priority is Priority.P3

    plan(world, ticket, 1, at(10))
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.SCHEDULED
    [visit] = ticket.visits
    assert visit.assignment is not None
    assert visit.assignment.technician_id == "lea"

    tell(world, visits.TechnicianArrived, ticket, 1, at(9, 55), technician_id="lea")
    assert world.have(Tickets, "t1").state is TicketState.SCHEDULED
    tell(world, visits.InterventionStarted, ticket, 1, at(10), technician_id="lea")
    assert world.have(Tickets, "t1").state is TicketState.IN_PROGRESS

    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10), cause="Alimentation")
    ticket = world.have(Tickets, "t1")
    assert ticket.state is TicketState.RESOLVED
    assert ticket.resolved_at == at(11)
    assert ticket.visits[0].state is VisitState.CLOSED
    [started] = world.told(WorkStarted)
    assert (started.site_id, started.visit_id) == ("nord", "t1-1")
    assert [restored.site_id for restored in world.told(TicketRestored)] == ["nord"]
    [resolved] = world.told(TicketResolved)
    assert resolved.cause == "Alimentation"
    assert [line.event for line in timeline(world)] == [
        "visit-planned",
        "technician-arrived",
        "intervention-started",
        "work-started",
        "intervention-closed",
        "ticket-restored",
        "ticket-resolved",
    ]
    assert ticket.lines == 7


def test_facts_carry_the_time_at_which_they_happened() -> None:
    world = a_world()
    ticket = opened(world)
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    times = {p.envelope.type: p.envelope.occurred_at for p in world.events}
    assert times["work-started"] == at(10)
    assert times["ticket-restored"] == at(11)
    assert times["ticket-resolved"] == at(11)
