"""What of a ticket its KPIs read, and the days and places that they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.values import Outcome, Priority, ServiceHealth, TicketKind, VisitState
from services.ticket.domain.commitment import midnight
from services.ticket.domain.resolution import Reopening
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.sla_record import Promise, SlaRecord
from services.ticket.domain.visit import UNDER_WAY

WORKS_AGAIN = (Outcome.FIXED, Outcome.WORKAROUND)


@dataclass(frozen=True)
class Period:
    """Whole days, both included; it begins and ends at midnight of each site's own zone."""

    first: date
    last: date

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first instant and the one after its last."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)


@dataclass(frozen=True)
class Promised:
    """The window of arrival that was told last; nobody moves it once the technician has left."""

    technician_id: str
    arrival_from: datetime
    arrival_to: datetime


@dataclass(frozen=True)
class MadeVisit:
    id: str
    site_id: str
    contract_id: str | None = None
    state: VisitState = VisitState.WAITING
    assignment: Promised | None = None
    arrived_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None

    @property
    def technician_id(self) -> str | None:
        return None if self.assignment is None else self.assignment.technician_id

    @property
    def begun_at(self) -> datetime | None:
        """When somebody was first there, as far as it was told."""
        told = [at for at in (self.arrived_at, self.started_at, self.ended_at) if at is not None]
        return min(told, default=None)

    @property
    def made(self) -> bool:
        """Whether somebody went, or is on his way."""
        return self.state is VisitState.CLOSED or self.state in UNDER_WAY or self.begun_at is not None

    @property
    def to_come(self) -> bool:
        return self.state not in (VisitState.CLOSED, VisitState.CANCELLED)


@dataclass(frozen=True)
class Spent:
    """Time that somebody logged on a ticket."""

    id: str
    ticket_id: str
    person_id: str
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Measured:
    """A small part of what is stored of a ticket."""

    id: str
    number: str
    customer_id: str
    kind: TicketKind
    category: str
    priority: Priority
    site_ids: tuple[str, ...]
    declared_at: datetime
    visits: tuple[MadeVisit, ...] = ()
    resolved_at: datetime | None = None
    reopened_at: datetime | None = None
    reopenings: tuple[Reopening, ...] = ()
    cancelled_at: datetime | None = None
    duplicate_of: str | None = None
    sla: SlaRecord | None = None

    def life(self) -> list[LogEntry]:
        """What opened, restored, resolved, reopened and cancelled it, as it happened."""
        log = self._lived() if self.sla is None else self.sla.log
        return sorted((each for each in log if each.event in _TURNS), key=lambda each: each.at)

    def _lived(self) -> Iterator[LogEntry]:
        """Without a contract no clock keeps a log; the ticket itself knows nearly as much."""
        yield LogEntry(self.declared_at, Happening.OPENED)
        for visit in self.visits:
            if visit.ended_at is not None and visit.outcome in WORKS_AGAIN:
                yield LogEntry(visit.ended_at, Happening.RESTORED, site_id=visit.site_id)
        for each in self.reopenings:
            yield LogEntry(each.resolved_at, Happening.RESOLVED)
            yield LogEntry(each.at, Happening.REOPENED, service=each.service)
        if not self.reopenings and self.reopened_at is not None:
            # Of before reopenings were kept: which end it undid is not known.
            yield LogEntry(self.reopened_at, Happening.REOPENED)
        if self.resolved_at is not None:
            yield LogEntry(self.resolved_at, Happening.RESOLVED)
        if self.cancelled_at is not None:
            yield LogEntry(self.cancelled_at, Happening.CANCELLED)


_TURNS = frozenset(
    {
        Happening.OPENED,
        Happening.RESTORED,
        Happening.RESOLVED,
        Happening.REOPENED,
        Happening.CANCELLED,
    }
)


@dataclass(frozen=True)
class Scope:
    """What was asked for. ``contracts``: those that exist for who asks, none where all do."""

    customer_id: str | None = None
    site_id: str | None = None
    contract_id: str | None = None
    contracts: frozenset[str] | None = None

    def of_site(self, site_id: str) -> bool:
        return self.site_id in (None, site_id)

    def of_contract(self, contract_id: str | None) -> bool:
        if self.contract_id is not None:
            return contract_id == self.contract_id
        return self.contracts is None or contract_id in self.contracts

    def has(self, visit: MadeVisit) -> bool:
        return self.of_site(visit.site_id) and self.of_contract(visit.contract_id)

    def promises(self, promise: Promise) -> bool:
        return self.of_site(promise.site_id) and self.of_contract(promise.contract_id)

    def sites_of(self, ticket: Measured) -> tuple[str, ...]:
        """The ticket's sites that were asked for; those of its visits under the contract."""
        under = {visit.site_id for visit in ticket.visits if self.has(visit)}
        if self.contract_id is None and self.contracts is None:
            return tuple(site for site in ticket.site_ids if self.of_site(site))
        return tuple(site for site in ticket.site_ids if site in under)


def open_at(life: list[LogEntry], end: datetime) -> bool:
    """Whether it was declared and not over just before that instant."""
    there = False
    for each in life:
        if each.at >= end:
            break
        match each.event:
            case Happening.OPENED | Happening.REOPENED:
                there = True
            case Happening.RESOLVED | Happening.CANCELLED:
                there = False
    return there


def repaired_at(life: list[LogEntry], sites: tuple[str, ...], end: datetime) -> datetime | None:
    """Since when everything has worked again at these sites, as it was just before ``end``.

    A reopening undoes what the SLA clocks let it undo: with the service down any restoration, with the
    service up none, else that by a resolution alone.
    """
    found: list[datetime] = []
    for site in sites:
        since: LogEntry | None = None
        for each in life:
            if each.at >= end:
                break
            if each.site_id not in (None, site):
                continue
            match each.event:
                case Happening.RESTORED | Happening.RESOLVED if since is None:
                    since = each
                case Happening.REOPENED if since is not None and _undoes(each, since):
                    since = None
        if since is None:
            return None
        found.append(since.at)
    return max(found, default=None)


def _undoes(reopening: LogEntry, restored: LogEntry) -> bool:
    if reopening.service is ServiceHealth.DOWN:
        return True
    return reopening.service is not ServiceHealth.UP and restored.event is Happening.RESOLVED
