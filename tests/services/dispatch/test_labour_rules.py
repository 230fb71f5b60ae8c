"""What labour law says of a rota, a rule at a time."""

from datetime import timedelta

import pytest

from contracts.calendars import Interval
from contracts.text import InvalidValue
from services.dispatch.domain.labour import against
from services.dispatch.domain.labour_limits import SOURCES, Override, Rule, limits_of
from services.dispatch.domain.technician import Regime
from tests.services.dispatch.timesheets import HOURS, WEEK, broken, days, next_start, sheet, stretch

MINOR = limits_of(Regime.MINOR)
LATE_AND_EARLY = (
    *(stretch("mon 09:00", "14:00"), stretch("mon 15:00", "21:00")),
    *days("tue", start="06:00", end="14:00"),
)
SIX = ("mon", "tue", "wed", "thu", "fri", "sat")


def test_an_ordinary_week_breaks_nothing() -> None:
    assert broken(sheet(*WEEK, *days("mon", "tue", week=1))) == []


def test_nobody_works_more_than_ten_hours_a_day() -> None:
    assert broken(sheet(*days("mon", start="07:00"))) == []
    assert broken(sheet(*days("mon", start="07:00", end="18:30"))) == [("daily-work", "mon 18:00")]


def test_an_intervention_counts_as_work_of_its_day() -> None:
    called = (stretch("mon 20:00", "22:30"),)
    assert broken(sheet(*days("mon"), called=called)) == [("daily-work", "mon 22:00")]


def test_a_shift_over_midnight_is_work_of_both_its_days() -> None:
    night = (stretch("mon 18:00", "23:00"), stretch("mon 23:30", "tue 05:00"))
    assert broken(sheet(*night)) == []


def test_nobody_works_more_than_forty_eight_hours_a_week() -> None:
    assert broken(sheet(*days(*SIX))) == []
    long_ones = days(*SIX[:5], start="08:00"), days("sat", start="10:00")
    assert broken(sheet(*(piece for each in long_ones for piece in each))) == [
        ("weekly-work", "sat 14:00"),
    ]


def test_nobody_works_more_than_forty_four_hours_a_week_over_twelve_weeks() -> None:
    heavy = [piece for week in range(12) for piece in days(*SIX, week=week)]
    light = [piece for week in range(11) for piece in days(*SIX[:5], week=week)]
    assert broken(sheet(*light, *days(*SIX, week=11))) == []
    assert broken(sheet(*heavy)) == [("average-work", "mon 09:00")]


def test_eleven_hours_lie_between_two_days() -> None:
    monday = stretch("mon 12:00", "16:00"), stretch("mon 17:00", "20:00")
    assert broken(sheet(*monday, *days("tue", start="07:00", end="15:00"))) == []
    assert broken(sheet(*monday, *days("tue", start="06:59", end="15:00"))) == [("daily-rest", "tue 06:59")]


def test_no_day_of_work_lasts_more_than_thirteen_hours() -> None:
    morning, evening = stretch("mon 07:00", "11:00"), stretch("mon 16:00", "20:00")
    assert broken(sheet(morning, evening)) == []
    assert broken(sheet(morning, stretch("mon 16:00", "20:01"))) == [("amplitude", "mon 20:00")]


def test_a_day_that_an_intervention_opened_counts_from_it() -> None:
    called = (stretch("tue 05:30", "06:30"),)
    assert broken(sheet(*days("mon"), *days("tue", end="18:30"), called=called)) == []
    assert broken(sheet(*days("mon"), *days("tue", end="18:45"), called=called)) == [
        ("amplitude", "tue 18:30")
    ]


def test_twenty_minutes_off_come_before_more_than_six_hours_of_work() -> None:
    assert broken(sheet(stretch("mon 09:00", "15:00"))) == []
    assert broken(sheet(stretch("mon 09:00", "15:01"))) == [("break", "mon 15:00")]
    coffee = stretch("mon 09:00", "12:00"), stretch("mon 12:19", "16:00")
    assert broken(sheet(*coffee)) == [("break", "mon 15:19")]
    assert broken(sheet(coffee[0], stretch("mon 12:20", "16:00"))) == []


def test_no_work_starts_on_sunday() -> None:
    sunday = days("sun")
    assert broken(sheet(*WEEK, *sunday)) == [("rest-day", "sun 09:00")]
    night = stretch("sat 22:00", "sun 03:00")
    assert broken(sheet(night)) == []


def test_seven_days_of_work_are_one_too_many() -> None:
    assert broken(sheet(*days(*SIX, "sun", end="15:00"), *days("mon", end="15:00", week=1))) == [
        ("rest-day", "sun 09:00"),
        ("six-days", "sun 09:00"),
        ("weekly-rest", "sun 09:00"),
    ]


def test_thirty_five_hours_lie_around_the_rest_day() -> None:
    saturday, monday = stretch("sat 19:00", "23:00"), days("mon", start="10:00", week=1)
    assert broken(sheet(saturday, *monday)) == []
    early = days("mon", start="09:59", week=1)
    assert broken(sheet(saturday, *early)) == [("weekly-rest", "mon 09:59")]


def test_the_rest_day_may_be_another() -> None:
    limits = HOURS.under({"rest-day": "wed"})
    assert broken(sheet(*days("mon", "tue", "thu", "sun")), limits) == []
    assert broken(sheet(*days("mon", "wed")), limits) == [("rest-day", "wed 09:00")]


def test_an_intervention_breaks_no_rest_but_work_that_comes_too_early_after_it_does() -> None:
    night = (stretch("tue 03:00", "04:00"),)
    assert broken(sheet(*days("mon"), called=night)) == []
    assert broken(sheet(*days("mon", "tue"), called=night)) == [("daily-rest", "tue 09:00")]
    afternoon = stretch("tue 15:00", "20:00")
    assert broken(sheet(*days("mon"), afternoon, called=night)) == []


def test_an_intervention_on_sunday_moves_monday() -> None:
    called = (stretch("sun 02:00", "03:00"),)
    monday = days("mon", week=1)
    assert broken(sheet(*WEEK, *monday, called=called)) == [("weekly-rest", "mon 09:00")]


@pytest.mark.parametrize(
    ("work", "rule"),
    [
        ((stretch("mon 08:00", "12:00"), stretch("mon 12:30", "17:00")), ("daily-work", "mon 16:30")),
        ((stretch("mon 09:00", "14:00"),), ("break", "mon 13:30")),
        ((stretch("mon 20:00", "23:00"),), ("night", "mon 22:00")),
        ((stretch("mon 14:00", "20:00"), stretch("tue 07:59", "10:00")), ("daily-rest", "tue 07:59")),
        ((*days("sat", end="14:00"), *days("mon", end="14:00", week=1)), ("weekly-rest", "mon 09:00")),
    ],
)
def test_the_limits_of_a_minor_are_closer(work: tuple[Interval, ...], rule: tuple[str, str]) -> None:
    assert rule in broken(sheet(*work), MINOR)
    assert rule not in broken(sheet(*work))


def test_a_minor_works_thirty_five_hours_a_week() -> None:
    six_hours = days("mon", "tue", "wed", "thu", "fri", end="16:00")
    assert broken(sheet(*six_hours), MINOR) == []
    assert ("weekly-work", "sat 15:00") in broken(sheet(*six_hours, *days("sat", end="16:00")), MINOR)


def test_of_who_is_paid_by_the_day_only_the_rests_are_judged() -> None:
    long_day, early = stretch("mon 08:00", "22:30"), stretch("tue 09:00", "12:00")
    assert broken(sheet(long_day, early), limits_of(Regime.FORFAIT_JOURS)) == [("daily-rest", "tue 09:00")]


def test_somebody_of_another_firm_is_not_judged() -> None:
    partner = limits_of(Regime.PARTNER)
    given = sheet(*[stretch(f"{day} 00:00", "23:59") for day in (*SIX, "sun")])
    assert broken(given, partner) == []
    assert next_start(given, partner) == "sun 23:59"


def test_more_work_is_allowed_unless_it_breaks_what_was_not_broken() -> None:
    given = sheet(*days("mon"), called=(stretch("tue 03:00", "04:00"),))
    too_early = against(given, stretch("tue 14:59", "18:00"), HOURS)
    assert too_early is not None
    assert too_early.rule is Rule.DAILY_REST
    assert too_early.detail.en == "work starts on 03/03 14:59, before the rest of 11 h is over on 03/03 15:00"
    assert too_early.detail.fr.startswith("le travail commence le 03/03 14:59")
    assert against(given, stretch("tue 15:00", "18:00"), HOURS) is None
    broken_before = sheet(*days("mon", "tue"), called=given.interventions)
    assert against(broken_before, stretch("thu 09:00", "12:00"), HOURS) is None


def test_more_work_on_the_same_day_needs_no_rest() -> None:
    assert against(sheet(stretch("mon 09:00", "12:00")), stretch("mon 14:00", "18:00"), HOURS) is None


def test_an_agreement_changes_what_the_law_lets_it() -> None:
    limits = HOURS.under({"daily-rest": 9 * 60, "daily-work": 12 * 60, "notice": 7})
    assert broken(sheet(*LATE_AND_EARLY), limits) == []
    assert limits.amplitude == timedelta(hours=15)
    assert limits.notice == timedelta(days=7)


@pytest.mark.parametrize(
    "agreed",
    [
        {"daily-rest": 9 * 60 - 1},
        {"daily-work": 12 * 60 + 1},
        {"weekly-work": 48 * 60 + 1},
        {"average-work": 46 * 60 + 1},
        {"weekly-rest": 35 * 60 - 1},
        {"amplitude": 13 * 60 + 1},
        {"break": 19},
        {"six-days": 7},
        {"notice": 0},
        {"rest-day": "someday"},
        {"rest-day": 6},
        {"daily-rest": "9 h"},
        {"night": 1},
    ],
)
def test_an_agreement_cannot_go_beyond_the_law(agreed: dict[str, Override]) -> None:
    [rule] = agreed
    with pytest.raises(InvalidValue, match=rule) as refused:
        HOURS.under(agreed)
    assert rule in refused.value.text.fr


def test_an_agreement_on_no_rule_is_refused() -> None:
    with pytest.raises(InvalidValue, match="siesta"):
        HOURS.under({"siesta": 60})


def test_every_rule_has_an_article_and_a_line_in_words() -> None:
    assert set(SOURCES) == set(Rule)
    assert Rule.__doc__ is not None
    assert all(f"``{rule}``" in Rule.__doc__ for rule in Rule)
    assert {limits_of(Regime.MINOR).source(rule) for rule in (Rule.DAILY_WORK, Rule.NOTICE)} == {
        "L3162-1",
        "L3121-12",
    }


def test_what_comes_first_is_told_first() -> None:
    assert broken(sheet(*LATE_AND_EARLY)) == [("daily-work", "mon 20:00"), ("daily-rest", "tue 06:00")]
