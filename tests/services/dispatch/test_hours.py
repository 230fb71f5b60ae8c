"""A month of hours: each figure is the sum of its parts, and each part names its visits."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.calendars import Interval, total
from services.dispatch.domain.hours import Hours, Kind, Made, hours_of
from services.dispatch.domain.lawful_exit import Basis, RestDebt
from services.dispatch.domain.rota import Call, RotaEntry
from services.dispatch.domain.technician import Absence
from services.dispatch.views.hours import as_xlsx, hours_view
from tests.services.dispatch.sample import technician
from tests.services.dispatch.timesheets import HOURS, on, stretch

ANNA = technician("anna", holidays="FR")
NIGHT = RotaEntry("night", "anna", on("mon 18:00"), on("tue 08:00"))
APRIL_BEGINS = on("wed 00:00", week=4)
CALLED = NIGHT.called(Call("v1", on("tue 02:40"), on("tue 04:10")))


def made(id: str, *at: str) -> Made:
    return Made(id, *stretch(*at))


def march(*visits: Made, entries: tuple[RotaEntry, ...] = (), debts: tuple[RestDebt, ...] = ()) -> Hours:
    return hours_of(ANNA, "2026-03", visits, entries, debts, HOURS, APRIL_BEGINS)


def test_without_calls_the_month_is_its_shifts() -> None:
    hours = march(made("v1", "tue 09:00", "10:00"))
    assert hours.minutes() == hours.minutes(Kind.ORDINARY) == 22 * 10 * 60, "22 working days of ten hours"
    assert [piece.from_at for piece in hours.pieces if "v1" in piece.visit_ids] == [on("tue 08:00")]


def test_what_is_to_come_is_not_in_it_and_absences_are_taken_off() -> None:
    away = replace(ANNA, absences=(Absence(on("tue 08:00"), on("tue 12:00"), "sick"),))
    hours = hours_of(away, "2026-03", (), (), (), HOURS, on("tue 18:00") + timedelta(seconds=59))
    assert hours.minutes() == (10 + 6) * 60


def test_a_call_counts_with_its_travel_and_the_rest_that_it_takes_of_the_shift() -> None:
    hours = march(made("v1", "tue 03:00", "04:00"), entries=(CALLED,))
    [call] = [piece for piece in hours.pieces if piece.kind is Kind.ON_CALL]
    assert (call.minutes, call.travel_minutes, call.night_minutes) == (90, 30, 90)
    assert (call.visit_ids, call.entry_id) == (("v1",), "night")
    assert hours.rest_taken_minutes == (7 * 60 + 10), "from 08:00 to 15:10, eleven hours after 04:10"
    assert hours.minutes(Kind.ORDINARY) == 22 * 10 * 60 - hours.rest_taken_minutes
    [waiting] = hours.waiting
    assert (waiting.minutes, waiting.visit_ids) == (14 * 60, ("v1",))


def test_sundays_holidays_and_work_that_no_rota_asked_for_are_told_apart() -> None:
    easter = hours_of(
        ANNA,
        "2026-04",
        (Made("v2", on("mon 10:00", week=5), on("mon 11:00", week=5)),),
        (),
        (),
        HOURS,
        on("mon 00:00", week=9),
    )
    assert [(p.kind, p.holiday_minutes) for p in easter.pieces if "v2" in p.visit_ids] == [
        (Kind.BEYOND_SHIFT, 60)
    ], "nobody has a shift on Easter Monday"
    sunday = march(made("v3", "sun 20:00", "22:00"))
    [piece] = [each for each in sunday.pieces if each.kind is Kind.BEYOND_SHIFT]
    assert (piece.sunday_minutes, piece.night_minutes) == (120, 60)


def test_rests_lost_and_given_back_are_in_the_months_in_which_they_were() -> None:
    debt = RestDebt("v1", "anna", "daily-rest", Basis.REPAIR, "", "", on("tue 10:00"), on("tue 15:00"))
    hours = march(debts=(debt,))
    assert (hours.rest_booked_minutes, hours.rest_given_back_minutes, hours.rest_owed_minutes) == (
        300,
        0,
        300,
    )
    back = replace(debt, given_from_at=on("wed 08:00"), given_to_at=on("wed 13:00"))
    hours = march(debts=(back,))
    assert (hours.rest_booked_minutes, hours.rest_given_back_minutes, hours.rest_owed_minutes) == (
        300,
        300,
        0,
    )


def test_a_rest_is_given_back_in_the_month_in_which_that_ends() -> None:
    debt = RestDebt("v1", "anna", "daily-rest", Basis.REPAIR, "", "", on("tue 10:00"), on("tue 15:00"))
    over_the_end = replace(debt, given_from_at=on("tue 22:00", week=4), given_to_at=on("wed 10:00", week=4))
    hours = march(debts=(over_the_end,))
    assert (hours.rest_given_back_minutes, hours.rest_owed_minutes) == (0, 300)
    april = hours_of(ANNA, "2026-04", (), (), (over_the_end,), HOURS, on("wed 00:00", week=9))
    assert (april.rest_given_back_minutes, april.rest_owed_minutes) == (300, 0)
    to_the_end = replace(over_the_end, given_to_at=APRIL_BEGINS)
    assert march(debts=(to_the_end,)).rest_given_back_minutes == 300
    april = hours_of(ANNA, "2026-04", (), (), (to_the_end,), HOURS, on("wed 00:00", week=9))
    assert april.rest_given_back_minutes == 0


def test_work_by_night_that_no_rota_asked_for_owes_a_rest_too() -> None:
    hours = march(made("v1", "tue 03:00", "04:00"))
    assert hours.rest_taken_minutes == 7 * 60, "from 08:00 to 15:00"
    assert hours.minutes(Kind.BEYOND_SHIFT) == 60
    assert hours.minutes(Kind.ORDINARY) == (22 * 10 - 7) * 60


def test_what_is_done_in_an_owed_rest_is_work_beyond_the_shift_and_restarts_the_rest() -> None:
    urgent = made("v2", "tue 10:00", "11:00")
    hours = march(made("v1", "tue 02:40", "04:10"), urgent, entries=(CALLED,))
    [piece] = [each for each in hours.pieces if each.visit_ids == ("v2",)]
    assert (piece.kind, piece.minutes) == (Kind.BEYOND_SHIFT, 60)
    assert hours.rest_taken_minutes == 9 * 60, "all of Tuesday's shift but that hour: eleven hours from 11:00"
    assert hours.minutes(Kind.ORDINARY) == 21 * 10 * 60


@pytest.mark.parametrize(("language", "name"), [("fr", "Heures ordinaires"), ("en", "Ordinary hours")])
def test_the_workbook_says_it_in_the_reader_s_language(language: str, name: str) -> None:
    view = hours_view(ANNA, "2026-03", march(made("v1", "tue 03:00", "04:00"), entries=(CALLED,)))
    with zipfile.ZipFile(io.BytesIO(as_xlsx(view, language))) as book:
        assert name in book.read("xl/sharedStrings.xml").decode()


def moments(draw: st.DrawFn, most_hours: int) -> Interval:
    start = on("mon 00:00", week=-1) + timedelta(seconds=draw(st.integers(0, 40 * 24 * 3600)))
    return start, start + timedelta(seconds=draw(st.integers(60, most_hours * 3600)))


@st.composite
def months(draw: st.DrawFn) -> tuple[list[Made], tuple[RotaEntry, ...], datetime]:
    visits = [Made(f"v{n}", *moments(draw, 5)) for n in range(draw(st.integers(0, 6)))]
    entry = RotaEntry("e", "anna", *moments(draw, 200))
    for visit in visits:
        if draw(st.booleans()):
            way = timedelta(seconds=draw(st.integers(0, 3600)))
            entry = entry.called(Call(visit.visit_id, visit.from_at - way, visit.to_at + way))
    return visits, (entry,), moments(draw, 24)[1]


@settings(max_examples=60, deadline=None)
@given(months())
def test_hours_are_the_sum_of_their_parts_and_no_minute_counts_twice(
    given_month: tuple[list[Made], tuple[RotaEntry, ...], datetime],
) -> None:
    visits, entries, now = given_month
    hours = hours_of(ANNA, "2026-03", visits, entries, (), HOURS, now)
    view = hours_view(ANNA, "2026-03", hours)
    assert view.worked_minutes == view.ordinary_minutes + view.on_call_minutes + view.beyond_shift_minutes
    together = total([(piece.from_at, piece.to_at) for piece in hours.pieces])
    assert view.worked_minutes * 60 == together.total_seconds()
    for piece in hours.pieces:
        assert piece.minutes * 60 == (piece.to_at - piece.from_at).total_seconds()
        parts = (piece.night_minutes, piece.sunday_minutes, piece.holiday_minutes, piece.travel_minutes)
        assert 0 <= min(parts) <= max(parts) <= piece.minutes
    assert view.waiting_minutes == sum(each.minutes for each in view.waiting)
