"""The engine against the definition, against another engine, and the laws of interval sets."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from workclock import Holidays, Schedule, WorkDay

from contracts.calendars import (
    WEEKDAYS,
    Calendar,
    CalendarForm,
    Interval,
    intersect,
    merge,
    public_holidays,
    subtract,
    total,
)

QUARTER = timedelta(minutes=15)

# Clocks that change by half an hour, at midnight, over Ramadan, by a whole day, never, at 02:00.
ZONES = [
    "Australia/Lord_Howe",
    "America/Havana",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Europe/Paris",
]
CHANGES = [
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2017, 10, 14, tzinfo=UTC),
    datetime(2026, 2, 14, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2011, 12, 29, tzinfo=UTC),
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 12, 31, tzinfo=UTC),
]


def wall(quarter: int) -> str:
    return f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    pairs = draw(st.lists(st.tuples(st.integers(0, 95), st.integers(1, 96)), max_size=3))
    return tuple((wall(opens), wall(closes)) for opens, closes in pairs if opens < closes)


@st.composite
def forms(draw: st.DrawFn, zones: st.SearchStrategy[str], around: datetime) -> CalendarForm:
    days = st.integers(-2, 5).map(lambda n: (around + timedelta(days=n)).date())
    return CalendarForm(
        time_zone=draw(zones),
        weekly=draw(st.dictionaries(st.sampled_from(WEEKDAYS), windows())),
        holidays=tuple(draw(st.lists(days, max_size=1))),
        exceptions=draw(st.dictionaries(days, windows(), max_size=2)),
    )


def open_by_definition(form: CalendarForm, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(form.time_zone))
    day, clock = local.date(), f"{local.hour:02d}:{local.minute:02d}"
    if day in form.exceptions:
        todays = form.exceptions[day]
    elif day in form.holidays:
        todays = ()
    else:
        todays = form.weekly.get(WEEKDAYS[day.weekday()], ())
    return any(opens <= clock < closes for opens, closes in todays)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_an_instant_is_open_exactly_when_its_wall_clock_is_in_a_window(data: st.DataObject) -> None:
    around = data.draw(st.sampled_from(CHANGES))
    form = data.draw(forms(st.sampled_from(ZONES), around))
    start = around + QUARTER * data.draw(st.integers(-100, 0))
    end = start + QUARTER * data.draw(st.integers(0, 400))
    steps = [start + QUARTER * n for n in range((end - start) // QUARTER)]
    expected = merge((at, at + QUARTER) for at in steps if open_by_definition(form, at))
    assert Calendar(form).open_intervals(start, end) == expected


@settings(deadline=None)
@given(st.data(), st.integers(0, 3 * 24 * 60), st.integers(1, 30 * 60))
def test_adding_gives_the_earliest_instant_with_that_much_open_time(
    data: st.DataObject, late: int, amount: int
) -> None:
    around = data.draw(st.sampled_from(CHANGES))
    form = data.draw(forms(st.sampled_from(ZONES), around))
    weekly = {**form.weekly, "thu": (("09:00", "17:00"),)}
    open_ = Calendar(form.model_copy(update={"weekly": weekly}))
    start, wanted = around + timedelta(minutes=late), timedelta(minutes=amount)
    due = open_.add(start, wanted)
    assert open_.elapsed(start, due) == wanted
    assert open_.elapsed(start, due - timedelta(milliseconds=1)) < wanted


@settings(deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 6), st.tuples(st.integers(4, 11), st.integers(12, 23)), min_size=1, max_size=7
    ),
    st.integers(0, 10 * 365 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=n)),
    st.integers(0, 90 * 24 * 60),
    st.integers(0, 200 * 60),
)
def test_another_engine_agrees_on_ordinary_weeks(
    week: dict[int, tuple[int, int]], start: datetime, later: int, amount: int
) -> None:
    """Windows that keep clear of 02:00 to 03:00, where that engine takes a repeated hour once."""
    form = CalendarForm(
        time_zone="Europe/Paris",
        weekly={
            WEEKDAYS[day]: ((f"{opens:02d}:00", f"{closes:02d}:00"),) for day, (opens, closes) in week.items()
        },
        holidays="FR",
    )
    days = [day for year in range(start.year, start.year + 8) for day in public_holidays("FR", year)]
    shifts = [WorkDay(time(opens), time(closes), days=[day]) for day, (opens, closes) in week.items()]
    other = Schedule([*shifts, Holidays(days)], time_zone="Europe/Paris")
    ours, end = Calendar(form), start + timedelta(minutes=later)
    assert ours.elapsed(start, end) == other.between(start, end)
    assert ours.add(start, timedelta(minutes=amount)) == other.add(start, minutes=amount)


MOMENT = datetime(2026, 3, 2, tzinfo=UTC)
INTERVALS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
        lambda pair: (MOMENT + QUARTER * pair[0], MOMENT + QUARTER * pair[1])
    ),
    max_size=8,
)


def instants(intervals: list[Interval]) -> set[datetime]:
    return {
        MOMENT + QUARTER * n
        for n in range(41)
        for start, end in intervals
        if start <= MOMENT + QUARTER * n < end
    }


def is_canonical(intervals: list[Interval]) -> bool:
    ordered = all(start < end for start, end in intervals)
    return ordered and all(left[1] < right[0] for left, right in pairwise(intervals))


@settings(deadline=None)
@given(INTERVALS, INTERVALS)
def test_interval_sets_behave_as_sets(left: list[Interval], right: list[Interval]) -> None:
    ours, theirs = instants(left), instants(right)
    for result, expected in [
        (merge([*left, *right]), ours | theirs),
        (intersect(left, right), ours & theirs),
        (subtract(left, right), ours - theirs),
    ]:
        assert instants(result) == expected
        assert is_canonical(result)
        assert total(result) == QUARTER * len(expected)


@settings(deadline=None)
@given(st.integers(1970, 2099))
def test_every_year_has_eleven_national_days_unless_two_fall_together(year: int) -> None:
    days = public_holidays("FR", year)
    fixed = {date(year, *day) for day in [(1, 1), (5, 1), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)]}
    assert fixed <= days
    assert len(days) <= 11
