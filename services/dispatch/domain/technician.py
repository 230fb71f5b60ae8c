"""Technicians: what they can do, from where, and when."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from contracts.calendars import (
    CalendarForm,
    HolidayCode,
    Interval,
    calendar,
    intersect,
    merge,
    subtract,
    total,
)
from contracts.refusal import NotFound, Refusal
from contracts.text import InvalidValue, Text
from contracts.values import Language, Point, SkillLevels, Weekday, WeeklyWindows, rfc3339
from services.dispatch.domain.local_days import date_at, midnight, monday_of

_A_WEEK = date(2024, 1, 1)
"""A Monday of an A week. A and B alternate without end: two A weeks never meet at a long year's end."""

ON_CALL_KEPT = timedelta(days=14)
"""How long a period on call still says whose interventions they were."""

NO_WINDOWS: WeeklyWindows = dict[Weekday, tuple[tuple[str, str], ...]]()


class Regime(StrEnum):
    """Which labour limits bind somebody."""

    HOURS = "hours"
    FORFAIT_JOURS = "forfait-jours"
    MINOR = "minor"
    PARTNER = "partner"


@dataclass(frozen=True)
class Shifts:
    """Weekly working windows in the technician's zone; both weeks are the same when all weeks are."""

    week_a: WeeklyWindows
    week_b: WeeklyWindows


NO_SHIFTS = Shifts(NO_WINDOWS, NO_WINDOWS)


@dataclass(frozen=True)
class Absence:
    """A stretch in which somebody does not work, its end excluded.

    ``author`` said so at ``said_at``, which was learned at ``recorded_at``.
    """

    from_at: datetime
    to_at: datetime
    kind: str
    said_at: datetime | None = field(default=None, compare=False)
    recorded_at: datetime | None = field(default=None, compare=False)
    author: str | None = field(default=None, compare=False)

    @property
    def id(self) -> str:
        """The same for the same absence: recording it twice makes one."""
        told = f"{rfc3339(self.from_at)}/{rfc3339(self.to_at)}/{self.kind}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Certificate:
    """A permit, habilitation or induction that somebody holds, named as sites ask for it.

    ``valid_until`` is its last day, ``YYYY-MM-DD``; None: it does not expire.
    """

    name: str
    valid_until: str | None = None

    def holds_on(self, date: str) -> bool:
        return self.valid_until is None or date <= self.valid_until


@dataclass(frozen=True)
class Partner:
    """The firm that lends him, and the papers that it has to have (L8222-1, D8222-5): when one of them has
    expired he may not work for us.

    What is offered to it goes to ``email``, or else to him; it has ``answer_minutes`` of his hours to answer.
    """

    firm: str
    papers: tuple[Certificate, ...] = ()
    email: str | None = None
    answer_minutes: int = 120


@dataclass(frozen=True)
class SchoolTime:
    """Days at school, ``YYYY-MM-DD``, the last one included; weeks that alternate are in his shifts."""

    first: str
    last: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidValue(
                f"the last day at school, {self.last}, is before the first, {self.first}",
                f"le dernier jour d'école, {self.last}, précède le premier, {self.first}",
            )


@dataclass(frozen=True)
class Apprenticeship:
    """He goes nowhere alone, but along with his tutor (L6223-5). After so many visits that took a skill he
    is proposed for it."""

    tutor_id: str
    school: tuple[SchoolTime, ...] = ()
    proposed_after: int = 5


@dataclass(frozen=True)
class OnCall:
    """A period on call, its end excluded, by the rota entry ``id``.

    Waiting is rest; urgent work may be given.
    """

    id: str
    from_at: datetime
    to_at: datetime
    territory: str | None = None


@dataclass(frozen=True)
class OwedRest:
    """A stretch that ordinary work leaves free after an intervention; ``rule`` is the labour rule."""

    from_at: datetime
    to_at: datetime
    rule: str


@dataclass(frozen=True)
class Technician:
    """A person who makes visits. ``skills`` maps a skill to a level from 1 to 3."""

    id: str
    name: str
    skills: SkillLevels
    time_zone: str
    shifts: Shifts = NO_SHIFTS
    home: Point | None = None
    agency: str | None = None
    territory: str | None = None
    holidays: HolidayCode = "none"
    regime: Regime = Regime.HOURS
    email: str | None = None
    phone: str | None = None
    language: Language = Language.FR
    absences: tuple[Absence, ...] = ()
    on_call: tuple[OnCall, ...] = ()
    rests: tuple[OwedRest, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    languages: tuple[str, ...] = ()
    partner: Partner | None = None
    apprenticeship: Apprenticeship | None = None

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages that he speaks, as BCP 47 tags."""
        return (self.language, *self.languages)

    @property
    def written_to(self) -> str | None:
        """Where what concerns his visits is mailed: to the firm that lends him, where it has an address."""
        return (self.partner and self.partner.email) or self.email

    def with_absence(self, absence: Absence) -> "Technician":
        """The same person, absent then too; an absence already known changes nothing."""
        if absence.to_at <= absence.from_at:
            raise Refusal(
                "absence-ends-before-it-starts",
                Text("Give a `to` that is later than `from`.", "Donnez un `to` postérieur à `from`."),
            )
        if absence in self.absences:
            return self
        return replace(self, absences=tuple(sorted((*self.absences, absence), key=lambda a: a.from_at)))

    def without_absence(self, absence_id: str) -> "Technician":
        """The same person, at work in that stretch after all."""
        left = tuple(absence for absence in self.absences if absence.id != absence_id)
        if left == self.absences:
            raise NotFound("absence", absence_id)
        return replace(self, absences=left)

    def called_in(self, period: OnCall, now: datetime) -> "Technician":
        """The same person, on call then too. Periods long over are forgotten: the rota keeps them."""
        kept = [each for each in self.on_call if each.id != period.id and each.to_at > now - ON_CALL_KEPT]
        return replace(self, on_call=tuple(sorted((*kept, period), key=lambda each: each.from_at)))

    def not_called_in(self, entry_id: str) -> "Technician":
        """The same person, without that period on call."""
        return replace(self, on_call=tuple(each for each in self.on_call if each.id != entry_id))

    def on_shift(self, start: datetime, end: datetime) -> list[Interval]:
        """The shifts in ``[start, end)``, absences not taken off."""
        week_a = self._open(self.shifts.week_a, start, end)
        if self.shifts.week_a == self.shifts.week_b:
            return week_a
        week_b = self._open(self.shifts.week_b, start, end)
        in_a, in_b = _weeks(self.time_zone, start, end)
        return merge([*intersect(week_a, in_a), *intersect(week_b, in_b)])

    def available(self, start: datetime, end: datetime, *, urgent: bool = False) -> list[Interval]:
        """When he may be given work in ``[start, end)``: shifts less absences and the rests owed to him.

        ``urgent`` work may be given on call too, which a rest owed does not end.
        """
        hours = self.working(start, end)
        if self.rests:
            hours = subtract(hours, [(rest.from_at, rest.to_at) for rest in self.rests])
        if not urgent or not self.on_call:
            return hours
        waiting = subtract([(each.from_at, each.to_at) for each in self.on_call], self._absent())
        return merge([*hours, *intersect(waiting, [(start, end)])])

    def working(self, start: datetime, end: datetime) -> list[Interval]:
        """The shifts in ``[start, end)`` less absences, as if no rest were owed."""
        shifts = self.on_shift(start, end)
        return subtract(shifts, away) if (away := self._absent()) else shifts

    def waits_on_call(self, at: datetime) -> bool:
        """Whether he is on call at ``at``, outside of his shifts."""
        if not any(each.from_at <= at < each.to_at for each in self.on_call):
            return False
        return not self.working(at, at + timedelta(seconds=1))

    def is_available(self, start: datetime, end: datetime, *, urgent: bool = False) -> bool:
        """Whether all of ``[start, end)`` lies in one stretch of work."""
        return any(a <= start and end <= b for a, b in self.available(start, end, urgent=urgent))

    def rest_in(self, start: datetime, end: datetime) -> OwedRest | None:
        """Of the rests that he is owed at some time in ``[start, end)`` the one that lasts longest."""
        return last_of(self.rests, start, end)

    def is_absent(self, start: datetime, end: datetime) -> bool:
        return any(since < end and start < until for since, until in self._absent())

    def next_hours(self, at: datetime) -> datetime | None:
        """The first instant from ``at`` on at which he works; None when there is none within four weeks."""
        for days in (1, 28):
            hours = self.available(at, at + timedelta(days=days))
            if hours:
                return hours[0][0]
        return None

    def worked_until(self, at: datetime, time: timedelta, *, urgent: bool = False) -> datetime:
        """When he will have worked for ``time`` from ``at`` on, the end of one stretch carried into the next.

        Of ``urgent`` work time on call counts.

        Somebody without hours in the next four weeks counts as always at work.
        """
        for days in (1, 28):
            left = time
            for start, end in self.available(at, at + timedelta(days=days), urgent=urgent):
                if start + left <= end:
                    return start + left
                left -= end - start
        return at + time

    def half_worked(self, at: datetime, until: datetime, *, urgent: bool = False) -> datetime:
        """When half of what he works between the two is over; half-way where he works none of it."""
        time = total(self.available(at, until, urgent=urgent))
        return self.worked_until(at, time / 2, urgent=urgent) if time else at + (until - at) / 2

    def shift_before(self, at: datetime, *, since: datetime) -> datetime | None:
        """When the last stretch of work that begins by ``at``, and after ``since``, begins."""
        begun = [start for start, _ in self.available(since, at + timedelta(minutes=1)) if start <= at]
        return begun[-1] if begun and begun[-1] > since else None

    def date_of(self, at: datetime) -> str:
        """The date at ``at`` where he works, ``YYYY-MM-DD``."""
        return date_at(at, self.time_zone).isoformat()

    def _open(self, windows: WeeklyWindows, start: datetime, end: datetime) -> list[Interval]:
        form = CalendarForm(time_zone=self.time_zone, weekly=windows, holidays=self.holidays)
        return calendar(form).open_intervals(start, end)

    def _absent(self) -> list[Interval]:
        away = [(absence.from_at, absence.to_at) for absence in self.absences]
        return away if self.apprenticeship is None else sorted([*away, *self._at_school()])

    def _at_school(self) -> list[Interval]:
        school = () if self.apprenticeship is None else self.apprenticeship.school
        zone = self.time_zone
        days = ((date.fromisoformat(each.first), date.fromisoformat(each.last)) for each in school)
        return [(midnight(first, zone), midnight(last + timedelta(days=1), zone)) for first, last in days]


def last_of(rests: Iterable[OwedRest], start: datetime, end: datetime) -> OwedRest | None:
    """Of those that have a part in ``[start, end)`` the one that ends last."""
    there = (rest for rest in rests if rest.from_at < end and start < rest.to_at)
    return max(there, key=lambda rest: rest.to_at, default=None)


def surplus_levels(has: SkillLevels, needs: SkillLevels) -> int:
    """By how many levels he is above what is asked for."""
    return sum(max(0, has.get(skill, 0) - level) for skill, level in needs.items())


def shortfall(skills: Mapping[str, int], needed: Mapping[str, int]) -> tuple[str, str] | None:
    """The first skill that is not enough, with the rule it breaks (``skill-missing``, ``skill-level``)."""
    for skill, level in needed.items():
        if skill not in skills:
            return "skill-missing", skill
        if skills[skill] < level:
            return "skill-level", skill
    return None


def days_touched(start: datetime, end: datetime, time_zone: str) -> tuple[str, ...]:
    """The dates, ``YYYY-MM-DD`` in the zone, that ``[start, end)`` has a part in."""
    first = date_at(start, time_zone)
    last = max(first, date_at(end - timedelta(microseconds=1), time_zone))
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))


def _weeks(time_zone: str, start: datetime, end: datetime) -> tuple[list[Interval], list[Interval]]:
    monday = monday_of(date_at(start, time_zone))
    parts: tuple[list[Interval], list[Interval]] = ([], [])
    while (since := midnight(monday, time_zone)) < end:
        parts[(monday - _A_WEEK).days // 7 % 2].append(
            (since, midnight(monday + timedelta(days=7), time_zone))
        )
        monday += timedelta(days=7)
    return parts
