"""SLA arithmetic: what others got wrong (domain.md), a sentence each."""

from dataclasses import replace
from datetime import timedelta

from contracts.ticket.sla import ClockState
from services.ticket.domain.contract import MetBy
from services.ticket.domain.sla import TICK, clocks_at
from tests.services.ticket.clocks import (
    CALENDARS,
    NEXT_DAY,
    REPAIR,
    RESTORE,
    clock,
    fri,
    held,
    hours,
    mon,
    next_mon,
    on,
    opened,
    resolved,
    restored,
    resumed,
    retargeted,
    started,
    tue,
    wed,
    within,
)


def test_four_hours_from_four_oclock_are_due_at_ten_on_the_next_working_day() -> None:
    assert clock(mon("16:30"), opened(mon("16:00"))).due_at == tue("10:00")
    assert clock(fri("16:30"), opened(fri("16:00"))).due_at == next_mon("10:00")


def test_a_calendar_round_the_clock_loses_no_minute_at_midnight() -> None:
    night = within(4, calendar="always")
    assert clock(mon("22:30"), opened(mon("22:00")), target=night).due_at == tue("02:00")
    [whole] = clock(tue("01:00"), opened(mon("22:00")), target=night).intervals
    assert whole == (mon("22:00"), tue("01:00"))


def test_a_calendar_round_the_clock_loses_nothing_when_the_clocks_change() -> None:
    night = within(4, calendar="always")
    spring = clock(on("2026-03-29", "01:00"), opened(on("2026-03-29", "00:00")), target=night)
    assert spring.due_at == on("2026-03-29", "05:00"), "an hour of that night does not exist"
    autumn = clock(on("2026-10-25", "01:00"), opened(on("2026-10-25", "00:00")), target=night)
    assert autumn.due_at == on("2026-10-25", "03:00"), "an hour of that night happens twice"


def test_a_promise_for_three_in_the_afternoon_stays_at_three_when_the_clocks_change() -> None:
    by_three = replace(NEXT_DAY, by="15:00", cutoff="18:00")
    before = clock(on("2026-03-26", "09:00"), opened(on("2026-03-26", "09:00")), target=by_three)
    after = clock(on("2026-03-27", "09:00"), opened(on("2026-03-27", "09:00")), target=by_three)
    assert before.due_at == on("2026-03-27", "15:00")
    assert after.due_at == on("2026-03-30", "15:00")
    assert after.due_at - before.due_at == timedelta(days=3) - hours(1)


def test_changing_the_priority_keeps_the_pause_already_consumed() -> None:
    log = [
        opened(mon("08:00")),
        held(mon("09:00")),
        resumed(mon("11:00")),
        retargeted(mon("11:30"), within(6)),
    ]
    assert clock(mon("12:00"), *log).elapsed == hours(2)
    assert clock(mon("12:00"), *log).due_at == mon("16:00")


def test_a_pause_over_a_weekend_credits_nothing_under_business_hours() -> None:
    without = clock(next_mon("08:30"), opened(fri("17:00")))
    paused = clock(next_mon("08:30"), opened(fri("17:00")), held(fri("18:00")), resumed(next_mon("08:00")))
    assert paused.due_at == without.due_at == next_mon("11:00")


def test_a_breach_cannot_happen_while_its_clock_is_paused() -> None:
    log = [opened(mon("08:00")), held(mon("11:59"))]
    waiting = clock(fri("12:00"), *log)
    assert (waiting.state, waiting.due_at, waiting.breached_at) == (ClockState.PAUSED, None, None)
    after = clock(fri("14:00"), *log, resumed(fri("13:00")))
    assert (after.state, after.breached_at) == (ClockState.BREACHED, fri("13:01"))


def test_a_client_hold_ends_at_the_clients_reply_even_when_somebody_noticed_it_later() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), resumed(mon("17:00")), started(mon("17:05"))]
    replied_at_ten = [*log[:2], started(mon("17:05")), resumed(mon("10:00"))]
    assert clock(mon("17:30"), *log).elapsed == hours(1.5)
    assert clock(mon("12:00"), *replied_at_ten).elapsed == hours(3)


def test_a_deadline_set_by_hand_stays_put_on_pause() -> None:
    """By hand is a change of target that nothing stops, agreed for a day and a time."""
    agreed = replace(NEXT_DAY, days=2, by="12:00", stops_on=())
    log = [opened(mon("08:00")), retargeted(mon("09:00"), agreed, "change")]
    assert clock(mon("10:00"), *log).due_at == wed("12:00")
    assert clock(tue("17:00"), *log, held(mon("10:00"))).due_at == wed("12:00")


def test_the_response_target_never_runs_on_the_resolution_targets_calendar() -> None:
    response = within(1, name="response", calendar="always", met_by=MetBy.STARTED)
    first, second = clocks_at([opened(mon("19:00"))], [response, REPAIR], CALENDARS, mon("19:30"))
    assert (first.due_at, first.elapsed) == (mon("20:00"), hours(0.5))
    assert (second.due_at, second.elapsed) == (tue("12:00"), hours(0))


def test_a_breach_happens_once_and_keeps_its_instant_however_often_it_is_asked_for() -> None:
    log = [opened(mon("08:00"))]
    last = clock(mon("11:50"), *log)
    assert last.next_at == mon("12:00") + TICK, "the first instant at which it is seen"
    assert clock(mon("12:00"), *log).state is ClockState.RUNNING, "at that very instant it still runs"
    for now in (last.next_at, mon("15:00"), fri("15:00")):
        breached = clock(now, *log)
        assert (breached.state, breached.breached_at) == (ClockState.BREACHED, mon("12:00"))
        assert breached.next_at is None


def test_a_late_closure_from_a_phone_takes_back_a_breach_that_was_none() -> None:
    log = [opened(mon("08:00"))]
    assert clock(mon("13:00"), *log).state is ClockState.BREACHED
    learned_later = clock(mon("13:00"), *log, resolved(mon("11:30")))
    assert (learned_later.state, learned_later.breached_at) == (ClockState.MET, None)
    assert learned_later.elapsed == hours(3.5)


def test_the_order_in_which_entries_were_learned_changes_nothing() -> None:
    log = [opened(mon("08:00")), held(mon("09:00")), resumed(mon("10:00")), restored(mon("12:00"))]
    one, other = clock(mon("13:00"), *log, target=RESTORE), clock(mon("13:00"), *log[::-1], target=RESTORE)
    assert (one.state, one.intervals) == (other.state, other.intervals)


def test_days_are_counted_on_the_calendar_of_the_target_and_not_by_hours() -> None:
    assert clock(fri("10:00"), opened(fri("10:00")), target=NEXT_DAY).due_at == next_mon("18:00")
