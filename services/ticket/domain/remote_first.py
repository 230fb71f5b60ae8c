"""Work that may be done from the desk is tried there first; the visit is asked for when that does not help.

The visits are there from the opening, but nobody is asked for one as long as it can wait. A P1 never waits:
then the visit and the attempt from the desk run side by side.
"""

from dataclasses import replace
from datetime import datetime

from contracts.values import TicketState, WorkMode, to_millisecond
from services.ticket.domain.ticket import Step, Ticket


def tried_from_the_desk(ticket: Ticket, now: datetime) -> Ticket:
    """A new ticket whose visits wait for that, where its work allows it and its priority lets it wait.

    They wait for half of the time to the deadline at most.
    """
    patience = ticket.patience.for_the_desk(ticket.priority)
    if not ticket.work.remote or patience is None or ticket.state is TicketState.ON_HOLD:
        return ticket
    until = now + patience
    for site in ticket.site_ids:
        for due in () if ticket.sla is None else (ticket.sla.respond_by(site), ticket.sla.restore_by(site)):
            if due is not None and due > now:
                until = min(until, to_millisecond(now + (due - now) / 2))
    return replace(ticket, visits=tuple(replace(v, asked=False) for v in ticket.visits), remote_until=until)


def nobody_began(ticket: Ticket, now: datetime) -> Step:
    """Whoever should have begun from the desk by now has not: the visits are asked for."""
    due = ticket.remote_until
    if due is None or due > now or ticket.state is TicketState.ON_HOLD:
        return ticket, ()
    return visits_asked(ticket), ()


def reconsidered(ticket: Ticket) -> Ticket:
    """After the work or the priority was judged anew: what cannot be tried from the desk, or cannot wait,
    is asked for."""
    waits = ticket.work.remote and ticket.patience.for_the_desk(ticket.priority) is not None
    return ticket if waits or not ticket.remote_first else visits_asked(ticket)


def visits_asked(ticket: Ticket) -> Ticket:
    """The desk gives up, or does not take it up: somebody has to go there, once the client approves of what
    is not in his contract."""
    waits = () if ticket.coverage is None else ticket.coverage.unapproved
    visits = tuple(v if v.site_id in waits else replace(v, asked=True) for v in ticket.visits)
    return replace(ticket, visits=visits, remote_until=None)


def waits_for_the_desk(ticket: Ticket) -> datetime | None:
    """By when somebody must have begun there, or the visits are asked for."""
    waiting = WorkMode.REMOTE not in ticket.started and ticket.state is not TicketState.ON_HOLD
    return ticket.remote_until if waiting and ticket.is_open and ticket.remote_first else None
