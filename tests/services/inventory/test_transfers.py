"""What is sent is on the way until it is received, whole or short; nothing is lost in between."""

import pytest

from contracts.refusal import Refusal
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import VarianceReason
from services.inventory.domain.part import Part, Tracking
from services.inventory.domain.transfer import Transfer, TransferState
from services.inventory.store.parts import Parts
from services.inventory.store.stock import Movements, Transfers
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.explain_count import ExplainCount
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.receive_transfer import Came, CancelTransfer, ReceiveTransfer
from services.inventory.usecases.send_transfer import SendTransfer, Sent
from services.inventory.usecases.transfer_stock import TransferStock
from tests.services.inventory.facts import DEPOT, LEA_VAN, Visits, an_inventory, ledger, level, stocked, used
from tests.services.inventory.test_stock import refused
from tests.world import World

TRANSIT = "transit"
LOST = VarianceReason.LOST_IN_TRANSIT


@pytest.fixture
def world() -> World:
    world = an_inventory()
    stocked(world, (DEPOT, "psu", 5), (DEPOT, "fan", 2))
    return world


def sent(world: World, *lines: Sent, to: str = LEA_VAN) -> Transfer:
    world.do(SendTransfer("t1", DEPOT, to, lines or (Sent("psu", 3),)))
    return world.have(Transfers, "t1")


def test_what_is_sent_is_on_the_way_until_somebody_receives_it(world: World) -> None:
    assert sent(world).state is TransferState.ON_THE_WAY
    assert (level(world, DEPOT, "psu").on_hand, level(world, TRANSIT, "psu").on_hand) == (2, 3)
    world.do(ReceiveTransfer("t1"))
    assert world.have(Transfers, "t1").state is TransferState.RECEIVED
    assert (level(world, LEA_VAN, "psu").on_hand, level(world, TRANSIT, "psu").on_hand) == (3, 0)
    assert refused(world, ReceiveTransfer("t1")).slug == "transfer-over"


def test_what_is_on_the_way_serves_no_visit_until_it_is_there(world: World) -> None:
    sent(world, Sent("psu", 5))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu", 1))
    assert level(world, TRANSIT, "psu").reserved == 0
    world.do(ReceiveTransfer("t1"))
    assert level(world, LEA_VAN, "psu").reserved == 1


def test_what_did_not_come_is_written_off_with_its_reason(world: World) -> None:
    sent(world)
    short = ReceiveTransfer("t1", (Came("psu", 2),))
    assert refused(world, short).members["missing"] == {"psu": 1}
    world.do(ReceiveTransfer("t1", (Came("psu", 2),), reason=LOST, note="Carton ouvert"))
    assert world.have(Transfers, "t1").state is TransferState.SHORT
    assert ledger(world, TRANSIT, "psu") == [("arrived", 3), ("sent", -2), ("counted", -1)]
    [line] = [each for each in world.all(Movements) if each.reason is LOST]
    assert (line.note, line.reference) == ("Carton ouvert", "t1")


def test_the_rest_may_come_later_but_never_more_than_was_sent(world: World) -> None:
    sent(world)
    world.do(ReceiveTransfer("t1", (Came("psu", 1),), more_to_come=True))
    assert refused(world, ReceiveTransfer("t1", (Came("psu", 3),))).members["on_the_way"] == 2
    assert refused(world, ReceiveTransfer("t1", (Came("fan", 1),))).slug == "not-in-transfer"
    world.do(ReceiveTransfer("t1"))
    assert world.have(Transfers, "t1").state is TransferState.RECEIVED
    assert level(world, LEA_VAN, "psu").on_hand == 3


def test_what_is_called_back_is_where_it_was(world: World) -> None:
    sent(world, Sent("psu", 2), Sent("fan", 1))
    world.do(CancelTransfer("t1"))
    assert world.have(Transfers, "t1").state is TransferState.CANCELLED
    assert (level(world, DEPOT, "psu").on_hand, level(world, DEPOT, "fan").on_hand) == (5, 2)
    assert level(world, TRANSIT, "fan").on_hand == 0
    assert [each.open for each in world.have(Transfers, "t1").lines] == [0, 0]


def test_a_transfer_leaves_whole_or_not_at_all(world: World) -> None:
    assert refused(world, SendTransfer("t1", DEPOT, LEA_VAN, (Sent("psu", 1), Sent("fan", 3)))).slug == (
        "not-enough-stock"
    )
    assert level(world, DEPOT, "psu").on_hand == 5
    assert refused(world, TransferStock(DEPOT, TRANSIT, "psu", 1)).slug == "on-the-way"


def test_serials_are_known_on_the_way_and_one_that_is_missing_is_named(world: World) -> None:
    world.do(ReceiveStock(DEPOT, "fan", 2, ("F-1", "F-2")))
    sent(world, Sent("fan", 2, ("F-1", "F-2")))
    assert level(world, TRANSIT, "fan").serials == ("F-1", "F-2")
    unread = ReceiveTransfer("t1", (Came("fan", 1),), reason=LOST, note="Perdu")
    assert refused(world, unread).slug == "serials-do-not-match"
    world.do(ReceiveTransfer("t1", (Came("fan", 1, ("F-2",)),), reason=LOST, note="Perdu"))
    assert level(world, LEA_VAN, "fan").serials == ("F-2",)
    assert level(world, TRANSIT, "fan").serials == ()


def test_of_lots_what_expires_first_leaves_first_and_the_ledger_says_which(world: World) -> None:
    world.give(Parts, Part("gel", "Gel", tracking=Tracking.LOT))
    assert refused(world, ReceiveStock(DEPOT, "gel", 2)).slug == "lot-needed"
    old, new = Lot("B", 2, "2026-05-01"), Lot("A", 3, "2027-05-01")
    world.do(ReceiveStock(DEPOT, "gel", 3, lots=(new,)))
    world.do(ReceiveStock(DEPOT, "gel", 2, lots=(old,)))
    sent(world, Sent("gel", 3))
    assert level(world, TRANSIT, "gel").lots == (old, Lot("A", 1, "2027-05-01"))
    assert level(world, DEPOT, "gel").lots == (Lot("A", 2, "2027-05-01"),)
    assert refused(world, TransferStock(DEPOT, LEA_VAN, "gel", 1, lot="B")).members["available"] == 0
    world.do(ReceiveTransfer("t1"))
    assert level(world, LEA_VAN, "gel").lots == (old, Lot("A", 1, "2027-05-01"))
    Visits(world).closed("v1", "lea", used("gel", 2))
    assert level(world, LEA_VAN, "gel").lots == (Lot("A", 1, "2027-05-01"),)


def test_pieces_with_serials_are_received_with_them(world: World) -> None:
    world.give(Parts, Part("disk", "Disk", tracking=Tracking.SERIAL))
    assert refused(world, ReceiveStock(DEPOT, "disk", 1)).slug == "serials-needed"


def test_a_count_that_differs_waits_for_its_reason_once(world: World) -> None:
    world.do(CountStock(DEPOT, "psu", 4))
    [waiting] = level(world, DEPOT, "psu").unexplained
    world.do(ExplainCount(waiting, VarianceReason.UNRECORDED_USE, "Prise sans bon par Marc"))
    assert level(world, DEPOT, "psu").unexplained == ()
    assert ledger(world, DEPOT, "psu") == [("received", 5), ("counted", -1), ("explained", 0)]
    with pytest.raises(Refusal) as again:
        world.do(ExplainCount(waiting, VarianceReason.OTHER, "Encore"))
    assert again.value.slug == "nothing-to-explain"


def test_a_count_with_its_reason_or_without_a_difference_waits_for_none(world: World) -> None:
    world.do(CountStock(DEPOT, "psu", 5))
    world.do(CountStock(DEPOT, "psu", 4, reason=VarianceReason.DAMAGED, note="Boîtier fendu"))
    assert level(world, DEPOT, "psu").unexplained == ()
