"""Keep a changed ticket together with its facts and the timeline's lines."""

from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import InterventionClosed, VisitFact
from contracts.envelope import Envelope, Fact
from contracts.inventory.events import ReservationFact
from contracts.ticket.events import TicketResolved, VisitNeed, VisitsRequested
from contracts.ticket.sla import SlaAtRisk, SlaBreached, SlaCorrected
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.domain.timeline import Line, line_of
from services.ticket.domain.visit import Visit
from services.ticket.store.copies import Sites
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.usecases.clocking import clocks_kept
from services.ticket.usecases.entering import settle_quotes
from services.ticket.usecases.learning import learn
from services.ticket.usecases.recurring import count_causes

IN_THE_TIMELINE = (SlaAtRisk, SlaBreached, SlaCorrected)
"""What people want to see of the clocks beside what happened; the rest is in the explanation."""


def keep(
    unit: Unit,
    before: Ticket,
    step: Step,
    *,
    at: datetime,
    words: str | None = None,
    told: tuple[VisitFact | ReservationFact, Envelope] | None = None,
) -> Ticket:
    """Save what came of a step that happened ``at``.

    Visits that the step added are asked for. Each fact gets a line in the timeline: ``told`` (of
    another service) first, then our own; ``words`` of a person belong to the first of ours. The clocks
    take it in, and whatever time has brought them.
    """
    after, happened = _told_of_the_end(before, step, unit.now)
    lines: list[Line] = []
    if told is not None:
        fact, envelope = told
        lines.append(
            line_of(
                fact,
                ticket_id=after.id,
                n=before.lines + 1,
                at=envelope.occurred_at,
                recorded_at=envelope.recorded_at,
                actor=envelope.actor,
            )
        )

    def tell(at: datetime, own: Fact, text: str | None = None) -> None:
        lines.append(
            line_of(
                own,
                ticket_id=after.id,
                n=before.lines + len(lines) + 1,
                at=at,
                recorded_at=unit.now,
                actor=unit.cause.actor,
                text=text,
            )
        )

    first = len(lines)
    for when, own in happened:
        tell(when, own, words if own is happened[0][1] else None)
    after, said = clocks_kept(
        unit,
        before,
        after,
        None if told is None or not isinstance(told[0], VisitFact) else (told[0], at, lines[0].id),
        [(when, own, line.id) for (when, own), line in zip(happened, lines[first:], strict=True)],
    )
    if after == before and not lines:
        return before
    known = {visit.id for visit in before.visits if visit.asked}
    if asked := tuple(v for v in after.visits if v.asked and v.live and v.id not in known):
        requested = _requested(unit, after, asked, at)
        happened = (*happened, (at, requested))
        tell(at, requested)
    for when, of_a_clock in said:
        if isinstance(of_a_clock, IN_THE_TIMELINE):
            tell(when, of_a_clock)
    after = after.with_lines(before.lines + len(lines))
    unit.save(Tickets, after)
    for when, own in (*happened, *said):
        unit.save(Tickets, after, own, at=when)
    for line in lines:
        unit.add(Timeline, line)
    closing = told[0] if told is not None and isinstance(told[0], InterventionClosed) else None
    learn(unit, before, after, closing)
    count_causes(unit, before, after)
    settle_quotes(unit, before, after)
    return after


def _told_of_the_end(before: Ticket, step: Step, now: datetime) -> Step:
    """A resolution that is learned of late may be contradicted from now on, not from when it happened."""
    after, happened = step
    resolved_at = after.resolved_at
    if resolved_at is None or before.resolved_at is not None:
        return step
    after = replace(after, told_at=now)
    closes = {"closes_at": after.accepted_at(resolved_at)}
    return after, tuple(
        (at, fact.model_copy(update=closes) if isinstance(fact, TicketResolved) else fact)
        for at, fact in happened
    )


def _requested(unit: Unit, ticket: Ticket, asked: tuple[Visit, ...], at: datetime) -> VisitsRequested:
    return ticket.fact(
        VisitsRequested,
        kind=ticket.kind,
        category=ticket.category,
        priority=ticket.priority,
        asset_id=ticket.asset_id,
        answers=ticket.answers,
        visits=tuple(need_of(unit, ticket, visit, at) for visit in asked),
    )


def need_of(unit: Unit, ticket: Ticket, visit: Visit, at: datetime) -> VisitNeed:
    """What the planner is told of a visit: how to get in now, and the wishes that have not passed."""
    site = unit.get(Sites, visit.site_id)
    windows = tuple(window for window in ticket.preferred_windows if window.to_at > at)
    return visit.need(None if site is None else site.access, windows, ticket.sla, ticket.checklist)
