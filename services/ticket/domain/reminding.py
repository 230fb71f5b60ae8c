"""A client who does not answer is reminded, and not waited for without end.

Working days are those of the site, at the hour at which the question was asked. After the last one the
ticket counts as resolved: who still has the trouble reopens it, and loses nothing.
"""

from dataclasses import replace
from datetime import datetime

from contracts.ticket.events import ClientReminded
from contracts.values import HoldReason
from services.ticket.domain.holding import Hold
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Happened, Step, Ticket
from services.ticket.domain.working_days import working_days_after

NO_ANSWER = "no-answer"
"""The cause of a resolution for which nobody did anything: there are no words of anybody's either."""


def next_reminder(ticket: Ticket) -> datetime | None:
    """When the client is to be reminded next, or not waited for any longer."""
    return min((_due(ticket, hold) for hold in _silent(ticket)), default=None)


def reminded(ticket: Ticket, now: datetime) -> Step:
    """Remind the client at the sites where that is due; resolve what waited for him in vain.

    Reminders that were missed meanwhile are one. A ticket that only waits at some of its sites is not
    resolved: at those a reminder was the last.
    """
    due = [hold for hold in _silent(ticket) if _due(ticket, hold) <= now]
    if not due:
        return ticket, ()
    over = [hold for hold in due if hold.reminders >= len(ticket.patience.reminders)]
    if over:
        return _given_up(ticket, over, now)
    sites = tuple(hold.site_id for hold in due)
    holds = tuple(
        replace(hold, reminders=_passed(ticket, hold, now)) if hold in due else hold for hold in ticket.holds
    )
    after = replace(ticket, holds=holds)
    ends = min(_after(ticket, hold, ticket.patience.no_answer) for hold in due)
    fact = ticket.fact(
        ClientReminded,
        held_sites=sites,
        reminder=max(h.reminders for h in holds if h.site_id in sites),
        resolves_at=ends,
    )
    return after, ((now, fact),)


def _given_up(ticket: Ticket, over: list[Hold], now: datetime) -> Step:
    waiting = {hold.site_id for hold in _silent(ticket)}
    if set(ticket.unfinished_sites) <= waiting:
        resolution = Resolution(None, cause=NO_ANSWER)
        return ticket.resolved(resolution, now)
    # One site of several: the agent sees that it still waits, and nobody is written to any more.
    spent = len(ticket.patience.reminders) + 1
    holds = tuple(replace(h, reminders=spent) if h in over else h for h in ticket.holds)
    return replace(ticket, holds=holds), tuple[Happened, ...]()


def _silent(ticket: Ticket) -> list[Hold]:
    return [
        hold
        for hold in ticket.holds
        if hold.reason is HoldReason.WAITING_FOR_CLIENT
        and hold.until is None
        and hold.reminders <= len(ticket.patience.reminders)
    ]


def _due(ticket: Ticket, hold: Hold) -> datetime:
    days = (*ticket.patience.reminders, ticket.patience.no_answer)
    return _after(ticket, hold, days[hold.reminders])


def _passed(ticket: Ticket, hold: Hold, now: datetime) -> int:
    return sum(_after(ticket, hold, days) <= now for days in ticket.patience.reminders)


def _after(ticket: Ticket, hold: Hold, days: int) -> datetime:
    """The same hour so many working days later."""
    return working_days_after(ticket.sla, hold.site_id, hold.since, days)
