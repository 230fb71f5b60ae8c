"""Visits of one request: some come after others, and one technician makes all where that is asked for."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.refusal import Refusal
from contracts.ticket.events import VisitNeed
from contracts.values import Language, Outcome, Priority, TechnicianWishes, VisitState
from services.dispatch.domain.replan import Gained, Overtaken, Replan, Replanned, Why, booking_of
from services.dispatch.domain.technician import Absence
from services.dispatch.domain.turn import turn_of
from services.dispatch.planning.objections import objections
from services.dispatch.planning.reasons import against
from services.dispatch.planning.today.block import block_of
from services.dispatch.planning.today.groups import neighbours, worth_a_look
from services.dispatch.planning.today.proposal import proposal
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.planning.van_stock import VanStock
from services.dispatch.solvers.solving import solve
from services.dispatch.solvers.workers import Resolve
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.follow_wishes import FollowWishes
from services.dispatch.usecases.keep_order import KeepOrder
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.usecases.manage_technician import AddAbsence
from services.dispatch.usecases.plan_visit import Planned, PlanVisit
from services.dispatch.usecases.replan_days import ReplanDays
from tests.services.dispatch.sample import BLAGNAC, MURET, Firm, need, site, technician
from tests.services.dispatch.test_replanning import replan
from tests.world import MONDAY_NINE

HOUR = timedelta(hours=1)


def server_first(firm: Firm, *more: VisitNeed, **changes: Any) -> None:
    """A ticket whose second visit comes after its first."""
    firm.ask(
        need("t1-1", duration_minutes=60, **changes),
        need("t1-2", after=("t1-1",), **changes),
        *more,
        priority=Priority.P3,
    )


def ordered_firm() -> Firm:
    firm = Firm(technician("anna"), technician("bruno"))
    server_first(firm)
    return firm


def start_of(firm: Firm, id: str) -> datetime:
    plan = firm.visit(id).plan
    assert plan is not None, f"{id} is {firm.visit(id).state}"
    return plan.start_at


def test_workstations_are_planned_when_the_server_is_done() -> None:
    firm = ordered_firm()
    firm.plan()
    first = firm.visit("t1-1").plan
    assert first is not None
    assert start_of(firm, "t1-2") >= first.end_at


def test_what_comes_after_an_unplanned_visit_waits_and_says_for_what() -> None:
    firm = ordered_firm()
    later, now = firm.visit("t1-2"), firm.clock.now()
    roster = firm.roster()
    assert roster.candidates(later, now) == []
    found = against(roster, later, now, (), 0)
    assert {each.rule for each in found} == {"waits-for-visit"}
    assert found[0].text(Language.FR) == "la visite t1-1 passe avant et n'est ni faite ni planifiée"
    assert found[0].text(Language.EN) == "visit t1-1 comes first and is neither done nor planned"
    with pytest.raises(Refusal, match="not-its-turn"):
        firm.do(AssignVisit("t1-2", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL))
    stale = PlanVisit("t1-2", "anna", now + HOUR, now + 1.5 * HOUR, 900, DEFAULT_TRAVEL)
    assert firm.do(stale) is Planned.STALE


def test_what_is_asked_for_later_still_comes_first() -> None:
    firm = Firm(technician("anna"))
    firm.ask(need("t1-2", after=("t1-1",)), priority=Priority.P3)
    firm.plan()
    assert firm.visit("t1-2").state is VisitState.DISPATCHED, "nobody has asked for the other yet"
    firm.ask(need("t1-1"), priority=Priority.P3)
    for visit in firm.roster().requests.broken(firm.clock.now()):
        firm.do(KeepOrder(visit.id, visit.ticket_id))
    firm.plan()
    first = firm.visit("t1-1").plan
    assert first is not None
    assert start_of(firm, "t1-2") >= first.end_at


def test_when_the_first_moves_the_one_after_it_moves_too() -> None:
    firm = ordered_firm()
    firm.plan()
    firm.do(RescheduleVisit("t1-1", MONDAY_NINE + 3 * HOUR, DEFAULT_TRAVEL))
    assert [each.id for each in firm.roster().requests.broken(firm.clock.now())] == ["t1-2"]
    firm.do(KeepOrder("t1-2", "t1"))
    assert firm.visit("t1-2").state is VisitState.WAITING
    firm.plan()
    assert start_of(firm, "t1-2") >= MONDAY_NINE + 4 * HOUR
    with pytest.raises(Refusal, match=r"not-its-turn.*02/03 13:00"):
        firm.do(RescheduleVisit("t1-2", MONDAY_NINE + 3 * HOUR, DEFAULT_TRAVEL))


def test_a_first_visit_that_runs_over_holds_the_next_one_up() -> None:
    firm = ordered_firm()
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL))
    firm.do(AssignVisit("t1-2", "bruno", MONDAY_NINE + 2 * HOUR, DEFAULT_TRAVEL))
    for step in (AcknowledgeDispatch("t1-1"), Depart("t1-1"), Arrive("t1-1"), Start("t1-1")):
        firm.do(step)
    firm.pass_minutes(125)
    assert [each.id for each in firm.roster().requests.broken(firm.clock.now())] == ["t1-2"]
    firm.do(CloseVisit("t1-1", Outcome.FIXED, DEFAULT_TRAVEL))
    assert firm.roster().requests.broken(firm.clock.now()) == []
    firm.do(KeepOrder("t1-2", "t1"))
    assert firm.visit("t1-2").technician_id == "bruno", "it is its turn now"


def test_while_the_first_is_not_done_the_machine_waits_and_a_dispatcher_need_not() -> None:
    firm = ordered_firm()
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + HOUR, DEFAULT_TRAVEL))
    for step in (AcknowledgeDispatch("t1-1"), Depart("t1-1"), Arrive("t1-1")):
        firm.do(step)
    firm.do(CloseVisit("t1-1", Outcome.NO_ACCESS, DEFAULT_TRAVEL))
    assert firm.roster().candidates(firm.visit("t1-2"), firm.clock.now()) == []
    firm.do(AssignVisit("t1-2", "bruno", MONDAY_NINE + 2 * HOUR, DEFAULT_TRAVEL))
    firm.do(KeepOrder("t1-2", "t1"))
    assert firm.visit("t1-2").technician_id == "bruno"


def test_work_that_is_gone_on_with_has_to_be_over_too() -> None:
    firm = ordered_firm()
    again = replace(firm.visit("t1-1"), id="t1-3", need=replace(firm.visit("t1-1").need, follows="t1-1"))
    firm.give(Visits, again)
    firm.give(Visits, replace(firm.visit("t1-1"), state=VisitState.CLOSED, outcome=Outcome.PART_DEAD))
    turn = turn_of(firm.visit("t1-2"), firm.all(Visits), firm.clock.now())
    assert turn.waits_for == ("t1-3",)
    assert firm.roster().candidates(firm.visit("t1-2"), firm.clock.now()) == []
    for state, outcome in ((VisitState.CLOSED, Outcome.FIXED), (VisitState.CANCELLED, None)):
        firm.give(Visits, replace(again, state=state, outcome=outcome))
        assert firm.roster().candidates(firm.visit("t1-2"), firm.clock.now())


def test_one_technician_makes_the_whole_request() -> None:
    firm = Firm(technician("anna"), technician("bruno", home=BLAGNAC), sites=(site(), site("muret", MURET)))
    firm.give(Technicians, technician("carl", home=MURET))
    asked = {"same_technician": True}
    firm.ask(need("t1-1", **asked), need("t1-2", site_id="muret", **asked), priority=Priority.P3)
    firm.plan()
    assert firm.visit("t1-1").technician_id == firm.visit("t1-2").technician_id == "bruno"
    roster, now = firm.roster(), firm.clock.now()
    reasons = {
        each.technician_id: each.text(Language.EN)
        for each in against(roster, firm.visit("t1-2"), now, roster.candidates(firm.visit("t1-2"), now), 1)
    }
    assert reasons["carl"] == "one technician makes the visits of the request: bruno"
    firm.do(AssignVisit("t1-2", "carl", MONDAY_NINE + 2 * HOUR, DEFAULT_TRAVEL))
    visit = firm.visit("t1-2")
    assert visit.plan is not None
    carl = firm.have(Technicians, "carl")
    found = objections(visit, visit.plan, carl, (), VanStock(), DEFAULT_TRAVEL)
    assert [each.rule for each in found] == ["another-is-bound"]
    firm.do(FollowWishes("t1-2"))
    assert firm.visit("t1-2").technician_id == "carl", "the dispatcher has released it"


def test_no_plan_parts_a_request_that_one_technician_is_to_make() -> None:
    firm = Firm(technician("anna"), technician("bruno"))
    asked = {"same_technician": True}
    firm.ask(need("t1-1", **asked), need("t1-2", **asked), priority=Priority.P4)
    firm.plan()
    visit = firm.visit("t1-1")
    before = booking_of(visit)
    assert before is not None
    other = next(id for id in ("anna", "bruno") if id != before.technician_id)
    change = Replanned(visit.id, visit.number, before, replace(before, technician_id=other))
    parted = Replan("r1", Why.BACKGROUND, (change,), Gained(), firm.clock.now(), "service:dispatch")
    with pytest.raises(Overtaken, match="t1-1"):
        firm.do(ReplanDays(parted, DEFAULT_TRAVEL))


def test_the_first_visit_goes_to_somebody_who_can_make_the_others_too() -> None:
    refusing = site("muret", MURET, technicians=TechnicianWishes(refused=("anna",)))
    firm = Firm(technician("anna"), technician("bruno", home=MURET), sites=(site(), refusing))
    asked = {"same_technician": True}
    firm.ask(need("t1-1", **asked), need("t1-2", site_id="muret", **asked), priority=Priority.P3)
    firm.plan()
    assert {firm.visit(id).technician_id for id in ("t1-1", "t1-2")} == {"bruno"}


def test_who_is_away_lets_go_of_the_whole_request() -> None:
    firm = Firm(technician("anna"), technician("bruno", home=MURET))
    asked = {"same_technician": True}
    firm.ask(need("t1-1", **asked), need("t1-2", **asked), priority=Priority.P3)
    firm.plan()
    assert firm.visit("t1-2").technician_id == "anna"
    firm.do(AddAbsence("anna", Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=7), "sick")))
    firm.plan()
    assert {firm.visit(id).technician_id for id in ("t1-1", "t1-2")} == {"bruno"}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.booleans(), st.booleans()),
        st.tuples(st.just("plan")),
        st.tuples(st.just("replan"), st.sampled_from(("anna", "bruno"))),
        st.tuples(st.just("move"), st.integers(1, 3), st.integers(1, 8)),
        st.tuples(st.just("away"), st.sampled_from(("anna", "bruno"))),
    ),
    max_size=8,
)


@settings(max_examples=80, deadline=None)
@given(steps)
@example(
    [
        ("away", "anna"),
        ("ask", False, False),
        ("ask", False, False),
        ("ask", False, True),
        ("plan",),
        ("replan", "anna"),
    ]
)
def test_whatever_happens_in_whatever_order_no_plan_breaks_the_order_or_the_binding(
    happens: list[tuple[Any, ...]],
) -> None:
    firm = Firm(technician("anna"), technician("bruno", home=MURET), sites=(site(), site("muret", MURET)))
    asked = 0
    for kind, *said in happens:
        now = firm.clock.now()
        if kind == "ask":
            asked += 1
            id, (in_order, same) = f"t{asked}", said
            after = (f"{id}-1",) if in_order else ()
            firm.ask(
                need(f"{id}-1", duration_minutes=90, same_technician=same),
                need(f"{id}-2", after=after, same_technician=same, site_id="muret"),
                ticket_id=id,
                priority=Priority.P4,
            )
        elif kind == "plan":
            firm.plan()
        elif kind == "replan":
            roster = firm.roster()
            group = neighbours(roster, said[0], now)
            block = block_of(roster, group, worth_a_look(roster, group, now), now, loose=True)
            if block is not None and block.visits:
                job = Resolve(tuple(block.problem.technicians), tuple(block.problem.visits), 1)
                found = proposal(roster, block, solve(block.problem, job))
                if found is not None and found.changes:
                    firm.do(ReplanDays(replan(found, f"r{len(firm.events)}"), roster.travel))
        elif kind == "away":
            firm.do(AddAbsence(said[0], Absence(MONDAY_NINE, MONDAY_NINE + 3 * HOUR, "sick")))
        else:
            visit = next((each for each in firm.all(Visits) if each.id == f"t{said[0]}-1"), None)
            if visit is not None and visit.technician_id is not None:
                try:
                    firm.do(RescheduleVisit(visit.id, MONDAY_NINE + said[1] * HOUR, DEFAULT_TRAVEL))
                except Refusal:
                    continue
        for visit in firm.roster().requests.broken(now):
            assert kind in ("move", "away"), "no plan is made that breaks the order"
            firm.do(KeepOrder(visit.id, visit.ticket_id))
        for visit in firm.all(Visits):
            request = [each for each in firm.all(Visits) if each.ticket_id == visit.ticket_id]
            if visit.plan is not None:
                assert turn_of(visit, request, now).allows(visit.plan.start_at)
            if visit.need.same_technician:
                assert len({each.technician_id for each in request} - {None}) <= 1
