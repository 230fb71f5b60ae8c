"""Parts are set aside when a visit is planned, follow it to whoever makes it, and leave with its closing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.dispatch.events import RevocationReason
from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.events import MissingPart, PartsIssued, PartsReleased, PartsReserved, PartsShort
from contracts.inventory.states import StockLevelChanged
from contracts.values import PartNeed
from services.inventory.domain.part import Part
from services.inventory.domain.reservation import ReservationState
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.stock import StockLevels
from services.inventory.store.technicians import Technicians
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.receive_stock import ReceiveStock
from tests.services.inventory.facts import (
    DEPOT,
    LEA_VAN,
    MARC_VAN,
    Visits,
    an_inventory,
    level,
    planned,
    rescheduled,
    stocked,
    used,
)
from tests.world import World


@pytest.fixture
def world() -> World:
    return an_inventory()


@pytest.fixture
def visits(world: World) -> Visits:
    return Visits(world)


def need(sku: str, quantity: int = 1) -> tuple[PartNeed, ...]:
    return (PartNeed(sku=sku, quantity=quantity),)


def test_a_planned_visit_has_its_parts_set_aside_in_the_van(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 2), (DEPOT, "psu", 9))
    visits.planned("v1", "lea", ("psu", 2))

    [fact] = world.told(PartsReserved)
    assert (fact.location, fact.parts, fact.technician_id) == (LEA_VAN, need("psu", 2), "lea")
    assert (level(world, LEA_VAN, "psu").reserved, level(world, LEA_VAN, "psu").on_hand) == (2, 2)
    assert world.have(Reservations, "v1").state is ReservationState.RESERVED


def test_what_the_van_lacks_is_set_aside_in_a_depot(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1), (LEA_VAN, "screen", 1), (DEPOT, "psu", 2))
    visits.planned("v1", "lea", ("psu", 2), ("screen", 1))

    assert {(fact.location, fact.parts) for fact in world.told(PartsReserved)} == {
        (DEPOT, need("psu", 2)),
        (LEA_VAN, need("screen")),
    }


def test_the_depot_of_the_technicians_agency_comes_before_a_fuller_one(world: World, visits: Visits) -> None:
    stocked(world, ("depot:lille", "psu", 9), (DEPOT, "psu", 1))
    world.give(
        Technicians, TechnicianChanged(technician_id="lea", name="Léa", skills={}, agency="lyon"), "lea"
    )
    visits.planned("v1", "lea", ("psu", 1))
    visits.planned("v2", "lea", ("psu", 1))

    assert [fact.location for fact in world.told(PartsReserved)] == [DEPOT, "depot:lille"]


def test_what_nobody_near_has_makes_the_visit_short_and_sets_nothing_aside(
    world: World, visits: Visits
) -> None:
    stocked(world, (LEA_VAN, "psu", 1), (LEA_VAN, "screen", 1), (MARC_VAN, "psu", 2))
    visits.planned("v1", "lea", ("psu", 2), ("screen", 1))

    [fact] = world.told(PartsShort)
    assert fact.location == LEA_VAN
    assert fact.missing == (MissingPart(sku="psu", quantity=2, available=1, elsewhere=(MARC_VAN,)),)
    assert not world.told(PartsReserved)
    assert level(world, LEA_VAN, "screen").reserved == 0


def test_a_visit_without_parts_leaves_no_trace(world: World, visits: Visits) -> None:
    visits.planned("v1", "lea")
    assert not world.events
    assert not world.all(Reservations)


def test_another_technician_gets_the_parts_of_the_first(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1), (MARC_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.rescheduled("v1", "marc", ("psu", 1))

    [released] = world.told(PartsReleased)
    assert (released.location, released.technician_id) == (LEA_VAN, "lea")
    assert [fact.location for fact in world.told(PartsReserved)] == [LEA_VAN, MARC_VAN]
    assert (level(world, LEA_VAN, "psu").reserved, level(world, MARC_VAN, "psu").reserved) == (0, 1)


def test_another_time_with_the_same_technician_changes_no_stock(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    before = len(world.events)
    visits.rescheduled("v1", "lea", ("psu", 1), starts_in=timedelta(hours=5))

    assert len(world.events) == before
    start = world.have(Reservations, "v1").planned_start
    assert start is not None
    assert start.hour == 13


@pytest.mark.parametrize(
    "call_off",
    [
        lambda visits: visits.cancelled("v1"),
        lambda visits: visits.failed("v1"),
        lambda visits: visits.revoked("v1", "lea", RevocationReason.NO_ANSWER),
    ],
    ids=["cancelled", "failed", "revoked"],
)
def test_a_visit_called_off_gives_its_parts_back(world: World, visits: Visits, call_off: object) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    call_off(visits)  # type: ignore[operator]

    [fact] = world.told(PartsReleased)
    assert (fact.location, fact.parts) == (LEA_VAN, need("psu"))
    assert level(world, LEA_VAN, "psu").available == 1
    assert world.have(Reservations, "v1").state is ReservationState.RELEASED


def test_what_a_visit_waits_for_is_known_until_it_is_planned_anew_or_cancelled(
    world: World, visits: Visits
) -> None:
    stocked(world, (MARC_VAN, "screen", 1))
    world.give(Parts, Part("psu", "PSU"))
    visits.planned("v1", "lea", ("psu", 1))
    visits.revoked("v1", "lea", RevocationReason.PARTS_SHORT)
    visits.failed("v1")

    waiting = world.have(Reservations, "v1")
    assert waiting.state is ReservationState.RELEASED
    assert [each.sku for each in waiting.missing] == ["psu"]
    world.do(ReceiveStock(LEA_VAN, "psu", 1))
    assert level(world, LEA_VAN, "psu").reserved == 0, "nobody goes: whoever is planned next gets them"

    visits.rescheduled("v1", "marc", ("screen", 1))
    assert world.have(Reservations, "v1").missing == ()
    visits.planned("v2", "marc", ("cable", 1))
    visits.failed("v2")
    visits.cancelled("v2")
    assert world.have(Reservations, "v2").missing == ()


def test_a_revocation_that_a_plan_follows_leaves_the_parts_to_that_plan(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.revoked("v1", "lea", RevocationReason.RESCHEDULED)
    visits.rescheduled("v1", "lea", ("psu", 1))
    assert not world.told(PartsReleased)


def test_revoking_somebody_else_leaves_the_parts_of_who_goes(world: World, visits: Visits) -> None:
    stocked(world, (MARC_VAN, "psu", 1))
    visits.planned("v1", "marc", ("psu", 1))
    visits.revoked("v1", "lea", RevocationReason.NO_ANSWER)
    assert level(world, MARC_VAN, "psu").reserved == 1


def test_closing_issues_what_was_used_and_frees_the_rest(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 3))
    visits.planned("v1", "lea", ("psu", 2))
    visits.closed("v1", "lea", used("psu", 1))

    [issued] = world.told(PartsIssued)
    [released] = world.told(PartsReleased)
    assert (issued.location, issued.parts, issued.discrepancies) == (LEA_VAN, (used("psu", 1),), ())
    assert (released.location, released.parts) == (LEA_VAN, need("psu"))
    assert (level(world, LEA_VAN, "psu").on_hand, level(world, LEA_VAN, "psu").reserved) == (2, 0)
    assert world.have(Reservations, "v1").state is ReservationState.ISSUED


def test_parts_set_aside_in_a_depot_leave_that_depot(world: World, visits: Visits) -> None:
    stocked(world, (DEPOT, "psu", 1), (LEA_VAN, "screen", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.closed("v1", "lea", used("psu"), used("screen"))

    assert {fact.location for fact in world.told(PartsIssued)} == {DEPOT, LEA_VAN}
    assert level(world, DEPOT, "psu").on_hand == 0
    assert level(world, LEA_VAN, "screen").on_hand == 0


def test_what_was_used_but_not_on_hand_is_a_discrepancy_of_the_van(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.closed("v1", "lea", used("psu", 3), used("cable", 1))

    [issued] = world.told(PartsIssued)
    assert issued.parts == (used("psu", 1),)
    assert issued.discrepancies == (*need("cable", 1), *need("psu", 2))
    assert (level(world, LEA_VAN, "psu").on_hand, level(world, LEA_VAN, "psu").discrepancy) == (0, 2)
    assert level(world, LEA_VAN, "cable").discrepancy == 1


def test_what_was_set_aside_and_is_not_there_any_more_is_a_discrepancy_too(
    world: World, visits: Visits
) -> None:
    """A closing is a fact: it is never put aside for what the stock says."""
    stocked(world, (LEA_VAN, "psu", 2))
    visits.planned("v1", "lea", ("psu", 2))
    world.give(StockLevels, replace(level(world, LEA_VAN, "psu"), on_hand=1))
    visits.closed("v1", "lea", used("psu", 2))

    [issued] = world.told(PartsIssued)
    assert (issued.parts, issued.discrepancies) == ((used("psu", 1),), need("psu", 1))
    left = level(world, LEA_VAN, "psu")
    assert (left.on_hand, left.reserved, left.discrepancy) == (0, 0, 1)


def test_a_count_settles_the_discrepancy(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.closed("v1", "lea", used("psu", 2))
    world.do(CountStock(LEA_VAN, "psu", 4))
    assert (level(world, LEA_VAN, "psu").on_hand, level(world, LEA_VAN, "psu").discrepancy) == (4, 0)


def test_a_closing_nobody_planned_is_recorded_all_the_same(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.closed("v1", "lea", used("psu"))
    assert level(world, LEA_VAN, "psu").on_hand == 0
    assert world.have(Reservations, "v1").closed


def test_a_closing_after_the_cancellation_takes_what_was_really_used(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.cancelled("v1")
    visits.closed("v1", "lea", used("psu"))
    assert level(world, LEA_VAN, "psu").on_hand == 0


def test_a_second_closing_issues_nothing_twice(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 2))
    visits.closed("v1", "lea", used("psu"))
    visits.closed("v1", "lea", used("psu"))
    assert level(world, LEA_VAN, "psu").on_hand == 1


def test_a_piece_fitted_leaves_with_its_serial(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    world.do(ReceiveStock(LEA_VAN, "psu", 2, ("S-1", "S-2")))
    visits.closed("v1", "lea", used("psu", serial="S-1"))
    assert level(world, LEA_VAN, "psu").serials == ("S-2",)


def test_a_plan_older_than_what_is_known_changes_nothing(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1), (MARC_VAN, "psu", 1))
    visits.tell(rescheduled("v1", "marc", ("psu", 1)), sequence=5)
    visits.tell(planned("v1", "lea", ("psu", 1)), sequence=1)
    assert world.have(Reservations, "v1").technician_id == "marc"
    assert level(world, LEA_VAN, "psu").reserved == 0


def test_a_plan_that_comes_after_its_cancellation_reserves_nothing(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    cancelled = visits.cancelled("v1")
    assert cancelled.sequence == 1
    visits.tell(planned("v1", "lea", ("psu", 1)), sequence=1)
    visits.closed("v2", "lea")
    visits.tell(planned("v2", "lea", ("psu", 1)), sequence=9)
    assert level(world, LEA_VAN, "psu").reserved == 0


def test_of_two_visits_that_want_the_last_part_one_gets_it(world: World, visits: Visits) -> None:
    stocked(world, (DEPOT, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.planned("v2", "marc", ("psu", 1))
    assert [fact.visit_id for fact in world.told(PartsReserved)] == ["v1"]
    assert [fact.visit_id for fact in world.told(PartsShort)] == ["v2"]


def test_a_short_visit_gets_the_part_as_soon_as_one_is_received(world: World, visits: Visits) -> None:
    stocked(world, (DEPOT, "psu", 1))
    visits.planned("v1", "lea", ("psu", 2), starts_in=timedelta(hours=4))
    visits.planned("v2", "marc", ("psu", 2), starts_in=timedelta(hours=2))
    world.do(ReceiveStock(DEPOT, "psu", 1))
    assert [fact.visit_id for fact in world.told(PartsReserved)] == ["v2"]
    world.do(ReceiveStock(LEA_VAN, "psu", 2))
    assert [fact.visit_id for fact in world.told(PartsReserved)] == ["v2", "v1"]
    assert world.have(Reservations, "v1").short_of == ()


def test_a_short_visit_gets_what_a_cancelled_one_gives_back(world: World, visits: Visits) -> None:
    stocked(world, (DEPOT, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1))
    visits.planned("v2", "marc", ("psu", 1))
    visits.cancelled("v1")
    assert [fact.visit_id for fact in world.told(PartsReserved)] == ["v1", "v2"]
    assert level(world, DEPOT, "psu").available == 0


def test_a_count_that_finds_less_moves_the_latest_visit_to_other_stock(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 2), (DEPOT, "psu", 1))
    visits.planned("v1", "lea", ("psu", 1), starts_in=timedelta(hours=4))
    visits.planned("v2", "lea", ("psu", 1), starts_in=timedelta(hours=2))
    world.do(CountStock(LEA_VAN, "psu", 1))

    [released] = world.told(PartsReleased)
    assert (released.visit_id, released.location) == ("v1", LEA_VAN)
    assert world.told(PartsReserved)[-1].location == DEPOT
    assert level(world, LEA_VAN, "psu").reserved == 1


def test_using_what_was_set_aside_for_another_visit_makes_that_one_short(
    world: World, visits: Visits
) -> None:
    stocked(world, (LEA_VAN, "psu", 1))
    visits.planned("later", "lea", ("psu", 1))
    visits.closed("now", "lea", used("psu"))

    [short] = world.told(PartsShort)
    assert short.visit_id == "later"
    assert (level(world, LEA_VAN, "psu").on_hand, level(world, LEA_VAN, "psu").reserved) == (0, 0)


def test_every_change_of_a_level_is_published_as_its_state(world: World, visits: Visits) -> None:
    stocked(world, (LEA_VAN, "psu", 2))
    visits.planned("v1", "lea", ("psu", 1))
    visits.closed("v1", "lea", used("psu"))
    states = [(state.on_hand, state.reserved) for state in world.told(StockLevelChanged)]
    assert states == [(2, 0), (2, 1), (1, 0)]
    assert all(
        each.envelope.key == f"{LEA_VAN}/psu"
        for each in world.events
        if each.envelope.type == "stock-level-changed"
    )
