"""A visit goes through its states only as the table of verbs says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.dispatch.events import (
    Attention,
    CancelledBecause,
    DispatcherAsked,
    InterventionClosed,
    VisitCancelled,
    VisitRescheduled,
)
from contracts.refusal import Refusal
from contracts.values import Outcome, VisitState
from services.dispatch.domain.plan import POSSIBLE, Plan
from services.dispatch.domain.report import Report
from services.dispatch.domain.visit import Change, Visit
from tests.services.dispatch.sample import Firm, need
from tests.world import MONDAY_NINE

PLAN = Plan(MONDAY_NINE, MONDAY_NINE + timedelta(hours=1), MONDAY_NINE, MONDAY_NINE, ("anna:2026-03-02",))
LATER = replace(
    PLAN,
    start_at=PLAN.end_at,
    end_at=PLAN.end_at + timedelta(hours=1),
    arrival_from_at=PLAN.end_at,
    arrival_to_at=PLAN.end_at,
)
ONCE = ("assign", "decline", "close")
"""Verbs whose repetition is not the visit's to recognise."""

LEADS_TO = {
    "assign": VisitState.PLANNED,
    "reschedule": VisitState.PLANNED,
    "acknowledge": VisitState.ACKNOWLEDGED,
    "decline": VisitState.WAITING,
    "depart": VisitState.EN_ROUTE,
    "arrive": VisitState.ARRIVED,
    "start": VisitState.STARTED,
    "pause": VisitState.PAUSED,
    "close": VisitState.CLOSED,
}


def report(visit: Visit, outcome: Outcome = Outcome.FIXED) -> Report:
    return Report(
        id=visit.id,
        ticket_id=visit.ticket_id,
        customer_id=visit.customer_id,
        technician_id=visit.technician_id or "",
        outcome=outcome,
        started_at=MONDAY_NINE,
        ended_at=MONDAY_NINE + timedelta(minutes=20),
    )


def apply(visit: Visit, verb: str) -> Change:
    at = MONDAY_NINE
    match verb:
        case "assign":
            return visit.planned("bruno" if visit.technician_id == "anna" else "anna", PLAN)
        case "reschedule":
            visit.check("reschedule")
            return visit.retimed(LATER if visit.plan == PLAN else PLAN)
        case "acknowledge":
            return visit.acknowledged(at)
        case "decline":
            return visit.declined("no car")
        case "depart":
            return visit.departed(at)
        case "arrive":
            return visit.arrived(at)
        case "start":
            return visit.started(at)
        case "pause":
            return visit.paused(at, None)
        case "close":
            return visit.closed(report(visit))
        case "tell":
            return visit.dispatched(at, at + timedelta(minutes=3))
        case _:
            return visit.pin(verb == "pin"), ()


@given(st.lists(st.sampled_from([*LEADS_TO, "tell", "pin", "unpin"]), max_size=30))
def test_whatever_is_asked_the_table_of_verbs_decides(verbs: list[str]) -> None:
    visit = Firm().ask()
    for verb in verbs:
        possible = POSSIBLE[visit.state]
        repeated = verb not in ONCE and LEADS_TO.get(verb) is visit.state and verb not in possible
        if verb == "tell" or verb in possible or repeated:
            before = visit
            visit, facts = apply(visit, verb)
            if repeated:
                assert (visit, facts) == (before, ())
            elif verb in LEADS_TO:
                assert visit.state is LEADS_TO[verb]
        elif verb in LEADS_TO or verb in ("pin", "unpin"):
            with pytest.raises(Refusal) as refused:
                apply(visit, verb)
            assert refused.value.slug == "illegal-transition"
            assert refused.value.members == {"state": visit.state, "possible": list(possible)}
        planned = visit.plan is not None
        assert planned == (visit.technician_id is not None)


def through(visit: Visit, *verbs: str) -> Visit:
    for verb in verbs:
        visit, _ = apply(visit, verb)
    return visit


def test_doing_a_step_twice_changes_nothing() -> None:
    visit = through(Firm().ask(), "assign", "tell")
    for verb in ("acknowledge", "depart", "arrive", "start", "pause"):
        visit = through(visit, verb)
        assert apply(visit, verb) == (visit, ())


def test_work_cannot_start_before_the_arrival() -> None:
    visit = through(Firm().ask(), "assign", "acknowledge", "depart", "arrive")
    with pytest.raises(Refusal, match="out-of-order"):
        visit.started(MONDAY_NINE - timedelta(minutes=1))


def test_a_visit_without_access_closes_without_a_start() -> None:
    visit = through(Firm().ask(), "assign", "acknowledge", "arrive")
    unbegun = replace(report(visit, Outcome.NO_ACCESS), started_at=None)
    _, [fact] = visit.closed(unbegun)
    assert isinstance(fact, InterventionClosed)
    assert fact.started_at is None
    with pytest.raises(Refusal, match="not-started"):
        visit.closed(replace(unbegun, outcome=Outcome.FIXED))


def test_who_is_on_his_way_to_a_withdrawn_visit_turns_round() -> None:
    visit = through(Firm().ask(), "assign", "acknowledge", "depart")
    cancelled, [fact] = visit.cancelled(CancelledBecause.TICKET_CANCELLED)
    assert isinstance(fact, VisitCancelled)
    assert (cancelled.state, fact.technician_id) == (VisitState.CANCELLED, "anna")


@pytest.mark.parametrize("done", [("arrive",), ("arrive", "start"), ("arrive", "start", "pause")])
def test_of_a_withdrawn_visit_with_somebody_on_the_spot_the_dispatcher_is_asked(
    done: tuple[str, ...],
) -> None:
    visit = through(Firm().ask(), "assign", "acknowledge", "depart", *done)
    withdrawn, facts = visit.cancelled(CancelledBecause.TICKET_CANCELLED)
    assert withdrawn == replace(visit, attention=Attention.WITHDRAWN)
    assert [(type(fact), fact.reason) for fact in facts] == [(DispatcherAsked, Attention.WITHDRAWN)]  # type: ignore[attr-defined]
    closed, _ = withdrawn.closed(report(withdrawn))
    assert closed.attention is None


def remote_visit() -> Visit:
    return Firm().ask(need(remote=True))


@pytest.mark.parametrize("before", [("tell",), ("tell", "acknowledge")])
def test_remote_work_starts_without_an_arrival(before: tuple[str, ...]) -> None:
    visit = through(remote_visit(), "assign", *before)
    assert "start" in visit.possible
    started = through(visit, "start")
    assert (started.state, started.started_at) == (VisitState.STARTED, MONDAY_NINE)
    assert through(started, "close").state is VisitState.CLOSED


def test_remote_work_for_a_user_who_is_absent_closes_without_a_start() -> None:
    visit = through(remote_visit(), "assign", "acknowledge")
    closed, _ = visit.closed(replace(report(visit, Outcome.USER_ABSENT), started_at=None))
    assert closed.state is VisitState.CLOSED


def test_work_on_the_spot_needs_an_arrival() -> None:
    visit = through(Firm().ask(), "assign", "acknowledge")
    assert "start" not in visit.possible
    with pytest.raises(Refusal, match="illegal-transition"):
        visit.started(MONDAY_NINE)


def test_nobody_goes_on_before_he_paused_nor_pauses_before_he_went_on() -> None:
    ten, eleven = MONDAY_NINE + timedelta(hours=1), MONDAY_NINE + timedelta(hours=2)
    paused, _ = through(Firm().ask(), "assign", "acknowledge", "arrive", "start").paused(eleven, None)
    with pytest.raises(Refusal, match="out-of-order"):
        paused.started(ten)
    with pytest.raises(Refusal, match="out-of-order"):
        paused.closed(replace(report(paused), ended_at=ten))
    going_on, _ = paused.started(eleven)
    with pytest.raises(Refusal, match="out-of-order"):
        going_on.paused(ten, None)


def test_work_done_on_a_visit_cancelled_meanwhile_is_recorded() -> None:
    told = through(Firm().ask(), "assign", "tell")
    cancelled, [fact] = told.cancelled(CancelledBecause.TICKET_CANCELLED)
    assert isinstance(fact, VisitCancelled)
    closed, facts = cancelled.closed(report(cancelled))
    assert closed.state is VisitState.CLOSED
    assert len(facts) == 1


def test_a_visit_cancelled_before_anybody_was_told_cannot_be_closed() -> None:
    cancelled, _ = Firm().ask().cancelled(CancelledBecause.TICKET_CANCELLED)
    with pytest.raises(Refusal, match="illegal-transition"):
        cancelled.closed(report(cancelled))


def test_the_digest_says_whether_a_report_is_the_same() -> None:
    visit = Firm().ask()
    assert report(visit).digest == report(visit).digest
    assert report(visit).digest != replace(report(visit), work_done="other").digest


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", None),
        ("Switch\n  replaced ", "Switch replaced"),
        ("x" * 160, "x" * 160),
        ("x" * 161, "x" * 159 + "…"),
    ],
)
def test_the_fact_says_no_more_of_the_work_than_a_summary(said: str, told: str | None) -> None:
    visit = Firm().ask()
    assert replace(report(visit), work_done=said).gist == told


def facts_of(change: Any) -> tuple[str, ...]:
    return tuple(type(fact).__name__ for fact in change[1])


def test_whoever_was_told_is_told_not_to_go_when_another_is_chosen() -> None:
    visit = through(Firm().ask(), "assign", "tell")
    assert facts_of(visit.planned("bruno", PLAN)) == ("DispatchRevoked", "VisitRescheduled")


def test_a_small_shift_within_the_promised_window_leaves_the_promise_and_the_answer() -> None:
    window = replace(PLAN, arrival_to_at=MONDAY_NINE + timedelta(minutes=30))
    planned, _ = Firm().ask().planned("anna", window)
    visit = through(planned, "acknowledge")
    ten_past = MONDAY_NINE + timedelta(minutes=10)
    soon, [fact] = visit.retimed(replace(window, start_at=ten_past))
    assert isinstance(fact, VisitRescheduled)
    assert (fact.within_window, fact.planned_start, fact.previous_start) == (True, ten_past, MONDAY_NINE)
    assert (fact.arrival_from, fact.arrival_to) == (window.arrival_from_at, window.arrival_to_at)
    assert soon.state is VisitState.ACKNOWLEDGED
    later, [fact] = visit.retimed(LATER)
    assert isinstance(fact, VisitRescheduled)
    assert (fact.within_window, later.state) == (False, VisitState.PLANNED)
