"""Whom the planners send together, held against a slow checker; and that they leave them together."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Point, Priority, WeeklyWindows
from services.dispatch.domain.day import Slot
from services.dispatch.domain.replan import Booking, Overtaken, Replanned
from services.dispatch.domain.technician import Absence, Shifts
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.roster import Roster
from services.dispatch.planning.today.block import block_of
from services.dispatch.planning.today.groups import neighbours, worth_a_look
from services.dispatch.planning.today.proposal import proposal
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.replan_days import ReplanDays
from tests.services.dispatch.sample import Firm, need, technician
from tests.services.dispatch.test_insertion import (
    A_SECOND,
    Person,
    a_visit,
    make_visit,
    problem_with,
    technicians,
)
from tests.services.dispatch.test_replanning import proposed, replan, two_sides, untold
from tests.world import MONDAY_NINE

companion_skills = st.dictionaries(st.sampled_from(["network", "hardware"]), st.integers(1, 2), max_size=1)
asked_visits = st.lists(st.tuples(a_visit, st.one_of(st.none(), companion_skills)), min_size=1, max_size=6)


def for_two(id: str, asked: tuple[object, ...], beside: dict[str, int] | None) -> Visit:
    visit = make_visit(id, asked)  # type: ignore[arg-type]
    if beside is None:
        return visit
    return replace(visit, need=replace(visit.need, technicians=2, companion_skills=beside))


@settings(max_examples=30, deadline=None)
@given(technicians, asked_visits)
def test_both_can_do_their_part_in_time_and_no_pair_is_overlooked(
    people: list[tuple[dict[str, int], WeeklyWindows, Point, int | None]],
    asked: list[tuple[tuple[object, ...], dict[str, int] | None]],
) -> None:
    now = MONDAY_NINE
    roster, firm = Roster(now), dict[str, Person]()
    for n, (skills, hours, home, away) in enumerate(people):
        absences: tuple[Absence, ...] = ()
        if away is not None:
            start = now + timedelta(hours=away)
            absences = (Absence(start, start + timedelta(hours=5), "sick"),)
        one = technician(f"t{n}", skills=skills, shifts=Shifts(hours, hours), home=home, absences=absences)
        firm[one.id] = Person(one, one.available(now - timedelta(days=1), now + timedelta(days=15)))
        roster.put_technician(one)
    for n, (each, beside) in enumerate(asked):
        visit = for_two(f"v{n}", each, beside)
        candidates = roster.candidates(visit, now)
        for candidate in candidates:
            assert len(candidate.beside) == visit.need.technicians - 1
            assert candidate.technician_id not in {one.technician_id for one in candidate.beside}
            assert problem_with(firm[candidate.technician_id], visit, candidate.start_at, now) is None
            for other in candidate.beside:
                assert problem_with(firm[other.technician_id], visit.beside, candidate.start_at, now) is None
        if not candidates and beside is not None:
            assert first_common(firm, visit, now) is None
        chosen = roster.best(visit, now)
        assert (chosen and chosen.cost) == (candidates[0].cost if candidates else None)
        if candidates:
            best = candidates[0]
            roster.hold(best, visit)
            for seat in best.crew:
                taken = firm[seat.technician_id].taken
                taken.append(Slot(visit.id, best.start_at, best.end_at, 0, visit.place.point))
                taken.sort(key=lambda slot: slot.start_at)


def first_common(firm: dict[str, Person], visit: Visit, now: datetime) -> datetime | None:
    """The first start, every ten minutes, at which one can lead and another be beside him."""
    for start in (now + timedelta(minutes=n) for n in range(0, 30 * 60, 10)):
        able = {id for id, each in firm.items() if problem_with(each, visit, start, now, -A_SECOND) is None}
        others = {
            id for id, each in firm.items() if problem_with(each, visit.beside, start, now, -A_SECOND) is None
        }
        if able and len(able | others) > 1 and others:
            return start
    return None


def together() -> Firm:
    """Both have work on the other's side later today, and something for two in the west before."""
    firm = two_sides()
    firm.ask(need("p-1", site_id="w", technicians=2), ticket_id="p", priority=Priority.P3)
    firm.plan()
    for n, (where, who) in enumerate((("w", "east"), ("e", "west"))):
        firm.ask(need(f"v{n}", site_id=where), ticket_id=f"t{n}", priority=Priority.P4)
        visit = firm.visit(f"v{n}")
        at = firm.roster().candidates(visit, MONDAY_NINE, only=who)[0].start_at
        firm.do(AssignVisit(visit.id, who, at, firm.roster().travel))
    return untold(firm)


def test_in_the_background_both_keep_it_while_the_rest_of_their_days_is_planned_anew() -> None:
    firm = together()
    before = firm.visit("p-1")
    found = proposed(firm.roster(), firm)
    assert found is not None
    assert {each.visit_id for each in found.changes} == {"v0", "v1"}
    firm.do(ReplanDays(replan(found), firm.roster().travel))
    assert firm.visit("p-1").plan == before.plan
    assert [firm.visit(id).technician_id for id in ("v0", "v1")] == ["west", "east"]


def test_a_plan_that_leaves_one_of_the_two_out_is_none() -> None:
    firm = together()
    roster, now = firm.roster(), firm.clock.now()
    group = neighbours(roster, "west", now)
    block = block_of(roster, group, worth_a_look(roster, group, now), now)
    assert block is not None
    routes = [list(route) for route in block.routes]
    [n] = [n for n in routes[0] if block.visits[n].id == "p-1"]
    routes[0].remove(n)
    assert proposal(roster, block, routes) is None


def test_a_plan_that_would_move_only_one_of_the_two_is_not_applied() -> None:
    firm = together()
    visit = firm.visit("p-1")
    assert visit.plan is not None
    assert visit.technician_id is not None
    before = Booking(visit.technician_id, visit.plan.start_at, visit.plan.end_at, visit.plan.travel_seconds)
    after = replace(
        before, start_at=before.start_at + timedelta(hours=1), end_at=before.end_at + timedelta(hours=1)
    )
    found = proposed(firm.roster(), firm)
    assert found is not None
    moved = replace(found, changes=(Replanned("p-1", "T-1", before, after),))
    with pytest.raises(Overtaken):
        firm.do(ReplanDays(replan(moved, "r2"), firm.roster().travel))
    assert firm.visit("p-1") == visit
