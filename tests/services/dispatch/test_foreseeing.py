"""An urgent visit is planned in the write that stores it, where that can be told at once."""

from datetime import datetime, timedelta

from contracts.dispatch.events import TechnicianDispatched, VisitPlanned
from contracts.values import PartNeed, Priority, VisitState
from infra.chassis.store.unit import Entry
from services.dispatch.assigner import Assigner
from services.dispatch.domain.day import Slot, day_id, empty_day
from services.dispatch.domain.visit import Visit
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.days import Days
from services.dispatch.store.visits import Visits
from services.dispatch.stream.ticket_lifecycle import on_ticket_opened
from services.dispatch.usecases.plan_visit import PlanVisit
from services.dispatch.usecases.store_visit import Foresee
from tests.services.dispatch.sample import Firm, envelope, need, technician, ticket_opened
from tests.world import MONDAY_NINE

TEN = MONDAY_NINE + timedelta(hours=1)


def anna_at_ten(visit: Visit, now: datetime) -> PlanVisit:
    return PlanVisit(visit.id, "anna", TEN, TEN + visit.need.duration, 600, DEFAULT_TRAVEL)


def store(firm: Firm, foresee: Foresee, ticket_id: str = "t1", priority: Priority = Priority.P1) -> Visit:
    event = ticket_opened(need(f"{ticket_id}-1"), ticket_id=ticket_id, priority=priority)
    firm.run(on_ticket_opened(event, envelope(ticket_id), foresee=foresee))
    return firm.have(Visits, f"{ticket_id}-1")


def assigner() -> Assigner:
    made = Assigner(MONDAY_NINE)
    made.roster.put_technician(technician("anna"))
    made.loaded.set()
    return made


def test_an_urgent_visit_is_stored_planned_and_dispatched_at_once() -> None:
    firm = Firm()
    visit = store(firm, anna_at_ten)
    assert (visit.state, visit.technician_id) == (VisitState.DISPATCHED, "anna")
    assert firm.memory.entries[Visits.name, visit.id].version == 1
    assert firm.slots("anna") == ["t1-1 09:00-09:30"]
    assert [fact.technician_id for fact in firm.told(VisitPlanned)] == ["anna"]
    assert [fact.visit_id for fact in firm.told(TechnicianDispatched)] == [visit.id]


def test_a_plan_that_does_not_hold_leaves_the_visit_waiting() -> None:
    firm = Firm()
    busy = Slot("other-1", TEN, TEN + timedelta(hours=2))
    firm.give(Days, empty_day("anna", "2026-03-02").placed(busy), day_id("anna", "2026-03-02"))
    visit = store(firm, anna_at_ten)
    assert (visit.state, visit.technician_id) == (VisitState.WAITING, None)
    assert firm.told(VisitPlanned) == []


async def test_a_batch_that_is_decided_again_hears_the_same_plan() -> None:
    firm, plans = Firm(), assigner()
    visit = store(firm, lambda visit, now: None)
    assert plans.foresee(visit, MONDAY_NINE) == plans.foresee(visit, MONDAY_NINE)
    assert len(plans.roster.slots("anna")) == 1


async def test_two_visits_of_one_batch_are_not_promised_the_same_time() -> None:
    firm, plans = Firm(), assigner()
    one = plans.foresee(store(firm, lambda visit, now: None, "t1"), MONDAY_NINE)
    other = plans.foresee(store(firm, lambda visit, now: None, "t2"), MONDAY_NINE)
    assert one is not None
    assert other is not None
    assert one.end_at <= other.start_at


async def test_time_kept_free_is_given_back_once_the_visit_is_stored() -> None:
    firm, plans = Firm(), assigner()
    visit = store(firm, lambda visit, now: None)
    assert plans.foresee(visit, MONDAY_NINE)
    plans._saw_visit(Entry(Visits, visit.id, visit, version=1))
    assert plans.roster.slots("anna") == []


async def test_what_is_not_urgent_or_needs_parts_waits_for_the_assigner() -> None:
    firm, plans = Firm(), assigner()
    calm = store(firm, lambda visit, now: None, "t1", Priority.P3)
    assert plans.foresee(calm, MONDAY_NINE) is None
    event = ticket_opened(
        need("t2-1", parts=(PartNeed(sku="ssd", quantity=1),)), ticket_id="t2", priority=Priority.P1
    )
    firm.run(on_ticket_opened(event, envelope("t2")))
    assert plans.foresee(firm.have(Visits, "t2-1"), MONDAY_NINE) is None
    assert Assigner(MONDAY_NINE).foresee(calm, MONDAY_NINE) is None
