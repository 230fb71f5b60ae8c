"""The client's reply ends what waited for it, whatever form it comes in."""

from datetime import datetime

from contracts.values import HoldReason
from services.ticket.domain.ticket import Step


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
