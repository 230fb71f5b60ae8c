"""Each stretch of a clock's time says whether it counts, and what began and ended it."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.calendars import merge
from contracts.values import Language, Priority
from services.ticket.domain.contract import MetBy
from services.ticket.domain.sla import Clock
from services.ticket.domain.sla_explaining import Explained, Standing, Why, explained
from services.ticket.views.sla_sentences import sentence
from tests.services.ticket.clocks import (
    NEXT_DAY,
    REPAIR,
    arrived,
    cancelled,
    clock,
    entry,
    fri,
    held,
    mon,
    next_mon,
    on,
    opened,
    reopened,
    resolved,
    resumed,
    retargeted,
    tue,
    within,
)


def told(now: Clock) -> list[tuple[str, str, str]]:
    """Standing, what began it, what ended it: an entry by its event, all else by why."""
    return [(each.standing.value, _by(each, "opened"), _by(each, "closed")) for each in explained(now)]


def _by(each: Explained, end: str) -> str:
    boundary = each.opened if end == "opened" else each.closed
    if boundary.why is Why.ENTRY and boundary.entry is not None:
        return boundary.entry.event.value
    return boundary.why.value


def test_a_day_of_work_is_counted_from_its_opening_to_the_evening_and_on_from_the_morning() -> None:
    assert told(clock(tue("09:00"), opened(mon("16:00")))) == [
        ("counted", "opened", "closes"),
        ("closed", "closes", "opens"),
        ("counted", "opens", "now"),
    ]
    evening = explained(clock(tue("09:00"), opened(mon("16:00"))))[1]
    assert (evening.opened.at, evening.closed.at) == (mon("18:00"), tue("08:00"))
    assert (evening.opened.day, evening.closed.day) == (date(2026, 3, 2), date(2026, 3, 3))
    assert evening.opened.rule == evening.closed.rule == "weekly"


def test_an_instant_with_seconds_is_said_to_the_second_as_people_write_it() -> None:
    [each] = explained(clock(mon("10:00"), opened(mon("09:05") + timedelta(seconds=4))))
    french = sentence(each, "Europe/Paris", Language.FR)
    assert french.startswith(
        "Compté : du lundi 2 mars 2026 à 09 h 05 min 04 s (l'ouverture de la demande) au"
    )
    english = sentence(each, "Europe/Paris", Language.EN)
    assert english.startswith("Counted: from Monday 2 March 2026 at 09:05:04 (the opening of the request) to")


def test_a_hold_names_its_entry_and_the_one_that_ended_it() -> None:
    hold = held(mon("10:00"))
    now = clock(mon("14:00"), opened(mon("08:00")), hold, arrived(mon("10:30")), resumed(mon("11:00")))
    assert told(now) == [
        ("counted", "opened", "held"),
        ("held", "held", "resumed"),
        ("counted", "resumed", "now"),
    ]
    assert explained(now)[1].opened.entry is hold
    assert not explained(now)[1].counted


def test_a_hold_that_ended_by_itself_says_so() -> None:
    hold = held(mon("10:00"), until=mon("11:00"))
    _, waiting, running = explained(clock(mon("12:00"), opened(mon("08:00")), hold))
    assert waiting.closed == running.opened
    assert (running.opened.why, running.opened.entry, running.opened.at) == (
        Why.HOLD_OVER,
        hold,
        mon("11:00"),
    )


def test_a_weekend_with_a_holiday_names_the_holiday() -> None:
    log = opened(on("2026-04-30", "17:00"))
    _, weekend, _ = explained(clock(on("2026-05-04", "09:00"), log))
    assert weekend.standing is Standing.CLOSED
    assert weekend.days_off == ((date(2026, 5, 1), "holiday"),)


def test_what_met_the_target_ends_its_time() -> None:
    assert told(clock(fri("12:00"), opened(mon("08:00")), resolved(mon("10:00")))) == [
        ("counted", "opened", "resolved")
    ]
    assert told(clock(mon("10:00"), opened(mon("08:00")), resolved(mon("10:00")))) == [
        ("counted", "opened", "resolved")
    ]


def test_a_stretch_in_which_the_target_was_met_is_told_when_it_was_reopened() -> None:
    log = [opened(mon("08:00")), resolved(mon("10:00")), reopened(mon("15:00"))]
    assert told(clock(mon("16:00"), *log)) == [
        ("counted", "opened", "resolved"),
        ("met", "resolved", "reopened"),
        ("counted", "reopened", "now"),
    ]


def test_a_cancellation_ends_a_clocks_time() -> None:
    assert told(clock(fri("12:00"), opened(mon("08:00")), cancelled(mon("10:00")))) == [
        ("counted", "opened", "cancelled")
    ]


def test_a_promise_that_the_new_priority_does_not_make_ends_with_the_change() -> None:
    withdrawn = entry("retargeted", mon("10:00"), priority=Priority.P3)
    assert told(clock(fri("12:00"), opened(mon("08:00")), withdrawn)) == [("counted", "opened", "retargeted")]


def test_a_clock_that_started_anew_is_explained_from_the_change() -> None:
    log = [opened(mon("08:00")), retargeted(mon("10:00"), within(2))]
    assert told(clock(mon("11:00"), *log)) == [("counted", "retargeted", "now")]


def test_a_target_of_days_shows_when_it_stood_still() -> None:
    log = [opened(mon("17:00")), held(tue("09:00")), resumed(tue("10:00"))]
    assert [each.standing for each in explained(clock(tue("11:00"), *log, target=NEXT_DAY))] == [
        Standing.COUNTED,
        Standing.CLOSED,
        Standing.COUNTED,
        Standing.HELD,
        Standing.COUNTED,
    ]


STEPS = st.sampled_from(["held", "resumed", "arrived", "restored", "resolved", "reopened", "closed"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(1, 20)), max_size=8), st.sampled_from(["office", "always"]))
def test_stretches_leave_no_gap_and_count_what_the_clock_counts(
    steps: list[tuple[str, int]], calendar: str
) -> None:
    at, log = fri("15:00"), [opened(fri("15:00")), held(fri("15:00"))]
    for event, hours in steps:
        at += hours * (next_mon("01:00") - next_mon("00:00"))
        reason = REPAIR.stops_on[0] if event == "held" else None
        log.append(entry(event, at, reason=reason))
    target = replace(REPAIR, calendar=calendar, met_by=MetBy.RESTORED)
    now = clock(at, *log, target=target)
    found = explained(now)
    assert all(before.closed == after.opened for before, after in pairwise(found))
    counted = [(each.opened.at, each.closed.at) for each in found if each.counted]
    assert merge(counted) == now.intervals
