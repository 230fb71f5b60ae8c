"""Technicians say when they left and when they arrived, and planning learns from it."""

from datetime import datetime, timedelta

import pytest

from contracts.values import Outcome, Priority
from services.dispatch.domain.observed_travel import ObservedTravel
from services.dispatch.domain.way import Source
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.observed_travel import ObservedTravels
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.answer_dispatch import AcknowledgeDispatch
from services.dispatch.usecases.assign_visit import AssignVisit
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from tests.services.dispatch.jams import knowing, often
from tests.services.dispatch.sample import BLAGNAC, MURET, TOULOUSE, Firm, need, site, technician
from tests.world import MONDAY_NINE

ANNA = "technician:anna"
HALF_AN_HOUR = timedelta(minutes=30)


def going(firm: Firm, ticket: str = "t1", start: datetime = MONDAY_NINE, site_id: str = "capitole") -> str:
    id = f"{ticket}-1"
    firm.ask(need(id, site_id=site_id), ticket_id=ticket, priority=Priority.P3)
    firm.do(AssignVisit(id, "anna", start, DEFAULT_TRAVEL))
    firm.do(AcknowledgeDispatch(id, "anna"))
    return id


def drives(firm: Firm, id: str, minutes: float, *, said_by: str = ANNA) -> None:
    firm.do(Depart(id, "anna"), actor=said_by)
    firm.pass_minutes(minutes)
    firm.do(Arrive(id, "anna"), actor=said_by)


def works(firm: Firm, id: str) -> None:
    firm.do(Start(id, "anna"))
    firm.pass_minutes(30)
    firm.do(CloseVisit(id, Outcome.FIXED, DEFAULT_TRAVEL, "anna", work_done="Done"))


def learned(firm: Firm) -> list[ObservedTravel]:
    return firm.all(ObservedTravels)


def test_an_arrival_is_learned_once_however_often_it_is_said() -> None:
    firm = Firm(technician("anna"))
    id = going(firm)
    drives(firm, id, 20)
    [known] = learned(firm)
    assert (known.count, known.time_zone) == (1, "Europe/Paris")
    firm.do(Arrive(id, "anna"), actor=ANNA)
    assert learned(firm) == [known]


def test_who_comes_from_another_visit_sets_out_from_there_and_else_from_home() -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    first = going(firm)
    drives(firm, first, _default(TOULOUSE, BLAGNAC))
    works(firm, first)
    drives(firm, going(firm, "t2", firm.clock.now() + HALF_AN_HOUR, "muret"), _default(BLAGNAC, MURET))
    assert [_ratios(each) for each in learned(firm)] == [{1.0: 1}, {1.0: 1}], "as long as the default says"


def test_after_half_a_day_without_work_he_sets_out_from_home() -> None:
    firm = Firm(technician("anna"), sites=(site(), site("muret", MURET)))
    first = going(firm)
    drives(firm, first, 20)
    works(firm, first)
    firm.pass_minutes(5 * 60)
    second = going(firm, "t2", firm.clock.now() + HALF_AN_HOUR, "muret")
    drives(firm, second, _default(TOULOUSE, MURET))
    assert {1.0: 1} in [_ratios(each) for each in learned(firm)]


@pytest.mark.parametrize("who", [ANNA, "dispatcher:paul"])
def test_what_a_dispatcher_writes_down_hours_later_is_no_observation(who: str) -> None:
    firm = Firm(technician("anna"))
    id = going(firm)
    firm.pass_minutes(180)
    left, arrived = MONDAY_NINE + HALF_AN_HOUR, MONDAY_NINE + 2 * HALF_AN_HOUR
    firm.do(Depart(id, "anna", left), actor=who)
    firm.do(Arrive(id, "anna", arrived), actor=who)
    assert [each.count for each in learned(firm)] == ([1] if who == ANNA else [])


def test_nothing_is_learned_without_a_departure_or_where_nobody_knows_from_where() -> None:
    firm = Firm(technician("anna"))
    id = going(firm)
    firm.pass_minutes(20)
    firm.do(Arrive(id, "anna"), actor=ANNA)
    assert learned(firm) == []
    homeless = Firm(technician("anna", home=None))
    drives(homeless, going(homeless), 20)
    assert learned(homeless) == []


def test_plans_count_with_what_was_learned_and_say_so() -> None:
    firm = Firm(technician("anna"))
    firm.travel = knowing(often(2.0))
    visit = firm.ask(priority=Priority.P1)
    best = firm.roster().best(visit, firm.clock.now())
    assert best is not None
    assert best.travel_source is Source.LEARNED
    assert best.travel_seconds == pytest.approx(2 * DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC), rel=0.06)
    firm.plan()
    plan = firm.visit().plan
    assert plan is not None
    assert (plan.travel_seconds, plan.travel_source) == (best.travel_seconds, Source.LEARNED)
    by_hand = firm.ask(ticket_id="t2", priority=Priority.P3)
    firm.do(AssignVisit(by_hand.id, "anna", MONDAY_NINE + timedelta(days=1), firm.travel))
    assert firm.have(Visits, by_hand.id).plan.travel_source is Source.LEARNED  # type: ignore[union-attr]
    noon = firm.ask(ticket_id="t3", priority=Priority.P3)
    firm.do(AssignVisit(noon.id, "anna", MONDAY_NINE + timedelta(days=1, hours=3), firm.travel))
    assert firm.have(Visits, noon.id).plan.travel_source is Source.DEFAULT  # type: ignore[union-attr]
    assert firm.have(Technicians, "anna").rests == ()


def _default(*way: object) -> float:
    return DEFAULT_TRAVEL.seconds(*way) / 60  # type: ignore[arg-type]


def _ratios(known: ObservedTravel) -> dict[float, int]:
    """By about how many times as long as the default, how often."""
    [counts] = known.quarters.values()
    return {
        round(2.718281828 ** ((n + 0.5) * 0.05 - 1.6), 1): count for n, count in enumerate(counts) if count
    }
