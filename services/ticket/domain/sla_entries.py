"""From what happened to a ticket to the entries of the log that its clocks read.

A fact that is learned late goes where it happened. What would then leave the clocks at odds with the
ticket (a hold that something already in the log would end) is said once more where it takes effect.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import InterventionClosed, InterventionStarted, TechnicianArrived, VisitFact
from contracts.ticket import agreed, events
from contracts.values import Outcome
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.visit import Visit

_WORKS_AGAIN = (Outcome.FIXED, Outcome.WORKAROUND)
_OVERRULES_A_HOLD = (Happening.HELD, Happening.RESUMED, Happening.RESOLVED)


def opening_entry(ticket: Ticket) -> LogEntry:
    return LogEntry(
        ticket.declared_at,
        Happening.OPENED,
        id=f"{ticket.id}:0",
        priority=ticket.priority,
        channel=ticket.channel,
        recorded_at=ticket.opened_at,
    )


def told_entries(
    log: Sequence[LogEntry], visit: Visit, fact: VisitFact, at: datetime, line_id: str
) -> Iterator[LogEntry]:
    """What a visit's fact adds, ``visit`` as it was before: arrival, start, service that works again."""

    def entry(event: Happening, when: datetime) -> LogEntry:
        return LogEntry(when, event, line_id, fact.site_id, visit.id)

    def known(event: Happening) -> bool:
        return any(each.event is event and each.visit_id == visit.id for each in log)

    match fact:
        case TechnicianArrived():
            yield entry(Happening.ARRIVED, at)
        case InterventionStarted():
            yield entry(Happening.STARTED, at)
        case InterventionClosed() if visit.ended_at is None:
            if fact.arrived_at is not None and not known(Happening.ARRIVED):
                yield entry(Happening.ARRIVED, fact.arrived_at)
            if fact.started_at is not None and not known(Happening.STARTED):
                yield entry(Happening.STARTED, fact.started_at)
            if fact.outcome in _WORKS_AGAIN:
                yield entry(Happening.RESTORED, fact.ended_at)


def own_entries(
    ticket: Ticket, happened: Iterable[tuple[datetime, events.TicketFact, str]]
) -> Iterator[LogEntry]:
    """What the ticket's own facts add, each with the id of its line. Those that only repeat what a visit
    told are left out."""
    told = list(happened)
    requalified = any(isinstance(fact, events.TicketRequalified) for _, fact, _ in told)
    for at, fact, line_id in told:
        match fact:
            case events.TicketHeld():
                for site in _places(ticket, fact.held_sites):
                    yield LogEntry(
                        at,
                        Happening.HELD,
                        line_id,
                        site,
                        fact.visit_id,
                        reason=fact.reason,
                        until=fact.until,
                    )
            case events.TicketResumed():
                for site in _places(ticket, fact.resumed_sites):
                    yield LogEntry(at, Happening.RESUMED, line_id, site)
            case events.TicketReopened():
                for site in _places(ticket, fact.reopened_sites or ticket.site_ids):
                    yield LogEntry(at, Happening.REOPENED, line_id, site, service=fact.service)
            case events.TicketRequalified():
                yield LogEntry(at, Happening.REQUALIFIED, line_id, priority=fact.priority)
            case events.TicketReprioritised() if not requalified:
                yield LogEntry(at, Happening.RETARGETED, line_id, priority=fact.priority)
            case events.WorkStarted() if fact.visit_id is None:
                yield LogEntry(at, Happening.STARTED, line_id, fact.site_id, mode=fact.mode)
            case events.TicketRestored() if fact.visit_id is None:
                yield LogEntry(at, Happening.RESTORED, line_id, fact.site_id)
            case agreed.TimeExcluded():
                yield LogEntry(
                    fact.excluded_from,
                    Happening.EXCLUDED,
                    line_id,
                    fact.site_id,
                    until=fact.excluded_to,
                    target_name=fact.target,
                    note=fact.reason,
                )
            case events.TicketResolved():
                yield LogEntry(at, Happening.RESOLVED, line_id)
            case events.TicketClosed():
                yield LogEntry(at, Happening.CLOSED, line_id)
            case events.TicketCancelled():
                yield LogEntry(at, Happening.CANCELLED, line_id)


def dropped_entries(
    before: Ticket, after: Ticket, entries: Sequence[LogEntry], at: datetime, line_id: str
) -> Iterator[LogEntry]:
    """The holds that ended without a word, because nothing is left to do at their sites."""
    said = {each.site_id for each in entries if each.event is Happening.RESUMED}
    if after.is_open and None not in said:
        for site in before.held_sites:
            if site not in after.held_sites and site not in said:
                yield LogEntry(at, Happening.RESUMED, line_id, site)


def logged(
    log: tuple[LogEntry, ...], entries: Iterable[LogEntry], recorded_at: datetime
) -> tuple[LogEntry, ...]:
    """The log with more entries, each where clocks can make sense of it.

    Nothing precedes the opening, nothing follows a cancellation, nobody goes on before the hold began, and
    what was resolved waits for nothing.
    """
    for told in entries:
        entry = replace(told, recorded_at=recorded_at, at=max(told.at, log[0].at))
        cancelled = next((each.at for each in log if each.event is Happening.CANCELLED), None)
        if cancelled is not None and entry.at >= cancelled:
            continue
        match entry.event:
            case Happening.RESUMED:
                held = _latest(log, entry, (Happening.HELD,))
                if held is None:
                    continue
                log = (*log, replace(entry, at=max(entry.at, held)))
            case Happening.HELD:
                overruled = _latest(log, entry, _OVERRULES_A_HOLD)
                log = (*log, entry)
                if overruled is not None and overruled >= entry.at and _lasts(entry, overruled):
                    log = (*log, replace(entry, at=overruled))
            case Happening.RESOLVED:
                log = (*log, entry)
                held = _latest(log, entry, (Happening.HELD,))
                if held is not None and held > entry.at:
                    log = (*log, replace(entry, event=Happening.RESUMED, at=held))
            case Happening.CANCELLED:
                log = (*log, replace(entry, at=max(entry.at, *(each.at for each in log))))
            case _:
                log = (*log, entry)
    return log


def _places(ticket: Ticket, sites: Sequence[str]) -> tuple[str | None, ...]:
    return (None,) if set(sites) == set(ticket.site_ids) else tuple(sites)


def _latest(log: Sequence[LogEntry], entry: LogEntry, events: Sequence[Happening]) -> datetime | None:
    here = (each for each in log if entry.site_id is None or each.site_id in (None, entry.site_id))
    return max((each.at for each in here if each.event in events), default=None)


def _lasts(hold: LogEntry, at: datetime) -> bool:
    return hold.until is None or hold.until > at
