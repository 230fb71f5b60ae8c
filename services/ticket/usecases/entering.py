"""Enter in the ledger what was done, in the transaction that takes it in; tell of volumes that run out.

Where it turns out otherwise who pays, or what else somebody did meanwhile, it is entered again from its fact.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import cast

from contracts.calendars import Interval
from contracts.dispatch.events import InterventionClosed
from contracts.ticket.agreed import VolumeReached
from contracts.values import Coverage, TicketState, WorklogKind, parse_rfc3339
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.billable import billing_under
from services.ticket.domain.billing import Billing, BillingModel, billing_of
from services.ticket.domain.consumption import Volume, volume_id
from services.ticket.domain.covering import known_coverage, paid_by_quote, quotes_pay
from services.ticket.domain.ledger import (
    BOOK,
    EntryKind,
    LedgerEntry,
    Source,
    of_a_visit,
    of_a_worklog,
    standing,
    to_enter,
    volumes_of,
    worked_in,
)
from services.ticket.domain.ledger_cover import of_a_quote, under
from services.ticket.domain.quote import QuoteState
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.timeline import WORK, Line
from services.ticket.domain.visit import Visit
from services.ticket.domain.worked_day import Stretch, WorkedDay, day_ids, work_overlaps
from services.ticket.domain.worked_time import Place, without
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Sites
from services.ticket.store.ledger import Ledger, Volumes, WorkedDays
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline

_NOWHERE = ("Europe/Paris", "FR")
"""The zone and holidays of a site that is not known any more."""


BESIDE = "+"
"""Stands between a visit's id and a companion's, where his work there is a source of its own."""


def loads_of(told: InterventionClosed) -> tuple[Ref | Where, ...]:
    """What entering a closing will read, as far as the fact itself tells."""
    found: list[Ref | Where] = []
    for source_id, each in _by_person(told):
        days = day_ids(each.technician_id, worked_in(each, ()))
        found += [Where(Ledger, "source_id", source_id), *(Ref(WorkedDays, day) for day in days)]
    return tuple(found)


def enter_work(
    unit: Unit,
    ticket: Ticket,
    worklog_id: str,
    person_id: str,
    work: Interval,
    kind: WorklogKind,
    *,
    billable: bool,
    proof: tuple[str, ...],
    reason: str | None = None,
    told_at: datetime | None = None,
) -> None:
    """Enter time logged at the desk in place of what was known of it; ``Refusal`` where the same person is
    known to have worked on something else. It stands under the contract of the ticket's first site.

    ``told_at`` is now, if absent.
    """
    taken = _elsewhere(unit, person_id, worklog_id, [work])
    if taken:
        raise work_overlaps(taken[0])
    visit = ticket.visits[0]
    source = _source(
        unit,
        ticket,
        visit,
        worklog_id,
        person_id,
        began_at=work[0],
        told_at=told_at or unit.now,
        proof=proof,
        reason=reason,
    )
    drafts = under(
        _coverage(ticket, visit, work[0]),
        of_a_worklog(source, kind, work, billable=billable),
        quoted=paid_by_quote(ticket, visit.site_id, work[0]),
    )
    if _enter(unit, ticket, source, drafts):
        _note_worked(unit, person_id, worklog_id, [work])


def enter_visit(
    unit: Unit,
    ticket: Ticket,
    visit: Visit,
    told: InterventionClosed,
    told_at: datetime,
    proof: tuple[str, ...],
    reason: str | None = None,
) -> None:
    """Enter what a closed visit was: a fact, so that time worked elsewhere is left out and flagged. Of who
    was there beside the one who led it his work is entered, too.

    ``told_at`` is when it was recorded where it happened.
    """
    for source_id, each in _by_person(told):
        _enter_visit(unit, ticket, visit, each, source_id, told_at, proof, reason)


def _by_person(told: InterventionClosed) -> Iterator[tuple[str, InterventionClosed]]:
    """What each of those who were there did, under the id of its source."""
    yield told.visit_id, told
    for id in told.companions:
        yield f"{told.visit_id}{BESIDE}{id}", told.model_copy(update={"technician_id": id})


def _enter_visit(
    unit: Unit,
    ticket: Ticket,
    visit: Visit,
    told: InterventionClosed,
    source_id: str,
    told_at: datetime,
    proof: tuple[str, ...],
    reason: str | None,
) -> None:
    pauses = [(since, until or told.ended_at) for since, until in visit.pauses]
    worked = worked_in(told, pauses)
    taken = [(each.from_at, each.to_at) for each in _elsewhere(unit, told.technician_id, source_id, worked)]
    began_at = worked[0][0] if worked else told.ended_at
    source = _source(
        unit,
        ticket,
        visit,
        source_id,
        told.technician_id,
        began_at=began_at,
        told_at=told_at,
        proof=proof,
        visit_id=visit.id,
        reason=reason,
    )
    made = of_a_visit(source, told, pauses, taken)
    if source_id != told.visit_id:
        # The trip and its parts are the visit's, once, whoever rides along.
        made = [each for each in made if each.kind is EntryKind.WORK]
    drafts = under(
        _coverage(ticket, visit, began_at),
        made,
        quoted=paid_by_quote(ticket, visit.site_id, began_at),
    )
    if _enter(unit, ticket, source, drafts):
        left = without(worked, taken)
        _note_worked(unit, told.technician_id, source_id, left, cut_from=worked if taken else ())


def enter_again(
    unit: Unit,
    ticket: Ticket,
    proof: tuple[str, ...] = (),
    reason: str | None = None,
    *,
    sites: Collection[str] | None = None,
) -> None:
    """Enter what was done on the ticket (at ``sites``) again, by what holds of the ticket by now."""
    entered = unit.where(Ledger, "ticket_id", ticket.id)
    for source_id in sorted({each.source_id for each in entered if sites is None or each.site_id in sites}):
        _enter_again(unit, ticket, source_id, proof, reason)
    _enter_quotes(unit, ticket, proof, reason)


def settle_quotes(unit: Unit, before: Ticket, after: Ticket) -> None:
    """A ticket is done: the quotes that the client approved of are due. It is called off: they do not pay for
    what was done."""
    proof = (f"{after.id}:{after.lines}",)
    if after.state is TicketState.CANCELLED and before.state is not after.state and _quoted(after):
        enter_again(unit, after, proof)
    elif after.resolved_at is not None and before.resolved_at is None:
        _enter_quotes(unit, after, proof)


def _quoted(ticket: Ticket) -> bool:
    return ticket.coverage is not None and ticket.coverage.quoted_at is not None


def _enter_quotes(unit: Unit, ticket: Ticket, proof: tuple[str, ...], reason: str | None = None) -> None:
    """Each approved quote is due once, when the ticket is done; not at all where nothing is paid by it."""
    if not _quoted(ticket):
        return
    pays, done_at, quote = quotes_pay(ticket), ticket.resolved_at, unit.get(Quotes, ticket.id)
    for each in () if quote is None else quote.versions:
        if each.state is not QuoteState.APPROVED:
            continue
        id = f"{ticket.id}:quote-{each.n}"
        source = _source(
            unit, ticket, _where_quoted(ticket), id, each.author, told_at=unit.now, proof=proof, reason=reason
        )
        entered = bool(standing(unit.where(Ledger, "source_id", id)))
        if pays and not entered and done_at is not None:
            _enter(unit, ticket, source, [of_a_quote(source, each, done_at)])
        elif entered and not pays:
            _enter(unit, ticket, source, [])


def _where_quoted(ticket: Ticket) -> Visit:
    """The first visit whose work the quote pays for."""
    known = known_coverage(ticket)
    return next((each for each in ticket.visits if known.at(each.site_id) is Coverage.OUT), ticket.visits[0])


def _enter_again(
    unit: Unit, ticket: Ticket, source_id: str, proof: tuple[str, ...] = (), reason: str | None = None
) -> None:
    known = unit.where(Ledger, "source_id", source_id)
    line = _fact_of(unit, ticket, {id for entry in known for id in entry.proof})
    if line is None:
        return
    said, proof = line.details or {}, (line.id, *proof)
    told_at = max(entry.told_at for entry in known)
    if line.event != InterventionClosed.TYPE:
        enter_work(
            unit,
            ticket,
            source_id,
            said["person_id"],
            (parse_rfc3339(said["began_at"]), parse_rfc3339(said["ended_at"])),
            WorklogKind(said["kind"]),
            billable=said["billable"],
            proof=proof,
            reason=reason,
            told_at=told_at,
        )
    elif (visit := ticket.visit(source_id.partition(BESIDE)[0])) is not None:
        whose = {"ticket_id": ticket.id, "number": ticket.number, "customer_id": ticket.customer_id}
        told = InterventionClosed.model_validate(
            {**said, **whose, "visit_id": visit.id, "site_id": visit.site_id}
        )
        enter_visit(unit, ticket, visit, told, told_at, proof, reason)


def _fact_of(unit: Unit, ticket: Ticket, proof: set[str]) -> Line | None:
    """The line that says what was done: the last one of those that the ledger took it from."""
    mine = [id for id in proof if id.rpartition(":")[0] == ticket.id]
    for id in sorted(mine, key=lambda each: int(each.rpartition(":")[2]), reverse=True):
        line = unit.get(Timeline, id)
        if line is not None and line.event in (*WORK, InterventionClosed.TYPE):
            return line
    return None


def _source(
    unit: Unit,
    ticket: Ticket,
    visit: Visit,
    id: str,
    person_id: str,
    *,
    told_at: datetime,
    proof: tuple[str, ...],
    began_at: datetime | None = None,
    visit_id: str | None = None,
    reason: str | None = None,
) -> Source:
    return Source(
        id=id,
        customer_id=ticket.customer_id,
        ticket_id=ticket.id,
        number=ticket.number,
        category=ticket.category,
        person_id=person_id,
        place=_place(unit, ticket, visit.site_id),
        told_at=told_at,
        proof=proof,
        billing=billing_under(
            _billing(unit, visit.contract_id, visit.contract_revision), _coverage(ticket, visit, began_at)
        ),
        contract_id=visit.contract_id,
        contract_revision=visit.contract_revision,
        visit_id=visit_id,
        confidential=ticket.confidential,
        reason=reason,
    )


def _coverage(ticket: Ticket, visit: Visit, began_at: datetime | None) -> Coverage | None:
    return None if visit.contract_id is None else known_coverage(ticket).at(visit.site_id, began_at)


def _place(unit: Unit, ticket: Ticket, site_id: str) -> Place:
    site = unit.get(Sites, site_id)
    if site is not None:
        return Place(site_id, site.time_zone, site.holidays, site.good_friday, site.postcode)
    promise = None if ticket.sla is None else ticket.sla.promise_at(site_id)
    if promise is None:
        return Place(site_id, *_NOWHERE)
    return Place(site_id, promise.time_zone, promise.holidays, promise.good_friday)


def _billing(unit: Unit, contract_id: str | None, revision: int | None) -> Billing | None:
    if contract_id is None:
        return None
    found = unit.get(ContractRevisions, f"{contract_id}:{revision}")
    return None if found is None else billing_of(found.terms.billing)


def _elsewhere(unit: Unit, person_id: str, source_id: str, work: Sequence[Interval]) -> list[Stretch]:
    """What the same person is known to have done meanwhile."""
    days = (unit.get(WorkedDays, id) for id in day_ids(person_id, work))
    stretches = dict.fromkeys(each for day in days if day for each in day.elsewhere(source_id))
    return [each for each in stretches if any(each.meets(start, end) for start, end in work)]


def _note_worked(
    unit: Unit,
    person_id: str,
    source_id: str,
    work: Sequence[Interval],
    *,
    cut_from: Sequence[Interval] = (),
) -> None:
    """Note when somebody worked: what is left of ``cut_from``, where something else was in the way.

    What a visit gave way to and was not so after all is that visit's again.
    """
    before = {
        id
        for entry in unit.where(Ledger, "source_id", source_id)
        for id in day_ids(entry.person_id, [(entry.began_at, entry.ended_at)])
    }
    now, cut, gave_way = set(day_ids(person_id, work)), set(day_ids(person_id, cut_from)), set[str]()
    for id in sorted(before | now | cut):
        day = unit.get(WorkedDays, id) or WorkedDay(id)
        here = work if id in now else ()
        told = day.telling(source_id, here, cut=id in cut)
        if told != day:
            unit.put(WorkedDays, told)
        if without(day.of(source_id), here):
            gave_way.update(day.cut)
    for visit_id in sorted(gave_way - {source_id}):
        ticket_id = unit.where(Ledger, "source_id", visit_id)[0].ticket_id
        _enter_again(unit, unit.require(Tickets, ticket_id, as_="ticket"), visit_id)


def _enter(unit: Unit, ticket: Ticket, source: Source, drafts: Sequence[LedgerEntry]) -> bool:
    """Whether the ledger says anything new."""
    known = unit.where(Ledger, "source_id", source.id)
    entries = to_enter(known, drafts, source.told_at, source.proof)
    for entry in entries:
        unit.add(Ledger, entry)
    for (contract_id, period), minutes in volumes_of(entries).items():
        if minutes:
            _take(unit, ticket, contract_id, period, minutes)
    return bool(entries)


def _take(unit: Unit, ticket: Ticket, contract_id: str, period: str, minutes: int) -> None:
    """Take minutes from a volume of the size that it has by now, and say so where a threshold is reached."""
    model = BillingModel.PREPAID if period == BOOK else BillingModel.FORFAIT
    contract = unit.get(Contracts, contract_id)
    billing = None if contract is None else billing_of(contract.terms.billing)
    id = volume_id(contract_id, period)
    volume = unit.get(Volumes, id) or Volume(id, contract_id, ticket.customer_id, period)
    if billing is None or billing.model is not model:
        # The contract is billed otherwise by now: what goes on under the old terms alarms nobody.
        unit.put(Volumes, volume.counting(minutes))
        return
    included = cast(int, billing.included)
    volume, reached = volume.taking(minutes, included)
    unit.put(Volumes, volume)
    for threshold in reached:
        fact = ticket.fact(
            VolumeReached,
            contract_id=contract_id,
            period=period,
            threshold=threshold,
            included_minutes=included,
            used_minutes=volume.used_minutes,
            expiry=billing.expiry,
        )
        unit.save(Tickets, unit.require(Tickets, ticket.id, as_="ticket"), fact)
