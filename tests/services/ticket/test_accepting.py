"""A resolution is accepted in so many words, or by the silence of so many working days."""

from dataclasses import replace
from typing import Any

from contracts.ticket.events import TicketClosed, TicketResolved
from contracts.values import Outcome, ServiceHealth, TicketState
from services.ticket.domain.attention import Attention
from services.ticket.domain.falling_due import next_due
from services.ticket.domain.patience import USUAL
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.close import CloseTicket
from services.ticket.usecases.note import NoteTicket
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from services.ticket.usecases.tend import TendTicket
from tests.services.ticket.sample import AGENT, PORTAL, a_world, at, opened
from tests.services.ticket.visits import end, plan
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


def test_who_writes_after_the_resolution_is_not_silent_and_a_person_looks_first() -> None:
    world = resolved()
    world.do(NoteTicket(ticket_id="t1", viewer=PORTAL, text="Toujours en panne", public=True))
    ticket = world.have(Tickets, "t1")
    assert ticket.attention == (Attention.REPLY_AFTER_THE_END,)
    assert next_due(ticket) is None
    world.do(CloseTicket(**HIS))
    assert world.have(Tickets, "t1").state is TicketState.CLOSED


def test_a_note_of_the_firms_own_says_nothing_of_the_client() -> None:
    world = resolved()
    world.do(NoteTicket(**HIS, text="Rappelé, personne", public=False))
    assert next_due(world.have(Tickets, "t1")) == at(8, day=9)


def test_a_ticket_of_before_nobody_was_told_so_does_not_close_in_silence() -> None:
    document = {"_id": "t1", **Tickets.encode(resolved().have(Tickets, "t1"))}
    del document["patience"]["acceptance"]
    assert next_due(Tickets.decode(document)) is None


def test_an_end_that_is_learned_of_late_may_be_contradicted_from_then_on() -> None:
    """The technician was offline for a fortnight; the client is told only now."""
    world = a_world()
    ticket = opened(world)
    plan(world, ticket, 1, at(10))
    world.clock.set(at(8, day=16))
    end(world, ticket, 1, Outcome.FIXED, at(11), started=at(10))
    assert next_due(world.have(Tickets, "t1")) == at(8, day=23)
    assert world.told(TicketResolved)[0].closes_at == at(8, day=23)
