"""What a ticket does by itself when its time has come."""

from datetime import datetime

from services.ticket.domain.accepting import accepted_in_silence, silence_ends
from services.ticket.domain.reminding import next_reminder, reminded
from services.ticket.domain.remote_first import nobody_began, waits_for_the_desk
from services.ticket.domain.ticket import Happened, Step, Ticket


def next_due(ticket: Ticket) -> datetime | None:
    """When a hold ends or a clock changes by itself, a client is to be reminded, a visit asked for, or a
    resolution counts as accepted."""
    due = [hold.until for hold in ticket.holds]
    due.append(None if ticket.sla is None else ticket.sla.next_at)
    due += [waits_for_the_desk(ticket), next_reminder(ticket), silence_ends(ticket)]
    return min((at for at in due if at is not None), default=None)


def tended(ticket: Ticket, now: datetime) -> Step:
    """Everything whose time has come but the clocks, which are looked at whenever a ticket is kept."""
    happened: tuple[Happened, ...] = ()
    for step in (Ticket.holds_ended, reminded, nobody_began, accepted_in_silence):
        ticket, more = step(ticket, now)
        happened = (*happened, *more)
    return ticket, happened
