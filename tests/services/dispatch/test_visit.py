"""A visit goes through its states only as the table of verbs says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.dispatch.events import CancelledBecause, InterventionClosed, VisitCancelled
from contracts.refusal import Refusal
from contracts.values import Outcome, VisitState
from services.dispatch.domain.plan import POSSIBLE, Plan
from services.dispatch.domain.report import Report
from services.dispatch.domain.visit import Change, Visit
from tests.services.dispatch.sample import Firm
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


def test_a_visit_under_way_goes_on_when_it_is_withdrawn() -> None:
    visit = through(Firm().ask(), "assign", "acknowledge", "depart")
    assert visit.cancelled(CancelledBecause.WITHDRAWN) == (visit, ())


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


def facts_of(change: Any) -> tuple[str, ...]:
    return tuple(type(fact).__name__ for fact in change[1])


def test_whoever_was_told_is_told_not_to_go_when_another_is_chosen() -> None:
    visit = through(Firm().ask(), "assign", "tell")
    assert facts_of(visit.planned("bruno", PLAN)) == ("DispatchRevoked", "VisitRescheduled")


def test_a_small_shift_within_the_promised_window_is_nobodys_news() -> None:
    window = replace(PLAN, arrival_to_at=MONDAY_NINE + timedelta(minutes=30))
    visit, _ = Firm().ask().planned("anna", window)
    soon = replace(window, start_at=MONDAY_NINE + timedelta(minutes=10))
    assert facts_of(visit.retimed(soon)) == ()
    assert facts_of(visit.retimed(LATER)) == ("VisitRescheduled",)
