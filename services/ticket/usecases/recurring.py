"""A cause that comes back proposes a problem, counted as its tickets are resolved and reopened."""

from datetime import timedelta

from infra.chassis.store.unit import Unit
from services.ticket.domain.possible import SOLVED
from services.ticket.domain.problem import MAX_LINKED, Linked, Problem, ProblemState
from services.ticket.domain.recurrence import CauseCount, Occurrence, count_id, places_of
from services.ticket.domain.reminding import NO_ANSWER
from services.ticket.domain.ticket import Ticket
from services.ticket.lookup.models import model_key
from services.ticket.lookup.terms import gist
from services.ticket.store.copies import Assets
from services.ticket.store.problems import CauseCounts, Problems
from services.ticket.store.tickets import Tickets

TITLE_LENGTH = 160


def count_causes(unit: Unit, before: Ticket, after: Ticket) -> None:
    """Count the ticket where it was just resolved; take it back where it was reopened."""
    was, is_ = before.state in SOLVED, after.state in SOLVED
    if was and not is_:
        _take_back(unit, after.id)
    elif is_ and not was:
        _count(unit, after)


def _count(unit: Unit, ticket: Ticket) -> None:
    """The parts of a major incident and the children of a ticket are one occurrence, which is not theirs."""
    resolution = ticket.resolution
    one_of_many = ticket.major_id is not None or ticket.parent_id is not None
    if resolution is None or ticket.asset_id is None or ticket.confidential or one_of_many:
        return
    cause = resolution.cause
    if cause is None or cause == NO_ANSWER or (meant := gist(cause)) is None:
        return
    asset = unit.get(Assets, ticket.asset_id)
    if asset is None or ticket.resolved_at is None:
        return
    key = model_key(asset.manufacturer, asset.model)
    counts = [
        unit.get(CauseCounts, id) or CauseCount(id, about)
        for about in places_of(asset.asset_id, asset.model, key, ticket.customer_id)
        for id in (count_id(about, meant),)
    ]
    if not _taken(unit, ticket, counts):
        _counted(unit, ticket, cause, counts)


def _taken(unit: Unit, ticket: Ticket, counts: list[CauseCount]) -> bool:
    """Whether a problem of that cause is there already, which the ticket then is a part of."""
    for count in counts:
        problem = None if count.problem_id is None else unit.get(Problems, count.problem_id)
        if problem is not None and problem.takes_more:
            if len(problem.linked) < MAX_LINKED:
                unit.save(Problems, problem.with_ticket(ticket))
            return True
    return False


def _counted(unit: Unit, ticket: Ticket, cause: str, counts: list[CauseCount]) -> None:
    """Add it to each count, from the narrowest on until one proposes a problem."""
    rule, at = ticket.patience, ticket.resolved_at
    assert at is not None
    occurrence = Occurrence(ticket.id, ticket.customer_id, at)
    for n, count in enumerate(counts):
        more = count.with_ticket(occurrence, timedelta(days=rule.recurrence_days))
        if len(more.seen) < rule.recurrences:
            unit.put(CauseCounts, more)
            continue
        problem = _proposed(unit, ticket, cause, more)
        unit.add(Problems, problem)
        unit.put(CauseCounts, more.proposed(problem.id))
        for other in (*counts[:n], *counts[n + 1 :]):
            if other.seen:
                unit.put(CauseCounts, other.without(*more.ticket_ids))
        return


def _proposed(unit: Unit, ticket: Ticket, cause: str, count: CauseCount) -> Problem:
    what = count.about.model or count.about.asset_id
    return Problem(
        id=f"recurring-{ticket.id}-{ticket.lines}",
        title=" ".join(f"{what} : {cause}".split())[:TITLE_LENGTH],
        cause=cause,
        about=count.about,
        state=ProblemState.PROPOSED,
        by_rule=True,
        linked=tuple(_linked(unit, each) for each in count.seen),
        reached={ProblemState.PROPOSED: unit.now},
    )


def _linked(unit: Unit, seen: Occurrence) -> Linked:
    ticket = unit.require(Tickets, seen.ticket_id, as_="ticket")
    return Linked(ticket.id, ticket.customer_id, ticket.category)


def _take_back(unit: Unit, ticket_id: str) -> None:
    for count in unit.where(CauseCounts, "ticket_ids", ticket_id):
        unit.save(CauseCounts, count.without(ticket_id))
    for problem in unit.where(Problems, "ticket_ids", ticket_id):
        if problem.state is ProblemState.PROPOSED:
            unit.save(Problems, problem.without_ticket(ticket_id))
