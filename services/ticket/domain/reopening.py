"""What was taken to be done is not."""

from dataclasses import replace
from datetime import datetime

from contracts.ticket import events
from contracts.values import ServiceHealth, TicketState
from services.ticket.domain.refusals import in_order
from services.ticket.domain.resolution import Reopening
from services.ticket.domain.ticket import Step, Ticket


def reopen(
    ticket: Ticket, reason: str, service: ServiceHealth, at: datetime, sites: tuple[str, ...] = ()
) -> Step:
    """The client does not accept what was done at sites (all when none is named).

    Each of them without a visit to come gets a follow-up; work at the others stays accepted.
    """
    ticket.check("reopen")
    in_order("reopen", at, ticket.closed_at or ticket.resolved_at)
    meant = ticket.sites_meant(sites, ticket.site_ids)
    accepted = tuple(site for site in ticket.site_ids if site not in meant)
    after = replace(
        ticket,
        state=TicketState.TRIAGED,
        triaged=True,
        visits=tuple(replace(v, undone=True) if v.site_id in meant else v for v in ticket.visits),
        accepted_sites=accepted,
        started=(),
        restored_sites=ticket.restored_sites if service is ServiceHealth.UP else accepted,
        resolution=None,
        resolved_at=None,
        closed_at=None,
        reopened_at=at,
        reopenings=(*ticket.reopenings, Reopening(ticket.resolved_at or at, at, service)),
    )
    said = ticket.fact(events.TicketReopened, reason=reason, service=service, reopened_sites=meant)
    return after.following_up(meant).settled(), ((at, said),)
