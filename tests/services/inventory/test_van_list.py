"""What a technician loads in the evening."""

from contracts.inventory.events import MissingPart
from services.inventory.domain.part import Part
from services.inventory.domain.reservation import Held, Reservation
from services.inventory.domain.van_list import TopUp, VanLine, VanList, van_list
from tests.services.inventory.test_supply import level


def reserved(visit: str, *held: Held, missing: tuple[MissingPart, ...] = ()) -> Reservation:
    return Reservation(visit, "t", "pasteur", technician_id="lea", held=held, missing=missing)


def listed(*reservations: Reservation, agency: str | None = None, **used: tuple[int, ...]) -> VanList:
    parts = [Part("belt", "Belt"), Part("fan", "Fan"), Part("toner", "Toner", van_minimum=2)]
    levels = [
        level("van:lea", "fan", 3, reserved=2),
        level("depot:lyon", "fan", 1),
        level("depot:lille", "fan", 9),
        level("depot:lille", "toner", 1),
        level("quarantine:lyon", "belt", 9),
    ]
    return van_list("lea", reservations, parts, levels, used, days=90, agency=agency)


def test_the_same_part_for_two_visits_is_one_line_and_each_place_has_its_own() -> None:
    found = listed(
        reserved("v1", Held("depot:lyon", "fan", 1), Held("van:lea", "fan", 2)),
        reserved("v2", Held("depot:lyon", "fan", 2), Held("cupboard:nord", "belt", 1)),
    )
    assert found.to_load == (VanLine("fan", 3, "depot:lyon", ("v1", "v2")),)
    assert found.in_van == (VanLine("fan", 2, "van:lea", ("v1",)),)
    assert found.on_site == (VanLine("belt", 1, "cupboard:nord", ("v2",)),)


def test_a_substitute_says_what_it_replaces_and_what_is_nowhere_is_said() -> None:
    lacking = MissingPart(sku="belt", quantity=2, available=0)
    found = listed(
        reserved("v1", Held("depot:lille", "fan", 1, instead_of="blower")), reserved("v2", missing=(lacking,))
    )
    assert [each.instead_of for each in found.to_load] == ["blower"]
    assert found.missing == (VanLine("belt", 2, None, ("v2",)),)


def test_a_van_is_filled_up_to_a_week_of_what_its_technician_uses() -> None:
    """26 in 90 days are 2.02 a week, so 3; one that no visit needs is there, and once used is not usual."""
    found = listed(fan=(13, 13), belt=(5,), agency="lyon")
    assert found.top_up == (TopUp("fan", 1, "depot:lyon", 1, 3), TopUp("toner", 1, "depot:lille", 0, 2))


def test_what_no_depot_has_is_said_to_be_lacking_all_the_same() -> None:
    assert listed(belt=(4, 4)).top_up[0] == TopUp("belt", 1, None, 0, 1)
