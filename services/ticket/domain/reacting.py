"""What a ticket makes of the facts of its visits.

A fact has happened: none of these functions refuses one. What cannot change the ticket any more
is kept on the visit, and a person is asked to look where work was done after the end.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import InterventionClosed
from contracts.ticket import events
from contracts.values import HoldReason, Outcome, TicketState, VisitState, WorkMode
from services.ticket.domain.attention import Attention
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Happened, Step, Ticket
from services.ticket.domain.visit import Assignment, Visit

_NOBODY_GOT_IN = frozenset({Outcome.NO_ACCESS, Outcome.USER_ABSENT, Outcome.REFUSED, Outcome.UNSAFE})


def assigned(ticket: Ticket, visit: Visit, assignment: Assignment, state: VisitState) -> Step:
    """Somebody comes: the ticket is scheduled, unless more is known already."""
    after = ticket.with_visit(visit.assigned(assignment, state))
    after = replace(after, triaged=True).without(Attention.NOBODY_CAN_SERVE, Attention.PARTS_SHORT)
    return after.settled(), ()


def unassigned(ticket: Ticket, visit: Visit, technician_id: str) -> Step:
    """The technician who was to come does not; dispatch looks for another, if one is still wanted."""
    freed = visit.unassigned(technician_id)
    another = any(v.live for v in ticket.visits if v.site_id == visit.site_id and v.id != visit.id)
    if freed.state is VisitState.WAITING and (another or not ticket.is_open):
        freed = freed.moved(VisitState.CANCELLED)
    return ticket.with_visit(freed).settled(), ()


def appointed(ticket: Ticket, visit: Visit, at: datetime) -> Step:
    """The client says when he is there. After a visit in vain that ends the wait for access to the site,
    and another visit is asked for, which dispatch makes then."""
    waits = any(
        hold.site_id == visit.site_id and hold.reason is HoldReason.WAITING_FOR_ACCESS and hold.since <= at
        for hold in ticket.holds
    )
    if visit.state is not VisitState.CLOSED or not waits or not ticket.is_open:
        return ticket, ()
    return ticket.resuming((visit.site_id,), at)


def moved(ticket: Ticket, visit: Visit, state: VisitState) -> Step:
    return ticket.with_visit(visit.moved(state)).settled(), ()


def cancelled(ticket: Ticket, visit: Visit) -> Step:
    """Dispatch dropped the visit. Where work is left and nobody else comes (the ticket was reopened
    while its withdrawal was on the way), another one is asked for."""
    after = ticket.with_visit(visit.moved(VisitState.CANCELLED))
    if after.is_open and visit.site_id not in after.held_sites:
        after = after.following_up((visit.site_id,))
    return after.settled(), ()


def unservable(ticket: Ticket, visit: Visit) -> Step:
    if not ticket.is_open:
        return moved(ticket, visit, VisitState.CANCELLED)
    return ticket.with_visit(visit.unservable()).needing(Attention.NOBODY_CAN_SERVE).settled(), ()


def short_of_parts(ticket: Ticket) -> Step:
    return ticket.needing(Attention.PARTS_SHORT) if ticket.is_open else ticket, ()


def arrived(ticket: Ticket, visit: Visit, at: datetime) -> Step:
    here = replace(visit.moved(VisitState.ARRIVED), arrived_at=visit.arrived_at or at)
    return ticket.with_visit(here).settled(), ()


def started(ticket: Ticket, visit: Visit, at: datetime) -> Step:
    """A qualified person really began at that site, which ends a hold there that had begun by then."""
    begun = replace(visit.moved(VisitState.STARTED), started_at=visit.started_at or at)
    after = ticket.with_visit(begun)
    if visit.started_at is not None or not ticket.is_open or _undone(ticket, visit, at):
        return after.settled(), ()
    after = replace(after, started=tuple(dict.fromkeys((*after.started, WorkMode.ONSITE))))
    fact = after.fact(events.WorkStarted, mode=WorkMode.ONSITE, site_id=visit.site_id, visit_id=visit.id)
    held = any(hold.site_id == visit.site_id and hold.since <= at for hold in after.holds)
    after, resumed = after.resuming((visit.site_id,), at) if held else (after, ())
    return after.settled(), (*resumed, (at, fact))


def closed(ticket: Ticket, visit: Visit, told: InterventionClosed, name_of: Callable[[str], str]) -> Step:
    """The technician is done; what follows depends on how it ended. ``name_of`` gives a site's name."""
    if visit.state is VisitState.CLOSED:
        return ticket, ()
    after, happened = ticket, tuple[Happened, ...]()
    undone = _undone(ticket, visit, told.ended_at)
    if told.started_at is not None and not undone:
        after, happened = started(ticket, visit, told.started_at)
    visit = replace(
        after.visit(visit.id) or visit,
        state=VisitState.CLOSED,
        outcome=told.outcome,
        work_done=told.work_done,
        undone=undone,
        arrived_at=visit.arrived_at or told.arrived_at,
        started_at=visit.started_at or told.started_at,
        ended_at=told.ended_at,
    )
    after = after.with_visit(visit)
    if not after.is_open:
        accepted = after.state is TicketState.RESOLVED and visit.fixed
        return after if accepted else after.needing(Attention.WORK_AFTER_THE_END), happened
    if undone:
        return after.following_up((visit.site_id,)).settled(), happened
    after, more = _outcome(after.settled(), visit, told, name_of)
    return after, (*happened, *more)


def _undone(ticket: Ticket, visit: Visit, at: datetime) -> bool:
    """Whether the client has not accepted what was done there by then: he reopened the ticket afterwards."""
    if ticket.reopened_at is None or visit.site_id in ticket.accepted_sites:
        return visit.undone
    return at <= ticket.reopened_at


def _outcome(ticket: Ticket, visit: Visit, told: InterventionClosed, name_of: Callable[[str], str]) -> Step:
    at = told.ended_at
    if told.outcome is Outcome.FIXED:
        after, restored = _restored(ticket, visit, at)
        # Of a visit that counted as cancelled: the one that was asked for in its place is not needed.
        after, dropped = after.withdrawing(
            events.WithdrawalReason.RESOLVED, at, under_way=False, site=visit.site_id
        )
        restored = (*restored, *dropped)
        if after.unfinished_sites:
            return after.settled(), restored
        article_id = None if told.article_worked is False else told.article_id
        resolution = Resolution(_work_done(after, name_of), told.cause, article_id)
        return after.resolving(resolution, at, before=restored)
    if told.outcome is Outcome.WORKAROUND:
        after, restored = _restored(ticket, visit, at)
        return after.needing(Attention.FOLLOW_UP_OR_RESOLVE).settled(), restored
    if told.outcome in _NOBODY_GOT_IN:
        if told.outcome is Outcome.UNSAFE:
            ticket = ticket.needing(Attention.UNSAFE_SITE)
        return _holding(ticket, visit, HoldReason.WAITING_FOR_ACCESS, visit.arrived_at or at)
    if told.outcome is Outcome.OUT_OF_SCOPE:
        return _holding(ticket.needing(Attention.APPROVAL), visit, HoldReason.WAITING_FOR_APPROVAL, at)
    return ticket.following_up((visit.site_id,)).settled(), ()


def _holding(ticket: Ticket, visit: Visit, reason: HoldReason, since: datetime) -> Step:
    """Hold the visit's site; where another hold began later, which was known first, only until then."""
    site = visit.site_id
    later = next((hold for hold in ticket.holds if hold.site_id == site and hold.since > since), None)
    if later is None:
        return ticket.holding(reason, (site,), since, visit_id=visit.id)
    fact = ticket.fact(
        events.TicketHeld, reason=reason, held_sites=(site,), until=later.since, visit_id=visit.id
    )
    return ticket.settled(), ((since, fact),)


def _restored(ticket: Ticket, visit: Visit, at: datetime) -> Step:
    sites = tuple(dict.fromkeys((*ticket.restored_sites, visit.site_id)))
    fact = ticket.fact(events.TicketRestored, site_id=visit.site_id, visit_id=visit.id)
    return replace(ticket, restored_sites=sites), ((at, fact),)


def _work_done(ticket: Ticket, name_of: Callable[[str], str]) -> str | None:
    """What the technicians did, in the order in which they closed, with the site where there are several."""
    made = [
        (visit.ended_at, visit) for visit in ticket.visits if visit.ended_at is not None and not visit.undone
    ]
    told = [(visit.site_id, visit.work_done) for _, visit in sorted(made, key=lambda each: each[0])]
    several = len(ticket.site_ids) > 1
    lines = (f"{name_of(site)} – {words}" if several else words for site, words in told if words)
    return "\n".join(lines) or None
