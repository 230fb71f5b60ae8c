"""When somebody may start again: after work, after a night on call, around the rest day."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.calendars import Interval, merge, subtract
from services.dispatch.domain.labour import against, violations
from services.dispatch.domain.labour_limits import Rule, limits_of
from services.dispatch.domain.rests import Timesheet, earliest_start, rests_owed
from services.dispatch.domain.technician import Regime
from tests.services.dispatch.timesheets import HOURS, WEEK, days, next_start, on, sheet, stretch

REUNION = "Indian/Reunion"
SPRING = date(2026, 3, 23)
"""The Monday of the week whose Sunday has 23 hours in Paris."""
AUTUMN = date(2026, 10, 19)
"""The Monday of the week whose Sunday has 25 hours in Paris."""


def test_eleven_hours_after_work_it_may_go_on() -> None:
    assert next_start(sheet(*days("mon"))) == "tue 05:00"


def test_an_intervention_that_interrupts_the_rest_restarts_it_in_full() -> None:
    assert next_start(sheet(*days("mon"), called=(stretch("tue 03:00", "04:00"),))) == "tue 15:00"


def test_an_intervention_after_a_complete_rest_costs_none() -> None:
    assert next_start(sheet(*days("mon"), called=(stretch("tue 05:00", "06:00"),))) == "tue 06:00"


def test_a_second_call_restarts_the_rest_that_the_first_one_began() -> None:
    called = (stretch("mon 22:00", "23:00"), stretch("tue 09:30", "10:00"))
    assert next_start(sheet(*days("mon"), called=called)) == "tue 21:00"


def test_an_intervention_in_a_break_is_part_of_the_day() -> None:
    noon = (stretch("mon 12:15", "12:45"),)
    assert rests_owed(sheet(*days("mon", "tue"), called=noon), HOURS) == []
    assert next_start(sheet(*days("mon"), called=noon)) == "tue 05:00"


def test_an_intervention_that_goes_on_after_the_shift_makes_the_day_longer() -> None:
    assert next_start(sheet(*days("mon"), called=(stretch("mon 17:30", "19:30"),))) == "tue 06:30"


def test_nobody_starts_on_the_rest_day_nor_before_thirty_five_hours() -> None:
    assert next_start(sheet(stretch("sat 09:00", "15:00"))) == "mon 02:00"
    assert next_start(sheet(stretch("sat 09:00", "14:00"))) == "mon 01:00"
    assert next_start(sheet(stretch("fri 09:00", "15:00"))) == "sat 02:00"


@pytest.mark.parametrize(
    ("called", "then"),
    [
        (("sat 03:00", "04:00"), "sat 15:00"),
        (("sat 10:00", "11:00"), "sat 11:00"),
        (("sat 14:00", "15:00"), "mon 02:00"),
        (("sun 03:00", "04:00"), "mon 15:00"),
        (("sun 10:00", "11:00"), "mon 00:00"),
        (("sun 20:00", "21:00"), "mon 08:00"),
    ],
)
def test_a_call_at_the_weekend_costs_what_it_interrupts(called: tuple[str, str], then: str) -> None:
    """After a Friday until 18:00: until Sunday 05:00 the weekly rest is not complete."""
    assert next_start(sheet(*WEEK, called=(stretch(*called),))) == then


def test_without_any_work_there_is_nothing_to_rest_from() -> None:
    assert earliest_start(sheet(), HOURS) is None
    assert next_start(sheet(called=(stretch("tue 03:00", "04:00"),))) == "tue 04:00"


def test_rest_lasts_real_hours_when_the_clocks_change() -> None:
    spring = [stretch("sat 20:00", "23:00", monday=SPRING)]
    autumn = [stretch("sat 20:00", "23:00", monday=AUTUMN)]
    limits = HOURS.under({"rest-day": "wed"})
    assert next_start(sheet(*spring), limits) == "sun 11:00"
    assert next_start(sheet(*autumn), limits) == "sun 09:00"
    assert next_start(sheet(*spring)) == "mon 11:00"
    assert next_start(sheet(*autumn)) == "mon 09:00"


def test_days_are_those_of_where_he_works() -> None:
    friday = (stretch("fri 09:00", "18:00", zone=REUNION),)
    called = stretch("sat 12:30", "13:30", zone=REUNION)
    assert next_start(sheet(*friday, called=(called,), zone=REUNION)) == "mon 00:30"
    assert next_start(sheet(*friday, called=(called,))) == "sat 10:30"


def test_a_minor_neither_starts_by_night_nor_works_on_either_side_of_his_rest_day() -> None:
    minor = limits_of(Regime.MINOR)
    assert next_start(sheet(*days("mon", end="16:00")), minor) == "tue 06:00"
    assert next_start(sheet(*days("sat", end="14:00")), minor) == "tue 06:00"


def test_who_is_paid_by_the_day_rests_as_long() -> None:
    night = (stretch("tue 03:00", "04:00"),)
    assert next_start(sheet(*days("mon"), called=night), limits_of(Regime.FORFAIT_JOURS)) == "tue 15:00"


def test_the_next_shift_starts_later_by_the_rest_owed() -> None:
    given = sheet(*days("mon", "tue"), called=(stretch("tue 03:00", "04:00"),))
    assert rests_owed(given, HOURS) == [((on("tue 04:00"), on("tue 15:00")), Rule.DAILY_REST)]


def test_a_shift_that_is_not_worked_is_no_reason_for_another_rest() -> None:
    called = (stretch("tue 07:00", "08:00"), stretch("tue 20:00", "21:00"))
    shifts = stretch("mon 16:00", "23:00"), *days("tue", "wed")
    [(owed, _)] = rests_owed(sheet(*shifts, called=called), HOURS)
    assert owed == (on("tue 08:00"), on("tue 19:00"))


def test_a_call_in_hours_that_a_rest_had_freed_restarts_that_rest() -> None:
    called = (stretch("tue 03:00", "04:00"), stretch("tue 10:00", "11:00"))
    owed = rests_owed(sheet(*days("mon", "tue", "wed"), called=called), HOURS)
    assert max(stretch[1] for stretch, _ in owed) == on("tue 22:00")


# -- for any rota -----------------------------------------------------------------------------

FIRST = datetime(2026, 3, 20, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Paris", REUNION, "America/Martinique"])


@st.composite
def stretches(draw: st.DrawFn, most: int) -> tuple[Interval, ...]:
    """Up to three weeks of stretches to the quarter of an hour, over the night that has one hour less."""
    steps = draw(st.lists(st.tuples(st.integers(0, 120), st.integers(1, 40)), max_size=most))
    found, at = [], FIRST
    for pause, length in steps:
        start = at + timedelta(minutes=15 * pause)
        at = start + timedelta(minutes=15 * length)
        found.append((start, at))
    return tuple(merge(found))


@settings(max_examples=300, deadline=None)
@given(stretches(8), stretches(6), stretches(1), ZONES)
def test_another_intervention_never_makes_the_next_start_earlier(
    work: tuple[Interval, ...], called: tuple[Interval, ...], another: tuple[Interval, ...], zone: str
) -> None:
    """One of its own: what fills the time between two others makes them one, which nothing interrupts."""
    assume(len(merge([*called, *another])) == len(called) + len(another))
    before = earliest_start(Timesheet(zone, work, called), HOURS)
    after = earliest_start(Timesheet(zone, work, (*called, *another)), HOURS)
    assert before is None or (after is not None and after >= before)


@settings(max_examples=300, deadline=None)
@given(stretches(8), stretches(4), ZONES)
def test_what_the_earliest_start_says_is_allowed(
    work: tuple[Interval, ...], called: tuple[Interval, ...], zone: str
) -> None:
    given = Timesheet(zone, work, called)
    start = earliest_start(given, HOURS)
    if start is None:
        return
    rests = {Rule.DAILY_REST, Rule.WEEKLY_REST, Rule.REST_DAY}
    broken = against(given, (start, start + timedelta(minutes=15)), HOURS)
    assert broken is None or broken.rule not in rests


@settings(max_examples=300, deadline=None)
@given(stretches(8), stretches(4), ZONES)
def test_shifts_less_the_rests_owed_break_no_rest_that_they_kept_before(
    work: tuple[Interval, ...], called: tuple[Interval, ...], zone: str
) -> None:
    rests = {Rule.DAILY_REST, Rule.WEEKLY_REST}
    if any(each.rule in rests for each in violations(Timesheet(zone, work), HOURS)):
        return
    owed = [stretch for stretch, _ in rests_owed(Timesheet(zone, work, called), HOURS)]
    left = tuple(subtract(work, owed))
    assert [
        each for each in violations(Timesheet(zone, left, called), HOURS) if each.rule is Rule.DAILY_REST
    ] == []


@settings(max_examples=200, deadline=None)
@given(stretches(10), ZONES)
def test_work_with_eleven_hours_between_all_of_it_never_lacks_daily_rest(
    work: tuple[Interval, ...], zone: str
) -> None:
    assume(all(end - start <= timedelta(hours=13) for start, end in work))
    apart = all(later[0] - earlier[1] >= timedelta(hours=11) for earlier, later in pairwise(work))
    found = {each.rule for each in violations(Timesheet(zone, work), HOURS)}
    assert not apart or not {Rule.DAILY_REST, Rule.AMPLITUDE} & found
