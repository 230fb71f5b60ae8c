"""What came back stays in quarantine until it is settled; a loan unit comes back as what it was."""

import pytest

from services.inventory.domain.lots import Lot
from services.inventory.domain.part import Part
from services.inventory.domain.purchase import PurchaseLine
from services.inventory.domain.returned import ReturnState
from services.inventory.domain.site import Site
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
from services.inventory.store.returns import Returns
from services.inventory.store.sites import Sites
from services.inventory.usecases.lend_stock import LendStock, TakeLoanBack
from services.inventory.usecases.purchase import DraftPurchase, MakePurchaseRequest
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.return_parts import SettleReturn, TakeBack
from services.inventory.usecases.send_transfer import SendTransfer, Sent
from services.inventory.usecases.transfer_stock import TransferStock
from tests.services.inventory.facts import DEPOT, LEA_VAN, an_inventory, level
from tests.services.inventory.test_stock import refused
from tests.world import World

QUARANTINE = "quarantine:lyon"


@pytest.fixture
def world() -> World:
    world = an_inventory()
    site = Site("pasteur-nord", "pasteur", "Nord", "1 rue", "69003", "Lyon", 45.7, 4.8, "Europe/Paris", "FR")
    world.give(Sites, site)
    world.give(Parts, Part("psu", "PSU", order_multiple=5))
    return world


def test_what_came_back_leaves_its_quarantine_by_being_settled_alone(world: World) -> None:
    world.do(ReceiveStock(DEPOT, "psu", 1, ("S-1",)))
    world.do(TakeBack("r1", "psu", 1, QUARANTINE, serial="S-1", origin=DEPOT))
    for leaving in (
        TransferStock(QUARANTINE, DEPOT, "psu", 1),
        TransferStock(QUARANTINE, DEPOT, "psu", 1, ("S-1",)),
        SendTransfer("t1", QUARANTINE, LEA_VAN, (Sent("psu", 1),)),
        LendStock("l1", QUARANTINE, "psu", 1, "pasteur-nord"),
        TakeBack("r2", "psu", 1, "quarantine:lille", serial="S-1", origin=QUARANTINE),
    ):
        assert refused(world, leaving).slug == "in-quarantine"
    world.do(SettleReturn("r1", ReturnState.KEPT, location=DEPOT))
    assert world.have(Returns, "r1").state is ReturnState.KEPT
    assert level(world, QUARANTINE, "psu").on_hand == 0
    assert (level(world, DEPOT, "psu").on_hand, level(world, DEPOT, "psu").serials) == (1, ("S-1",))


def test_what_lies_in_quarantine_without_a_return_may_leave_it(world: World) -> None:
    """Such as a loan unit that came back defective and was mended in the workshop."""
    world.do(ReceiveStock(QUARANTINE, "psu", 1))
    world.do(TakeBack("r1", "psu", 1, QUARANTINE))
    assert refused(world, TransferStock(QUARANTINE, DEPOT, "psu", 2)).slug == "in-quarantine"
    world.do(TransferStock(QUARANTINE, DEPOT, "psu", 1))
    assert (level(world, QUARANTINE, "psu").on_hand, level(world, DEPOT, "psu").on_hand) == (1, 1)


def test_what_was_lent_comes_back_with_its_lot(world: World) -> None:
    lot = Lot("L-1", 2, "2027-01-31")
    world.do(ReceiveStock(DEPOT, "psu", 2, lots=(lot,)))
    world.do(LendStock("l1", DEPOT, "psu", 2, "pasteur-nord"))
    assert level(world, DEPOT, "psu").lots == ()
    world.do(TakeLoanBack("l1", DEPOT))
    assert level(world, DEPOT, "psu").lots == (lot,)


def test_what_a_draft_made_by_hand_asks_for_is_not_drafted_again(world: World) -> None:
    world.do(MakePurchaseRequest("p1", "ACME", (PurchaseLine("psu", 3),)))
    assert world.do(DraftPurchase("p2", "ACME", (PurchaseLine("psu", 3),))) is None
    assert world.do(DraftPurchase("p3", "ACME", (PurchaseLine("psu", 10),))) == "p3"
    assert world.do(DraftPurchase("p4", "ACME", (PurchaseLine("psu", 10),))) == "p3"
    assert world.have(PurchaseRequests, "p3").lines == (PurchaseLine("psu", 10),), "whole packs of 5"
