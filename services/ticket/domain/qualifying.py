"""How urgent a ticket is and what kind of work it takes: judged at first, and judged again."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.ticket import events
from contracts.values import Impact, Priority, Urgency
from services.ticket.domain.attention import Attention
from services.ticket.domain.remote_first import reconsidered, visits_asked
from services.ticket.domain.ticket import Happened, Step, Ticket
from services.ticket.domain.work_type import Work


@dataclass(frozen=True)
class Judgement:
    """What a ticket is taken to be: the priority follows from the matrix, the work from the category."""

    impact: Impact
    urgency: Urgency
    category: str
    priority: Priority
    work: Work


def triage(ticket: Ticket, judgement: Judgement, at: datetime, *, on_site: bool = False) -> Step:
    """An agent looked at the ticket; it counts as judged from now on. The same judgement again is no news.

    Every site that waits for work has a visit to come afterwards, of the new kind of work where
    the category changed. ``on_site``: the desk cannot solve it, somebody has to go there.
    """
    ticket.check("triage")
    after, changed = _judged(replace(ticket, triaged=True, judged=True), judgement, at)
    return _told(ticket, visits_asked(after) if on_site else after, changed, at)


def found_out(ticket: Ticket, judgement: Judgement, at: datetime) -> Step:
    """The answers to a diagnosis say what it is; an agent may still judge otherwise."""
    after, changed = _judged(ticket, judgement, at)
    return _told(ticket, after, changed, at)


def _told(before: Ticket, after: Ticket, changed: tuple[Happened, ...], at: datetime) -> Step:
    if after == before:
        return before, ()
    said = after.fact(
        events.TicketTriaged,
        impact=after.impact,
        urgency=after.urgency,
        category=after.category,
        priority=after.priority,
    )
    return after, ((at, said), *changed, *_reprioritised(before, after, at))


def requalify(ticket: Ticket, judgement: Judgement, reason: str, at: datetime) -> Step:
    """The ticket had been judged wrongly and the client agrees: it counts as right from the opening.

    Of a judgement that was only changed later this is news, though the ticket has it already.
    """
    ticket.check("requalify")
    known = replace(ticket, judged=True)
    after, changed = _judged(known, judgement, at) if ticket.is_open else (_labelled(known, judgement), ())
    if after == known and not (ticket.sla is not None and ticket.sla.changed_since_the_opening(at)):
        return ticket, ()
    said = after.fact(
        events.TicketRequalified,
        impact=judgement.impact,
        urgency=judgement.urgency,
        category=judgement.category,
        previous_priority=ticket.priority,
        priority=judgement.priority,
        reason=reason,
    )
    return after, ((at, said), *changed, *_reprioritised(ticket, after, at))


def _judged(ticket: Ticket, judgement: Judgement, at: datetime) -> tuple[Ticket, tuple[Happened, ...]]:
    after = _labelled(ticket, judgement)
    withdrawn: tuple[Happened, ...] = ()
    if judgement.work != ticket.work:
        after, withdrawn = after.withdrawing(events.WithdrawalReason.TRIAGED, at, under_way=False)
    waiting = tuple(site for site in after.unfinished_sites if site not in after.held_sites)
    after = after.following_up(waiting).without(Attention.FOLLOW_UP_OR_RESOLVE)
    return reconsidered(after).settled(), withdrawn


def _reprioritised(before: Ticket, after: Ticket, at: datetime) -> tuple[Happened, ...]:
    if before.priority is after.priority:
        return ()
    fact = after.fact(events.TicketReprioritised, previous_priority=before.priority, priority=after.priority)
    return ((at, fact),)


def _labelled(ticket: Ticket, judgement: Judgement) -> Ticket:
    return replace(
        ticket,
        impact=judgement.impact,
        urgency=judgement.urgency,
        category=judgement.category,
        priority=judgement.priority,
        work=judgement.work,
    )
