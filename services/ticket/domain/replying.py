"""The client's reply ends what waited for it, whatever form it comes in."""

from datetime import datetime

from contracts.values import HoldReason, TicketState
from services.ticket.domain.attention import Attention
from services.ticket.domain.ticket import Step


def said_by_the_client(step: Step, at: datetime) -> Step:
    """What the customer's side says in whatever form: a reply, and after the end one that somebody reads."""
    after, happened = replied(step, at)
    if after.state is TicketState.RESOLVED:
        after = after.needing(Attention.REPLY_AFTER_THE_END)
    return after, happened


def replied(step: Step, at: datetime) -> Step:
    """A step of the customer's side, and that nothing waits for the client any more.

    A hold that began after ``at`` waits for another answer and stays.
    """
    ticket, happened = step
    waiting = tuple(
        hold.site_id
        for hold in ticket.holds
        if hold.reason is HoldReason.WAITING_FOR_CLIENT and hold.since <= at
    )
    if not (happened and waiting):
        return step
    after, resumed = ticket.resuming(waiting, at)
    return after, (*happened, *resumed)
