"""KPIs of visits, commitments and hours, and how figures are put together."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from contracts.values import Outcome, TicketState, VisitState
from services.ticket.domain.kpi_case import By, Measure, Standing, Why
from services.ticket.domain.kpi_definitions import KPIS, WHYS
from services.ticket.domain.kpis import HoursSold, hours_sold, percentile
from services.ticket.domain.measured import Period, Scope, Spent
from services.ticket.domain.reopening import reopen
from services.ticket.domain.resolution import Reopening
from services.ticket.store.tickets import NOTHING_RUNS, over_at
from tests.services.ticket import sample
from tests.services.ticket.clocks import (
    DOWN,
    cancelled,
    fri,
    mon,
    on,
    opened,
    reopened,
    resolved,
    tue,
    wed,
)
from tests.services.ticket.measured import (
    COUNTS,
    HOUR,
    MARCH,
    a_visit,
    cases,
    figures,
    hours,
    measured,
    told,
)
from tests.services.ticket.sample import a_world


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
    assert hours(cases(ticket, Measure.REPAIR)) == [49]
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
    backlog = figures(cases(ticket, Measure.BACKLOG))["backlog"]
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


def test_a_ticket_is_found_for_as_long_as_something_of_it_may_count() -> None:
    world = a_world()
    ticket = sample.opened(world)
    assert over_at(ticket) == NOTHING_RUNS
    end = ticket.declared_at + HOUR
    ended = replace(ticket, state=TicketState.RESOLVED, resolved_at=end)
    assert over_at(ended) == end
    [visit] = ended.visits
    visited = replace(ended, visits=(replace(visit, ended_at=end + HOUR),))
    assert over_at(visited) == end + HOUR
    dropped = replace(ticket, state=TicketState.CANCELLED, cancelled_at=end)
    assert over_at(dropped) == end


def test_each_reopening_is_kept_with_the_end_that_it_undid() -> None:
    ticket = sample.opened(a_world())
    first, second = ticket.declared_at + HOUR, ticket.declared_at + 3 * HOUR
    for end in (first, second):
        ticket = replace(ticket, state=TicketState.RESOLVED, resolved_at=end)
        ticket, _ = reopen(ticket, "encore", DOWN, end + HOUR)
    assert ticket.reopenings == (
        Reopening(first, first + HOUR, DOWN),
        Reopening(second, second + HOUR, DOWN),
    )
