"""A visit gets substitutes where its part is not to be had, a kit whole, and the site's cupboard first."""

import pytest

from contracts.inventory.events import PartsReserved, PartsShort
from contracts.values import PartNeed
from services.inventory.domain.part import Part, Substitute
from services.inventory.domain.reservation import Held, ReservationState
from services.inventory.domain.site import Site
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.sites import Sites
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.put_part import PutPart
from services.inventory.usecases.receive_stock import ReceiveStock
from tests.services.inventory.facts import DEPOT, LEA_VAN, Visits, an_inventory, ledger, level, stocked, used
from tests.services.inventory.test_stock import refused
from tests.world import World

CUPBOARD = "cupboard:pasteur-nord"


@pytest.fixture
def world() -> World:
    world = an_inventory()
    site = Site("pasteur-nord", "pasteur", "Nord", "1 rue", "69003", "Lyon", 45.7, 4.8, "Europe/Paris", "FR")
    world.give(Sites, site)
    return world


def held(world: World, visit: str) -> tuple[Held, ...]:
    return world.have(Reservations, visit).held


def test_a_substitute_is_set_aside_where_no_place_has_the_part_itself(world: World) -> None:
    stocked(world, (LEA_VAN, "psu-650", 1), (DEPOT, "psu-550", 1))
    world.give(Parts, Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),)))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu-550", 1))
    visits.planned("v2", "lea", ("psu-550", 1))
    assert held(world, "v1") == (Held(DEPOT, "psu-550", 1),)
    assert held(world, "v2") == (Held(LEA_VAN, "psu-650", 1, instead_of="psu-550"),)
    visits.closed("v2", "lea", used("psu-650"))
    assert ledger(world, LEA_VAN, "psu-650") == [("received", 1), ("issued", -1)]
    assert world.have(Reservations, "v2").discrepancies == ()


def test_one_way_is_not_the_other(world: World) -> None:
    stocked(world, (LEA_VAN, "psu-550", 1))
    world.give(Parts, Part("psu-650", "650 W"))
    world.do(PutPart(Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),))))
    Visits(world).planned("v1", "lea", ("psu-650", 1))
    assert world.have(Reservations, "v1").state is ReservationState.SHORT


def test_both_ways_is_told_to_the_other_part_and_taken_back_with_it(world: World) -> None:
    stocked(world, (LEA_VAN, "psu-550", 1))
    world.give(Parts, Part("psu-650", "650 W"))
    world.do(PutPart(Part("psu-550", "550 W", substitutes=(Substitute("psu-650", both_ways=True),))))
    Visits(world).planned("v1", "lea", ("psu-650", 1))
    assert held(world, "v1") == (Held(LEA_VAN, "psu-550", 1, instead_of="psu-650"),)
    world.do(PutPart(Part("psu-550", "550 W")))
    assert world.have(Parts, "psu-650").substitutes == ()


def test_who_waits_is_served_by_a_substitute_that_comes(world: World) -> None:
    stocked(world, (DEPOT, "psu-650", 1))
    Visits(world).planned("v0", "lea", ("psu-650", 1))
    world.give(Parts, Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),)))
    Visits(world).planned("v1", "lea", ("psu-550", 1))
    assert world.told(PartsShort)[-1].missing[0].sku == "psu-550"
    world.do(ReceiveStock(DEPOT, "psu-650", 1))
    assert held(world, "v1") == (Held(DEPOT, "psu-650", 1, instead_of="psu-550"),)


def test_the_parts_of_a_kit_are_set_aside_together_and_leave_together(world: World) -> None:
    stocked(world, (LEA_VAN, "roller", 4), (DEPOT, "fuser", 1))
    kit = (PartNeed(sku="roller", quantity=2), PartNeed(sku="fuser", quantity=1))
    world.do(PutPart(Part("printer-kit", "Kit", kit=kit)))
    visits = Visits(world)
    visits.planned("v1", "lea", ("printer-kit", 1))
    visits.planned("v2", "lea", ("printer-kit", 1))
    assert held(world, "v1") == (Held(DEPOT, "fuser", 1), Held(LEA_VAN, "roller", 2))
    assert [each.sku for each in world.told(PartsShort)[-1].missing] == ["fuser"]
    assert level(world, LEA_VAN, "roller").reserved == 2, "of a kit that is not whole nothing is set aside"
    visits.closed("v1", "lea", used("printer-kit"))
    assert (level(world, LEA_VAN, "roller").on_hand, level(world, DEPOT, "fuser").on_hand) == (2, 0)
    assert refused(world, ReceiveStock(DEPOT, "printer-kit", 1)).slug == "kit-not-stocked"


def test_a_part_wanted_twice_over_is_never_promised_twice(world: World) -> None:
    """The kit's roller and the one wanted beside it come to two; the substitute of a third is another."""
    stocked(world, (LEA_VAN, "roller", 2))
    world.give(Parts, Part("wheel", "Wheel", substitutes=(Substitute("roller"),)))
    world.do(PutPart(Part("kit", "Kit", kit=(PartNeed(sku="roller", quantity=1),))))
    Visits(world).planned("v1", "lea", ("kit", 1), ("roller", 1), ("wheel", 1))
    assert world.have(Reservations, "v1").state is ReservationState.SHORT
    assert level(world, LEA_VAN, "roller").reserved == 0


def test_kits_and_substitutes_that_make_no_sense_are_refused(world: World) -> None:
    kit = Part("kit", "Kit", kit=(PartNeed(sku="roller", quantity=1),))
    world.give(Parts, Part("roller", "Roller"))
    world.do(PutPart(kit))
    again = Part("kits", "Kits", kit=(PartNeed(sku="kit", quantity=2),))
    assert refused(world, PutPart(again)).slug == "kit-in-kit"
    itself = Part("roller", "Roller", substitutes=(Substitute("roller"),))
    assert refused(world, PutPart(itself)).slug == "names-itself"
    unknown = Part("roller", "Roller", substitutes=(Substitute("wheel"),))
    assert refused(world, PutPart(unknown)).slug == "unknown-reference"


def test_the_cupboard_at_the_site_comes_before_a_depot_and_serves_no_other_site(world: World) -> None:
    stocked(world, (DEPOT, "psu", 5), (CUPBOARD, "psu", 1), ("quarantine:lyon", "psu", 9))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu", 1))
    assert [fact.location for fact in world.told(PartsReserved)] == [CUPBOARD]
    elsewhere = visits.planned("v2", "lea", ("psu", 6))
    assert elsewhere.subject == "v2"
    [short] = world.told(PartsShort)
    assert short.missing[0].elsewhere == (), "neither a cupboard nor a quarantine lends to a van"
    assert refused(world, ReceiveStock("cupboard:nowhere", "psu", 1)).slug == "unknown-reference"


def test_who_writes_down_the_part_that_was_wanted_uses_the_substitute_that_was_set_aside(
    world: World,
) -> None:
    stocked(world, (LEA_VAN, "psu-650", 2))
    world.give(Parts, Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),)))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu-550", 1))
    visits.closed("v1", "lea", used("psu-550"))
    after = world.have(Reservations, "v1")
    assert ([each.used.sku for each in after.issued], after.discrepancies) == (["psu-650"], ())
    assert level(world, LEA_VAN, "psu-650").on_hand == 1


def test_a_part_set_aside_both_for_itself_and_as_a_substitute_leaves_once_for_each(world: World) -> None:
    stocked(world, (LEA_VAN, "psu-650", 2))
    world.give(Parts, Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),)))
    world.give(Parts, Part("psu-650", "650 W"))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu-550", 1), ("psu-650", 1))
    assert [each.sku for each in held(world, "v1")] == ["psu-650", "psu-650"]
    visits.closed("v1", "lea", used("psu-650", 3))
    assert (level(world, LEA_VAN, "psu-650").on_hand, level(world, LEA_VAN, "psu-650").discrepancy) == (0, 1)


def test_who_waits_is_served_by_a_substitute_that_is_named_afterwards(world: World) -> None:
    stocked(world, (DEPOT, "psu-650", 1))
    world.give(Parts, Part("psu-650", "650 W"))
    world.give(Parts, Part("psu-550", "550 W"))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu-550", 1))
    visits.planned("v2", "lea", ("psu-550", 1))
    world.do(PutPart(Part("psu-550", "550 W", substitutes=(Substitute("psu-650"),))))
    assert held(world, "v1") == (Held(DEPOT, "psu-650", 1, instead_of="psu-550"),)
    assert world.have(Reservations, "v2").short_of == ("psu-550", "psu-650")
    world.do(ReceiveStock(DEPOT, "psu-650", 1))
    assert held(world, "v2") == (Held(DEPOT, "psu-650", 1, instead_of="psu-550"),)


def test_who_waits_for_a_kit_waits_for_what_it_consists_of_now(world: World) -> None:
    stocked(world, (DEPOT, "fuser", 1))
    for sku in ("roller", "fuser"):
        world.give(Parts, Part(sku, sku.title()))
    world.do(PutPart(Part("kit", "Kit", kit=(PartNeed(sku="roller", quantity=1),))))
    Visits(world).planned("v1", "lea", ("kit", 1))
    assert world.have(Reservations, "v1").state is ReservationState.SHORT
    world.do(PutPart(Part("kit", "Kit", kit=(PartNeed(sku="fuser", quantity=1),))))
    assert held(world, "v1") == (Held(DEPOT, "fuser", 1),)


def test_what_is_in_stock_or_in_a_kit_does_not_become_a_kit(world: World) -> None:
    stocked(world, (DEPOT, "roller", 1))
    for sku in ("roller", "wheel", "axle"):
        world.give(Parts, Part(sku, sku.title()))
    of_axles = (PartNeed(sku="axle", quantity=1),)
    refusal = refused(world, PutPart(Part("roller", "Roller", kit=of_axles)))
    assert (refusal.slug, refusal.members["locations"]) == ("part-in-stock", [DEPOT])
    world.do(PutPart(Part("kit", "Kit", kit=(PartNeed(sku="wheel", quantity=1),))))
    assert refused(world, PutPart(Part("wheel", "Wheel", kit=of_axles))).slug == "kit-in-kit"


def test_what_a_visit_that_falls_short_frees_goes_to_who_waits_for_it(world: World) -> None:
    stocked(world, (LEA_VAN, "psu", 1), (LEA_VAN, "screen", 1))
    visits = Visits(world)
    visits.planned("v1", "lea", ("psu", 1), ("screen", 1))
    visits.planned("v2", "lea", ("screen", 1))
    assert world.have(Reservations, "v2").state is ReservationState.SHORT
    world.do(CountStock(LEA_VAN, "psu", 0))
    assert world.have(Reservations, "v1").state is ReservationState.SHORT
    assert held(world, "v2") == (Held(LEA_VAN, "screen", 1),)
