"""What the desk does by hand to a ticket of its own."""

from dataclasses import replace
from datetime import datetime

from contracts.refusal import illegal_transition
from contracts.ticket import events
from contracts.values import WorkMode
from services.ticket.domain.ticket import Step, Ticket


def taken(ticket: Ticket, agent_id: str, at: datetime, *, verb: str = "take") -> Step:
    ticket.check(verb)
    if agent_id == ticket.agent_id:
        return ticket, ()
    after = replace(ticket, agent_id=agent_id)
    return after, ((at, ticket.fact(events.TicketTaken, agent_id=agent_id)),)


def begun(ticket: Ticket, mode: WorkMode, at: datetime) -> Step:
    """A qualified person really began, by hand of an agent."""
    ticket.check("start")
    if mode in ticket.started:
        possible = tuple(verb for verb in ticket.possible if verb != "start")
        raise illegal_transition("ticket", ticket.state, f"start ({mode})", possible)
    after = replace(ticket, started=(*ticket.started, mode)).settled()
    return after, ((at, ticket.fact(events.WorkStarted, mode=mode)),)


def restored(ticket: Ticket, at: datetime) -> Step:
    """Service is back on the whole ticket, even by a workaround."""
    ticket.check("restore")
    if set(ticket.restored_sites) == set(ticket.site_ids):
        return ticket, ()
    after = replace(ticket, restored_sites=ticket.site_ids)
    return after, ((at, ticket.fact(events.TicketRestored)),)
