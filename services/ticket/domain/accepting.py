"""A resolution that nobody contradicts is accepted: in so many words, or after so many working days."""

from datetime import datetime

from contracts.values import TicketState
from services.ticket.domain.ticket import Step, Ticket


def accepted_in_silence(ticket: Ticket, now: datetime) -> Step:
    """Close what was resolved so long ago, as of when its time was over."""
    due = silence_ends(ticket)
    return (ticket, ()) if due is None or due > now else ticket.closed(due, silent=True)


def silence_ends(ticket: Ticket) -> datetime | None:
    """When the ticket closes by itself; None where it is not resolved, or never does: a person looks at it
    first where the client has written since, or work was done after the end."""
    if ticket.state is not TicketState.RESOLVED or ticket.resolved_at is None or ticket.attention:
        return None
    return ticket.accepted_at(ticket.resolved_at)
