"""Labour rules judged on one person's time: which is broken, where, and whether more work may be added."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.calendars import Interval, intersect, merge, total
from contracts.text import Text
from services.dispatch.domain.labour_limits import Limits, Rule
from services.dispatch.domain.local_days import A_DAY, date_at, dates_between, day_of, midnight, monday_of
from services.dispatch.domain.need import local_text
from services.dispatch.domain.rests import Rest, Spell, Timesheet, dates_worked, nights, rests_of, spells_of

WEEKS = 12
"""``average-work`` is an average over so many weeks; weeks of which nothing is known count as free."""


@dataclass(frozen=True)
class Violation:
    """``at`` is the first instant that should not have been worked."""

    rule: Rule
    at: datetime
    detail: Text


def violations(sheet: Timesheet, limits: Limits) -> list[Violation]:
    """Every rule that is broken, in the order of time.

    Interventions count as work in every maximum; but what they break of a rest is not a violation: the
    work is, that starts before the rest owed for them is over.
    """
    activity = merge((*sheet.work, *sheet.interventions))
    found = {
        (each.rule, each.at): each
        for rule in (_maxima, _breaks, _nights)
        for each in rule(activity, sheet.time_zone, limits)
    }
    for each in (*_rests(sheet, limits), *_days(sheet, limits)):
        found.setdefault((each.rule, each.at), each)
    return sorted(found.values(), key=lambda each: (each.at, each.rule))


def against(sheet: Timesheet, ask: Interval, limits: Limits) -> Violation | None:
    """The first rule that more ordinary work would break and that is not broken without it."""
    before = {(each.rule, each.at) for each in violations(sheet, limits)}
    with_it = replace(sheet, work=(*sheet.work, ask))
    return next((each for each in violations(with_it, limits) if (each.rule, each.at) not in before), None)


def _maxima(activity: Sequence[Interval], zone: str, limits: Limits) -> Iterator[Violation]:
    dates = sorted({day for start, end in activity for day in dates_between(start, end, zone)})
    if limits.daily_work is not None:
        for day in dates:
            at = _reached(intersect(activity, [day_of(day, zone)]), limits.daily_work)
            if at is not None:
                most = _h(limits.daily_work)
                yield Violation(
                    Rule.DAILY_WORK,
                    at,
                    Text(f"more than {most} of work on {day}", f"plus de {most} de travail le {day}"),
                )
    mondays = sorted({monday_of(day) for day in dates})
    for monday in mondays:
        if limits.weekly_work is not None:
            at = _reached(intersect(activity, [_weeks(monday, 1, zone)]), limits.weekly_work)
            if at is not None:
                most = _h(limits.weekly_work)
                yield Violation(
                    Rule.WEEKLY_WORK,
                    at,
                    Text(
                        f"more than {most} of work in the week of {monday}",
                        f"plus de {most} de travail dans la semaine du {monday}",
                    ),
                )
        if limits.average_work is not None:
            first = monday - (WEEKS - 1) * 7 * A_DAY
            at = _reached(intersect(activity, [_weeks(first, WEEKS, zone)]), WEEKS * limits.average_work)
            if at is not None:
                most = _h(limits.average_work)
                yield Violation(
                    Rule.AVERAGE_WORK,
                    max(at, midnight(monday, zone)),
                    Text(
                        f"more than {most} of work a week over the {WEEKS} weeks from {first}",
                        f"plus de {most} de travail par semaine sur les {WEEKS} semaines à partir du {first}",
                    ),
                )


def _breaks(activity: Sequence[Interval], zone: str, limits: Limits) -> Iterator[Violation]:
    if limits.break_after is None:
        return
    stretches: list[list[Interval]] = []
    for piece in activity:
        if stretches and piece[0] - stretches[-1][-1][1] < limits.break_length:
            stretches[-1].append(piece)
        else:
            stretches.append([piece])
    for stretch in stretches:
        at = _reached(stretch, limits.break_after)
        if at is not None:
            most, pause = _h(limits.break_after), _h(limits.break_length)
            begun = local_text(stretch[0][0], zone)
            yield Violation(
                Rule.BREAK,
                at,
                Text(
                    f"more than {most} of work from {begun} on without a break of {pause}",
                    f"plus de {most} de travail depuis le {begun} sans pause de {pause}",
                ),
            )


def _nights(activity: Sequence[Interval], zone: str, limits: Limits) -> Iterator[Violation]:
    if not limits.minor:
        return
    for night in sorted({night for start, end in activity for night in nights(start, end, zone)}):
        worked = intersect(activity, [night])
        if worked:
            at = local_text(worked[0][0], zone)
            detail = Text(f"work of a minor by night, {at}", f"travail de nuit d'un mineur, le {at}")
            yield Violation(Rule.NIGHT, worked[0][0], detail)


def _rests(sheet: Timesheet, limits: Limits) -> Iterator[Violation]:
    if limits.daily_rest is None:
        return
    spells = spells_of(sheet, limits)
    rests = rests_of(sheet, spells, limits)
    for spell, rest in zip(spells, rests, strict=False):
        until = rest.daily_until()
        rested = until is None or spell.start >= until
        if until is not None and not rested:
            yield _too_early(Rule.DAILY_REST, spell.start, until, limits.daily_rest, sheet.time_zone)
        interrupted = rest.interrupted_until()
        if limits.weekly_rest is not None and interrupted is not None and spell.start < interrupted:
            yield _too_early(Rule.WEEKLY_REST, spell.start, interrupted, limits.weekly_rest, sheet.time_zone)
        if limits.amplitude is not None:
            begun = _begun(spell, rest, limits.daily_rest) if rested else spell.start
            if spell.end - begun > limits.amplitude:
                since, most = local_text(begun, sheet.time_zone), _h(limits.amplitude)
                yield Violation(
                    Rule.AMPLITUDE,
                    begun + limits.amplitude,
                    Text(
                        f"the day of work that began on {since} goes on for more than {most}",
                        f"la journée commencée le {since} dépasse {most} d'amplitude",
                    ),
                )
    yield from _weekly_rests(spells, rests, limits)


def _weekly_rests(spells: Sequence[Spell], rests: Sequence[Rest], limits: Limits) -> Iterator[Violation]:
    """One rest that touches the rest day has to be long enough; the last one is not over yet."""
    if limits.weekly_rest is None:
        return
    open_ended = rests[-1]
    given = set[date]()
    if open_ended.since is not None:
        given.update(open_ended.rest_days(open_ended.since))
    lacking = defaultdict[date, list[tuple[datetime, datetime]]](list)
    for spell, rest in zip(spells, rests, strict=False):
        for day in rest.rest_days(spell.start):
            until = rest.weekly_until(day)
            if until is None or spell.start >= until:
                given.add(day)
            else:
                lacking[day].append((spell.start, until))
    for day in sorted(lacking.keys() - given):
        start, until = lacking[day][0]
        yield _too_early(Rule.WEEKLY_REST, start, until, limits.weekly_rest, rests[0].time_zone)


def _days(sheet: Timesheet, limits: Limits) -> Iterator[Violation]:
    first = dict[date, datetime]()
    for start, _ in sheet.work:
        first.setdefault(date_at(start, sheet.time_zone), start)
    worked = dates_worked(sheet)
    weeks = defaultdict[date, list[date]](list)
    for day in worked:
        weeks[monday_of(day)].append(day)
        if day.weekday() == limits.rest_day:
            detail = Text(
                f"work starts on the rest day, {day}", f"travail commencé le jour de repos, le {day}"
            )
            yield Violation(Rule.REST_DAY, first[day], detail)
        yesterday, before = day - A_DAY, day - 2 * A_DAY
        if limits.minor and yesterday.weekday() == limits.rest_day and before in first:
            detail = Text(
                f"no two rest days in a row around {yesterday}",
                f"pas deux jours de repos consécutifs autour du {yesterday}",
            )
            yield Violation(Rule.WEEKLY_REST, first[day], detail)
    for monday, days in weeks.items():
        if limits.work_days is not None and len(days) > limits.work_days:
            detail = Text(
                f"more than {limits.work_days} days of work in the week of {monday}",
                f"plus de {limits.work_days} jours de travail dans la semaine du {monday}",
            )
            yield Violation(Rule.SIX_DAYS, first[days[limits.work_days]], detail)


def _begun(spell: Spell, rest: Rest, daily_rest: timedelta) -> datetime:
    """When the day of work began: with an intervention that came after a complete rest, if one did."""
    if rest.interventions and spell.start - rest.interventions[-1][1] < daily_rest:
        return rest.interventions[-1][0]
    return spell.start


def _too_early(rule: Rule, start: datetime, until: datetime, needed: timedelta, zone: str) -> Violation:
    shown, rest = local_text(until, zone), _h(needed)
    return Violation(
        rule,
        start,
        Text(
            f"work starts on {local_text(start, zone)}, before the rest of {rest} is over on {shown}",
            f"le travail commence le {local_text(start, zone)}, avant la fin du repos de {rest}, le {shown}",
        ),
    )


def _reached(pieces: Iterable[Interval], most: timedelta) -> datetime | None:
    """The instant at which the pieces have taken ``most``, if they take more."""
    if total(pieces := list(pieces)) <= most:
        return None
    left = most
    for start, end in pieces:
        if end - start > left:
            return start + left
        left -= end - start
    return None


def _weeks(monday: date, count: int, zone: str) -> Interval:
    return midnight(monday, zone), midnight(monday + count * 7 * A_DAY, zone)


def _h(time: timedelta) -> str:
    hours, minutes = divmod(round(time.total_seconds() / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02}" if minutes else f"{hours} h"
