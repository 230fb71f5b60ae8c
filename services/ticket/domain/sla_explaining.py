"""Why a clock stands where it does: each stretch of its time, counted or not, what began and ended it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from contracts.calendars import Calendar, DayRule
from services.ticket.domain.sla import Clock
from services.ticket.domain.sla_clock import Segment, Stretch
from services.ticket.domain.sla_log import Happening, LogEntry


class Why(StrEnum):
    """What a stretch begins or ends with: an entry, a hold's own end, a rule of the calendar, the present."""

    ENTRY = "entry"
    HOLD_OVER = "hold-over"
    OPENS = "opens"
    CLOSES = "closes"
    NOW = "now"


class Standing(StrEnum):
    COUNTED = "counted"
    CLOSED = "closed"
    HELD = "held"
    EXCLUDED = "excluded"
    MET = "met"


@dataclass(frozen=True)
class Boundary:
    """``entry`` is what happened (the hold itself where it ended by its ``until``).

    ``day`` and ``rule`` are the calendar's: whose windows opened or closed, and what decided them.
    """

    at: datetime
    why: Why
    entry: LogEntry | None = None
    day: date | None = None
    rule: DayRule | None = None


@dataclass(frozen=True)
class Explained:
    """``days_off`` are the holidays and exceptions that keep a closed stretch closed all day."""

    opened: Boundary
    closed: Boundary
    standing: Standing
    days_off: tuple[tuple[date, DayRule], ...] = ()

    @property
    def counted(self) -> bool:
        return self.standing is Standing.COUNTED


def explained(clock: Clock) -> list[Explained]:
    """The clock's time without a gap, from its start to what ended it, or to now.

    What is counted is what ``Clock.intervals`` shows. For a target of days open time is shown all the
    same: it says on which dates the clock stood still.
    """
    run = clock.run
    segments = [list(each) for _, each in groupby(run.segments, _what_goes_on)]
    while run.met is not None and segments and segments[-1][0].kind in (Stretch.MET, Stretch.MET_AND_HELD):
        del segments[-1]
    if not segments:
        return []
    begun = [_begun(first) for first, *_ in segments]
    found: list[Explained] = []
    for (first, *_), since, until in zip(segments, begun, [*begun[1:], _ended(clock)], strict=True):
        if first.kind is Stretch.RUNNING:
            found.extend(_by_calendar(run.calendar, since, until))
        else:
            found.append(Explained(since, until, _standing(first)))
    return found


def _what_goes_on(segment: Segment) -> tuple[Stretch, bool, int]:
    return segment.kind, segment.hold_ended, id(segment.opened_by)


def _standing(segment: Segment) -> Standing:
    if segment.kind is not Stretch.HELD:
        return Standing.MET
    agreed = segment.opened_by.event is Happening.EXCLUDED and not segment.hold_ended
    return Standing.EXCLUDED if agreed else Standing.HELD


def _begun(segment: Segment) -> Boundary:
    return Boundary(segment.start, Why.HOLD_OVER if segment.hold_ended else Why.ENTRY, segment.opened_by)


def _ended(clock: Clock) -> Boundary:
    run = clock.run
    ender = run.met or (None if run.counting_goes_on else run.opened_by)
    return Boundary(clock.now, Why.NOW) if ender is None else Boundary(ender.at, Why.ENTRY, ender)


def _by_calendar(calendar: Calendar, since: Boundary, until: Boundary) -> Iterator[Explained]:
    for opens, closes in calendar.open_intervals(since.at, until.at):
        if since.at < opens:
            opening = _opening(calendar, opens)
            yield _closed(calendar, since, opening)
            since = opening
        end = until if closes == until.at else _closing(calendar, closes)
        yield Explained(since, end, Standing.COUNTED)
        since = end
    if since.at < until.at:
        yield _closed(calendar, since, until)


def _opening(calendar: Calendar, at: datetime) -> Boundary:
    day = calendar.date_of(at)
    return Boundary(at, Why.OPENS, day=day, rule=calendar.rule_on(day))


def _closing(calendar: Calendar, at: datetime) -> Boundary:
    # At midnight it is the new date that closes, when it is a day off, else the end of the old one.
    day = calendar.date_of(at)
    if calendar.rule_on(day) == "weekly":
        day = calendar.date_of(at - timedelta.resolution)
    return Boundary(at, Why.CLOSES, day=day, rule=calendar.rule_on(day))


def _closed(calendar: Calendar, since: Boundary, until: Boundary) -> Explained:
    first, last = calendar.date_of(since.at), calendar.date_of(until.at - timedelta.resolution)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    off = ((day, calendar.rule_on(day)) for day in days if not calendar.opens_on(day))
    return Explained(since, until, Standing.CLOSED, tuple((d, rule) for d, rule in off if rule != "weekly"))
