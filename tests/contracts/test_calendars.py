"""Open time on business calendars: the cases that others got wrong, and the definition itself."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from contracts.calendars import (
    WEEKDAYS,
    Calendar,
    CalendarForm,
    NeverOpens,
    calendar,
    intersect,
    public_holidays,
    total,
)

PARIS = ZoneInfo("Europe/Paris")
WORKDAYS = WEEKDAYS[:5]
OFFICE = (("08:00", "18:00"),)


def form(**changes: object) -> CalendarForm:
    weekly = dict.fromkeys(WORKDAYS, OFFICE)
    return CalendarForm.model_validate(
        {"time_zone": "Europe/Paris", "weekly": weekly, "holidays": "FR", **changes}
    )


def office(**changes: object) -> Calendar:
    return calendar(form(**changes))


def round_the_clock(zone: str = "Europe/Paris") -> Calendar:
    weekly = dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),))
    return calendar(CalendarForm(time_zone=zone, weekly=weekly, holidays="none"))


def paris(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=PARIS)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


def test_four_hours_from_four_oclock_end_at_ten_on_the_next_working_day() -> None:
    assert office().add(paris(2026, 3, 2, 16), hours(4)) == paris(2026, 3, 3, 10)
    assert office().add(paris(2026, 3, 6, 16), hours(4)) == paris(2026, 3, 9, 10)


def test_round_the_clock_loses_nothing_at_midnight_nor_when_the_clocks_change() -> None:
    always = round_the_clock()
    for start, end in [
        (paris(2026, 3, 1), paris(2026, 3, 8)),
        (paris(2026, 3, 28), paris(2026, 3, 30)),
        (paris(2026, 10, 24), paris(2026, 10, 26)),
        (paris(2026, 12, 31), paris(2027, 1, 2)),
    ]:
        assert always.open_intervals(start, end) == [(start.astimezone(UTC), end.astimezone(UTC))]


def test_both_passes_of_the_repeated_hour_count() -> None:
    night = office(weekly={"sun": [["02:00", "03:00"]]}, holidays="none")
    assert night.elapsed(paris(2026, 10, 25), paris(2026, 10, 26)) == hours(2)
    early = office(weekly={"sun": [["02:00", "02:30"]]}, holidays="none")
    assert early.open_intervals(paris(2026, 10, 25), paris(2026, 10, 26)) == [
        (datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ]


def test_the_skipped_hour_does_not_count() -> None:
    night = office(weekly={"sun": [["01:00", "04:00"]]}, holidays="none")
    assert night.elapsed(paris(2026, 3, 29), paris(2026, 3, 30)) == hours(2)
    gone = office(weekly={"sun": [["02:00", "03:00"]]}, holidays="none")
    assert gone.elapsed(paris(2026, 3, 29), paris(2026, 3, 30)) == hours(0)


def test_a_weekly_hour_stays_on_the_wall_when_the_clocks_change() -> None:
    weekly = office(weekly={"wed": [["15:00", "16:00"]]})
    opened = weekly.open_intervals(paris(2026, 3, 25), paris(2026, 4, 2))
    assert [start.astimezone(PARIS).hour for start, _ in opened] == [15, 15]
    assert [start.hour for start, _ in opened] == [14, 13]


def test_a_night_and_a_weekend_are_not_counted() -> None:
    assert office().elapsed(paris(2026, 3, 6, 17), paris(2026, 3, 9, 9)) == hours(2)
    assert office().elapsed(paris(2026, 3, 7), paris(2026, 3, 9)) == hours(0)


def test_a_window_ends_before_its_end() -> None:
    assert office().is_open(paris(2026, 3, 2, 8))
    assert office().is_open(paris(2026, 3, 2, 17, 59))
    assert not office().is_open(paris(2026, 3, 2, 18))


def test_an_exception_replaces_the_day_even_on_a_holiday() -> None:
    changed = office(exceptions={"2026-05-01": [["10:00", "12:00"]], "2026-05-04": []})
    assert changed.elapsed(paris(2026, 5, 1), paris(2026, 5, 2)) == hours(2)
    assert changed.elapsed(paris(2026, 5, 4), paris(2026, 5, 5)) == hours(0)
    assert changed.elapsed(paris(2026, 5, 5), paris(2026, 5, 6)) == hours(10)


def test_overlapping_windows_count_once() -> None:
    double = office(weekly={"mon": [["08:00", "12:00"], ["10:00", "14:00"], ["14:00", "15:00"]]})
    assert double.open_intervals(paris(2026, 3, 2), paris(2026, 3, 3)) == [
        (paris(2026, 3, 2, 8), paris(2026, 3, 2, 15))
    ]


def test_dates_may_be_listed_as_holidays() -> None:
    assert office(holidays=["2026-03-02"]).elapsed(paris(2026, 3, 2), paris(2026, 3, 4)) == hours(10)


def test_seconds_count() -> None:
    start = paris(2026, 3, 2, 8) + timedelta(seconds=59)
    assert office().elapsed(start, start + timedelta(seconds=3.5)) == timedelta(seconds=3.5)
    assert office().add(start, timedelta(seconds=1)) == start + timedelta(seconds=1)


def test_adding_nothing_stays_even_when_closed() -> None:
    assert office().add(paris(2026, 3, 7, 12), hours(0)) == paris(2026, 3, 7, 12)


def test_adding_up_to_a_closing_ends_at_the_closing_not_at_the_next_opening() -> None:
    assert office().add(paris(2026, 3, 2, 8), hours(10)) == paris(2026, 3, 2, 18)


def test_time_cannot_be_taken_back() -> None:
    with pytest.raises(ValueError, match="taken back"):
        office().add(paris(2026, 3, 2), hours(-1))


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(NeverOpens):
        office(weekly={}).add(paris(2026, 3, 2), hours(1))
    with pytest.raises(NeverOpens):
        office(weekly={}, exceptions={"2026-03-04": [["10:00", "12:00"]]}).add(paris(2026, 3, 2), hours(3))
    with pytest.raises(NeverOpens):
        office(weekly={"sun": [["02:00", "02:01"]]}).add(paris(2026, 3, 2), hours(24 * 365))


def test_a_day_that_only_an_exception_opens_is_reached() -> None:
    rare = office(weekly={}, exceptions={"2027-03-04": [["10:00", "12:00"]]})
    assert rare.add(paris(2026, 3, 2), hours(2)) == paris(2027, 3, 4, 12)


def test_an_empty_stretch_holds_nothing() -> None:
    assert office().open_intervals(paris(2026, 3, 3), paris(2026, 3, 2)) == []
    assert office().elapsed(paris(2026, 3, 2, 9), paris(2026, 3, 2, 9)) == hours(0)


def test_the_date_is_the_calendars_own() -> None:
    assert round_the_clock("Pacific/Auckland").date_of(datetime(2026, 3, 2, 12, tzinfo=UTC)) == date(
        2026, 3, 3
    )


def test_a_contracts_calendar_takes_zone_and_holidays_from_the_site() -> None:
    contract = form(time_zone="site", holidays="site")
    with pytest.raises(ValueError, match="at_site"):
        Calendar(contract)
    reunion = contract.at_site("Indian/Reunion", "FR-974", good_friday=False)
    assert (reunion.time_zone, reunion.holidays) == ("Indian/Reunion", "FR-974")
    fixed = form().at_site("Indian/Reunion", "FR-974", good_friday=True)
    assert fixed == form()


def test_a_sites_good_friday_comes_with_its_holidays() -> None:
    contract = form(holidays="site")
    assert contract.at_site("Europe/Paris", "FR-57", good_friday=True).good_friday


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "Europe/Atlantis"},
        {"time_zone": "../etc/passwd"},
        {"time_zone": ""},
        {"weekly": {"monday": [["08:00", "18:00"]]}},
        {"weekly": {"mon": [["18:00", "08:00"]]}},
        {"weekly": {"mon": [["08:00", "08:00"]]}},
        {"weekly": {"mon": [["8:00", "18:00"]]}},
        {"weekly": {"mon": [["08:00", "24:01"]]}},
        {"weekly": {"mon": [["08:00"]]}},
        {"holidays": "FR-75"},
        {"holidays": ["2026-02-30"]},
        {"exceptions": {"tomorrow": []}},
        {"colour": "red"},
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        form(**changes)


NATIONAL_2026 = {
    (1, 1),
    (4, 6),
    (5, 1),
    (5, 8),
    (5, 14),
    (5, 25),
    (7, 14),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
}


@pytest.mark.parametrize(
    ("code", "added"),
    [
        ("FR", set()),
        ("FR-57", {(12, 26)}),
        ("FR-67", {(12, 26)}),
        ("FR-68", {(12, 26)}),
        ("FR-6AE", {(12, 26)}),
        ("FR-971", {(5, 27)}),
        ("FR-972", {(5, 22)}),
        ("FR-973", {(6, 10)}),
        ("FR-974", {(12, 20)}),
        ("FR-976", {(4, 27)}),
    ],
)
def test_each_code_has_the_national_days_and_what_the_law_adds_there(
    code: str, added: set[tuple[int, int]]
) -> None:
    assert {(day.month, day.day) for day in public_holidays(code, 2026)} == NATIONAL_2026 | added


def test_none_has_no_holidays() -> None:
    assert public_holidays("none", 2026) == frozenset()


@pytest.mark.parametrize(
    ("year", "friday"), [(2024, (3, 29)), (2025, (4, 18)), (2026, (4, 3)), (2027, (3, 26)), (2038, (4, 23))]
)
def test_good_friday_is_closed_only_where_the_site_says_so(year: int, friday: tuple[int, int]) -> None:
    day = paris(year, *friday, 0)
    end = day + timedelta(days=1)
    assert office(holidays="FR-57").elapsed(day, end) == hours(10)
    assert office(holidays="FR-57", good_friday=True).elapsed(day, end) == hours(0)
    assert office(holidays="FR", good_friday=True).elapsed(day, end) == hours(0)
    assert office(holidays="none", good_friday=True).elapsed(day, end) == hours(10)
    assert office(holidays=[], good_friday=True).elapsed(day, end) == hours(10)


def test_the_days_of_a_form_are_worked_out_once_for_everybody() -> None:
    assert calendar(form()) is calendar(form())
    assert calendar(form()).on(date(2026, 3, 2)) is calendar(form()).on(date(2026, 3, 2))


def test_a_time_of_day_is_read_with_the_offset_before_the_change_or_as_the_first_of_two() -> None:
    always = round_the_clock()
    assert always.instant(date(2026, 3, 29), time(2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert always.instant(date(2026, 10, 25), time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_date_says_what_decides_its_windows_and_which_date_opens_next() -> None:
    worked = office(exceptions={"2026-05-01": [["09:00", "12:00"]], "2026-05-04": []})
    assert worked.rule_on(date(2026, 5, 1)) == "exception"
    assert worked.rule_on(date(2026, 5, 8)) == "holiday"
    assert worked.rule_on(date(2026, 5, 9)) == "weekly"
    assert worked.open_date_after(date(2026, 4, 30)) == date(2026, 5, 1)
    assert worked.open_date_after(date(2026, 5, 1)) == date(2026, 5, 5)
    with pytest.raises(NeverOpens):
        office(weekly={}).open_date_after(date(2026, 5, 1))


def test_a_date_whose_only_window_is_skipped_does_not_open() -> None:
    night = office(weekly={"sun": [["02:00", "03:00"]]}, holidays="none")
    assert not night.opens_on(date(2026, 3, 29))
    assert night.opens_on(date(2026, 4, 5))


def test_open_time_is_the_same_across_many_months_as_day_by_day() -> None:
    worked, start = office(), paris(2025, 11, 5, 10)
    for days in (1, 31, 32, 64, 200, 800):
        end = start + timedelta(days=days)
        stretches = [part for n in range(days + 2) for part in worked.on(start.date() + timedelta(days=n))]
        expected = intersect(stretches, [(start, end)])
        assert worked.open_intervals(start, end) == expected
        assert worked.elapsed(start, end) == total(expected)


def test_nothing_is_open_in_an_empty_stretch() -> None:
    noon = paris(2026, 3, 2, 12)
    assert office().open_intervals(noon, noon) == []
    assert office().open_intervals(noon, noon - hours(1)) == []
