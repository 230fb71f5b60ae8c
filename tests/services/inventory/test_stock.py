"""What the stock-keeper does: receive, transfer, count; each a line of a ledger that never changes."""

import pytest

from contracts.refusal import Refusal, UnknownReference
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.transfer_stock import TransferStock
from tests.services.inventory.facts import (
    DEPOT,
    LEA_VAN,
    MARC_VAN,
    Visits,
    an_inventory,
    ledger,
    level,
    stocked,
)
from tests.world import World


@pytest.fixture
def world() -> World:
    world = an_inventory()
    stocked(world, (DEPOT, "psu", 5))
    return world


def refused(world: World, use_case: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        world.do(use_case)  # type: ignore[arg-type]
    return refusal.value


def test_a_transfer_leaves_one_place_and_arrives_at_the_other(world: World) -> None:
    world.do(TransferStock(DEPOT, LEA_VAN, "psu", 2))
    assert ledger(world, DEPOT, "psu") == [("received", 5), ("sent", -2)]
    assert ledger(world, LEA_VAN, "psu") == [("arrived", 2)]


def test_a_transfer_of_more_than_is_available_says_what_there_is(world: World) -> None:
    Visits(world).planned("v1", "lea", ("psu", 4))
    refusal = refused(world, TransferStock(DEPOT, LEA_VAN, "psu", 2))
    assert refusal.slug == "not-enough-stock"
    assert (refusal.members["on_hand"], refusal.members["reserved"], refusal.members["available"]) == (
        5,
        4,
        1,
    )
    assert level(world, DEPOT, "psu").on_hand == 5


def test_a_transfer_goes_somewhere_else(world: World) -> None:
    assert refused(world, TransferStock(DEPOT, DEPOT, "psu", 1)).slug == "same-place"


def test_an_unknown_part_is_named(world: World) -> None:
    with pytest.raises(UnknownReference) as unknown:
        world.do(ReceiveStock(DEPOT, "flux-capacitor", 1))
    assert (unknown.value.kind, unknown.value.id) == ("part", "flux-capacitor")


def test_a_count_writes_the_difference(world: World) -> None:
    world.do(CountStock(DEPOT, "psu", 3))
    world.do(CountStock(DEPOT, "psu", 3))
    assert level(world, DEPOT, "psu").on_hand == 3
    assert ledger(world, DEPOT, "psu") == [("received", 5), ("counted", -2), ("counted", 0)]


def test_serials_travel_with_their_pieces(world: World) -> None:
    world.do(ReceiveStock(DEPOT, "psu", 2, ("S-1", "S-2")))
    world.do(TransferStock(DEPOT, LEA_VAN, "psu", 1, ("S-2",)))
    assert level(world, DEPOT, "psu").serials == ("S-1",)
    assert level(world, LEA_VAN, "psu").serials == ("S-2",)


def test_a_serial_is_in_one_place_only(world: World) -> None:
    world.do(ReceiveStock(LEA_VAN, "psu", 1, ("S-1",)))
    assert refused(world, ReceiveStock(MARC_VAN, "psu", 1, ("S-1",))).slug == "serial-already-here"
    assert refused(world, ReceiveStock(LEA_VAN, "psu", 1, ("S-1",))).slug == "serial-already-here"
    world.do(CountStock(LEA_VAN, "psu", 1, ("S-1",)))


@pytest.mark.parametrize("serials", [("S-1",), ("S-1", "S-1"), ("S-1", "S-2", "S-3")])
def test_each_piece_has_its_own_serial_or_none_has(world: World, serials: tuple[str, ...]) -> None:
    assert refused(world, ReceiveStock(DEPOT, "psu", 2, serials)).slug == "serials-do-not-match"


def test_a_serial_that_is_not_there_cannot_leave(world: World) -> None:
    refusal = refused(world, TransferStock(DEPOT, LEA_VAN, "psu", 1, ("S-9",)))
    assert (refusal.slug, refusal.members["serials"]) == ("unknown-serial", ["S-9"])


def test_a_count_may_name_the_pieces_found(world: World) -> None:
    world.do(ReceiveStock(DEPOT, "psu", 2, ("S-1", "S-2")))
    world.do(CountStock(DEPOT, "psu", 3, ("S-2", "S-3")))
    assert level(world, DEPOT, "psu").serials == ("S-2", "S-3")
    assert refused(world, CountStock(DEPOT, "psu", 1, ("S-2", "S-3"))).slug == "serials-do-not-match"
