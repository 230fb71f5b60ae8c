"""How one SLA clock runs: a target, a calendar, and a log played from its first entry to an instant.

Time is cut into stretches of one kind each; what a stretch counts for is asked of the calendar. So a
change of target that keeps the opening only counts the same stretches on another calendar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from contracts.calendars import Calendar, Interval, NeverOpens
from contracts.values import ServiceHealth
from services.ticket.domain.contract import MetBy, OnReopen, Target
from services.ticket.domain.sla_log import START_KINDS, Happening, LogEntry, Since

_NONE = timedelta(0)
_DAY_MINUTES = 1440


class Stretch(StrEnum):
    """What a stretch of a clock's time is; only a running one counts, where the calendar is open."""

    RUNNING = "running"
    HELD = "held"
    MET = "met"
    MET_AND_HELD = "met-and-held"
    EXCLUDED = "excluded"


@dataclass(slots=True)
class Segment:
    """``opened_by`` is the entry that began it; with ``hold_ended`` it is the hold that ended by itself."""

    start: datetime
    end: datetime
    kind: Stretch
    opened_by: LogEntry
    hold_ended: bool


class ClockRun:
    """The state of a clock at an instant, ``at``; ``take`` and ``advance`` move it on."""

    __slots__ = (
        "_floor",
        "_hold_ended",
        "_not_due_before",
        "at",
        "breached_at",
        "calendar",
        "calendars",
        "cancelled",
        "elapsed",
        "exclusion",
        "hold",
        "met",
        "opened_by",
        "promised",
        "segments",
        "start",
        "target",
    )

    def __init__(
        self, opened: LogEntry, target: Target, calendars: Mapping[str, Calendar], *, promised: bool = True
    ) -> None:
        """``promised`` is false for a target that a later entry brings in; it may be met before that."""
        self.calendars = calendars
        self.target = target
        self.calendar = calendars[target.calendar]
        self.promised = promised
        self.start = self.at = opened.at
        self.segments: list[Segment] = []
        self.elapsed = _NONE
        self.hold: LogEntry | None = None
        self.exclusion: LogEntry | None = None
        self.met: LogEntry | None = None
        self.cancelled: LogEntry | None = None
        self.breached_at: datetime | None = None
        self._floor = opened.at
        self._not_due_before: datetime | None = None
        self.opened_by = opened
        self._hold_ended = False

    @property
    def allowed(self) -> timedelta | None:
        """How much may pass; none for a target of days."""
        return None if self.target.minutes is None else timedelta(minutes=self.target.minutes)

    @property
    def held(self) -> bool:
        """Whether a hold stops the clock."""
        return self.hold is not None and self.hold.reason in self.target.stops_on

    @property
    def stopped(self) -> bool:
        """Whether a hold does, or what was agreed not to count."""
        return self.exclusion is not None or self.held

    @property
    def over_next(self) -> LogEntry | None:
        """What stops the clock and ends by itself, the first of it."""
        ending = [each for each in (self.hold, self.exclusion) if each is not None and each.until is not None]
        return min(ending, key=lambda each: each.until or each.at, default=None)

    @property
    def running(self) -> bool:
        return self.promised and self.met is None and self.cancelled is None and not self.stopped

    @property
    def counting_goes_on(self) -> bool:
        """Whether the clock runs or waits: neither met, nor cancelled, nor no longer promised."""
        return self.standing in (Stretch.RUNNING, Stretch.HELD)

    def take(self, entry: LogEntry) -> None:
        """Go on to an entry and let it take effect."""
        self.advance(entry.at)
        before = self.standing
        match entry.event:
            case Happening.HELD:
                self.hold = entry if entry.until is None or entry.until > entry.at else None
            case Happening.RESUMED:
                self.hold = None
            case Happening.RESOLVED:
                self.hold = None
                self._meet(entry)
            case Happening.ARRIVED | Happening.STARTED | Happening.RESTORED:
                self._meet(entry)
            case Happening.REOPENED:
                self._reopen(entry)
            case Happening.RETARGETED:
                self._retarget(entry)
            case Happening.EXCLUDED:
                self._exclude(entry)
            case Happening.CANCELLED:
                self.hold = self.exclusion = None
                self.cancelled = entry
        if self.standing is not before:
            self.opened_by, self._hold_ended = entry, False
        self._judge()

    def stops(self, to: datetime) -> tuple[datetime, ...]:
        """When the clock may go on by itself on the way there: what stops it ends by its ``until``."""
        ends = {each.until for each in (self.hold, self.exclusion) if each is not None}
        return tuple(sorted(until for until in ends if until is not None and until < to))

    def advance(self, to: datetime) -> None:
        """Let time pass; what has an ``until`` ends on the way."""
        if self.hold is not None or self.exclusion is not None:
            while (over := self.over_next) is not None and over.until is not None and over.until <= to:
                self._end(over, over.until)
        self._pass(to)

    def due(self) -> datetime | None:
        """The earliest instant at which everything allowed has passed; none when that never comes."""
        if self.target.minutes is None:
            return self._due_day()
        return self.reached(timedelta(minutes=self.target.minutes))

    def reached(self, amount: timedelta) -> datetime | None:
        """The earliest instant at which so much has elapsed, if nothing else happens from now on."""
        if not amount:
            return self.start
        if amount > self.elapsed:
            if not self.running:
                return None
            try:
                return self.calendar.add(self.at, amount - self.elapsed)
            except NeverOpens:
                return None
        for segment in self._counted():
            passed = self.calendar.elapsed(segment.start, segment.end)
            if passed >= amount:
                return self.calendar.add(segment.start, amount)
            amount -= passed
        raise AssertionError("what has elapsed is what the counted segments hold")

    def share_at(self, percent: int) -> datetime | None:
        """The earliest instant at which so much of what is allowed has elapsed; none when that never comes.

        A target of days has no open time to share out: its share is that of the time from start to end.
        """
        if self.allowed is not None:
            return self.reached(self.allowed * percent / 100)
        due = self.due()
        return None if due is None else self.start + (due - self.start) * percent / 100

    def intervals(self) -> list[Interval]:
        """The stretches that counted; none for a target of days."""
        found: list[Interval] = []
        if self.target.minutes is None:
            return found
        for segment in self._counted():
            for start, end in self.calendar.open_intervals(segment.start, segment.end):
                if found and found[-1][1] == start:
                    found[-1] = (found[-1][0], end)
                else:
                    found.append((start, end))
        return found

    @property
    def standing(self) -> Stretch | None:
        """What passes now; nothing once cancelled, or as long as nothing is promised."""
        # ``stopped``, written out: this is asked ten times a clock, for each of a month's eighty thousand.
        hold = self.hold
        stopped = self.exclusion is not None or (hold is not None and hold.reason in self.target.stops_on)
        if self.met is not None:
            return Stretch.MET_AND_HELD if stopped else Stretch.MET
        if self.cancelled is not None or not self.promised:
            return None
        return Stretch.HELD if stopped else Stretch.RUNNING

    def _counted(self) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.kind is Stretch.RUNNING)

    def _pass(self, to: datetime) -> None:
        if to <= self.at:
            return
        kind, since, self.at = self.standing, self.at, to
        if kind is None:
            return
        self.segments.append(Segment(since, to, kind, self.opened_by, self._hold_ended))
        if kind is Stretch.RUNNING:
            if self.target.minutes is not None:
                self.elapsed += self.calendar.elapsed(since, to)
            self._judge()

    def _judge(self) -> None:
        """A breach is the first instant at which too much has elapsed while nothing stops the clock."""
        if self.breached_at is not None or not self.running:
            return
        if self.target.minutes is not None:
            if self.elapsed <= timedelta(minutes=self.target.minutes):
                return
            due = self.due()
        else:
            if self._not_due_before is not None and self.at <= self._not_due_before:
                return
            due = self._due_day()
            if due is not None and due >= self.at:
                # What happens can only put a date off, until the target changes.
                self._not_due_before, due = due, None
        if due is not None:
            self.breached_at = max(due, self._floor)

    def _end(self, over: LogEntry, at: datetime) -> None:
        self._pass(at)
        before = self.standing
        if over is self.hold:
            self.hold = None
        else:
            self.exclusion = None
        if self.standing is not before:
            self.opened_by, self._hold_ended = over, True
        self._judge()

    def _exclude(self, entry: LogEntry) -> None:
        """Where two overlap the one that ends later goes on."""
        if (
            entry.until is None
            or entry.until <= entry.at
            or entry.target_name not in (None, self.target.name)
        ):
            return
        before = None if self.exclusion is None else self.exclusion.until
        if before is None or before < entry.until:
            self.exclusion = entry

    def _meet(self, entry: LogEntry) -> None:
        if self.met is None and entry.meets(self.target.met_by):
            self.met = entry

    def _reopen(self, entry: LogEntry) -> None:
        if self.met is None or not self._runs_again(self.met, entry.service):
            return
        exclude = self.target.on_reopen is OnReopen.EXCLUDE
        for segment in reversed(self.segments):
            if segment.kind is Stretch.MET:
                segment.kind = Stretch.EXCLUDED if exclude else Stretch.RUNNING
            elif segment.kind is Stretch.MET_AND_HELD:
                segment.kind = Stretch.EXCLUDED if exclude else Stretch.HELD
            else:
                break
            if segment.kind is Stretch.RUNNING and self.target.minutes is not None:
                self.elapsed += self.calendar.elapsed(segment.start, segment.end)
        self.met = None
        self._floor = entry.at

    def _runs_again(self, met: LogEntry, service: ServiceHealth | None) -> bool:
        met_by = self.target.met_by
        if met_by in START_KINDS:
            return False
        if met_by is MetBy.RESTORED and service is ServiceHealth.DOWN:
            return True
        if met_by is MetBy.RESTORED and service is ServiceHealth.UP:
            return False
        return met.event is Happening.RESOLVED

    def _retarget(self, entry: LogEntry) -> None:
        new = entry.target(self.target.name)
        if new is None:
            self.promised = False
            return
        since = entry.since or (Since.CHANGE if _length(new) < _length(self.target) else Since.OPENING)
        if since is Since.CHANGE or not self.promised:
            self.start = entry.at
            self.segments = []
            self.opened_by, self._hold_ended = entry, False
        self.promised = True
        self.target = new
        self.calendar = self.calendars[new.calendar]
        self._floor = entry.at
        self._not_due_before = None
        self._recount()

    def _recount(self) -> None:
        self.elapsed = _NONE
        if self.target.minutes is not None:
            for segment in self._counted():
                self.elapsed += self.calendar.elapsed(segment.start, segment.end)

    def _due_day(self) -> datetime | None:
        target, calendar = self.target, self.calendar
        left = target.days or 0
        day = calendar.date_of(self.start)
        try:
            if not calendar.opens_on(day) or calendar.wall_clock(self.start) >= _time(target.cutoff):
                day = calendar.open_date_after(day)
            while left:
                day = calendar.open_date_after(day)
                left -= not self._touched(day)
        except NeverOpens:
            return None
        return calendar.instant(day, _time(target.by))

    def _touched(self, day: date) -> bool:
        """Whether the clock stood still on a date, at any moment up to and including ``by``."""
        first = self.calendar.instant(day, time())
        last = self.calendar.instant(day, _time(self.target.by))
        return any(
            segment.start <= last and segment.end > first
            for segment in self.segments
            if segment.kind is Stretch.HELD or segment.kind is Stretch.EXCLUDED
        )


def _length(target: Target) -> int:
    return (target.days or 0) * _DAY_MINUTES if target.minutes is None else target.minutes


def _time(wall: str | None) -> time:
    assert wall is not None, "a target has minutes, or all that a target of days needs"
    return time.fromisoformat(wall)
