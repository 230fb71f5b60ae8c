"""What a month sees of a commitment: kept, broken, late, stopped or open, and nothing twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.values import HoldReason, Priority
from services.ticket.domain.commitment import Month, Outcome
from tests.services.ticket.clocks import (
    UP,
    cancelled,
    entry,
    held,
    mon,
    on,
    opened,
    reopened,
    resolved,
    resumed,
    tue,
    wed,
)
from tests.services.ticket.months import APRIL, FEBRUARY, MARCH, a_ticket, in_month, target, with_stories

LAST = "2026-03-31"
FIRST = "2026-04-01"


def outcomes(*found: object) -> list[Outcome]:
    return [each.outcome for each in found]  # type: ignore[attr-defined]


def test_what_is_repaired_in_time_is_kept_in_the_month_in_which_it_was() -> None:
    late_in_march = a_ticket(opened(on(LAST, "17:00")), resolved(on(FIRST, "09:00")))
    [in_march] = in_month(late_in_march)
    [in_april] = in_month(late_in_march, month=APRIL)
    assert (in_march.outcome, in_april.outcome) == (Outcome.OPEN, Outcome.KEPT)
    assert in_month(late_in_march, month=FEBRUARY) == []
    assert in_month(late_in_march, month=Month.of("2026-05")) == []


def test_a_breach_counts_in_the_month_of_its_instant_and_its_lateness_hour_by_hour_where_it_passed() -> None:
    ticket = a_ticket(opened(on(LAST, "12:00")), resolved(on("2026-04-02", "10:00")))
    [in_march], [in_april] = in_month(ticket), in_month(ticket, month=APRIL)
    assert (in_march.outcome, in_march.breached_at) == (Outcome.BROKEN, on(LAST, "16:00"))
    assert (in_march.late, in_march.late_before) == (timedelta(hours=2), timedelta(0))
    assert (in_april.outcome, in_april.late, in_april.late_before) == (
        Outcome.LATE,
        timedelta(hours=14),
        timedelta(hours=2),
    )
    assert in_month(ticket, month=Month.of("2026-05")) == []


AROUND_THE_CLOCK = target(calendar="always", minutes=60)


def test_a_breach_at_the_very_midnight_belongs_to_the_new_month() -> None:
    ticket = a_ticket(opened(on(LAST, "23:00")), resolved(on(FIRST, "00:30")))
    [in_march] = in_month(ticket, targets=[AROUND_THE_CLOCK])
    [in_april] = in_month(ticket, targets=[AROUND_THE_CLOCK], month=APRIL)
    assert in_march.outcome is Outcome.OPEN
    assert (in_april.outcome, in_april.breached_at) == (Outcome.BROKEN, on(FIRST, "00:00"))


@pytest.mark.parametrize(("zone", "month"), [("Europe/Paris", MARCH), ("Indian/Reunion", APRIL)])
def test_the_month_of_a_breach_is_that_of_the_sites_own_clocks(zone: str, month: Month) -> None:
    ticket = a_ticket(opened(on(LAST, "22:30")), resolved(on(FIRST, "09:00")), zone=zone)
    broken = [
        each
        for each in (MARCH, APRIL)
        for found in in_month(ticket, targets=[AROUND_THE_CLOCK], month=each)
        if found.outcome is Outcome.BROKEN
    ]
    assert broken == [month]


def test_a_reopening_after_the_month_leaves_the_month_as_it_was() -> None:
    ticket = a_ticket(
        opened(mon("09:00")),
        resolved(mon("10:00")),
        reopened(on(FIRST, "09:00")),
        resolved(on(FIRST, "16:00")),
    )
    [in_march], [in_april] = in_month(ticket), in_month(ticket, month=APRIL)
    assert (in_march.outcome, in_march.reopened) == (Outcome.KEPT, False)
    assert (in_april.outcome, in_april.reopened) == (Outcome.BROKEN, True)


def test_a_requalification_learned_after_the_month_corrects_it_as_if_it_had_been_right_all_along() -> None:
    opening = opened(mon("09:00"))
    end = resolved(mon("17:00"))
    right = entry(
        "requalified", on(FIRST, "09:00"), targets=(target(minutes=600),), recorded_at=on(FIRST, "09:05")
    )
    ticket = a_ticket(opening, end, right)
    [before], [after] = in_month(ticket, as_of=on(FIRST, "09:00")), in_month(ticket, as_of=on(FIRST, "10:00"))
    assert (before.outcome, after.outcome) == (Outcome.BROKEN, Outcome.KEPT)


def test_what_was_not_known_at_the_instant_does_not_count_and_is_there_afterwards() -> None:
    late_closing = replace(resolved(mon("10:00")), recorded_at=on(FIRST, "08:00"))
    ticket = a_ticket(opened(mon("09:00")), late_closing)
    assert outcomes(*in_month(ticket, as_of=on(LAST, "08:00"))) == [Outcome.BROKEN]
    assert outcomes(*in_month(ticket, as_of=on(FIRST, "08:00"))) == [Outcome.KEPT]
    unheard = replace(opened(mon("09:00")), recorded_at=on(FIRST, "08:00"))
    assert in_month(a_ticket(unheard), as_of=on(LAST, "08:00")) == []


def test_what_is_cancelled_is_stopped_once_and_a_breach_before_it_stays() -> None:
    [early] = in_month(a_ticket(opened(mon("09:00")), cancelled(mon("10:00"))))
    [late] = in_month(a_ticket(opened(mon("09:00")), cancelled(tue("10:00"))))
    assert (early.outcome, late.outcome) == (Outcome.STOPPED, Outcome.BROKEN)
    assert in_month(a_ticket(opened(mon("09:00")), cancelled(mon("10:00"))), month=APRIL) == []


def test_a_hold_is_excluded_with_its_reason_and_the_line_that_began_it() -> None:
    hold = replace(held(mon("10:00")), id="t1:4")
    [(found, story)] = with_stories(
        a_ticket(opened(mon("09:00")), hold, resumed(tue("10:00")), resolved(tue("11:00")))
    )
    assert (found.outcome, found.elapsed) == (Outcome.KEPT, timedelta(hours=2))
    [out] = story.excluded
    assert (out.since, out.until, out.reason, out.line_id) == (
        mon("10:00"),
        tue("10:00"),
        HoldReason.WAITING_FOR_CLIENT,
        "t1:4",
    )


def test_time_during_which_the_promise_was_kept_is_excluded_when_it_is_reopened() -> None:
    [(_, story)] = with_stories(
        a_ticket(opened(mon("09:00")), resolved(mon("10:00")), reopened(tue("09:00")), resolved(tue("10:00")))
    )
    assert [(out.since, out.until, out.reason) for out in story.excluded] == [
        (mon("10:00"), tue("09:00"), None)
    ]


def test_each_site_has_its_own_commitments() -> None:
    there = replace(entry("restored", mon("10:00")), site_id="nord")
    ticket = a_ticket(opened(mon("09:00")), there, resolved(wed("10:00")), sites=("nord", "sud"))
    found = in_month(ticket, targets=[target(met_by=target().met_by.RESTORED)])
    assert {each.site_id: each.outcome for each in found} == {"nord": Outcome.KEPT, "sud": Outcome.BROKEN}


def test_another_contracts_sites_are_left_out_and_so_is_a_ticket_without_any() -> None:
    ticket = a_ticket(opened(mon("09:00")))
    record = ticket.sla
    assert record is not None
    foreign = replace(record, promises=(replace(record.promises[0], contract_id="c2"),))
    assert in_month(replace(ticket, sla=foreign), replace(ticket, sla=None)) == []


def test_the_priority_is_the_one_that_the_clocks_ended_up_with_in_the_month() -> None:
    lowered = entry("retargeted", mon("10:00"), priority=Priority.P4)
    raised = entry("retargeted", on(FIRST, "10:00"), priority=Priority.P1)
    ticket = a_ticket(opened(mon("09:00")), lowered, raised, priority=Priority.P1)
    assert [each.priority for each in in_month(ticket)] == [Priority.P4]
    assert [each.priority for each in in_month(ticket, month=APRIL)] == [Priority.P1]


def test_a_day_target_is_late_by_the_open_time_after_its_hour() -> None:
    next_day = target(minutes=None, days=1, by="12:00", cutoff="18:00")
    [found] = in_month(a_ticket(opened(mon("09:00")), resolved(tue("15:00"))), targets=[next_day])
    assert (found.outcome, found.elapsed, found.late) == (Outcome.BROKEN, None, timedelta(hours=3))


def test_a_service_that_is_up_again_keeps_the_restoration() -> None:
    restoring = target(met_by=target().met_by.RESTORED)
    log = (
        opened(mon("09:00")),
        entry("restored", mon("10:00")),
        resolved(mon("11:00")),
        reopened(wed("09:00"), UP),
    )
    [found] = in_month(a_ticket(*log), targets=[restoring])
    assert (found.outcome, found.met_at) == (Outcome.KEPT, mon("10:00"))


@pytest.mark.parametrize("text", ["2026-3", "2026-13", "2026-03-01", "march", "0000-01"])
def test_what_is_no_month_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Month.of(text)


def test_months_follow_each_other_over_the_new_year() -> None:
    december = Month.of("2026-12")
    assert str(december.following) == "2027-01"
    assert december.following.preceding == december
    assert MARCH.preceding == FEBRUARY
    assert str(MARCH.last_day) == LAST
