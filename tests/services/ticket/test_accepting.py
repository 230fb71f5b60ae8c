"""A resolution is accepted in so many words, or by the silence of so many working days."""

from dataclasses import replace
from typing import Any

from contracts.ticket.events import TicketClosed, TicketResolved
from contracts.values import ServiceHealth, TicketState
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.patience import USUAL
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.tend import TendTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, opened
from tests.world import World

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}


def resolved(**patience: Any) -> World:
    """On Monday 2 March 2026 at 9:00 in Paris."""
    world = a_world()
    opened(world, patience=replace(USUAL, **patience))
    world.do(ResolveTicket(**HIS, work_done="Branché"))
    return world


def test_silence_of_five_working_days_closes_it_at_the_hour_of_the_resolution() -> None:
    world = resolved()
    ticket = world.have(Tickets, "t1")
    [told] = world.told(TicketResolved)
    assert told.closes_at == next_due(ticket) == at(8, day=9)
    world.clock.set(at(12, day=9))
    world.do(TendTicket("t1"))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, ticket.closed_at) == (TicketState.CLOSED, at(8, day=9))
    [closed] = world.told(TicketClosed)
    assert closed.silent


def test_who_says_so_closes_it_at_once_and_not_in_silence() -> None:
    world = resolved()
    world.do(CloseTicket(ticket_id="t1", viewer=PORTAL))
    [closed] = world.told(TicketClosed)
    assert not closed.silent
    assert next_due(world.have(Tickets, "t1")) is None


def test_who_reopens_it_is_not_silent() -> None:
    world = resolved()
    world.clock.set(at(8, day=6))
    world.do(ReopenTicket(ticket_id="t1", viewer=PORTAL, reason="encore", service=ServiceHealth.DOWN))
    world.clock.set(at(12, day=9))
    world.do(TendTicket("t1"))
    assert world.have(Tickets, "t1").is_open


def test_a_firm_may_wait_for_ever() -> None:
    world = resolved(acceptance=None)
    [told] = world.told(TicketResolved)
    assert told.closes_at is None
    assert next_due(world.have(Tickets, "t1")) is None
