"""Keep a ticket's clocks in step with what happens to it, and with time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import VisitFact
from contracts.ticket.events import TicketFact
from contracts.ticket.sla import SlaFact
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.sla_entries import (
    dropped_entries,
    logged,
    opening_entry,
    own_entries,
    told_entries,
)
from services.ticket.domain.sla_facts import sla_fact
from services.ticket.domain.sla_record import Promise, SlaRecord, looked_at
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import ContractRevisions
from services.ticket.usecases.opening import Ground

Clocked = tuple[Ticket, tuple[tuple[datetime, SlaFact], ...]]
"""The ticket with its clocks looked at, and the facts to tell of them, each with when it came about."""


def clocks_begun(
    ticket: Ticket,
    stands: Ground,
    now: datetime,
    happened: Sequence[tuple[datetime, TicketFact, str]] = (),
) -> Clocked:
    """A new ticket with a clock for each target of each site that a contract covers; ``happened`` is what
    came with the opening."""
    covered = [(site, agreed) for site, agreed in stands.sites if agreed is not None]
    if not covered:
        return ticket, ()
    promises = tuple(
        Promise(
            site.site_id,
            agreed.contract_id,
            agreed.revision,
            time_zone=site.time_zone,
            holidays=site.holidays,
            good_friday=site.good_friday,
        )
        for site, agreed in covered
    )
    log = logged((opening_entry(ticket),), own_entries(ticket, happened), now)
    record = SlaRecord(promises, log, as_of=ticket.declared_at)
    return _looked_at(ticket, record, {agreed.id: agreed for _, agreed in covered}, now)


def clocks_kept(
    unit: Unit,
    before: Ticket,
    after: Ticket,
    told: tuple[VisitFact, datetime, str] | None,
    happened: Sequence[tuple[datetime, TicketFact, str]],
) -> Clocked:
    """``after`` with what happened in its clocks' log; each fact comes with when and the id of its line."""
    record = before.sla
    if record is None:
        return after, ()
    entries = list(own_entries(after, happened))
    if told is not None and (visit := before.visit(told[0].visit_id)) is not None:
        entries[:0] = told_entries(record.log, visit, *told)
        entries += dropped_entries(before, after, entries, *told[1:])
    log = logged(record.log, entries, unit.now)
    if log == record.log and not (record.next_at is not None and record.next_at <= unit.now):
        return after, ()
    found = {id: unit.require(ContractRevisions, id, as_="contract-revision") for id in record.revision_ids}
    return _looked_at(after, replace(record, log=log), found, unit.now)


def _looked_at(
    ticket: Ticket, record: SlaRecord, revisions: Mapping[str, ContractRevision], now: datetime
) -> Clocked:
    kept, sayings = looked_at(record, revisions, now)
    return replace(ticket, sla=kept), tuple((each.at, sla_fact(ticket, kept, each)) for each in sayings)
