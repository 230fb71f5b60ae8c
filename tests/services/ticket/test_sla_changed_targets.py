"""The exact meaning of changed targets and of targets of days (domain.md), a sentence each."""

from dataclasses import replace

from contracts.ticket.sla import ClockState
from services.ticket.domain.contract import MetBy, OnReopen
from services.ticket.domain.sla import TICK
from services.ticket.domain.sla_log import Since
from tests.services.ticket.clocks import (
    NEXT_DAY,
    REPAIR,
    VENDOR,
    cancelled,
    clock,
    fri,
    held,
    hours,
    mon,
    next_mon,
    on,
    opened,
    reopened,
    requalified,
    resolved,
    restored,
    resumed,
    retargeted,
    started,
    thu,
    tue,
    wed,
    within,
)

RUNNING, PAUSED, MET, BREACHED, STOPPED = ClockState
OPENING, CHANGE = Since


def test_a_longer_target_keeps_the_opening_and_a_shorter_one_starts_at_the_change() -> None:
    log = [opened(mon("08:00"))]
    longer = clock(mon("11:00"), *log, retargeted(mon("10:00"), within(6)))
    assert (longer.elapsed, longer.due_at) == (hours(3), mon("14:00"))
    equal = clock(mon("11:00"), *log, retargeted(mon("10:00"), replace(REPAIR, stops_on=())))
    assert (equal.elapsed, equal.due_at) == (hours(3), mon("12:00"))
    shorter = clock(mon("11:00"), *log, retargeted(mon("10:00"), within(2)))
    assert (shorter.elapsed, shorter.due_at) == (hours(1), mon("12:00"))
    assert shorter.intervals == [(mon("10:00"), mon("11:00"))]


def test_a_change_may_say_from_when_it_counts() -> None:
    log = [opened(mon("08:00"))]
    assert clock(mon("11:00"), *log, retargeted(mon("10:00"), within(6), CHANGE)).due_at == mon("16:00")
    assert clock(mon("11:00"), *log, retargeted(mon("10:00"), within(3.5), OPENING)).due_at == mon("11:30")


def test_a_day_is_1440_minutes_when_it_is_said_which_target_is_shorter() -> None:
    log = [opened(mon("08:00"))]
    shorter = clock(mon("11:00"), *log, retargeted(mon("10:00"), NEXT_DAY), target=within(25))
    assert shorter.due_at == tue("18:00")
    from_the_change = clock(mon("16:30"), *log, retargeted(mon("16:00"), NEXT_DAY), target=within(25))
    assert from_the_change.due_at == wed("18:00"), "declared anew, after the cutoff"
    from_the_opening = clock(mon("16:30"), *log, retargeted(mon("16:00"), NEXT_DAY), target=within(24))
    assert from_the_opening.due_at == tue("18:00")


def test_a_change_replaces_the_calendar_and_what_meets_the_target_too() -> None:
    changed = within(6, calendar="always", met_by=MetBy.STARTED)
    log = [opened(mon("16:00")), retargeted(mon("17:00"), changed)]
    now = clock(mon("21:00"), *log)
    assert (now.elapsed, now.due_at) == (hours(5), mon("22:00"))
    assert clock(mon("21:00"), *log, started(mon("20:00"))).state is MET


def test_before_the_change_a_hold_stops_by_the_old_reasons_and_after_it_by_the_new() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), retargeted(mon("10:00"), within(8, stops_on=(VENDOR,)))]
    assert clock(mon("12:00"), *log).elapsed == hours(3)
    assert clock(mon("12:00"), *log).intervals == [
        (mon("08:00"), mon("09:00")),
        (mon("10:00"), mon("12:00")),
    ]


def test_a_breach_that_happened_stays_through_a_change() -> None:
    log = [opened(mon("08:00")), retargeted(mon("14:00"), within(20))]
    assert (clock(mon("15:00"), *log).state, clock(mon("15:00"), *log).breached_at) == (
        BREACHED,
        mon("12:00"),
    )


def test_a_breach_that_a_change_makes_is_not_dated_before_it() -> None:
    log = [opened(mon("08:00")), retargeted(mon("11:00"), within(2), OPENING)]
    assert clock(mon("11:00"), *log).breached_at == mon("11:00")
    assert clock(mon("11:00"), *log).due_at == mon("10:00")
    at_once = clock(mon("12:00"), *log, resolved(mon("11:00")))
    assert at_once.state is BREACHED, "the change takes effect before the resolution of that instant"


def test_a_breach_that_a_change_makes_on_hold_happens_when_the_hold_ends_and_is_dated_the_change() -> None:
    log = [opened(mon("08:00")), held(mon("11:00")), retargeted(mon("14:00"), within(2), OPENING)]
    assert clock(tue("10:00"), *log).state is PAUSED
    after = clock(tue("10:00"), *log, resumed(tue("09:00")))
    assert (after.state, after.breached_at) == (BREACHED, mon("14:00"))


def test_a_met_target_stays_met_through_a_change_and_only_a_reopening_can_make_it_breach() -> None:
    log = [opened(mon("08:00")), resolved(mon("11:00")), retargeted(mon("12:00"), within(2), OPENING)]
    assert clock(mon("15:00"), *log).state is MET
    again = clock(mon("15:00"), *log, reopened(mon("14:00")))
    assert (again.state, again.breached_at) == (BREACHED, mon("14:00"))


def test_a_requalification_recomputes_from_the_opening_and_voids_earlier_changes() -> None:
    log = [opened(mon("08:00")), retargeted(mon("09:00"), within(1)), requalified(mon("15:00"), within(8))]
    right = clock(mon("15:00"), *log)
    assert (right.state, right.elapsed, right.due_at) == (RUNNING, hours(7), mon("16:00"))
    assert right.breached_at is None, "the breach that only the error made is gone"


def test_a_breach_under_the_right_priority_is_dated_when_it_really_was() -> None:
    log = [opened(mon("08:00")), requalified(mon("15:00"), within(2))]
    assert clock(mon("15:00"), *log).breached_at == mon("10:00")


def test_holds_and_steps_before_a_requalification_count_by_the_right_target() -> None:
    right = within(3, stops_on=(VENDOR,), met_by=MetBy.RESTORED)
    log = [opened(mon("08:00")), held(mon("09:00"), VENDOR), resumed(mon("10:00")), restored(mon("11:30"))]
    now = clock(mon("15:00"), *log, requalified(mon("14:00"), right))
    assert (now.state, now.elapsed, now.met_at) == (MET, hours(2.5), mon("11:30"))


def test_a_change_after_a_requalification_counts() -> None:
    log = [opened(mon("08:00")), requalified(mon("09:00"), within(8)), retargeted(mon("10:00"), within(12))]
    assert clock(mon("11:00"), *log).due_at == tue("10:00")


def test_the_day_of_opening_is_day_0_when_it_has_open_time_and_the_cutoff_is_to_come() -> None:
    assert clock(mon("14:59"), opened(mon("14:59")), target=NEXT_DAY).due_at == tue("18:00")
    assert clock(mon("15:00"), opened(mon("15:00")), target=NEXT_DAY).due_at == wed("18:00")
    saturday = on("2026-03-07", "10:00")
    assert clock(saturday, opened(saturday), target=NEXT_DAY).due_at == on("2026-03-10", "18:00")
    early = clock(mon("05:00"), opened(mon("05:00")), target=replace(NEXT_DAY, days=2))
    assert early.due_at == wed("18:00")


def test_a_target_of_days_has_neither_elapsed_time_nor_intervals() -> None:
    now = clock(mon("16:00"), opened(mon("09:00")), target=NEXT_DAY)
    assert (now.elapsed, now.remaining, now.intervals) == (None, None, [])


def test_a_target_of_days_still_runs_when_it_is_due_and_is_breached_a_moment_later() -> None:
    log = [opened(mon("09:00"))]
    assert clock(tue("18:00"), *log, target=NEXT_DAY).state is RUNNING
    assert clock(tue("17:50"), *log, target=NEXT_DAY).next_at == tue("18:00") + TICK
    late = clock(tue("18:00") + TICK, *log, target=NEXT_DAY)
    assert (late.state, late.breached_at) == (BREACHED, tue("18:00"))
    assert clock(fri("09:00"), *log, resolved(tue("18:00")), target=NEXT_DAY).state is MET


def test_a_date_on_which_a_stopping_hold_was_in_force_up_to_its_hour_is_not_counted() -> None:
    log = [opened(mon("09:00"))]
    touched = [*log, held(tue("17:00")), resumed(tue("17:30"))]
    assert clock(tue("17:30"), *touched, target=NEXT_DAY).due_at == wed("18:00")
    to_the_hour = [*log, held(tue("18:00")), resumed(tue("18:01"))]
    assert clock(tue("18:05"), *to_the_hour, target=NEXT_DAY).due_at == wed("18:00")
    other = [*log, held(tue("17:00"), VENDOR), resumed(tue("17:30"))]
    assert clock(tue("17:40"), *other, target=NEXT_DAY).due_at == tue("18:00")
    day_0 = [*log, held(mon("10:00")), resumed(mon("17:00"))]
    assert clock(mon("17:30"), *day_0, target=NEXT_DAY).due_at == tue("18:00")
    evening = [*log, held(tue("18:01")), resumed(wed("00:00"))]
    assert clock(wed("09:00"), *evening, target=NEXT_DAY).breached_at == tue("18:00")


def test_dates_on_which_a_target_of_days_was_met_and_later_reopened_are_left_out_or_counted() -> None:
    log = [opened(mon("09:00")), resolved(mon("16:00")), reopened(wed("09:00"))]
    assert clock(wed("10:00"), *log, target=NEXT_DAY).due_at == thu("18:00")
    count = replace(NEXT_DAY, on_reopen=OnReopen.COUNT)
    assert clock(wed("10:00"), *log, target=count).breached_at == wed("09:00"), "never before the reopening"


def test_an_hour_that_does_not_exist_or_occurs_twice_has_one_meaning() -> None:
    night = replace(NEXT_DAY, calendar="always", by="02:30")
    spring = clock(on("2026-03-28", "10:00"), opened(on("2026-03-28", "10:00")), target=night)
    assert spring.due_at == on("2026-03-29", "03:30"), "with the offset before the change"
    autumn = clock(on("2026-10-24", "10:00"), opened(on("2026-10-24", "10:00")), target=night)
    assert autumn.due_at == on("2026-10-25", "02:30"), "the first of the two"


def test_a_target_of_days_is_at_risk_by_the_time_from_its_start_to_its_end() -> None:
    log = [opened(mon("08:00"))]
    assert clock(mon("08:00"), *log, target=NEXT_DAY).next_at == tue("01:00")
    assert clock(tue("17:00"), *log, target=NEXT_DAY).highest == 90


def test_a_cancellation_stops_a_target_of_days() -> None:
    stopped = clock(fri("09:00"), opened(mon("09:00")), cancelled(tue("18:00")), target=NEXT_DAY)
    assert (stopped.state, stopped.due_at) == (STOPPED, None)


def test_a_weekend_is_no_day_of_a_target_of_days() -> None:
    assert clock(fri("10:00"), opened(fri("10:00")), target=NEXT_DAY).due_at == next_mon("18:00")
