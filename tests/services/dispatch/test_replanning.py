"""Days planned anew: what moves, what stays, and that nobody is given what he cannot do."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from contracts.values import Point, Priority, VisitState, WeeklyWindows, Window
from services.dispatch.domain.day import slots_of
from services.dispatch.domain.promise import keeps_promise
from services.dispatch.domain.replan import Overtaken, Replan, ReplanState, Why
from services.dispatch.domain.technician import Shifts
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.block import block_of
from services.dispatch.planning.today.groups import neighbours, room_group, worth_a_look
from services.dispatch.planning.today.proposal import Proposal, makes_room, proposal
from services.dispatch.planning.today.room import room_for
from services.dispatch.solvers.solving import solve
from services.dispatch.solvers.workers import Resolve
from services.dispatch.store.days import Days
from services.dispatch.store.replans import Replans
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.replan_days import ApplyReplan, ProposeReplan, ReplanDays
from tests.services.dispatch.jams import jammed
from tests.services.dispatch.sample import Firm, need, site, technician
from tests.services.dispatch.test_insertion import (
    Person,
    a_visit,
    make_visit,
    problem_with,
    technicians,
    visits,
)
from tests.world import MONDAY_NINE

WEST, EAST = Point(latitude=43.60, longitude=1.20), Point(latitude=43.60, longitude=1.70)


def two_sides() -> Firm:
    """One technician in the west and one in the east, an hour's way from each other, and a site at each."""
    return Firm(
        technician("west", home=WEST),
        technician("east", home=EAST),
        sites=(site("w", WEST), site("e", EAST)),
    )


def proposed(roster: Roster, firm: Firm, others: Collection[Visit] | None = None) -> Proposal | None:
    now = firm.clock.now()
    group = neighbours(roster, "west", now)
    block = block_of(roster, group, worth_a_look(roster, group, now) if others is None else others, now)
    assert block is not None
    job = Resolve(tuple(block.problem.technicians), tuple(block.problem.visits), 3)
    return proposal(roster, block, solve(block.problem, job))


def tried(roster: Roster, visit: Visit, now: datetime) -> Iterator[Proposal]:
    """The ways to make room for a visit, those that are taken."""
    block = block_of(roster, room_group(roster, visit, now), [visit], now)
    if block is not None and block.optional:
        for routes in room_for(block, block.problem.visits[-1]):
            found = proposal(roster, block, routes)
            if found is not None and makes_room(block, found, visit, roster.best(visit, now)):
                yield found


def replan(found: Proposal, id: str = "r1") -> Replan:
    return Replan(id, Why.BACKGROUND, found.changes, found.gained, MONDAY_NINE, "service:dispatch")


def crossed() -> Firm:
    """Each has a visit on the other's side, later today, of which nobody has been told."""
    firm = two_sides()
    for n, (where, who) in enumerate((("w", "east"), ("e", "west"))):
        firm.ask(need(f"v{n}", site_id=where), ticket_id=f"t{n}", priority=Priority.P4)
        firm.do(AssignVisit(f"v{n}", who, MONDAY_NINE + timedelta(hours=5), firm.roster().travel))
        assert firm.visit(f"v{n}").state is VisitState.DISPATCHED, "his next is told at once"
    return firm


def untold(firm: Firm) -> Firm:
    """As if what is planned were told later."""
    for visit in firm.all(Visits):
        firm.give(Visits, replace(visit, state=VisitState.PLANNED, told_at=None, acknowledge_by_at=None))
    return firm


def test_who_is_near_gets_what_the_other_would_cross_the_town_for() -> None:
    firm = untold(crossed())
    found = proposed(firm.roster(), firm)
    assert found is not None
    assert found.gained.travel > 100
    assert found.gained.disruption == -20
    assert {(each.visit_id, each.after.technician_id) for each in found.changes if each.after} == {
        ("v0", "west"),
        ("v1", "east"),
    }
    firm.do(ReplanDays(replan(found), firm.roster().travel))
    assert [firm.visit(id).technician_id for id in ("v0", "v1")] == ["west", "east"]
    assert firm.have(Replans, "r1").state is ReplanState.APPLIED
    again = proposed(firm.roster(), firm)
    assert again is not None
    assert again.changes == (), "what is well planned stays"


def test_what_people_were_told_stays_with_them() -> None:
    firm = crossed()
    found = proposed(firm.roster(), firm)
    assert found is not None
    assert found.changes == ()


def test_what_is_pinned_stays() -> None:
    firm = untold(crossed())
    for id in ("v0", "v1"):
        firm.do(PinVisit(id, True))
    found = proposed(firm.roster(), firm)
    assert found is not None
    assert found.changes == ()


def test_an_appointment_stays_even_where_what_people_were_told_may_be_moved() -> None:
    firm = untold(crossed())
    firm.give(Visits, promised(firm.visit("v0")))
    roster, now = firm.roster(), firm.clock.now()
    for loose in (False, True):
        group = neighbours(roster, "west", now)
        block = block_of(roster, group, worth_a_look(roster, group, now), now, loose=loose)
        assert block is not None
        job = Resolve(tuple(block.problem.technicians), tuple(block.problem.visits), 3)
        found = proposal(roster, block, solve(block.problem, job))
        assert found is not None
        assert [each.visit_id for each in found.changes] == ["v1"]


def test_what_is_promised_for_tomorrow_is_not_made_today() -> None:
    firm = two_sides()
    firm.ask(need("v0", site_id="w"), ticket_id="t0", priority=Priority.P4)
    firm.do(AssignVisit("v0", "west", MONDAY_NINE + timedelta(hours=25), firm.roster().travel))
    for visit in (firm.visit("v0"), promised(firm.visit("v0"))):
        firm.give(Visits, replace(visit, state=VisitState.PLANNED))
        found = proposed(firm.roster(), firm)
        assert found is not None
        assert len(found.changes) == (0 if visit.promised else 1)


def test_a_visit_that_nobody_had_room_for_is_made_where_others_can_move() -> None:
    """West alone has the skill, and his day is full of what east could do as well."""
    firm = Firm(
        technician("west", home=WEST, skills={"network": 1, "san": 2}),
        technician("east", home=WEST, skills={"network": 1}),
        sites=(site("w", WEST),),
    )
    for n in range(3):
        firm.ask(need(f"v{n}", site_id="w", duration_minutes=170), ticket_id=f"t{n}", priority=Priority.P3)
        firm.do(AssignVisit(f"v{n}", "west", MONDAY_NINE + timedelta(hours=3 * n), firm.roster().travel))
    firm = untold(firm)
    urgent = firm.ask(
        need("u", site_id="w", skills={"san": 2}, duration_minutes=60), ticket_id="t9", priority=Priority.P2
    )
    urgent = replace(urgent, need=replace(urgent.need, respond_by_at=MONDAY_NINE + timedelta(hours=4)))
    firm.give(Visits, urgent)
    roster, now = firm.roster(), firm.clock.now()
    best = roster.best(urgent, now)
    assert best is not None
    assert best.late_minutes > 0
    found = list(tried(roster, urgent, now))
    assert found
    firm.do(ReplanDays(replan(found[0]), roster.travel))
    made = firm.visit("u")
    assert (made.technician_id, made.late_by) == ("west", timedelta(0))
    assert {firm.visit(f"v{n}").technician_id for n in range(3)} == {"west", "east"}


def test_a_plan_whose_visits_have_changed_since_is_not_applied() -> None:
    firm = untold(crossed())
    found = proposed(firm.roster(), firm)
    assert found is not None
    firm.do(PinVisit("v1", True))
    with pytest.raises(Overtaken, match="v1 has changed"):
        firm.do(ReplanDays(replan(found), firm.roster().travel))
    assert firm.visit("v0").technician_id == "east", "all of it or nothing"


def test_a_proposal_is_kept_and_applied_once() -> None:
    firm = untold(crossed())
    found = proposed(firm.roster(), firm)
    assert found is not None
    firm.do(ProposeReplan(replan(found)))
    assert firm.visit("v0").technician_id == "east"
    firm.do(ApplyReplan("r1", firm.roster().travel))
    assert firm.visit("v0").technician_id == "west"
    said = len(firm.events)
    firm.do(ApplyReplan("r1", firm.roster().travel))
    assert len(firm.events) == said


def promised(visit: Visit) -> Visit:
    """As if the client had chosen to be visited about then."""
    assert visit.plan is not None
    begins = visit.plan.start_at - timedelta(minutes=30)
    window = Window(from_at=begins, to_at=begins + timedelta(hours=2))
    plan = replace(visit.plan, arrival_from_at=window.from_at, arrival_to_at=window.to_at)
    return replace(visit, promised=window, plan=plan)


flags = st.lists(st.sampled_from(["told", "untold", "pinned", "promised"]), min_size=8, max_size=8)


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(technicians, visits, flags, a_visit, st.integers(0, 300), st.booleans())
def test_whatever_was_planned_no_new_plan_breaks_a_rule_or_a_promise(
    people: list[tuple[dict[str, int], WeeklyWindows, Point, int | None]],
    asked: list[tuple[str, int, Point, int, Priority, object, int | None]],
    states: list[str],
    wanted: tuple[str, int, Point, int, Priority, object, int | None],
    passed: int,
    jams: bool,
) -> None:
    firm = Firm(
        *(
            technician(f"t{n}", skills=skills, shifts=Shifts(hours, hours), home=home)
            for n, (skills, hours, home, _) in enumerate(people)
        )
    )
    if jams:
        firm.travel = jammed()
    for n, (each, state) in enumerate(zip(asked, states, strict=False)):
        visit = firm.give(Visits, make_visit(f"v{n}", each))
        firm.plan_one(visit)
        planned = firm.visit(visit.id)
        if planned.plan is not None and state != "told":
            planned = replace(planned, state=VisitState.PLANNED, pinned=state == "pinned")
            firm.give(Visits, promised(planned) if state == "promised" else planned)
    firm.pass_minutes(passed)
    now, before = firm.clock.now(), {visit.id: visit for visit in firm.all(Visits)}
    for n in range(len(people)):
        roster = firm.roster()
        group = neighbours(roster, f"t{n}", now)
        block = block_of(roster, group, worth_a_look(roster, group, now), now)
        if block is not None and block.visits:
            job = Resolve(tuple(block.problem.technicians), tuple(block.problem.visits), 1)
            found = proposal(roster, block, solve(block.problem, job))
            if found is not None and found.changes:
                firm.do(ReplanDays(replan(found, f"r{n}"), roster.travel))
    new = firm.give(Visits, make_visit("new", wanted))
    roster = firm.roster()
    for found in islice(tried(roster, new, now), 1):
        firm.do(ReplanDays(replan(found, "room"), roster.travel))
    before["new"] = replace(firm.visit("new"), plan=None)
    for one in firm.all(Technicians):
        slots = list(slots_of(day for day in firm.all(Days) if day.technician_id == one.id))
        for slot in slots:
            visit = firm.visit(slot.visit_id)
            if visit.plan != before[visit.id].plan:
                others = [each for each in slots if each is not slot]
                hours = one.available(MONDAY_NINE - timedelta(days=1), MONDAY_NINE + timedelta(days=15))
                person = Person(one, hours, others)
                assert problem_with(person, visit, slot.start_at, now, leaves_before_a_pause=True) is None
    for visit in firm.all(Visits):
        known = before[visit.id]
        if known.plan is not None and visit.plan != known.plan:
            assert not known.pinned
            assert visit.promised is None or (visit.plan and keeps_promise(visit, visit.plan.start_at))
            assert visit.late_by <= known.late_by
            if known.state is not VisitState.PLANNED:
                assert visit.plan is not None
                assert visit.technician_id == known.technician_id
                assert known.plan.arrival_from_at <= visit.plan.start_at <= known.plan.arrival_to_at
