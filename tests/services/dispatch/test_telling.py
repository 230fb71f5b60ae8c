"""When a technician is told to go, and how long he has to answer."""

from datetime import datetime, timedelta

import pytest

from contracts.calendars import WEEKDAYS
from contracts.dispatch.events import TechnicianDispatched
from contracts.values import VisitState, WeeklyWindows
from services.dispatch.domain.technician import Shifts
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.fire_visit import FireVisit
from tests.services.dispatch.sample import Firm, technician
from tests.world import MONDAY_NINE

WITH_LUNCH: WeeklyWindows = dict.fromkeys(WEEKDAYS, (("08:00", "12:00"), ("14:00", "18:00")))
TUESDAY_EIGHT = MONDAY_NINE + timedelta(hours=23)


def told_at(minutes: int, start: datetime, **changes: object) -> Firm:
    """A P1 given by hand to anna, so many minutes after nine on Monday."""
    firm = Firm(technician("anna", **changes))
    firm.pass_minutes(minutes)
    firm.ask()
    firm.do(AssignVisit("t1-1", "anna", start, DEFAULT_TRAVEL))
    assert firm.visit().state is VisitState.DISPATCHED
    return firm


def test_what_is_urgent_but_for_tomorrow_need_only_be_seen_by_the_start_of_the_shift() -> None:
    firm = told_at(6 * 60, TUESDAY_EIGHT + timedelta(hours=1))
    assert firm.visit().due_at == TUESDAY_EIGHT
    firm.pass_minutes(10)
    firm.do(FireVisit("t1-1"))
    assert firm.visit().technician_id == "anna"


def test_the_shift_of_an_afternoon_begins_after_lunch() -> None:
    lunch = Shifts(WITH_LUNCH, WITH_LUNCH)
    firm = told_at(0, TUESDAY_EIGHT + timedelta(hours=7), shifts=lunch)
    assert firm.visit().due_at == TUESDAY_EIGHT + timedelta(hours=6)


@pytest.mark.parametrize(
    ("minutes", "answer_by"),
    [
        (0, MONDAY_NINE + timedelta(minutes=3)),
        (2 * 60 + 58, MONDAY_NINE + timedelta(hours=5, minutes=1)),
        (3 * 60 + 30, MONDAY_NINE + timedelta(hours=5, minutes=3)),
    ],
    ids=["at work", "two minutes before lunch", "at lunch"],
)
def test_the_time_to_answer_is_carried_over_a_break(minutes: int, answer_by: datetime) -> None:
    lunch = Shifts(WITH_LUNCH, WITH_LUNCH)
    firm = told_at(minutes, MONDAY_NINE + timedelta(hours=7), shifts=lunch)
    assert firm.visit().due_at == answer_by


def test_told_in_the_night_he_has_his_minutes_in_the_morning() -> None:
    firm = told_at(13 * 60, TUESDAY_EIGHT + timedelta(hours=1))
    assert firm.visit().due_at == TUESDAY_EIGHT + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("minutes", "hours_from", "remind_at"),
    [
        (0, MONDAY_NINE, MONDAY_NINE + timedelta(seconds=90)),
        (2 * 60 + 59, MONDAY_NINE + timedelta(minutes=179), MONDAY_NINE + timedelta(hours=5, seconds=30)),
        (3 * 60 + 30, MONDAY_NINE + timedelta(hours=5), MONDAY_NINE + timedelta(hours=5, seconds=90)),
    ],
    ids=["at work", "a minute before lunch", "at lunch"],
)
def test_he_is_told_from_when_on_he_may_be_disturbed_and_when_half_his_time_is_over(
    minutes: int, hours_from: datetime, remind_at: datetime
) -> None:
    lunch = Shifts(WITH_LUNCH, WITH_LUNCH)
    [told] = told_at(minutes, MONDAY_NINE + timedelta(hours=7), shifts=lunch).told(TechnicianDispatched)
    assert (told.hours_from, told.remind_at) == (hours_from, remind_at)


def test_of_tomorrows_work_half_the_time_is_over_half_way_through_what_is_left_of_today() -> None:
    [told] = told_at(7 * 60, TUESDAY_EIGHT + timedelta(hours=1)).told(TechnicianDispatched)
    assert told.acknowledge_by == TUESDAY_EIGHT
    assert told.remind_at == MONDAY_NINE + timedelta(hours=8)


def test_somebody_without_hours_is_reminded_half_way() -> None:
    nobodys = Shifts({}, {})
    [told] = told_at(0, MONDAY_NINE + timedelta(minutes=30), shifts=nobodys).told(TechnicianDispatched)
    assert (told.hours_from, told.remind_at) == (MONDAY_NINE, MONDAY_NINE + timedelta(seconds=90))
