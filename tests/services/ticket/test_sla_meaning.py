"""The exact meaning of calendars, clocks, meeting, reopening and cancelling (domain.md), a sentence each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.calendars import calendar
from contracts.refusal import Refusal
from contracts.ticket.sla import ClockState
from services.ticket.domain.contract import MetBy, OnReopen
from services.ticket.domain.sla import Clock, clocks_at
from services.ticket.domain.sla_log import LogEntry
from tests.services.ticket.clocks import (
    APPOINTMENT,
    CALENDARS,
    DEGRADED,
    DOWN,
    NEXT_DAY,
    PARTS,
    REMOTE,
    REPAIR,
    RESTORE,
    UP,
    VENDOR,
    arrived,
    cancelled,
    clock,
    closed,
    entry,
    form,
    held,
    hours,
    mon,
    on,
    opened,
    reopened,
    resolved,
    restored,
    resumed,
    started,
    tue,
    wed,
    within,
)

RUNNING, PAUSED, MET, BREACHED, STOPPED = ClockState
COUNT = replace(RESTORE, on_reopen=OnReopen.COUNT)


def test_a_holiday_counts_nothing_unless_an_exception_opens_it() -> None:
    log = [opened(on("2026-04-30", "17:00"))]
    assert clock(on("2026-04-30", "17:30"), *log).due_at == on("2026-05-04", "11:00")
    opening = calendar(form(exceptions={"2026-05-01": [["09:00", "12:00"]], "2026-05-04": []}))
    [worked] = clocks_at(log, [REPAIR], {"office": opening}, on("2026-04-30", "17:30"))
    assert worked.due_at == on("2026-05-01", "12:00")


def test_elapsed_is_the_open_time_since_the_start_less_what_a_hold_stopped() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), resumed(mon("10:00")), held(mon("10:30"), VENDOR)]
    now = clock(mon("11:00"), *log)
    assert now.elapsed == hours(2)
    assert now.intervals == [(mon("08:00"), mon("09:00")), (mon("10:00"), mon("11:00"))]
    assert now.state is RUNNING, "this target does not stop for a vendor"


def test_a_clock_starts_when_the_fault_was_declared_and_counts_seconds() -> None:
    now = clock(mon("08:01:30"), opened(mon("08:00:10")))
    assert now.elapsed == timedelta(seconds=80)
    assert now.due_at == mon("12:00:10")


def test_a_second_hold_replaces_the_first() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), held(mon("10:00"), PARTS)]
    assert clock(mon("09:30"), *log).state is PAUSED
    assert clock(mon("11:00"), *log).state is RUNNING
    assert clock(mon("11:00"), *log).elapsed == hours(2)


def test_a_hold_until_an_appointment_ends_by_itself_and_a_resumption_after_that_changes_nothing() -> None:
    waits = within(4, stops_on=(APPOINTMENT,))
    log = [opened(mon("08:00")), held(mon("09:00"), APPOINTMENT, tue("08:00"))]
    during = clock(mon("15:00"), *log, target=waits)
    assert (during.state, during.due_at, during.next_at) == (PAUSED, None, tue("08:00"))
    assert clock(tue("08:00"), *log, target=waits).state is RUNNING, "at that very instant it is over"
    for later in (log, [*log, resumed(tue("09:00"))]):
        after = clock(tue("10:00"), *later, target=waits)
        assert (after.state, after.elapsed, after.due_at) == (RUNNING, hours(3), tue("11:00"))


def test_a_hold_that_was_to_end_before_it_began_never_was_but_replaces_the_one_before() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), held(mon("10:00"), until=mon("09:30"))]
    assert clock(mon("10:00"), *log).state is RUNNING
    assert clock(mon("11:00"), *log).elapsed == hours(2)


def test_a_resolution_ends_a_hold() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), resolved(mon("10:00")), reopened(mon("11:00"))]
    assert clock(mon("12:00"), *log).elapsed == hours(2)


@pytest.mark.parametrize(
    ("happening", "kept"),
    [
        (started(mon("09:00")), {MetBy.STARTED, MetBy.STARTED_ONSITE, MetBy.ARRIVED}),
        (started(mon("09:00"), REMOTE), {MetBy.STARTED}),
        (arrived(mon("09:00")), {MetBy.ARRIVED}),
        (restored(mon("09:00")), set(MetBy) - {MetBy.RESOLVED}),
        (resolved(mon("09:00")), set(MetBy)),
        (closed(mon("09:00")), set()),
    ],
    ids=lambda value: getattr(value, "event", None),
)
def test_each_step_meets_the_targets_that_it_keeps(happening: LogEntry, kept: set[MetBy]) -> None:
    met = {
        kind
        for kind in MetBy
        if clock(mon("10:00"), opened(mon("08:00")), happening, target=replace(REPAIR, met_by=kind)).state
        is MET
    }
    assert met == kept


def test_met_with_exactly_what_is_allowed_is_met_and_a_second_more_is_not() -> None:
    assert clock(mon("15:00"), opened(mon("08:00")), resolved(mon("12:00"))).state is MET
    late = clock(mon("15:00"), opened(mon("08:00")), resolved(mon("12:00:01")))
    assert (late.state, late.breached_at, late.due_at) == (BREACHED, mon("12:00"), None)
    assert late.elapsed == hours(4) + timedelta(seconds=1)


def test_a_breach_is_dated_when_the_time_was_used_up_though_it_happens_at_the_next_opening() -> None:
    log = [opened(mon("14:00"))]
    assert clock(mon("18:00"), *log).state is RUNNING
    evening = clock(mon("22:00"), *log)
    assert (evening.state, evening.due_at) == (RUNNING, mon("18:00"))
    assert clock(tue("08:00"), *log).state is RUNNING, "at exactly that instant it still runs"
    morning = clock(tue("08:00:01"), *log)
    assert (morning.state, morning.breached_at) == (BREACHED, mon("18:00"))
    assert clock(tue("09:00"), *log, resolved(tue("07:00"))).state is MET


def test_a_breach_is_not_dated_before_the_opening() -> None:
    by_noon = replace(NEXT_DAY, days=0, by="12:00")
    late = clock(mon("15:00"), opened(mon("14:00")), target=by_noon)
    assert (late.state, late.due_at, late.breached_at) == (BREACHED, mon("12:00"), mon("14:00"))


def test_a_reopening_undoes_what_the_resolution_had_met_and_leaves_the_stretch_out() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00")), reopened(mon("15:00"))]
    for target in (REPAIR, RESTORE):
        again = clock(mon("16:00"), *log, target=target)
        assert (again.state, again.elapsed, again.due_at) == (RUNNING, hours(2), mon("18:00"))
        assert again.intervals == [(mon("08:00"), mon("09:00")), (mon("15:00"), mon("16:00"))]


def test_what_a_restoration_had_met_stays_met_when_the_resolution_is_undone() -> None:
    log = [opened(mon("08:00")), restored(mon("09:00")), resolved(mon("10:00")), reopened(mon("11:00"))]
    assert clock(mon("12:00"), *log, target=RESTORE).state is MET
    assert clock(mon("12:00"), *log, target=REPAIR).state is RUNNING


def test_a_service_that_is_down_again_runs_a_restoration_again_whatever_had_met_it() -> None:
    log = [opened(mon("08:00")), restored(mon("09:00"))]
    down = clock(mon("12:00"), *log, reopened(mon("11:00"), DOWN), target=RESTORE)
    assert (down.state, down.elapsed) == (RUNNING, hours(2)), "and it needs no resolution"
    assert clock(mon("12:00"), *log, reopened(mon("11:00"), DEGRADED), target=RESTORE).state is MET


def test_a_service_that_is_up_runs_only_resolutions_again() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00")), reopened(mon("10:00"), UP)]
    assert clock(mon("12:00"), *log, target=RESTORE).state is MET
    assert clock(mon("12:00"), *log, target=REPAIR).state is RUNNING


def test_any_resolution_that_met_a_target_counts_not_only_the_last() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00")), reopened(mon("10:00"), UP), resolved(mon("11:00"))]
    again = clock(mon("13:00"), *log, reopened(mon("12:00")), target=RESTORE)
    assert (again.state, again.elapsed) == (RUNNING, hours(2))


def test_start_kinds_stay_met_whatever_is_reopened() -> None:
    for kind in (MetBy.STARTED, MetBy.STARTED_ONSITE, MetBy.ARRIVED):
        log = [opened(mon("08:00")), resolved(mon("09:00")), reopened(mon("10:00"), DOWN)]
        assert clock(tue("12:00"), *log, target=replace(REPAIR, met_by=kind)).state is MET


def test_where_the_contract_says_so_the_stretch_counts_and_the_breach_is_the_reopenings() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00"))]
    counted = clock(mon("11:30"), *log, reopened(mon("11:00")), target=COUNT)
    assert (counted.state, counted.elapsed, counted.due_at) == (RUNNING, hours(3.5), mon("12:00"))
    [whole] = counted.intervals
    assert whole == (mon("08:00"), mon("11:30"))
    late = clock(mon("15:00"), *log, reopened(mon("14:00")), target=COUNT)
    assert (late.state, late.breached_at, late.due_at) == (BREACHED, mon("14:00"), mon("12:00"))
    assert clock(mon("14:00"), *log, reopened(mon("14:00")), target=COUNT).state is BREACHED


def test_a_hold_while_the_target_was_met_is_no_part_of_the_stretch_that_counts() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00")), held(mon("09:30")), resumed(mon("10:30"))]
    assert clock(mon("11:30"), *log, reopened(mon("11:00")), target=COUNT).elapsed == hours(2.5)


def test_a_breach_that_a_reopening_makes_waits_for_the_end_of_a_hold_and_is_dated_the_reopening() -> None:
    log = [opened(mon("08:00")), resolved(mon("09:00")), held(mon("14:00")), reopened(mon("15:00"))]
    assert clock(mon("17:00"), *log, target=COUNT).state is PAUSED
    after = clock(tue("10:00"), *log, resumed(tue("09:00")), target=COUNT)
    assert (after.state, after.breached_at) == (BREACHED, mon("15:00"))


def test_a_breach_stays_when_it_is_met_late_and_reopened() -> None:
    log = [opened(mon("08:00")), resolved(mon("14:00")), reopened(mon("16:00"))]
    again = clock(mon("17:00"), *log)
    assert (again.state, again.breached_at, again.elapsed) == (BREACHED, mon("12:00"), hours(7))


def test_a_cancellation_stops_what_is_neither_met_nor_breached() -> None:
    stopped = clock(mon("15:00"), opened(mon("08:00")), cancelled(mon("10:00")))
    assert (stopped.state, stopped.elapsed, stopped.due_at) == (STOPPED, hours(2), None)
    in_time = clock(mon("15:00"), opened(mon("08:00")), cancelled(mon("12:00")))
    assert in_time.state is STOPPED, "at exactly that instant it still ran"
    met = clock(mon("15:00"), opened(mon("08:00")), resolved(mon("09:00")), cancelled(mon("10:00")))
    assert met.state is MET


def test_what_was_breached_before_a_cancellation_stays_breached_and_its_elapsed_ends_there() -> None:
    breached = clock(wed("15:00"), opened(mon("08:00")), cancelled(mon("14:00")))
    assert (breached.state, breached.breached_at, breached.elapsed) == (BREACHED, mon("12:00"), hours(6))


def test_entries_of_one_instant_take_effect_one_after_the_other_in_the_logs_order() -> None:
    before = [opened(mon("08:00")), resolved(mon("09:00")), reopened(mon("09:00"))]
    assert clock(mon("10:00"), *before).state is RUNNING
    after = [opened(mon("08:00")), reopened(mon("09:00")), resolved(mon("09:00"))]
    assert clock(mon("10:00"), *after).state is MET


def test_what_comes_after_now_is_ignored() -> None:
    assert clock(mon("10:00"), opened(mon("08:00")), resolved(mon("11:00"))).state is RUNNING
    assert clock(mon("10:00"), opened(mon("08:00")), opened(mon("11:00"))).state is RUNNING


@pytest.mark.parametrize(
    ("log", "named"),
    [
        ([], "opened"),
        ([opened(mon("11:00"))], "opened"),
        ([resolved(mon("08:00")), opened(mon("09:00"))], "resolved"),
        ([opened(mon("08:00")), opened(mon("09:00"))], "opened"),
        ([opened(mon("08:00")), resumed(mon("09:00"))], "resumed"),
        ([opened(mon("08:00")), cancelled(mon("09:00")), closed(mon("09:00"))], "closed"),
    ],
    ids=["empty", "not yet", "before its opening", "opened twice", "resumed without a hold", "after its end"],
)
def test_a_log_that_makes_no_sense_is_refused_naming_the_entry(log: list[LogEntry], named: str) -> None:
    with pytest.raises(Refusal) as refused:
        clocks_at(log, [REPAIR], CALENDARS, mon("10:00"))
    assert refused.value.slug == "senseless-log"
    assert named in refused.value.detail.en
    assert named in refused.value.detail.fr


def test_a_refused_entry_is_called_what_its_log_calls_it() -> None:
    with pytest.raises(Refusal, match=r"senseless-log.*line 7"):
        clock(mon("10:00"), opened(mon("08:00")), entry("resumed", mon("09:00"), id="line 7"))


def at_risk(now: Clock) -> tuple[int | None, list[int]]:
    return now.highest, [percent for percent, _ in now.thresholds]


def test_a_clock_is_at_risk_from_50_75_and_90_percent_on_and_says_when_to_look_again() -> None:
    log = [opened(mon("08:00"))]
    now, seen = mon("08:00"), []
    while (following := clock(now, *log).next_at) is not None:
        now = following
        seen.append((now, clock(now, *log).highest))
    assert seen[:-1] == [(mon("10:00"), 50), (mon("11:00"), 75), (mon("11:36"), 90)]
    assert clock(now, *log).state is BREACHED


def test_a_paused_clock_keeps_its_threshold_and_has_no_other_before_it_goes_on() -> None:
    log = [opened(mon("08:00")), held(mon("10:30"))]
    assert at_risk(clock(tue("10:00"), *log)) == (50, [50])
    assert clock(tue("10:00"), *log).next_at is None
    assert clock(tue("09:45"), *log, resumed(tue("09:30"))).next_at == tue("10:00")
