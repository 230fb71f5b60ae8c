"""The rest that somebody is owed after work and after interventions on call.

Waiting on call is rest (L3121-9); an intervention with its travel is work. One that comes before the
rest is complete restarts it in full at its end (L3121-10); one that comes after does not.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.calendars import Interval, intersect, merge, subtract
from services.dispatch.domain.labour_limits import Limits, Rule
from services.dispatch.domain.local_days import A_DAY, date_at, dates_between, day_of, midnight

APART = timedelta(hours=4)
"""Work on a later date begins another day of work if it is this far from what came before."""

NIGHT_FROM, NIGHT_TO = 22, 6


@dataclass(frozen=True)
class Timesheet:
    """One person's ordinary work and his interventions on call, travel included, where he works.

    Both end up in UTC, in order and disjoint. What an intervention shares with ordinary work counts as
    ordinary work.
    """

    time_zone: str
    work: tuple[Interval, ...] = ()
    interventions: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        # Two times of one zone differ by what its clocks show: a rest over a change of the clocks would
        # be an hour too long or too short.
        for name in ("work", "interventions"):
            object.__setattr__(self, name, tuple(merge(_in_utc(each) for each in getattr(self, name))))


@dataclass(frozen=True)
class Spell:
    """One day of ordinary work, its breaks included."""

    pieces: tuple[Interval, ...]

    @property
    def start(self) -> datetime:
        return self.pieces[0][0]

    @property
    def end(self) -> datetime:
        return self.pieces[-1][1]


@dataclass(frozen=True)
class Rest:
    """From the end of one day of work to the next: ``since`` None before the first that is known."""

    since: datetime | None
    interventions: tuple[Interval, ...]
    time_zone: str
    limits: Limits

    @property
    def last_end(self) -> datetime | None:
        """When he last stopped."""
        return self.interventions[-1][1] if self.interventions else self.since

    def daily_until(self) -> datetime | None:
        """Until when the rest between two days lasts."""
        needed = self.limits.daily_rest
        if needed is None or (self.since is None and not self.interventions):
            return self.last_end
        last = self.since
        until = None if last is None else last + needed
        for start, end in self.interventions:
            until = end + needed if last is not None and start - last < needed else end
            last = end
        return until

    def interrupted_until(self) -> datetime | None:
        """Until when a weekly rest that interventions interrupted lasts; None when none did."""
        days = [day for each in self.interventions if (day := self._interrupts(each)) is not None]
        return self.weekly_until(days[-1]) if days else None

    def weekly_until(self, day: date) -> datetime | None:
        """Until when the rest around this rest day lasts."""
        needed, short = self.limits.weekly_rest, self.limits.daily_rest
        if needed is None or short is None:
            return None
        begins, ends = day_of(day, self.time_zone)
        last = self.since
        until = None if last is None else last + needed
        for start, end in self.interventions:
            if start >= ends:
                break
            rested = last is None or start - last >= needed
            until = end + (short if end + short > begins and rested else needed)
            last = end
        return until

    def rest_days(self, until: datetime) -> Iterator[date]:
        """The rest days that this rest touches when work begins at ``until``."""
        if self.limits.rest_day is None:
            return
        since = self.since or (self.interventions[0][0] if self.interventions else until)
        day, last = self._rest_day_from(since), date_at(until, self.time_zone)
        while day <= last:
            yield day
            day += 7 * A_DAY

    def _interrupts(self, intervention: Interval) -> date | None:
        if self.limits.rest_day is None or self.limits.daily_rest is None:
            return None
        start, end = intervention
        day = self._rest_day_from(start)
        return day if end + self.limits.daily_rest > midnight(day, self.time_zone) else None

    def _rest_day_from(self, at: datetime) -> date:
        day, rest_day = date_at(at, self.time_zone), self.limits.rest_day
        assert rest_day is not None
        return day + (rest_day - day.weekday()) % 7 * A_DAY


def spells_of(sheet: Timesheet, limits: Limits) -> list[Spell]:
    """The days of ordinary work, in order. Only a rest, or a date and four hours, part one from the next."""
    found: list[list[Interval]] = []
    for piece in sheet.work:
        if found:
            gap = piece[0] - found[-1][-1][1]
            later = date_at(piece[0], sheet.time_zone) > date_at(found[-1][0][0], sheet.time_zone)
            rested = limits.daily_rest is not None and gap >= limits.daily_rest
            if not rested and not (later and gap >= APART):
                found[-1].append(piece)
                continue
        found.append([piece])
    return [Spell(tuple(pieces)) for pieces in found]


def rests_of(sheet: Timesheet, spells: Sequence[Spell], limits: Limits) -> list[Rest]:
    """The rest before each spell, and the one after the last."""
    extra = subtract(sheet.interventions, sheet.work)
    bounds = [None, *(spell.end for spell in spells)], [*(spell.start for spell in spells), None]
    return [
        Rest(
            since,
            tuple(
                each
                for each in extra
                if (since is None or each[0] >= since) and (until is None or each[0] < until)
            ),
            sheet.time_zone,
            limits,
        )
        for since, until in zip(*bounds, strict=True)
    ]


def earliest_start(sheet: Timesheet, limits: Limits) -> datetime | None:
    """When ordinary work may start again after the last of all; None when there is none."""
    spells = spells_of(sheet, limits)
    rest = rests_of(sheet, spells, limits)[-1]
    return rested_by(rest, frozenset(dates_worked(sheet)))


def rested_by(rest: Rest, worked: frozenset[date]) -> datetime | None:
    """When this rest is over; ``worked`` are the dates of ordinary work before it."""
    ends = [at for at in (rest.last_end, rest.daily_until(), rest.interrupted_until()) if at is not None]
    if not ends:
        return None
    at = max(ends)
    while (later := _moved(rest, worked, at)) > at:
        at = later
    return at


def dates_worked(sheet: Timesheet) -> list[date]:
    """The dates on which ordinary work starts, in order."""
    return sorted({date_at(start, sheet.time_zone) for start, _ in sheet.work})


def rests_owed(sheet: Timesheet, limits: Limits) -> list[tuple[Interval, Rule]]:
    """For each intervention that makes later work start later: the stretch that work has to leave free.

    ``sheet.work`` are shifts as planned: work that falls into such a stretch is not done, and what
    follows counts from the work that is.
    """
    owed: list[tuple[Interval, Rule]] = []
    done: list[Interval] = []
    for intervention in sheet.interventions:
        judged = set[Interval]()
        while (part := _next_part(sheet, intervention, owed, judged)) is not None:
            judged.add(part)
            start, end = part
            work = subtract(sheet.work, [stretch for stretch, _ in owed])
            before = tuple(piece for piece in work if piece[1] <= start)
            until, rule = _owed(Timesheet(sheet.time_zone, before, (*done, part)), limits)
            in_a_day = any(spell.start <= start < spell.end for spell in _spells(sheet, work, limits))
            if until is not None and not in_a_day and intersect(sheet.work, [(end, max(end, until))]):
                owed.append(((end, until), rule))
        done.append(intervention)
    return owed


def rests_owed_with(
    sheet: Timesheet, done_within: Callable[[Sequence[Interval]], Sequence[Interval]], limits: Limits
) -> list[tuple[Interval, Rule]]:
    """As ``rests_owed``; what was done on shift ``done_within`` such a rest is an intervention, too."""
    while True:
        owed = rests_owed(sheet, limits)
        more = subtract(done_within([stretch for stretch, _ in owed]), sheet.interventions)
        if not more:
            return owed
        sheet = replace(sheet, interventions=(*sheet.interventions, *more))


def nights(start: datetime, end: datetime, time_zone: str, begins: int = NIGHT_FROM) -> Iterator[Interval]:
    """From 22:00, or ``begins`` o'clock, to 06:00: each night that ``[start, end]`` touches."""
    zone = ZoneInfo(time_zone)
    for day in dates_between(start - A_DAY, end, time_zone):
        yield (
            datetime.combine(day, time(begins), zone).astimezone(UTC),
            datetime.combine(day + A_DAY, time(NIGHT_TO), zone).astimezone(UTC),
        )


def _in_utc(stretch: Interval) -> Interval:
    return stretch[0].astimezone(UTC), stretch[1].astimezone(UTC)


def _next_part(
    sheet: Timesheet, intervention: Interval, owed: Sequence[tuple[Interval, Rule]], judged: Set[Interval]
) -> Interval | None:
    """What of an intervention is no ordinary work: more of it, once a rest owed has set work free."""
    work = subtract(sheet.work, [stretch for stretch, _ in owed])
    return next((part for part in subtract([intervention], work) if part not in judged), None)


def _owed(sheet: Timesheet, limits: Limits) -> tuple[datetime | None, Rule]:
    until = earliest_start(sheet, limits)
    daily = rests_of(sheet, spells_of(sheet, limits), limits)[-1].daily_until()
    return until, Rule.DAILY_REST if until == daily else Rule.WEEKLY_REST


def _spells(sheet: Timesheet, work: Sequence[Interval], limits: Limits) -> list[Spell]:
    return spells_of(Timesheet(sheet.time_zone, tuple(work)), limits)


def _moved(rest: Rest, worked: frozenset[date], at: datetime) -> datetime:
    """``at``, or what the first rule that forbids a start then allows at the earliest."""
    limits, zone = rest.limits, rest.time_zone
    for day in rest.rest_days(at):
        until = rest.weekly_until(day)
        if until is not None and until > at:
            return until
    today = date_at(at, zone)
    after_a_row = limits.minor and (today - A_DAY).weekday() == limits.rest_day
    if today.weekday() == limits.rest_day or (after_a_row and today - 2 * A_DAY in worked):
        return midnight(today + A_DAY, zone)
    if limits.minor:
        return max((end for start, end in nights(at, at, zone) if start <= at < end), default=at)
    return at
