"""Apprentices go along with their tutor, as far as their hours and the law let them."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contracts.calendars import Interval
from services.dispatch.domain.ability import kept_out
from services.dispatch.domain.day import Slot
from services.dispatch.domain.labour import against, violations
from services.dispatch.domain.labour_limits import Limits, Rule, limits_of
from services.dispatch.domain.local_days import A_DAY, date_at, dates_between, monday_of
from services.dispatch.domain.rests import Timesheet
from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit

SCHOOL_HOURS = ((time(9), time(12)), (time(13), time(17)))
"""A day at school is seven hours of work (L6222-24), wherever they lie in it."""

LOOKED_AROUND = timedelta(days=8)
"""What counts in a week, and what the rests around it touch."""

OF_A_DAY = (Rule.DAILY_WORK, Rule.AMPLITUDE)
OF_A_WEEK = (Rule.WEEKLY_WORK, Rule.AVERAGE_WORK, Rule.SIX_DAYS)


def accompanying(
    visit: Visit,
    apprentices: Iterable[Technician],
    slots_of: Callable[[str], Iterable[Slot]],
    visit_of: Callable[[str], Visit | None],
) -> tuple[str, ...]:
    """Those who go along, by id; ``slots_of`` gives the slots of a tutor around it."""
    found = []
    for each in apprentices:
        tutor_id = "" if each.apprenticeship is None else each.apprenticeship.tutor_id
        if visit.plan is not None and visit.is_made_by(tutor_id):
            slots = list(slots_of(tutor_id))
            with_him = [slot for slot in slots if _is_there(each, visit_of(slot.visit_id), visit)]
            mine = [slot for slot in slots if slot.visit_id == visit.id]
            if mine and _may(each, visit, mine[0], [_worked(slot) for slot in with_him]):
                found.append(each.id)
    return tuple(sorted(found))


def _is_there(apprentice: Technician, other: Visit | None, visit: Visit) -> bool:
    return other is not None and other.id != visit.id and apprentice.id in other.apprentices


def _may(apprentice: Technician, visit: Visit, slot: Slot, others: Iterable[Interval]) -> bool:
    """All of it lies in his hours, he may enter, and no limit of the law on his time is broken by it."""
    if not apprentice.is_available(slot.start_at, slot.end_at):
        return False
    if kept_out(apprentice, visit, slot.end_at) is not None:
        return False
    near = [each for each in others if abs(each[0] - slot.start_at) < LOOKED_AROUND]
    sheet = Timesheet(apprentice.time_zone, (*near, *school_hours(apprentice, slot.start_at)))
    ask, limits = _worked(slot), limits_of(apprentice.regime)
    return not _is_over(sheet, ask, limits) and against(sheet, ask, limits) is None


def _is_over(sheet: Timesheet, ask: Interval, limits: Limits) -> bool:
    """Whether he has worked more than a day or a week of it may have: what is broken already, more work does
    not break once more."""
    days = set(dates_between(*ask, sheet.time_zone))
    mondays = {monday_of(day) for day in days}
    for each in violations(sheet, limits):
        day = date_at(each.at, sheet.time_zone)
        if (each.rule in OF_A_DAY and day in days) or (each.rule in OF_A_WEEK and monday_of(day) in mondays):
            return True
    return False


def school_hours(apprentice: Technician, at: datetime) -> list[Interval]:
    """His hours at school in the days around ``at``, from Monday to Friday."""
    zone = ZoneInfo(apprentice.time_zone)
    first, last = ((at + n * LOOKED_AROUND).astimezone(zone).date() for n in (-1, 1))
    school = () if apprentice.apprenticeship is None else apprentice.apprenticeship.school
    days = (first + n * A_DAY for n in range((last - first).days + 1))
    return [
        _at(day, opens, closes, zone)
        for day in days
        if day.weekday() < 5 and any(each.first <= day.isoformat() <= each.last for each in school)
        for opens, closes in SCHOOL_HOURS
    ]


def _at(day: date, opens: time, closes: time, zone: ZoneInfo) -> Interval:
    start, end = (datetime.combine(day, each, zone).astimezone(UTC) for each in (opens, closes))
    return start, end


def _worked(slot: Slot) -> Interval:
    """With the way there: he rides with his tutor."""
    return slot.start_at - timedelta(seconds=slot.travel_seconds), slot.end_at
