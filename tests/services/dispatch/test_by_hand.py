"""What the dispatcher decides by hand, within what a technician can do."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.dispatch.events import DispatchRevoked, RevocationReason, VisitPlanned, VisitRescheduled
from contracts.inventory.states import PartChanged
from contracts.refusal import Refusal
from contracts.values import PartNeed, Priority, VisitState
from services.dispatch.domain.day import Slot, slots_of
from services.dispatch.domain.technician import Absence
from services.dispatch.planning.objections import objections
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.planning.van_stock import VanStock
from services.dispatch.store.days import Days
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.assign_visit import AssignVisit, RescheduleVisit
from services.dispatch.usecases.pin_visit import PinVisit
from services.dispatch.usecases.slots import plan_for
from services.dispatch.usecases.unassign_visit import UnassignVisit
from tests.services.dispatch.sample import MURET, Firm, need, site, technician
from tests.world import MONDAY_NINE

LATE = MONDAY_NINE + timedelta(days=60, minutes=1)


def dispatched() -> Firm:
    firm = Firm()
    firm.ask()
    firm.plan()
    return firm


def test_by_hand_a_visit_goes_to_whom_the_dispatcher_says() -> None:
    firm = dispatched()
    firm.do(AssignVisit("t1-1", "bruno", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    assert firm.slots("anna") == []
    assert firm.slots("bruno") == ["t1-1 09:00-09:30"]
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.REASSIGNED


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"skills": {}}, "skill-missing"),
        ({"skills": {"network": 1}}, "skill-level"),
        ({"absences": (Absence(MONDAY_NINE, MONDAY_NINE + timedelta(days=1), "sick"),)}, "absent"),
    ],
)
def test_by_hand_nobody_gets_what_he_cannot_do(change: dict[str, object], slug: str) -> None:
    firm = dispatched()
    firm.ask(need("t2-1", skills={"network": 2}), ticket_id="t2")
    firm.give(Technicians, technician("carl", **change))
    with pytest.raises(Refusal) as refused:
        firm.do(AssignVisit("t2-1", "carl", MONDAY_NINE + timedelta(hours=1), DEFAULT_TRAVEL))
    assert refused.value.slug == slug


def test_by_hand_a_taken_slot_is_refused() -> None:
    firm = dispatched()
    firm.ask(ticket_id="t2")
    with pytest.raises(Refusal, match="slot-taken"):
        firm.do(AssignVisit("t2-1", "anna", MONDAY_NINE + timedelta(minutes=20), DEFAULT_TRAVEL))


def test_giving_a_visit_again_to_who_has_it_at_that_time_says_nothing_new() -> None:
    firm = dispatched()
    firm.ask(ticket_id="t2", priority=Priority.P4)
    start = MONDAY_NINE + timedelta(hours=6)
    for _ in range(2):
        firm.do(AssignVisit("t2-1", "anna", start, DEFAULT_TRAVEL))
    assert firm.visit("t2-1").state is VisitState.PLANNED
    assert firm.told(VisitRescheduled) == []
    assert [fact.visit_id for fact in firm.told(VisitPlanned)] == ["t1-1", "t2-1"]


def test_nothing_is_planned_beyond_what_absences_reach() -> None:
    firm = dispatched()
    with pytest.raises(Refusal, match="start-too-far"):
        firm.do(AssignVisit("t1-1", "bruno", LATE, DEFAULT_TRAVEL))
    with pytest.raises(Refusal, match="start-too-far"):
        firm.do(RescheduleVisit("t1-1", LATE, DEFAULT_TRAVEL))


def test_what_was_decided_earlier_is_dated_so_and_no_earlier_than_the_request() -> None:
    firm = dispatched()
    firm.pass_minutes(30)
    said_at = MONDAY_NINE + timedelta(minutes=20)
    start = MONDAY_NINE + timedelta(hours=2)
    firm.do(AssignVisit("t1-1", "bruno", start, DEFAULT_TRAVEL, said_at))
    [moved] = [each for each in firm.events if isinstance(each.payload, VisitRescheduled)]
    assert (moved.envelope.occurred_at, moved.envelope.recorded_at) == (said_at, firm.clock.now())
    later = start + timedelta(hours=3)
    for wrong, slug in (
        (firm.clock.now() + timedelta(minutes=1), "occurred-in-the-future"),
        (MONDAY_NINE - timedelta(minutes=1), "occurred-before-the-request"),
    ):
        for order in (
            AssignVisit("t1-1", "anna", later, DEFAULT_TRAVEL, wrong),
            RescheduleVisit("t1-1", later, DEFAULT_TRAVEL, wrong),
            PinVisit("t1-1", True, wrong),
        ):
            with pytest.raises(Refusal, match=slug):
                firm.do(order)


def rules(
    firm: Firm, start: datetime, stock: VanStock | None = None, id: str = "t1-1", **changes: Any
) -> list[str]:
    visit = replace(firm.visit(id), **changes)
    slot = Slot(visit.id, start, start + visit.need.duration, 0, visit.where)
    plan = plan_for(visit, slot, ())
    days = [day for day in firm.all(Days) if day.technician_id == "anna"]
    anna = firm.have(Technicians, "anna")
    found = objections(visit, plan, anna, slots_of(days), stock or VanStock(), DEFAULT_TRAVEL)
    return [each.rule for each in found]


def test_by_hand_a_free_hour_at_work_in_an_open_site_has_nothing_against_it() -> None:
    assert rules(dispatched(), MONDAY_NINE + timedelta(hours=3)) == []


def test_the_dispatcher_is_warned_of_each_rule_that_his_choice_breaks() -> None:
    firm = Firm(sites=(site(opening={"mon": (("08:00", "12:00"),)}),))
    firm.ask(need(parts=(PartNeed(sku="psu-550", quantity=1),)))
    evening = MONDAY_NINE + timedelta(hours=10)
    until = MONDAY_NINE + timedelta(hours=12)
    assert rules(firm, evening, not_before_at=until) == [
        "on-hold",
        "off-shift",
        "site-closed",
        "part-missing",
    ]
    stock = VanStock()
    stock.put("depot:agen", "psu-550", 1)
    assert rules(firm, MONDAY_NINE, stock) == ["part-not-on-van"]
    stock.put("van:anna", "psu-550", 1)
    assert rules(firm, MONDAY_NINE, stock) == []


@pytest.mark.parametrize(
    ("place", "sku", "expected"),
    [
        ("van:anna", "psu-650", []),
        ("depot:agen", "psu-650", ["part-not-on-van"]),
        ("cupboard:capitole", "psu-650", []),
        ("cupboard:muret", "psu-650", ["part-missing"]),
        ("quarantine:agen", "psu-650", ["part-missing"]),
    ],
)
def test_a_substitute_of_a_kits_part_will_do_where_it_can_be_taken_from(
    place: str, sku: str, expected: list[str]
) -> None:
    firm = Firm(sites=(site(),))
    firm.ask(need(parts=(PartNeed(sku="kit", quantity=1),)))
    stock = VanStock()
    stock.know(PartChanged(sku="kit", name="Kit", kit=(PartNeed(sku="psu-550", quantity=2),)))
    stock.know(PartChanged(sku="psu-550", name="550 W", substitutes=("psu-650",)))
    stock.put(place, sku, 1)
    assert rules(firm, MONDAY_NINE, stock) == ["part-missing"], "a kit takes two of them"
    stock.put(place, sku, 2)
    assert rules(firm, MONDAY_NINE, stock) == expected
    stock.put("depot:agen", "psu-550", 2)
    assert rules(firm, MONDAY_NINE, stock) == ["part-not-on-van"], "a depot has the part itself"


def test_the_dispatcher_is_warned_when_the_way_there_or_on_takes_longer_than_there_is() -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    firm.ask(need("t1-1"))
    firm.do(AssignVisit("t1-1", "anna", MONDAY_NINE + timedelta(hours=2), DEFAULT_TRAVEL))
    firm.ask(need("t2-1", site_id="muret"), ticket_id="t2")
    just_before, just_after = MONDAY_NINE + timedelta(minutes=85), MONDAY_NINE + timedelta(minutes=155)
    assert rules(firm, just_before, id="t2-1") == rules(firm, just_after, id="t2-1") == ["travel"]
    assert rules(firm, MONDAY_NINE + timedelta(hours=4), id="t2-1") == []


def test_a_visit_is_rescheduled_with_the_same_technician() -> None:
    firm = dispatched()
    firm.do(RescheduleVisit("t1-1", MONDAY_NINE + timedelta(hours=5), DEFAULT_TRAVEL))
    assert firm.slots("anna") == ["t1-1 13:00-13:30"]
    assert firm.told(VisitRescheduled)[0].previous_start == MONDAY_NINE + timedelta(minutes=10)


def test_by_hand_a_visit_is_taken_back_and_waits_again() -> None:
    firm = dispatched()
    firm.do(UnassignVisit("t1-1"))
    assert firm.visit().state is VisitState.WAITING
    assert firm.slots("anna") == []
    assert firm.told(DispatchRevoked)[0].reason is RevocationReason.REASSIGNED
    with pytest.raises(Refusal, match="illegal-transition"):
        firm.do(UnassignVisit("t1-1"))
    firm.plan()
    assert firm.told(VisitRescheduled)[-1].previous_technician_id == "anna"
