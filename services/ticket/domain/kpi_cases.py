"""What each ticket gives its KPIs: cases that count, that are not known yet, or that are left out and why.

All bounds are half-open, ``[first midnight, midnight after the last day)``, in the zone of the site that a
case is about; a ticket's is that of the first of its sites that were asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from contracts.values import Outcome, Priority, VisitState
from services.ticket.domain import commitment
from services.ticket.domain.commitment import Seen, clocks_in, commitment_of
from services.ticket.domain.contract import ContractRevision, MetBy
from services.ticket.domain.kpi_case import Age, Case, Measure, Standing, Why
from services.ticket.domain.measured import (
    MadeVisit,
    Measured,
    Period,
    Scope,
    Spent,
    open_at,
    repaired_at,
)
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.sla_record import Promise

KNOWN_AFTER_DAYS = 14
"""By the site's clock, the last instant included; until then a repair may still turn out not to be one."""

_MILLISECOND = timedelta(milliseconds=1)
_NOBODY_GOT_IN = (Outcome.NO_ACCESS, Outcome.USER_ABSENT)
_AGES = (1, 3, 7, 14, 30)


@dataclass(frozen=True)
class Asked:
    """``zones`` by site. ``revisions`` by their ids: those that the tickets' promises name."""

    period: Period
    scope: Scope
    now: datetime
    zones: Mapping[str, str]
    revisions: Mapping[str, ContractRevision]


def cases_of(ticket: Measured, asked: Asked, spent: Sequence[Spent] = ()) -> Iterator[Case]:
    """Everything that a ticket has to do with the period; ``spent`` is what was logged on it.

    ``Refusal`` where its log makes no sense.
    """
    sites = asked.scope.sites_of(ticket)
    if sites:
        look = _Look(ticket, asked, sites)
        for measured in (_opened, _ended, _first_time_fix, _repair, _backlog, _visits, _kept):
            yield from measured(look)
        yield from _hours(look, spent)


@dataclass(frozen=True)
class _Look:
    ticket: Measured
    asked: Asked
    sites: tuple[str, ...]

    @cached_property
    def life(self) -> list[LogEntry]:
        return self.ticket.life()

    @cached_property
    def visits(self) -> tuple[MadeVisit, ...]:
        return tuple(each for each in self.ticket.visits if self.asked.scope.has(each))

    @cached_property
    def contract_id(self) -> str | None:
        return next((each.contract_id for each in self.visits if each.site_id == self.sites[0]), None)

    @cached_property
    def bounds(self) -> tuple[datetime, datetime]:
        return self.asked.period.bounds(self.zone_of(self.sites[0]))

    @cached_property
    def priority(self) -> Priority:
        """As it was at the end of the period, or as it turned out that it should have been."""
        return self.seen[0].priority if self.seen else self.ticket.priority

    @cached_property
    def seen(self) -> list[Seen]:
        asked = self.asked

        def wanted(promise: Promise) -> bool:
            # Terms that are nowhere any more must not keep everybody from the figures of everything else.
            return asked.scope.promises(promise) and promise.revision_id in asked.revisions

        return list(clocks_in(self.ticket, wanted, asked.period, asked.revisions, asked.now))

    def zone_of(self, site_id: str) -> str:
        record = self.ticket.sla
        promise = None if record is None else record.promise_at(site_id)
        return self.asked.zones[site_id] if promise is None else promise.time_zone

    def within(self, at: datetime | None, site_id: str | None = None) -> bool:
        if at is None:
            return False
        start, end = self.bounds if site_id is None else self.asked.period.bounds(self.zone_of(site_id))
        return start <= at < end

    def known_after(self, at: datetime, site_id: str) -> datetime:
        there = at.astimezone(ZoneInfo(self.zone_of(site_id)))
        return (there + timedelta(days=KNOWN_AFTER_DAYS)).astimezone(UTC)

    def reopened(self, since: datetime, until: datetime) -> bool:
        return any(
            each.event is Happening.REOPENED
            and since <= each.at <= until
            and (each.site_id is None or each.site_id in self.sites)
            for each in self.life
        )

    @cached_property
    def resolutions(self) -> list[datetime]:
        """Those in the period."""
        found = (each.at for each in self.life if each.event is Happening.RESOLVED)
        return [at for at in found if self.within(at)]

    @property
    def dropped(self) -> Why | None:
        if self.ticket.cancelled_at is None:
            return None
        return Why.CANCELLED if self.ticket.duplicate_of is None else Why.DUPLICATE

    def case(
        self,
        measure: Measure,
        amount: int = 0,
        why: Why | None = None,
        standing: Standing = Standing.COUNTED,
        visit: MadeVisit | None = None,
        age: Age | None = None,
    ) -> Case:
        return Case(
            measure,
            self.ticket,
            self.priority,
            standing,
            amount,
            why,
            part="" if visit is None else visit.id,
            site_id=self.sites[0] if visit is None else visit.site_id,
            contract_id=self.contract_id if visit is None else visit.contract_id,
            technician_id=None if visit is None else visit.technician_id,
            age=age,
        )

    def left_out(self, measure: Measure, why: Why, visit: MadeVisit | None = None) -> Case:
        return self.case(measure, why=why, standing=Standing.LEFT_OUT, visit=visit)

    def unknown(self, measure: Measure, why: Why, visit: MadeVisit | None = None) -> Case:
        return self.case(measure, why=why, standing=Standing.UNKNOWN, visit=visit)


def _opened(look: _Look) -> Iterator[Case]:
    if look.within(look.ticket.declared_at):
        yield look.case(Measure.OPENED, 1)
    if look.within(look.ticket.cancelled_at):
        yield look.case(Measure.CANCELLED, 1, look.dropped)


def _ended(look: _Look) -> Iterator[Case]:
    if not look.resolutions:
        return
    yield look.case(Measure.RESOLVED, 1)
    visited = any(visit.made for visit in look.visits)
    yield look.case(Measure.REMOTE, not visited, Why.VISITED if visited else None)
    known = [(at, look.known_after(at, look.sites[0])) for at in look.resolutions]
    if any(look.reopened(at, until) for at, until in known):
        yield look.case(Measure.REOPENED, 1, Why.REOPENED)
    elif look.asked.now <= max(until for _, until in known):
        yield look.unknown(Measure.REOPENED, Why.TOO_YOUNG)
    else:
        yield look.case(Measure.REOPENED, 0)


def _first_time_fix(look: _Look) -> Iterator[Case]:
    """Of a ticket with several sites, each one's first visit; the last of them to end dates it."""
    made = [
        (visit.ended_at, visit)
        for visit in look.visits
        if visit.state is VisitState.CLOSED and visit.ended_at is not None
    ]
    made.sort(key=lambda each: (each[0], each[1].id))
    if not made:
        if look.resolutions:
            yield look.left_out(Measure.FIRST_TIME_FIX, Why.NO_VISIT)
        return
    firsts = {visit.site_id: (at, visit) for at, visit in reversed(made)}
    end, last = max(firsts.values(), key=lambda each: (each[0], each[1].id))
    if not look.within(end, last.site_id):
        return
    first = made[0][1]
    if look.dropped is not None:
        yield look.left_out(Measure.FIRST_TIME_FIX, look.dropped, first)
        return
    until = look.known_after(end, last.site_id)
    ids = {visit.id for _, visit in firsts.values()}
    again = [v for v in look.visits if v.made and v.site_id in firsts and v.id not in ids]
    why: Why | None = None
    if any(visit.outcome is not Outcome.FIXED for _, visit in firsts.values()):
        why = Why.NOT_FIXED
    elif look.reopened(end, until):
        why = Why.REOPENED
    elif any(_by(visit, until) for visit in again):
        why = Why.REVISIT
    if why is not None:
        yield look.case(Measure.FIRST_TIME_FIX, 0, why, visit=first)
    elif open_at(look.life, look.asked.now) and any(
        visit.to_come and visit.site_id not in firsts for visit in look.visits
    ):
        yield look.unknown(Measure.FIRST_TIME_FIX, Why.SITE_TO_COME, first)
    elif look.asked.now <= until:
        yield look.unknown(Measure.FIRST_TIME_FIX, Why.TOO_YOUNG, first)
    else:
        yield look.case(Measure.FIRST_TIME_FIX, 1, visit=first)


def _by(visit: MadeVisit, until: datetime) -> bool:
    begun = visit.begun_at
    return begun is None or begun <= until


def _repair(look: _Look) -> Iterator[Case]:
    at = repaired_at(look.life, look.sites, look.bounds[1])
    if look.dropped is not None:
        if look.within(look.ticket.cancelled_at) or look.within(at):
            yield look.left_out(Measure.REPAIR, look.dropped)
            yield look.left_out(Measure.REPAIR_OPEN, look.dropped)
        return
    if at is None or not look.within(at):
        return
    yield look.case(Measure.REPAIR, max(0, (at - look.ticket.declared_at) // _MILLISECOND))
    counted = [elapsed for site in look.sites if (elapsed := _elapsed(look.seen, site)) is not None]
    if counted:
        yield look.case(Measure.REPAIR_OPEN, max(counted) // _MILLISECOND)
    else:
        yield look.left_out(Measure.REPAIR_OPEN, Why.NO_CLOCK)


def _elapsed(seen: Sequence[Seen], site_id: str) -> timedelta | None:
    """What the site's clock of restoration counted, or where none was met that of resolution."""
    met = {
        each.clock.met_by: each.clock.elapsed
        for each in reversed(seen)
        if each.promise.site_id == site_id and each.clock.met_at is not None
    }
    restored = met.get(MetBy.RESTORED)
    return met.get(MetBy.RESOLVED) if restored is None else restored


def _backlog(look: _Look) -> Iterator[Case]:
    at = min(look.bounds[1], look.asked.now)
    if open_at(look.life, at):
        yield look.case(Measure.BACKLOG, 1, age=_age(at - look.ticket.declared_at))


def _age(age: timedelta) -> Age:
    for days, each in zip(_AGES, Age, strict=False):
        if age <= timedelta(days=days):
            return each
    return Age.MORE


def _visits(look: _Look) -> Iterator[Case]:
    for visit in look.visits:
        closed = visit.state is VisitState.CLOSED
        if closed and look.within(visit.ended_at, visit.site_id):
            yield look.case(Measure.NO_ACCESS, visit.outcome in _NOBODY_GOT_IN, visit=visit)
        came = visit.arrived_at or (visit.ended_at if closed else None)
        if look.within(came, visit.site_id):
            yield _arrival(look, visit)


def _arrival(look: _Look, visit: MadeVisit) -> Case:
    at, window = visit.arrived_at, visit.assignment
    if at is None:
        return look.unknown(Measure.ON_TIME, Why.NO_ARRIVAL, visit)
    if window is None:
        return look.unknown(Measure.ON_TIME, Why.NO_WINDOW, visit)
    if at < window.arrival_from:
        return look.case(Measure.ON_TIME, 0, Why.EARLY, visit=visit)
    late = at > window.arrival_to
    return look.case(Measure.ON_TIME, not late, Why.LATE if late else None, visit=visit)


_KEPT: Mapping[commitment.Outcome, tuple[Standing, int, Why | None]] = {
    commitment.Outcome.KEPT: (Standing.COUNTED, 1, None),
    commitment.Outcome.BROKEN: (Standing.COUNTED, 0, Why.BROKEN),
    commitment.Outcome.LATE: (Standing.LEFT_OUT, 0, Why.BROKEN_BEFORE),
    commitment.Outcome.STOPPED: (Standing.LEFT_OUT, 0, Why.STOPPED),
    commitment.Outcome.OPEN: (Standing.UNKNOWN, 0, Why.STILL_RUNNING),
}


def _kept(look: _Look) -> Iterator[Case]:
    for seen in look.seen:
        found = commitment_of(look.ticket, seen)
        if found is not None and found.shown:
            standing, amount, why = _KEPT[found.outcome]
            yield Case(
                Measure.KEPT,
                look.ticket,
                found.priority,
                standing,
                amount,
                why,
                part=f"{found.site_id}:{found.target}",
                site_id=found.site_id,
                contract_id=seen.promise.contract_id,
                target=found.target,
            )


def _hours(look: _Look, spent: Sequence[Spent]) -> Iterator[Case]:
    for visit in look.visits:
        if visit.state is VisitState.CLOSED and look.within(visit.ended_at, visit.site_id):
            took = _took(visit)
            if took is None:
                yield look.left_out(Measure.HOURS, Why.NOT_BEGUN, visit)
            else:
                yield look.case(Measure.HOURS, took // _MILLISECOND, visit=visit)
    for each in spent:
        if look.within(each.ended_at):
            there = any(_on_visit(each, visit) for visit in look.ticket.visits)
            yield Case(
                Measure.HOURS,
                look.ticket,
                look.priority,
                Standing.LEFT_OUT if there else Standing.COUNTED,
                (each.ended_at - each.began_at) // _MILLISECOND,
                Why.WITHIN_VISIT if there else None,
                part=each.id,
                site_id=look.sites[0] if len(look.sites) == 1 else None,
                technician_id=each.person_id,
            )


def _took(visit: MadeVisit) -> timedelta | None:
    """From the start of the work to its end."""
    if visit.started_at is None or visit.ended_at is None:
        return None
    return max(timedelta(0), visit.ended_at - visit.started_at)


def _on_visit(spent: Spent, visit: MadeVisit) -> bool:
    """Whether this is time of his own visit, logged once more."""
    begun, ended = visit.started_at, visit.ended_at
    if begun is None or ended is None or spent.person_id != visit.technician_id:
        return False
    return spent.began_at < ended and begun < spent.ended_at
