"""What counts in a KPI, what is not known yet, and what is left out and why."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from contracts.values import Outcome, Priority, ServiceHealth, VisitState
from services.ticket.domain.contract import MetBy
from services.ticket.domain.kpi_cases import Age, By, Case, Measure, Standing, Why
from services.ticket.domain.kpi_definitions import KPIS, WHYS
from services.ticket.domain.kpis import HoursSold, hours_sold, percentile
from services.ticket.domain.measured import Measured, Period, Scope, Spent
from services.ticket.domain.resolution import Reopening
from tests.services.ticket.clocks import (
    DOWN,
    UP,
    cancelled,
    entry,
    fri,
    held,
    mon,
    on,
    opened,
    reopened,
    resolved,
    restored,
    resumed,
    tue,
    wed,
)
from tests.services.ticket.measured import (
    APRIL,
    HOUR,
    MARCH,
    REUNION,
    a_visit,
    cases,
    figures,
    measured,
)
from tests.services.ticket.months import target

FIX, REPAIR, BACKLOG = Measure.FIRST_TIME_FIX, Measure.REPAIR, Measure.BACKLOG
DAYS = timedelta(days=1)
ENDED = mon("10:00")


def told(found: list[Case]) -> list[tuple[Standing, int, Why | None]]:
    return [(each.standing, each.amount, each.why) for each in found]


def fixed_at_once(*more: Any, visits: tuple[Any, ...] = (), **changes: Any) -> Measured:
    """Visited and fixed on Monday the second, 10:00."""
    log = (opened(mon("08:00")), resolved(ENDED), *more)
    return measured(*log, visits=(a_visit(mon("09:00")), *visits), **changes)


COUNTS = (Standing.COUNTED, 1, None)


def test_a_ticket_fixed_by_its_first_visit_is_a_first_time_fix() -> None:
    assert told(cases(fixed_at_once(), FIX)) == [COUNTS]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (14 * DAYS - timedelta(minutes=1), (Standing.COUNTED, 0, Why.REVISIT)),
        (14 * DAYS, (Standing.COUNTED, 0, Why.REVISIT)),
        (14 * DAYS + timedelta(milliseconds=1), COUNTS),
    ],
)
def test_a_revisit_counts_against_it_up_to_the_very_instant_on_the_fourteenth_day(
    after: timedelta, expected: tuple[Any, ...]
) -> None:
    again = a_visit(ENDED + after, id="t1-2")
    assert told(cases(fixed_at_once(visits=(again,)), FIX)) == [expected]


@pytest.mark.parametrize(
    ("after", "expected"),
    [(14 * DAYS, (Standing.COUNTED, 0, Why.REOPENED)), (14 * DAYS + timedelta(milliseconds=1), COUNTS)],
)
def test_a_reopening_counts_against_it_within_the_same_fourteen_days(
    after: timedelta, expected: tuple[Any, ...]
) -> None:
    assert told(cases(fixed_at_once(reopened(ENDED + after)), FIX)) == [expected]


def test_fourteen_days_over_a_change_of_the_clocks_end_at_the_same_time_of_day() -> None:
    end = on("2026-03-20", "10:00")
    log = (opened(end - 2 * HOUR), resolved(end))
    visits = (a_visit(end - HOUR), a_visit(on("2026-04-03", "10:00"), id="t1-2"))
    spoiled = measured(*log, visits=visits)
    assert told(cases(spoiled, FIX)) == [(Standing.COUNTED, 0, Why.REVISIT)]
    # Fourteen times twenty-four hours would have ended an hour later.
    late = measured(*log, visits=(visits[0], a_visit(on("2026-04-03", "10:30"), id="t1-2")))
    assert told(cases(late, FIX)) == [COUNTS]


def test_what_is_younger_than_fourteen_days_is_not_known_yet_unless_it_failed_already() -> None:
    at = ENDED + 14 * DAYS
    assert told(cases(fixed_at_once(), FIX, now=at)) == [(Standing.UNKNOWN, 0, Why.TOO_YOUNG)]
    assert told(cases(fixed_at_once(), FIX, now=at + timedelta(milliseconds=1))) == [COUNTS]
    again = fixed_at_once(reopened(tue("09:00")))
    assert told(cases(again, FIX, now=tue("10:00"))) == [(Standing.COUNTED, 0, Why.REOPENED)]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.FIXED])
def test_a_first_visit_that_ended_otherwise_fixed_nothing(outcome: Outcome) -> None:
    log = (opened(mon("08:00")), resolved(tue("10:00")))
    visits = (a_visit(mon("09:00"), outcome), a_visit(tue("09:00"), id="t1-2"))
    assert told(cases(measured(*log, visits=visits), FIX)) == [(Standing.COUNTED, 0, Why.NOT_FIXED)]


def test_the_first_visit_dates_it_in_the_zone_of_the_site() -> None:
    last_evening = a_visit(on("2026-03-31", "20:30"))
    log = (opened(mon("08:00")), resolved(on("2026-03-31", "21:30")))
    for zone, period in (("Europe/Paris", MARCH), (REUNION, MARCH)):
        assert len(cases(measured(*log, visits=(last_evening,), zone=zone), FIX, period=period)) == 1
    # 22:30 in Paris is 00:30 of the first of April in Saint-Denis.
    later = replace(last_evening, ended_at=on("2026-03-31", "22:30"))
    ticket = measured(*log, visits=(later,), zone=REUNION)
    assert (cases(ticket, FIX), len(cases(ticket, FIX, period=APRIL))) == ([], 1)


def test_a_ticket_of_two_sites_was_fixed_at_once_where_both_were() -> None:
    log = (opened(mon("08:00")), resolved(tue("10:00")))
    nord, sud = a_visit(mon("09:00")), a_visit(tue("09:00"), id="t1-2", site="sud")
    both = measured(*log, visits=(nord, sud), sites=("nord", "sud"))
    assert told(cases(both, FIX)) == [COUNTS]
    waiting = replace(sud, state=VisitState.PLANNED, arrived_at=None, started_at=None, ended_at=None)
    half = measured(log[0], visits=(nord, replace(waiting, outcome=None)), sites=("nord", "sud"))
    assert told(cases(half, FIX)) == [(Standing.UNKNOWN, 0, Why.SITE_TO_COME)]
    at_nord = cases(both, FIX, scope=Scope(site_id="nord"))
    assert [each.site_id for each in at_nord] == ["nord"]


def test_what_nobody_visited_or_was_cancelled_is_left_out_with_the_reason() -> None:
    remote = measured(opened(mon("08:00")), resolved(mon("09:00")))
    assert told(cases(remote, FIX)) == [(Standing.LEFT_OUT, 0, Why.NO_VISIT)]
    given_up = measured(
        opened(mon("08:00")),
        cancelled(tue("08:00")),
        visits=(a_visit(mon("09:00"), Outcome.NO_ACCESS),),
        cancelled_at=tue("08:00"),
    )
    assert told(cases(given_up, FIX)) == [(Standing.LEFT_OUT, 0, Why.CANCELLED)]
    double = replace(given_up, duplicate_of="t0")
    assert told(cases(double, FIX)) == [(Standing.LEFT_OUT, 0, Why.DUPLICATE)]


def hours(found: list[Case]) -> list[float]:
    return [each.amount / 3_600_000 for each in found]


def test_a_repair_takes_until_the_restoration_where_that_comes_before_the_resolution() -> None:
    ticket = measured(opened(mon("08:00")), restored(mon("10:00")), resolved(wed("10:00")))
    assert hours(cases(ticket, REPAIR)) == [2]


@pytest.mark.parametrize(
    ("service", "expected"), [(UP, 2), (DOWN, 49), (None, 2), (ServiceHealth.DEGRADED, 2)]
)
def test_a_reopening_undoes_a_restoration_only_with_the_service_down(
    service: ServiceHealth | None, expected: int
) -> None:
    log = (opened(mon("08:00")), restored(mon("10:00")), resolved(mon("11:00")))
    ticket = measured(*log, reopened(tue("08:00"), service), resolved(wed("09:00")))
    assert hours(cases(ticket, REPAIR)) == [expected]


def test_a_reopening_undoes_a_repair_by_resolution_and_the_next_one_counts_in_its_own_period() -> None:
    log = (opened(mon("08:00")), resolved(mon("10:00")), reopened(on("2026-04-01", "08:00")))
    ticket = measured(*log, resolved(on("2026-04-01", "09:00")))
    assert hours(cases(ticket, REPAIR)) == [2]
    # Thirty days and an hour, less the one that the clocks went forward.
    assert hours(cases(ticket, REPAIR, period=APRIL)) == [30 * 24]


def test_a_ticket_of_several_sites_works_again_when_the_last_of_them_does() -> None:
    there = replace(restored(mon("09:00")), site_id="nord")
    late = replace(restored(mon("12:00")), site_id="sud")
    ticket = measured(opened(mon("08:00")), there, late, resolved(tue("08:00")), sites=("nord", "sud"))
    assert hours(cases(ticket, REPAIR)) == [4]
    assert hours(cases(ticket, REPAIR, scope=Scope(site_id="nord"))) == [1]


def test_on_the_day_the_clocks_change_a_repair_takes_the_hours_that_passed() -> None:
    ticket = measured(opened(on("2026-03-29", "01:00")), resolved(on("2026-03-29", "04:00")))
    assert hours(cases(ticket, REPAIR)) == [2]


def test_open_hours_are_those_that_the_clock_counted_less_what_stopped_it() -> None:
    log = (opened(mon("16:00")), held(mon("17:00")), resumed(tue("09:00")), resolved(tue("11:00")))
    assert hours(cases(measured(*log), Measure.REPAIR_OPEN)) == [3]
    assert hours(cases(measured(*log), REPAIR)) == [19]


def test_the_clock_of_restoration_is_read_before_that_of_resolution() -> None:
    log = (opened(mon("08:00")), restored(mon("10:00")), resolved(mon("14:00")))
    both = [target(), target("restore", met_by=MetBy.RESTORED)]
    assert hours(cases(measured(*log), Measure.REPAIR_OPEN, targets=both)) == [2]


def test_a_repair_without_a_clock_of_hours_has_no_open_hours_and_says_so() -> None:
    log = (opened(mon("08:00")), resolved(mon("10:00")))
    by_days = [target(minutes=None, days=1, by="18:00", cutoff="15:00")]
    left_out = [(Standing.LEFT_OUT, 0, Why.NO_CLOCK)]
    assert told(cases(measured(*log), Measure.REPAIR_OPEN, targets=by_days)) == left_out
    uncovered = measured(*log, sla=None, resolved_at=mon("10:00"))
    assert told(cases(uncovered, Measure.REPAIR_OPEN)) == left_out
    assert hours(cases(uncovered, REPAIR)) == [2]


def test_cancelled_tickets_have_no_time_to_repair() -> None:
    log = (opened(mon("08:00")), restored(mon("09:00")), cancelled(tue("08:00")))
    ticket = measured(*log, cancelled_at=tue("08:00"))
    assert told(cases(ticket, REPAIR)) == [(Standing.LEFT_OUT, 0, Why.CANCELLED)]


@pytest.mark.parametrize(
    ("before", "age"),
    [
        (1 * DAYS, Age.DAY),
        (1 * DAYS + timedelta(milliseconds=1), Age.DAYS_3),
        (3 * DAYS, Age.DAYS_3),
        (7 * DAYS, Age.DAYS_7),
        (14 * DAYS, Age.DAYS_14),
        (30 * DAYS, Age.DAYS_30),
        (31 * DAYS, Age.MORE),
    ],
)
def test_a_backlog_is_as_old_as_its_declaration_at_the_end_of_the_period(before: timedelta, age: Age) -> None:
    ticket = measured(opened(on("2026-04-01", "00:00") - before))
    assert [each.age for each in cases(ticket, BACKLOG)] == [age]


def test_what_ends_at_the_very_end_of_the_period_was_still_there_and_what_begins_there_was_not() -> None:
    midnight = on("2026-04-01", "00:00")
    assert len(cases(measured(opened(mon("08:00")), resolved(midnight)), BACKLOG)) == 1
    ended = measured(opened(mon("08:00")), resolved(midnight - timedelta(milliseconds=1)))
    assert cases(ended, BACKLOG) == []
    assert cases(measured(opened(midnight)), BACKLOG) == []


def test_a_ticket_over_two_periods_is_in_the_backlog_of_the_first_and_resolved_in_the_second() -> None:
    ticket = measured(opened(fri("08:00")), resolved(on("2026-04-02", "08:00")))
    assert (len(cases(ticket, BACKLOG)), len(cases(ticket, BACKLOG, period=APRIL))) == (1, 0)
    assert (len(cases(ticket, Measure.RESOLVED)), len(cases(ticket, Measure.RESOLVED, period=APRIL))) == (
        0,
        1,
    )
    assert len(cases(ticket, Measure.OPENED)) == 1
    assert cases(ticket, Measure.OPENED, period=APRIL) == []


def test_the_backlog_has_the_priority_of_then() -> None:
    raised = entry("retargeted", on("2026-04-02", "08:00"), priority=Priority.P1)
    ticket = measured(opened(mon("08:00")), raised, priority=Priority.P1)
    assert [each.priority for each in cases(ticket, BACKLOG)] == [Priority.P2]
    assert [each.priority for each in cases(ticket, BACKLOG, period=APRIL)] == [Priority.P1]


@pytest.mark.parametrize(
    ("arrival", "expected"),
    [
        ("08:29", (Standing.COUNTED, 0, Why.EARLY)),
        ("08:30", COUNTS),
        ("09:30", COUNTS),
        ("09:31", (Standing.COUNTED, 0, Why.LATE)),
    ],
)
def test_an_arrival_is_on_time_within_the_window_both_ends_included(
    arrival: str, expected: tuple[Any, ...]
) -> None:
    ticket = measured(opened(mon("08:00")), visits=(a_visit(mon("09:00"), arrived_at=mon(arrival)),))
    assert told(cases(ticket, Measure.ON_TIME)) == [expected]


def test_a_visit_without_an_arrival_or_without_a_window_is_not_known() -> None:
    untold, unplanned = a_visit(mon("09:00"), arrived_at=None), a_visit(mon("09:00"), assignment=None)
    ticket = measured(opened(mon("08:00")), visits=(untold, unplanned))
    assert told(cases(ticket, Measure.ON_TIME)) == [
        (Standing.UNKNOWN, 0, Why.NO_ARRIVAL),
        (Standing.UNKNOWN, 0, Why.NO_WINDOW),
    ]


def test_nobody_got_in_where_there_was_no_access_or_no_user() -> None:
    ended = [Outcome.NO_ACCESS, Outcome.USER_ABSENT, Outcome.REFUSED, Outcome.FIXED]
    visits = [a_visit(mon("09:00"), each, id=f"t1-{n}") for n, each in enumerate(ended)]
    ticket = measured(opened(mon("08:00")), visits=visits)
    assert [each.amount for each in cases(ticket, Measure.NO_ACCESS)] == [1, 1, 0, 0]


def test_what_was_resolved_without_anybody_going_there_was_solved_remotely() -> None:
    remote = measured(opened(mon("08:00")), resolved(mon("09:00")))
    assert told(cases(remote, Measure.REMOTE)) == [COUNTS]
    on_his_way = a_visit(mon("09:00"), state=VisitState.EN_ROUTE, arrived_at=None, started_at=None)
    going = measured(
        opened(mon("08:00")), resolved(mon("09:00")), visits=(replace(on_his_way, ended_at=None),)
    )
    assert told(cases(going, Measure.REMOTE)) == [(Standing.COUNTED, 0, Why.VISITED)]


def test_commitments_are_kept_broken_running_or_left_out_as_the_statement_has_them() -> None:
    found = [
        told(cases(measured(opened(at), *end), Measure.KEPT))
        for at, end in (
            (mon("08:00"), (resolved(mon("12:00")),)),
            (mon("08:00"), (resolved(mon("12:01")),)),
            (on("2026-03-31", "17:00"), ()),
            (mon("08:00"), (cancelled(mon("09:00")),)),
            (on("2026-02-27", "08:00"), (resolved(mon("12:00")),)),
        )
    ]
    assert found == [
        [COUNTS],
        [(Standing.COUNTED, 0, Why.BROKEN)],
        [(Standing.UNKNOWN, 0, Why.STILL_RUNNING)],
        [(Standing.LEFT_OUT, 0, Why.STOPPED)],
        [(Standing.LEFT_OUT, 0, Why.BROKEN_BEFORE)],
    ]


def test_hours_are_those_of_visits_and_what_was_logged_and_none_counts_twice() -> None:
    def logged(start: Any, person: str = "lea") -> Spent:
        return Spent("t1:9", "t1", person, start, start + HOUR / 2)

    ticket = measured(
        opened(mon("07:00")),
        visits=(a_visit(mon("09:00")), a_visit(mon("14:00"), Outcome.NO_ACCESS, started_at=None)),
    )
    spent = [logged(mon("08:30")), logged(mon("09:15")), logged(mon("09:15"), "paul"), logged(fri("09:00"))]
    found = cases(ticket, Measure.HOURS, spent=spent)
    assert [(each.amount / 3_600_000, each.why) for each in found] == [
        (1, None),
        (0, Why.NOT_BEGUN),
        (0.5, None),
        (0.5, Why.WITHIN_VISIT),
        (0.5, None),
        (0.5, None),
    ]
    said = figures(found, By.TECHNICIAN, sold=HoursSold(600).within(MARCH))
    assert (said["hours-used"].value, said["hours-used-of-sold"].value) == (2.5, 25.0)
    assert {row.of[By.TECHNICIAN]: row.value for row in said["hours-used"].rows} == {"lea": 2.0, "paul": 0.5}


def test_a_reopened_ticket_is_one_and_a_young_one_is_not_known() -> None:
    again = measured(opened(mon("08:00")), resolved(mon("09:00")), reopened(tue("09:00")))
    assert told(cases(again, Measure.REOPENED)) == [(Standing.COUNTED, 1, Why.REOPENED)]
    once = measured(opened(mon("08:00")), resolved(mon("09:00")))
    assert told(cases(once, Measure.REOPENED, now=tue("09:00"))) == [(Standing.UNKNOWN, 0, Why.TOO_YOUNG)]
    assert told(cases(once, Measure.REOPENED)) == [(Standing.COUNTED, 0, None)]


def test_without_a_contract_the_ticket_itself_knows_what_was_reopened() -> None:
    ticket = measured(
        opened(mon("08:00")),
        sla=None,
        reopenings=(Reopening(mon("09:00"), tue("09:00"), DOWN),),
        resolved_at=wed("09:00"),
    )
    assert told(cases(ticket, Measure.REOPENED)) == [(Standing.COUNTED, 1, Why.REOPENED)]
    assert hours(cases(ticket, REPAIR)) == [49]
    before_it_was_kept = replace(ticket, reopenings=(), reopened_at=tue("09:00"))
    assert told(cases(before_it_was_kept, Measure.REOPENED)) == [(Standing.COUNTED, 0, None)]


def test_another_contracts_and_another_sites_visits_are_left_out() -> None:
    nord, sud = a_visit(mon("09:00")), a_visit(mon("09:00"), id="t1-2", site="sud", contract_id="c2")
    ticket = measured(opened(mon("08:00")), visits=(nord, sud), sites=("nord", "sud"))
    for scope, expected in (
        (Scope(), ["nord", "sud"]),
        (Scope(contract_id="c2"), ["sud"]),
        (Scope(site_id="nord"), ["nord"]),
        (Scope(contracts=frozenset({"c1"})), ["nord"]),
        (Scope(contract_id="c9"), []),
    ):
        assert [each.site_id for each in cases(ticket, Measure.NO_ACCESS, scope=scope)] == expected


def test_nothing_divided_by_nothing_is_null_and_not_zero() -> None:
    said = figures([])
    assert {name for name, each in said.items() if each.value is None} == {
        "first-time-fix",
        *("mttr-mean", "mttr-median", "mttr-p90"),
        *("mttr-open-mean", "mttr-open-median", "mttr-open-p90"),
        *("on-time-arrival", "no-access", "remote-solved", "commitments-kept"),
        *("hours-used-of-sold", "reopened"),
    }
    assert said["backlog"].value == said["opened"].value == said["hours-used"].value == 0


def test_volumes_are_broken_down_by_kind_priority_and_category_and_a_backlog_by_age_and_priority() -> None:
    ticket = measured(opened(mon("08:00")))
    volume = figures(cases(ticket, Measure.OPENED))["opened"]
    assert {tuple(row.of.items()): row.n for row in volume.rows} == {
        ((By.KIND, "incident"),): 1,
        ((By.PRIORITY, "P2"),): 1,
        ((By.CATEGORY, "laptop"),): 1,
    }
    backlog = figures(cases(ticket, BACKLOG))["backlog"]
    assert [dict(row.of) for row in backlog.rows] == [{By.AGE: "30-days", By.PRIORITY: "P2"}]


@pytest.mark.parametrize(
    ("amounts", "median", "p90"),
    [([5], 5, 5), ([1, 9], 1, 9), (list(range(1, 11)), 5, 9), (list(range(1, 12)), 6, 10)],
)
def test_a_percentile_is_the_smallest_that_so_many_do_not_exceed(
    amounts: list[int], median: int, p90: int
) -> None:
    assert (percentile(amounts, 50), percentile(amounts, 90)) == (median, p90)


def test_hours_are_sold_by_the_month_and_of_a_month_that_is_touched_by_the_day() -> None:
    sold = hours_sold({"model": "forfait", "included": 600})
    assert sold is not None
    assert sold.within(MARCH) == 10
    assert sold.within(Period(date(2026, 2, 15), date(2026, 3, 31))) == 15
    assert sold.within(Period(date(2026, 4, 1), date(2026, 4, 1))) == Fraction(1, 3)


@pytest.mark.parametrize(
    "billing",
    [
        None,
        {},
        {"model": "regie"},
        {"model": "prepaid", "included": 600},
        {"model": "forfait", "included": "600"},
        {"model": "forfait", "included": True},
        {"model": "forfait", "included": 0},
    ],
)
def test_a_contract_that_sells_no_hours_by_the_month_sells_none(billing: dict[str, Any] | None) -> None:
    assert hours_sold(billing) is None


def test_every_kpi_and_every_reason_is_said_in_both_languages() -> None:
    assert set(WHYS) == set(Why)
    assert len({kpi.id for kpi in KPIS}) == len(KPIS)
    for text in (*(kpi.definition for kpi in KPIS), *(kpi.name for kpi in KPIS), *WHYS.values()):
        assert text.fr
        assert text.en
        assert text.fr != text.en
