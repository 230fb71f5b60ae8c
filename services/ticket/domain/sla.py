"""SLA clocks: a pure function of a contract's revision, its calendars and a ticket's log.

There is one clock for each target at each site. ``clocks_of`` works out all of a ticket's as they are
at an instant; whoever keeps them asks again whenever the log grows, and at ``next_at``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Protocol

from contracts.calendars import Calendar, CalendarForm, HolidayCode, Interval, NeverOpens, calendar
from contracts.ticket.sla import Aim, ClockState
from contracts.values import Channel, Priority
from services.ticket.domain.contract import ContractRevision, MetBy, Target
from services.ticket.domain.sla_clock import ClockRun
from services.ticket.domain.sla_log import START_KINDS, Happening, LogEntry, in_order

AT_RISK_PERCENT = (50, 75, 90)

TICK = timedelta(milliseconds=1)
"""The smallest step of the stored instants: a breach is seen that much after the last instant in time."""


@dataclass(frozen=True)
class Cover:
    """What one revision of a contract promises at a site: its clocks keep to that revision."""

    site_id: str | None
    revision_id: str
    targets: Mapping[Priority, tuple[Target, ...]]
    calendars: Mapping[str, Calendar]
    channels: tuple[Channel, ...] = tuple(Channel)


@dataclass(frozen=True, eq=False)
class Clock:
    """A clock as it is at ``now``.

    ``due_at`` is when all that is allowed will have elapsed if nothing else happens, ``breached_at`` when
    it had. What nothing has met or stopped goes on after a breach. A target of days has no ``elapsed``.
    """

    name: str
    site_id: str | None
    revision_id: str | None
    now: datetime
    run: ClockRun

    @property
    def target(self) -> Target:
        return self.run.target

    @property
    def state(self) -> ClockState:
        run = self.run
        if run.breached_at is not None:
            return ClockState.BREACHED
        if run.met is not None:
            return ClockState.MET
        if run.cancelled is not None or not run.promised:
            return ClockState.STOPPED
        return ClockState.PAUSED if run.stopped else ClockState.RUNNING

    @property
    def met_by(self) -> MetBy:
        return self.target.met_by

    @property
    def due_at(self) -> datetime | None:
        run = self.run
        if run.met is not None or run.stopped or self.state is ClockState.STOPPED:
            return None
        return run.due()

    @property
    def elapsed(self) -> timedelta | None:
        return None if self.run.allowed is None else self.run.elapsed

    @property
    def remaining(self) -> timedelta | None:
        """What is left of what is allowed; less than nothing once too much has elapsed."""
        return None if self.run.allowed is None else self.run.allowed - self.run.elapsed

    @property
    def breached_at(self) -> datetime | None:
        return self.run.breached_at

    @property
    def met_at(self) -> datetime | None:
        return None if self.run.met is None else self.run.met.at

    @property
    def intervals(self) -> list[Interval]:
        """The stretches that count, adjacent ones as one."""
        return self.run.intervals()

    @property
    def highest(self) -> int | None:
        """The highest threshold reached so far, whatever became of the promise."""
        return max((percent for percent, at in self.thresholds if at <= self.now), default=None)

    @property
    def thresholds(self) -> tuple[tuple[int, datetime], ...]:
        """When how many percent had or will have elapsed; those that a hold puts off are left out."""
        if self.run.allowed is None and self.due_at is None:
            return ()
        shares = ((percent, self.run.share_at(percent)) for percent in AT_RISK_PERCENT)
        return tuple((percent, at) for percent, at in shares if at is not None)

    @property
    def next_at(self) -> datetime | None:
        """The next instant at which this clock changes by itself: look again then."""
        state = self.state
        if state is ClockState.PAUSED and self.run.over_next is not None:
            return self.run.over_next.until
        if state is not ClockState.RUNNING:
            return None
        ahead = [at for _, at in self.thresholds if at > self.now]
        if (breach := self._breach_ahead()) is not None:
            ahead.append(breach)
        return min(ahead, default=None)

    def _breach_ahead(self) -> datetime | None:
        if self.remaining is None:
            due = self.due_at
            return None if due is None else due + TICK
        try:
            return self.run.calendar.add(self.now, self.remaining + TICK)
        except NeverOpens:
            return None


def cover_of(
    revision: ContractRevision,
    site_id: str,
    *,
    time_zone: str,
    holidays: HolidayCode,
    good_friday: bool,
) -> Cover:
    """What a revision promises at a site, on that site's own calendars."""
    return Cover(
        site_id=site_id,
        revision_id=revision.id,
        targets=revision.terms.targets,
        calendars={
            name: _calendar_at(written, time_zone, holidays, good_friday)
            for name, written in revision.terms.calendars_written.items()
        },
        channels=revision.terms.channels,
    )


@lru_cache(maxsize=1024)
def _calendar_at(form: str, time_zone: str, holidays: HolidayCode, good_friday: bool) -> Calendar:
    """A contract's calendar, in JSON, as it is at a site; checking the form costs more than a clock does."""
    written = CalendarForm.model_validate_json(form)
    return calendar(written.at_site(time_zone, holidays, good_friday=good_friday))


class Look(Protocol):
    """Told of every clock, by its name, each time it has moved on."""

    def __call__(self, name: str, run: ClockRun, /, cover: Cover) -> None: ...


def clocks_of(
    log: Iterable[LogEntry], covers: Iterable[Cover], now: datetime, look: Look | None = None
) -> list[Clock]:
    """Every clock of a ticket: each target of each site, by the ticket's entries and the site's own.

    ``Refusal`` naming the entry when the log makes no sense.
    """
    entries = in_order(log, now)
    return [
        Clock(name, cover.site_id, cover.revision_id, now, run)
        for cover in covers
        for name, run in _runs(
            _at_site(entries, cover),
            (),
            cover.calendars,
            now,
            None if look is None else partial(look, cover=cover),
        )
    ]


def clocks_at(
    log: Iterable[LogEntry], targets: Sequence[Target], calendars: Mapping[str, Calendar], now: datetime
) -> list[Clock]:
    """The clocks of targets that are given themselves, at one site."""
    return [
        Clock(name, None, None, now, run) for name, run in _runs(in_order(log, now), targets, calendars, now)
    ]


class Due(Protocol):
    @property
    def due_at(self) -> datetime | None: ...


class Deadline(Due, Protocol):
    """A clock, worked out or kept."""

    @property
    def met_by(self) -> MetBy: ...


def aim_of(met_by: MetBy) -> Aim:
    """Whether what keeps a target's promise is that work begins, or that service is back."""
    return Aim.RESPOND if met_by in START_KINDS else Aim.RESTORE


def respond_by(clocks: Iterable[Deadline]) -> datetime | None:
    """By when work must begin or somebody be there."""
    return due_first(clock for clock in clocks if aim_of(clock.met_by) is Aim.RESPOND)


def restore_by(clocks: Iterable[Deadline]) -> datetime | None:
    """By when service must be back, or the fault resolved."""
    return due_first(clock for clock in clocks if aim_of(clock.met_by) is Aim.RESTORE)


def due_first(clocks: Iterable[Due]) -> datetime | None:
    """When the most urgent of them is due: past where a promise is broken, none where nothing runs."""
    return min((clock.due_at for clock in clocks if clock.due_at is not None), default=None)


def _at_site(entries: Sequence[LogEntry], cover: Cover) -> list[LogEntry]:
    opened = entries[0]
    start = opened.at
    if opened.channel is not None and opened.channel not in cover.channels:
        # Declared where the contract does not listen: it counts from when the firm wrote it down.
        start = opened.recorded_at or start
    return [
        # Most are as they should be: a copy of each would be a tenth of the work.
        entry
        if entry.priority is None and entry.at >= start
        else replace(
            entry,
            at=max(entry.at, start),
            targets=entry.targets if entry.priority is None else cover.targets.get(entry.priority, ()),
        )
        for entry in entries
        if entry.site_id in (None, cover.site_id)
    ]


_Watch = Callable[[str, ClockRun], None]


def _runs(
    entries: Sequence[LogEntry],
    targets: Sequence[Target],
    calendars: Mapping[str, Calendar],
    now: datetime,
    watch: _Watch | None = None,
) -> Iterator[tuple[str, ClockRun]]:
    opened = entries[0]
    if opened.at > now:
        return
    changes = [entry for entry in entries if entry.changes_targets]
    promised = {target.name: target for target in (*targets, *opened.targets)}
    names = [*promised, *(target.name for entry in changes for target in entry.targets)]
    for name in dict.fromkeys(names):
        run = _run(name, promised.get(name), entries, changes, calendars, now, watch)
        if run is not None:
            yield name, run


def _run(
    name: str,
    target: Target | None,
    entries: Sequence[LogEntry],
    changes: Sequence[LogEntry],
    calendars: Mapping[str, Calendar],
    now: datetime,
    watch: _Watch | None,
) -> ClockRun | None:
    mine = [entry for entry in changes if entry.names(name)]
    for last in range(len(mine), 0, -1):
        if mine[last - 1].event is Happening.REQUALIFIED:
            # As if it had been right from the opening: what the target was until then is void.
            target, mine = mine[last - 1].target(name), mine[last:]
            break
    known = target or next((new for entry in mine if (new := entry.target(name)) is not None), None)
    if known is None:
        return None
    run = ClockRun(entries[0], known, calendars, promised=target is not None)
    if watch is None:
        for entry in entries[1:]:
            if not entry.changes_targets or any(entry is each for each in mine):
                run.take(entry)
        run.advance(now)
        return run
    watch(name, run)
    for entry in entries[1:]:
        if not entry.changes_targets or any(entry is each for each in mine):
            for at in (*run.stops(entry.at), entry.at):
                run.advance(at)
                watch(name, run)
            run.take(entry)
            watch(name, run)
    for at in (*run.stops(now), now):
        run.advance(at)
        watch(name, run)
    return run
