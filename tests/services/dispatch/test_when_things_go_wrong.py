"""Declines, silence, absences, shortages, overruns: what the machine and the dispatcher do then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.dispatch.events import (
    Attention,
    DispatchDeclined,
    DispatcherAsked,
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    RevocationReason,
    TechnicianDispatched,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.refusal import NotFound, Refusal
from contracts.values import Outcome, PartNeed, Priority, VisitState
from services.dispatch.domain.technician import Absence, Shifts
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch, DeclineDispatch
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_technician import AddAbsence, PutTechnician
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.plan_visit import Planned, PlanVisit
from services.dispatch.usecases.replan_for_parts import ReplanForParts
from tests.services.dispatch.sample import ALWAYS, Firm, need, site, technician
from tests.world import MONDAY_NINE


def dispatched(firm: Firm | None = None, **changes: object) -> Firm:
    firm = firm or Firm()
    firm.ask(**changes)  # type: ignore[arg-type]
    firm.plan()
    return firm


def start_work(firm: Firm, visit_id: str, by: str) -> None:
    for step in (AcknowledgeDispatch, Depart, Arrive, Start):
        firm.do(step(visit_id, by))


def test_a_decline_frees_the_slot_and_the_visit_goes_to_somebody_else() -> None:
    firm = dispatched()
    firm.do(DeclineDispatch("t1-1", "car broke down", "anna"))
    assert firm.slots("anna") == []
    firm.plan()
    assert firm.visit().technician_id == "bruno"
    assert [fact.technician_id for fact in firm.told(TechnicianDispatched)] == ["anna", "bruno"]
    assert firm.told(DispatchDeclined)[0].reason == "car broke down"
    firm.do(DeclineDispatch("t1-1", "car broke down", "anna"))
    assert len(firm.told(DispatchDeclined)) == 1


def test_when_everybody_declines_the_dispatcher_gets_the_reasons() -> None:
    firm = dispatched()
    firm.do(DeclineDispatch("t1-1", "no", "anna"))
    firm.plan()
    firm.do(DeclineDispatch("t1-1", "no", "bruno"))
    firm.plan()
    assert firm.visit().state is VisitState.FAILED
    [failed] = firm.told(DispatchFailed)
    assert [(each.technician_id, each.rule) for each in failed.reasons] == [
        ("anna", "declined-before"),
        ("bruno", "declined-before"),
    ]
    firm.plan()
    assert len(firm.told(DispatchFailed)) == 1


def test_no_answer_within_three_minutes_passes_the_visit_on() -> None:
    firm = dispatched()
    due = firm.visit().due_at
    assert due == MONDAY_NINE + timedelta(minutes=3)
    firm.do(FireVisit("t1-1"))
    assert firm.visit().technician_id == "anna"
    firm.pass_minutes(3)
    firm.do(FireVisit("t1-1"))
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.NO_ANSWER
    firm.plan()
    assert firm.visit().technician_id == "bruno"
    assert len(firm.told(VisitPlanned)) == 2


def test_somebody_at_work_is_not_passed_over() -> None:
    firm = dispatched()
    start_work(firm, "t1-1", "anna")
    firm.ask(need("t2-1"), ticket_id="t2")
    firm.give(Technicians, replace(firm.have(Technicians, "bruno"), skills={}))
    firm.plan()
    assert (firm.visit("t2-1").technician_id, firm.visit("t2-1").state) == ("anna", VisitState.DISPATCHED)
    firm.pass_minutes(4)
    firm.do(FireVisit("t2-1"))
    visit = firm.visit("t2-1")
    assert (visit.technician_id, visit.attention) == ("anna", "no-answer")
    assert visit.due_at is not None
    assert visit.due_at > firm.clock.now()
    [asked] = firm.told(DispatcherAsked)
    assert (asked.visit_id, asked.technician_id, asked.reason) == ("t2-1", "anna", Attention.NO_ANSWER)


def test_while_nobody_decides_the_dispatcher_is_asked_once() -> None:
    firm = dispatched()
    firm.do(PinVisit("t1-1", pinned=True))
    for _ in range(3):
        firm.pass_minutes(4)
        firm.do(FireVisit("t1-1"))
    assert len(firm.told(DispatcherAsked)) == 1


def test_the_time_to_answer_runs_in_his_hours_only() -> None:
    firm = Firm()
    firm.pass_minutes(13 * 60)
    firm.ask()
    firm.plan()
    next_morning = MONDAY_NINE + timedelta(hours=23)
    assert firm.visit().due_at == next_morning + timedelta(minutes=3)


def test_work_that_can_wait_is_told_two_hours_before_or_when_it_is_next() -> None:
    firm = Firm(technician("anna"))
    for n in (1, 2, 3, 4):
        firm.ask(need(f"t{n}-1", duration_minutes=90), ticket_id=f"t{n}", priority=Priority.P3)
        firm.plan()
    states = [firm.visit(f"t{n}-1").state for n in (1, 2, 3, 4)]
    assert states == ["dispatched", "dispatched", "planned", "planned"]
    third = firm.visit("t3-1")
    assert third.plan is not None
    assert third.due_at == third.plan.start_at - timedelta(hours=2)
    firm.advance(third.due_at - firm.clock.now())
    firm.do(FireVisit("t3-1"))
    assert firm.visit("t3-1").state is VisitState.DISPATCHED


def test_what_comes_next_is_told_when_a_visit_is_closed() -> None:
    firm = Firm(technician("anna"))
    firm.ask(need("t1-1", duration_minutes=240))
    firm.plan()
    firm.ask(ticket_id="t2", priority=Priority.P4)
    firm.plan()
    start_work(firm, "t1-1", "anna")
    assert firm.visit("t2-1").state is VisitState.PLANNED
    firm.pass_minutes(60)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna"))
    assert firm.visit("t2-1").state is VisitState.DISPATCHED


def test_an_absence_moves_what_was_planned_in_it() -> None:
    firm = dispatched()
    away = Absence(MONDAY_NINE, MONDAY_NINE + timedelta(hours=8), "sick")
    firm.do(AddAbsence("anna", away))
    firm.plan()
    assert firm.visit().technician_id == "bruno"
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.ABSENCE
    [moved] = firm.told(VisitRescheduled)
    assert moved.previous_technician_id == "anna"
    firm.do(AddAbsence("anna", away))
    assert len(firm.have(Technicians, "anna").absences) == 1


def test_a_pinned_visit_is_never_moved_by_the_machine() -> None:
    firm = dispatched()
    firm.do(PinVisit("t1-1", pinned=True))
    firm.do(AddAbsence("anna", Absence(MONDAY_NINE, MONDAY_NINE + timedelta(hours=8), "sick")))
    assert firm.visit().attention == "absent"
    firm.pass_minutes(4)
    firm.do(FireVisit("t1-1"))
    firm.do(ReplanForParts("t1-1", "anna"))
    assert (firm.visit().technician_id, firm.visit().attention) == ("anna", "parts-short")
    assert [fact.reason for fact in firm.told(DispatcherAsked)] == ["absent", "no-answer", "parts-short"]


def test_a_missing_part_moves_the_visit_to_the_van_that_has_it() -> None:
    firm = Firm()
    firm.ask(need(parts=(PartNeed(sku="psu-550", quantity=1),)))
    firm.plan()
    firm.do(ReplanForParts("t1-1", "anna"))
    waiting = firm.visit()
    assert waiting.state is VisitState.WAITING
    roster = firm.roster()
    assert roster.best(waiting, firm.clock.now()) is None
    assert roster.refusal("bruno", waiting) == "part-missing"
    roster.stock.put("van:bruno", "psu-550", 1)
    best = roster.best(waiting, firm.clock.now())
    assert best is not None
    assert best.technician_id == "bruno"


def test_an_overrun_moves_what_comes_after_it() -> None:
    firm = Firm(technician("anna"))
    firm.ask()
    firm.plan()
    firm.ask(ticket_id="t2")
    firm.plan()
    assert firm.slots("anna") == ["t1-1 08:10-08:40", "t2-1 08:40-09:10"]
    start_work(firm, "t1-1", "anna")
    firm.pass_minutes(120)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna"))
    assert firm.slots("anna") == ["t1-1 08:00-10:00", "t2-1 10:00-10:30"]
    [moved] = firm.told(VisitRescheduled)
    assert moved.previous_start == MONDAY_NINE + timedelta(minutes=40)


def test_what_no_longer_fits_into_the_day_is_planned_anew() -> None:
    firm = Firm(technician("anna"))
    firm.ask(need(duration_minutes=200))
    firm.plan()
    firm.ask(need("t2-1", duration_minutes=120), ticket_id="t2")
    firm.plan()
    start_work(firm, "t1-1", "anna")
    firm.pass_minutes(8 * 60)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna"))
    assert firm.visit("t2-1").state is VisitState.WAITING
    firm.plan()
    plan = firm.visit("t2-1").plan
    assert plan is not None
    assert plan.start_at >= MONDAY_NINE + timedelta(hours=23)


def test_a_late_start_shifts_the_slot() -> None:
    firm = dispatched()
    firm.do(AcknowledgeDispatch("t1-1", "anna"))
    firm.pass_minutes(25)
    firm.do(Arrive("t1-1", "anna"))
    firm.do(Start("t1-1", "anna"))
    assert firm.slots("anna") == ["t1-1 08:25-08:55"]


def test_a_plan_made_on_an_old_snapshot_is_not_applied() -> None:
    firm = Firm(technician("anna"))
    firm.ask()
    firm.ask(ticket_id="t2")
    now = firm.clock.now()
    one, other = firm.roster().best(firm.visit(), now), firm.roster().best(firm.visit("t2-1"), now)
    assert one is not None
    assert other is not None
    done = [
        firm.do(PlanVisit(id, c.technician_id, c.start_at, c.end_at, c.travel_seconds, DEFAULT_TRAVEL))
        for id, c in (("t1-1", one), ("t2-1", other), ("t1-1", one))
    ]
    assert done == [Planned.DONE, Planned.STALE, Planned.GONE]


def test_another_technicians_visit_does_not_exist() -> None:
    firm = dispatched()
    with pytest.raises(NotFound):
        firm.do(AcknowledgeDispatch("t1-1", "bruno"))


def test_the_future_has_not_happened() -> None:
    firm = dispatched()
    with pytest.raises(Refusal, match="occurred-in-the-future"):
        firm.do(AcknowledgeDispatch("t1-1", "anna", MONDAY_NINE + timedelta(seconds=1)))


def test_nothing_happened_to_a_visit_before_it_was_asked_for() -> None:
    firm = dispatched()
    long_ago = MONDAY_NINE - timedelta(days=9000)
    for step in (AcknowledgeDispatch, Depart, Arrive):
        with pytest.raises(Refusal, match="occurred-before-the-request"):
            firm.do(step("t1-1", "anna", long_ago))
    start_work(firm, "t1-1", "anna")
    with pytest.raises(Refusal, match="occurred-before-the-request"):
        firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", started_at=long_ago))


def test_a_closing_dated_in_the_future_is_refused_though_its_end_has_passed() -> None:
    firm = dispatched()
    start_work(firm, "t1-1", "anna")
    now = firm.clock.now()
    closing = CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", ended_at=now)
    with pytest.raises(Refusal, match="occurred-in-the-future"):
        firm.do(replace(closing, occurred_at=now + timedelta(minutes=1)))
    firm.do(replace(closing, ended_at=None, occurred_at=now))
    assert firm.visit().ended_at == now


def test_closing_twice_with_another_report_is_refused() -> None:
    firm = dispatched()
    start_work(firm, "t1-1", "anna")
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna"))
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna"))
    with pytest.raises(Refusal, match="illegal-transition"):
        firm.do(CloseVisit("t1-1", Outcome.WORKAROUND, DEFAULT_TRAVEL, "anna"))


def test_work_done_without_a_network_counts_though_the_visit_was_given_to_another() -> None:
    firm = dispatched()
    firm.pass_minutes(3)
    firm.do(FireVisit("t1-1"))
    firm.plan()
    assert firm.visit().technician_id == "bruno"
    came = firm.clock.now()
    firm.pass_minutes(30)
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", started_at=came))
    visit = firm.visit()
    assert (visit.state, visit.technician_id) == (VisitState.CLOSED, "anna")
    assert firm.told(InterventionClosed)[0].technician_id == "anna"
    assert firm.told(DispatchRevoked)[-1].technician_id == "bruno"
    assert (firm.slots("anna"), firm.slots("bruno")) == (["t1-1 08:03-08:33"], [])


def test_who_is_passed_over_cannot_close_what_another_has_begun() -> None:
    firm = dispatched()
    firm.pass_minutes(3)
    firm.do(FireVisit("t1-1"))
    firm.plan()
    start_work(firm, "t1-1", "bruno")
    with pytest.raises(Refusal, match="given-to-another"):
        firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL, "anna", started_at=MONDAY_NINE))


def test_a_visit_at_night_is_in_both_days() -> None:
    firm = Firm(technician("anna", shifts=Shifts(ALWAYS, ALWAYS)))
    firm.pass_minutes(14 * 60 + 30)
    firm.ask(need(duration_minutes=120))
    firm.plan()
    assert firm.slots("anna", "2026-03-02") == firm.slots("anna", "2026-03-03") == ["t1-1 22:40-00:40"]


def test_a_site_is_visited_while_it_is_open() -> None:
    opening = {"mon": (("14:00", "16:00"),)}
    firm = Firm(sites=(site(opening=opening),))
    firm.ask()
    firm.plan()
    assert firm.slots("anna") == ["t1-1 13:00-13:30"]


def test_putting_a_technician_again_keeps_his_absences() -> None:
    firm = Firm()
    firm.do(AddAbsence("anna", Absence(MONDAY_NINE, MONDAY_NINE + timedelta(hours=1), "training")))
    assert firm.do(PutTechnician(technician("anna", name="Anna B."))) is False
    anna = firm.have(Technicians, "anna")
    assert (anna.name, len(anna.absences)) == ("Anna B.", 1)
