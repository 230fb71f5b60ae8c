"""SLA clocks pause, run on, press and break: what planned visits make of it."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.dispatch.events import (
    Attention,
    CancelledBecause,
    DispatcherAsked,
    DispatchRevoked,
    VisitRescheduled,
)
from contracts.ticket.sla import (
    Aim,
    ClockState,
    SlaAtRisk,
    SlaBreached,
    SlaFact,
    SlaMet,
    SlaPaused,
    SlaResumed,
    SlaStarted,
)
from contracts.values import Priority, VisitState
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.candidate import gains
from services.dispatch.store.clocks import Clocks
from services.dispatch.store.visits import Visits
from services.dispatch.stream.ticket_sla import on_sla_fact
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.make_visit import Depart
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.withdraw_visits import WithdrawVisit
from tests.services.dispatch.sample import MURET, Firm, need, site, sla_envelope, sla_fact, technician
from tests.world import MONDAY_NINE

HOUR = timedelta(hours=1)
MORNING = MONDAY_NINE + 2 * HOUR
EVENING = MONDAY_NINE + 9 * HOUR


def tell(firm: Firm, n: int, model: type[SlaFact], due_at: datetime | None = None, **changes: Any) -> None:
    event = sla_fact(model, due_at, **changes)

    def sooner(visit: Visit, now: datetime) -> bool:
        best = firm.roster().best(visit, now)
        return best is not None and gains(visit, best)

    firm.run(on_sla_fact(event, sla_envelope(event, n), sooner=sooner))


def deadlines(firm: Firm) -> tuple[datetime | None, datetime | None]:
    found = firm.visit().need
    return found.respond_by_at, found.restore_by_at


def after_the_lunch(**changes: Any) -> Firm:
    """Anna's morning is taken until noon by another visit, which is called off once t1's is planned."""
    firm = Firm(technician("anna"))
    firm.ask(need("t0-1", duration_minutes=180), ticket_id="t0", priority=Priority.P3)
    firm.plan()
    firm.ask(need(restore_by=EVENING), priority=Priority.P3, **changes)
    firm.plan()
    assert firm.visit().plan is not None
    return firm


def call_off_the_morning(firm: Firm) -> None:
    firm.do(WithdrawVisit("t0-1", CancelledBecause.TICKET_CANCELLED))


def start(firm: Firm) -> datetime:
    plan = firm.visit().plan
    assert plan is not None
    return plan.start_at


def test_a_paused_clock_has_no_deadline_until_it_goes_on() -> None:
    firm = Firm()
    firm.ask(need(respond_by=MORNING, restore_by=EVENING), priority=Priority.P3)
    tell(firm, 1, SlaStarted, EVENING)
    tell(firm, 2, SlaPaused)
    assert deadlines(firm) == (MORNING, None)
    tell(firm, 3, SlaResumed, EVENING + HOUR)
    assert deadlines(firm) == (MORNING, EVENING + HOUR)


def test_who_has_responded_need_not_respond_by_any_time() -> None:
    firm = Firm()
    firm.ask(need(respond_by=MORNING, restore_by=EVENING), priority=Priority.P3)
    tell(firm, 1, SlaMet, aim=Aim.RESPOND, target="response", state=ClockState.MET)
    assert deadlines(firm) == (None, EVENING)


def test_the_earliest_of_several_clocks_counts() -> None:
    firm = Firm()
    firm.ask(priority=Priority.P3)
    tell(firm, 1, SlaStarted, EVENING, target="resolution")
    tell(firm, 2, SlaStarted, MORNING, target="repair")
    assert deadlines(firm) == (None, MORNING)


def test_another_site_s_clock_binds_no_visit_here() -> None:
    firm = Firm()
    firm.ask(need(restore_by=EVENING), priority=Priority.P3)
    tell(firm, 1, SlaStarted, MORNING, site_id="elsewhere")
    assert deadlines(firm) == (None, EVENING)


def test_a_clock_heard_of_before_its_visit_binds_it_all_the_same() -> None:
    firm = Firm()
    tell(firm, 1, SlaStarted, EVENING)
    tell(firm, 2, SlaAtRisk, MORNING, threshold=75)
    firm.ask(need(restore_by=EVENING), priority=Priority.P3)
    assert deadlines(firm) == (None, MORNING)
    assert firm.visit().need.pressing


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_whatever_order_words_come_in_and_twice_the_newest_one_counts(order: tuple[int, ...]) -> None:
    words: list[tuple[int, type[SlaFact], datetime | None]] = [
        (1, SlaStarted, EVENING),
        (2, SlaPaused, None),
        (3, SlaResumed, EVENING + HOUR),
    ]
    firm = Firm()
    for place in (*order, *order):
        if place == 3:
            firm.ask(need(restore_by=EVENING), priority=Priority.P3)
        else:
            tell(firm, *words[place])
    assert deadlines(firm) == (None, EVENING + HOUR)


def test_after_a_restore_from_a_backup_the_newer_epoch_counts_though_its_numbers_are_lower() -> None:
    firm = Firm()
    firm.ask(priority=Priority.P3)
    tell(firm, 9, SlaStarted, EVENING)
    event = sla_fact(SlaResumed, MORNING)
    firm.run(on_sla_fact(event, sla_envelope(event, 2, epoch=1)))
    assert deadlines(firm) == (None, MORNING)


def test_a_visit_stored_before_clocks_were_followed_hears_of_them() -> None:
    firm = Firm()
    firm.ask(priority=Priority.P3)
    del firm.memory.entries[Clocks.name, "t1"]
    tell(firm, 1, SlaStarted, EVENING)
    assert deadlines(firm) == (None, EVENING)


def test_what_would_be_late_as_planned_is_planned_sooner() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    before = start(firm)
    tell(firm, 1, SlaStarted, MORNING)
    assert firm.visit().state is VisitState.WAITING
    firm.plan()
    assert start(firm) < before
    assert firm.visit().late_by == timedelta(0)
    [moved] = firm.told(VisitRescheduled)
    assert moved.previous_start == before


def test_what_would_be_late_stays_where_it_is_if_nobody_can_be_there_sooner() -> None:
    firm = after_the_lunch()
    planned = firm.visit().plan
    tell(firm, 1, SlaStarted, MORNING)
    assert firm.visit().plan == planned
    assert firm.visit().late_by > timedelta(0)
    assert not firm.told(DispatchRevoked)


def test_a_deadline_that_moves_away_moves_no_visit() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    planned = firm.visit().plan
    tell(firm, 1, SlaPaused)
    tell(firm, 2, SlaResumed, EVENING + HOUR)
    assert firm.visit().plan == planned


def test_a_pressing_clock_brings_forward_what_nobody_has_confirmed() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    before = start(firm)
    tell(firm, 1, SlaAtRisk, EVENING, threshold=50)
    assert start(firm) == before
    tell(firm, 2, SlaAtRisk, EVENING, threshold=75)
    firm.plan()
    assert start(firm) <= before - HOUR


def test_a_clock_that_says_again_how_little_is_left_moves_nothing() -> None:
    """An hour of such words, after an outage, would have everything planned anew several times."""
    firm = after_the_lunch()
    tell(firm, 1, SlaAtRisk, EVENING, threshold=75)
    planned = start(firm)
    call_off_the_morning(firm)
    tell(firm, 2, SlaAtRisk, EVENING, threshold=90)
    tell(firm, 3, SlaBreached, EVENING, state=ClockState.BREACHED)
    assert start(firm) == planned
    tell(firm, 4, SlaAtRisk, MORNING, threshold=75)
    firm.plan()
    assert start(firm) < planned


def test_who_has_confirmed_a_visit_in_time_keeps_it_however_the_clock_presses() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    firm.do(AcknowledgeDispatch("t1-1"))
    planned = firm.visit().plan
    tell(firm, 1, SlaAtRisk, EVENING, threshold=90)
    assert firm.visit().plan == planned


def test_what_was_confirmed_moves_if_it_would_be_late() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    firm.do(AcknowledgeDispatch("t1-1"))
    tell(firm, 1, SlaBreached, MONDAY_NINE - HOUR, state=ClockState.BREACHED)
    assert firm.visit().state is VisitState.WAITING
    assert firm.visit().need.pressing


def test_who_is_on_the_way_goes_on() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    firm.do(AcknowledgeDispatch("t1-1"))
    firm.do(Depart("t1-1"))
    tell(firm, 1, SlaBreached, MONDAY_NINE - HOUR, state=ClockState.BREACHED)
    assert firm.visit().state is VisitState.EN_ROUTE


def test_a_pinned_visit_that_would_be_late_stays_and_the_dispatcher_is_asked_once() -> None:
    firm = after_the_lunch()
    call_off_the_morning(firm)
    firm.do(PinVisit("t1-1", True))
    planned = firm.visit().plan
    tell(firm, 1, SlaStarted, MORNING)
    tell(firm, 2, SlaAtRisk, MORNING, threshold=75)
    assert firm.visit().plan == planned
    assert [asked.reason for asked in firm.told(DispatcherAsked)] == [Attention.LATE]


def test_a_closed_visit_keeps_the_deadlines_that_it_had() -> None:
    firm = Firm()
    firm.ask(need(restore_by=EVENING), priority=Priority.P3)
    firm.do(WithdrawVisit("t1-1", CancelledBecause.TICKET_CANCELLED))
    before = firm.have(Visits, "t1-1")
    tell(firm, 1, SlaStarted, MORNING)
    assert firm.have(Visits, "t1-1") == before


def test_the_nearest_one_makes_a_calm_visit_and_the_first_one_free_a_pressing_one() -> None:
    """What it costs to wait decides between somebody near, later, and somebody far, now."""
    firm = Firm(technician("anna"), technician("paula", home=MURET), sites=(site(),))
    firm.ask(need("t0-1", duration_minutes=120), ticket_id="t0", priority=Priority.P3)
    firm.plan()
    calm = firm.ask(need("t1-1"), priority=Priority.P4)
    best = firm.roster().best(calm, MONDAY_NINE)
    assert best is not None
    assert best.technician_id == "anna"
    tell(firm, 1, SlaAtRisk, EVENING, threshold=75)
    best = firm.roster().best(firm.visit(), MONDAY_NINE)
    assert best is not None
    assert best.technician_id == "paula"
