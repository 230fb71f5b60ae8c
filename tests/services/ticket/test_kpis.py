"""Fixed at the first visit, repaired, still to do: what counts, what is not known yet, what is left out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.values import Outcome, Priority, ServiceHealth, VisitState
from services.ticket.domain.contract import MetBy
from services.ticket.domain.kpi_case import Age, Measure, Standing, Why
from services.ticket.domain.measured import Measured, Scope
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
    COUNTS,
    HOUR,
    MARCH,
    REUNION,
    a_visit,
    cases,
    hours,
    measured,
    told,
)
from tests.services.ticket.months import target

FIX, REPAIR, BACKLOG = Measure.FIRST_TIME_FIX, Measure.REPAIR, Measure.BACKLOG
DAYS = timedelta(days=1)
ENDED = mon("10:00")


def fixed_at_once(*more: Any, visits: tuple[Any, ...] = (), **changes: Any) -> Measured:
    """Visited and fixed on Monday the second, 10:00."""
    log = (opened(mon("08:00")), resolved(ENDED), *more)
    return measured(*log, visits=(a_visit(mon("09:00")), *visits), **changes)


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


def test_what_is_reopened_afterwards_and_waits_for_another_visit_had_been_fixed_at_once() -> None:
    planned = replace(a_visit(ENDED + 16 * DAYS, id="t1-2"), state=VisitState.PLANNED, outcome=None)
    waiting = replace(planned, arrived_at=None, started_at=None, ended_at=None)
    ticket = fixed_at_once(reopened(ENDED + 15 * DAYS), visits=(waiting,))
    assert told(cases(ticket, FIX)) == [COUNTS]


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
