"""Who may read what happened: the facts that the customer's side is told, and those that stay in the firm."""

from contracts.dispatch import events as visits
from contracts.envelope import Fact
from contracts.ticket import events as lifecycle

PUBLIC: frozenset[type[Fact]] = frozenset(
    [
        lifecycle.TicketOpened,
        lifecycle.TicketTriaged,
        lifecycle.TicketReprioritised,
        lifecycle.TicketRequalified,
        lifecycle.WorkStarted,
        lifecycle.TicketRestored,
        lifecycle.VisitsRequested,
        lifecycle.VisitsWithdrawn,
        lifecycle.TicketHeld,
        lifecycle.TicketResumed,
        lifecycle.TicketResolved,
        lifecycle.TicketClosed,
        lifecycle.TicketReopened,
        lifecycle.TicketCancelled,
        visits.VisitPlanned,
        visits.VisitRescheduled,
        visits.TechnicianDispatched,
        visits.TechnicianEnRoute,
        visits.TechnicianArrived,
        visits.InterventionStarted,
        visits.InterventionPaused,
        visits.InterventionResumed,
        visits.InterventionClosed,
        visits.VisitCancelled,
    ]
)


def is_public(fact: Fact) -> bool:
    """Whether the customer's side may read it: what is not listed is the firm's own business.

    A note says of itself whom it is for. A start that moves within the arrival window is no news to
    somebody who was promised the window.
    """
    if isinstance(fact, visits.VisitRescheduled) and fact.within_window:
        return False
    return fact.public if isinstance(fact, lifecycle.TicketNoted) else type(fact) in PUBLIC
