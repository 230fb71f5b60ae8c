"""One target at one site of one ticket, as a month saw it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from contracts.ticket.sla import ClockState
from contracts.values import HoldReason, Priority
from services.ticket.domain.contract import ContractRevision, MetBy
from services.ticket.domain.part_of import Part, known_major
from services.ticket.domain.sla import Clock, clocks_of
from services.ticket.domain.sla_clock import Stretch
from services.ticket.domain.sla_explaining import Explained, explained
from services.ticket.domain.sla_log import Happening, LogEntry
from services.ticket.domain.sla_record import Promise, SlaRecord, covers_of

NONE = timedelta(0)


class Outcome(StrEnum):
    """What became of a commitment in the month. ``late``: it was broken before and went on being late;
    ``stopped``: cancelled, or not promised any more; ``open``: it ran or waited when the month ended."""

    KEPT = "kept"
    BROKEN = "broken"
    LATE = "late"
    STOPPED = "stopped"
    OPEN = "open"


@dataclass(frozen=True)
class Excluded:
    """A stretch that was not counted. ``reason`` is the hold's; none where it was ``agreed`` with the client,
    and where the promise was kept meanwhile. ``line_id`` is the timeline's line that began it."""

    since: datetime
    until: datetime
    reason: HoldReason | None
    line_id: str
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """Why a commitment stands as it does: what was not counted and, where it is broken, every stretch of its
    time. ``zone`` is the calendar's."""

    excluded: tuple[Excluded, ...]
    reasons: tuple[Explained, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """``late`` is open time on the target's calendar from the breach until the promise was kept or the month
    ended, ``late_before`` the part of it before the month. ``goes_on``: it runs or waits when the month ends.
    """

    ticket_id: str
    number: str
    site_id: str
    target: str
    priority: Priority
    met_by: MetBy
    revision: int
    outcome: Outcome
    starts_at: datetime
    allowed_minutes: int | None
    elapsed: timedelta | None
    met_at: datetime | None
    breached_at: datetime | None
    late: timedelta
    late_before: timedelta
    reopened: bool
    major_id: str | None
    goes_on: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.ticket_id, self.site_id, self.target

    @property
    def shown(self) -> bool:
        """What is only there for the penalty of its major incident is not."""
        return self.outcome is not Outcome.LATE or self.late > self.late_before or self.goes_on

    @property
    def broken(self) -> bool:
        return self.breached_at is not None

    @property
    def broken_in_month(self) -> bool:
        return self.outcome is Outcome.BROKEN

    @property
    def breached(self) -> datetime:
        assert self.breached_at is not None, "only asked of broken ones"
        return self.breached_at


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month; it begins and ends at midnight of each site's own zone."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> "Month":
        """``YYYY-MM``; ``ValueError`` for anything else."""
        if len(text) != 7:
            raise ValueError(text)
        first = date.fromisoformat(f"{text}-01")
        return cls(first.year, first.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.following.first_day - timedelta(days=1)

    @property
    def following(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def preceding(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Its first instant and the one after its last."""
        return midnight(self.first_day, zone), midnight(self.following.first_day, zone)


@lru_cache(maxsize=4096)
def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


class Clocked(Protocol):
    """What of a ticket its clocks are read from."""

    @property
    def id(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def priority(self) -> Priority: ...
    @property
    def sla(self) -> SlaRecord | None: ...


class Counted(Clocked, Part, Protocol):
    """What of a ticket a statement reads: its clocks, and the fault of many that it is part of."""


class Span(Protocol):
    """Days that begin and end at midnight of each site's own zone."""

    def bounds(self, zone: str) -> tuple[datetime, datetime]: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """A clock as a span left it. ``priority`` is the one that the clocks ended up with."""

    promise: Promise
    priority: Priority
    reopened: bool
    clock: Clock
    start: datetime
    end: datetime


def clocks_in(
    ticket: Clocked,
    wanted: Callable[[Promise], bool],
    span: Span,
    revisions: Mapping[str, ContractRevision],
    as_of: datetime,
) -> Iterator[Seen]:
    """The ticket's clocks as the span left them, as known at ``as_of``.

    What happened after the span says nothing of it, but for a requalification: then the priority had been
    wrong all along. ``Refusal`` where the log makes no sense.
    """
    record = ticket.sla
    if record is None:
        return
    for promise in record.promises:
        if not wanted(promise):
            continue
        start, end = span.bounds(promise.time_zone)
        now = min(end, as_of)
        log = as_it_was(record.log, now, as_of)
        if not log:
            continue
        priority = _priority(log) or ticket.priority
        reopened = any(
            each.event is Happening.REOPENED and each.site_id in (None, promise.site_id) for each in log
        )
        for clock in clocks_of(log, covers_of((promise,), revisions), now):
            yield Seen(promise, priority, reopened, clock, start, end)


def commitments_of(
    ticket: Counted,
    contract_id: str,
    month: Month,
    revisions: Mapping[str, ContractRevision],
    as_of: datetime,
) -> Iterator[tuple[Commitment, Story]]:
    """The ticket's commitments under a contract that had to do with the month, as known at ``as_of``.

    ``Refusal`` where the log makes no sense.
    """
    major_id = known_major(ticket, as_of)
    for seen in clocks_in(ticket, lambda p: p.contract_id == contract_id, month, revisions, as_of):
        found = commitment_of(ticket, seen, major_id)
        if found is not None:
            yield found, _story(seen.clock)


def as_it_was(log: Iterable[LogEntry], end: datetime, as_of: datetime) -> tuple[LogEntry, ...]:
    """What had happened before ``end``, as known at ``as_of``; nothing where the opening had not.

    Requalifications known by then count wherever they stand.
    """
    found: list[LogEntry] = []
    opened = False
    for entry in log:
        if entry.recorded_at is not None and entry.recorded_at > as_of:
            continue
        if entry.at < end:
            found.append(entry)
            opened = opened or entry.event is Happening.OPENED
        elif entry.event is Happening.REQUALIFIED:
            found.append(replace(entry, at=end))
    return tuple(found) if opened else ()


def commitment_of(ticket: Clocked, seen: Seen, major_id: str | None = None) -> Commitment | None:
    """What a span saw of it; none where all was said before.

    In a major incident (``major_id``) what was broken before is there all the same: it was paid for then.
    """
    outcome = _outcome(seen.clock, seen.start, seen.end)
    if outcome is None:
        return None
    found = _commitment(ticket, seen, outcome, major_id)
    over = outcome is Outcome.LATE and not found.shown
    return None if over and major_id is None else found


def _commitment(ticket: Clocked, seen: Seen, outcome: Outcome, major_id: str | None) -> Commitment:
    promise, clock = seen.promise, seen.clock
    run = clock.run
    return Commitment(
        ticket_id=ticket.id,
        number=ticket.number,
        site_id=promise.site_id,
        target=clock.name,
        priority=seen.priority,
        met_by=clock.met_by,
        revision=promise.revision,
        outcome=outcome,
        starts_at=run.start,
        allowed_minutes=run.target.minutes,
        elapsed=clock.elapsed,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
        late=_late(clock, seen.end),
        late_before=_late(clock, seen.start),
        reopened=seen.reopened,
        major_id=major_id,
        goes_on=run.counting_goes_on,
    )


def _story(clock: Clock) -> Story:
    reasons = tuple(explained(clock)) if clock.breached_at is not None else ()
    return Story(tuple(_excluded(clock)), reasons, clock.run.calendar.form.time_zone)


def _outcome(clock: Clock, start: datetime, end: datetime) -> Outcome | None:
    """None where all was said in an earlier month."""
    if clock.breached_at is not None:
        if clock.breached_at >= end:
            return Outcome.OPEN
        return Outcome.BROKEN if clock.breached_at >= start else Outcome.LATE
    if clock.met_at is not None:
        return Outcome.KEPT if clock.met_at >= start else None
    if clock.state is ClockState.STOPPED:
        by = clock.run.cancelled or clock.run.opened_by
        return Outcome.STOPPED if by.at >= start else None
    return Outcome.OPEN


def _late(clock: Clock, until: datetime) -> timedelta:
    run, since = clock.run, clock.breached_at
    if since is None:
        return NONE
    counted = (each for each in run.segments if each.kind is Stretch.RUNNING)
    spans = ((max(each.start, since), min(each.end, until)) for each in counted)
    return sum((run.calendar.elapsed(a, b) for a, b in spans if a < b), NONE)


def _excluded(clock: Clock) -> Iterator[Excluded]:
    for each in clock.run.segments:
        if each.kind is Stretch.HELD or each.kind is Stretch.EXCLUDED:
            reason = each.opened_by.reason if each.kind is Stretch.HELD else None
            agreed = each.kind is Stretch.HELD and each.opened_by.event is Happening.EXCLUDED
            yield Excluded(each.start, each.end, reason, each.opened_by.id, agreed)


def _priority(log: Iterable[LogEntry]) -> Priority | None:
    """The one that the clocks ended up with."""
    ordered = sorted(log, key=lambda each: each.at)
    return next((e.priority for e in reversed(ordered) if e.priority is not None), None)
