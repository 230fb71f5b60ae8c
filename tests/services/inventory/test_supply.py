"""What there is of each part, and how old and covered a machine is."""

from datetime import date, timedelta

import pytest

from services.inventory.domain.part import Part
from services.inventory.domain.stock import StockLevel
from services.inventory.domain.supply import supplies
from services.inventory.domain.warranty import SOON, age_years, bounds, warranty_on

TODAY = date(2026, 3, 2)


def level(location: str, sku: str, on_hand: int, reserved: int = 0, discrepancy: int = 0) -> StockLevel:
    return StockLevel(f"{location}/{sku}", location, sku, on_hand, reserved, discrepancy=discrepancy)


def test_what_is_missing_comes_first_then_what_runs_short() -> None:
    parts = [Part("a", "Adapter", 2), Part("b", "Battery", 2), Part("c", "Cable"), Part("d", "Disk", 2)]
    levels = [
        level("depot:west", "a", 3),
        level("depot:west", "b", 3, reserved=1),
        level("van:ines", "d", 1, 1),
    ]
    found = supplies(parts, levels)
    assert [(each.part.id, each.standing) for each in found] == [
        ("d", "none"),
        ("b", "short"),
        ("a", "enough"),
        ("c", "enough"),
    ]


def test_all_places_count_and_depots_are_named_first() -> None:
    levels = [level("van:ines", "a", 2), level("depot:west", "a", 1), level("depot:east", "a", 0, 0, 3)]
    [supply] = supplies([Part("a", "Adapter")], levels)
    assert (supply.on_hand, supply.reserved, supply.available, supply.owed) == (3, 0, 3, 3)
    assert [each.location for each in supply.levels] == ["depot:east", "depot:west", "van:ines"]


@pytest.mark.parametrize(
    ("until", "standing"),
    [
        (None, "unknown"),
        ("2026-03-01", "over"),
        ("2026-03-02", "soon"),
        ((TODAY + SOON - timedelta(days=1)).isoformat(), "soon"),
        ((TODAY + SOON).isoformat(), "running"),
    ],
)
def test_a_warranty_holds_to_the_end_of_its_last_day(until: str | None, standing: str) -> None:
    assert warranty_on(TODAY, until) == standing
    since, before = bounds(TODAY, warranty_on(TODAY, until))
    if until is not None:
        assert since is None or since <= until
        assert before is None or until < before


def test_age_is_in_years_and_not_known_where_nobody_wrote_when_it_was_bought() -> None:
    assert age_years(TODAY, None) is None
    assert age_years(TODAY, "2027-01-01") == 0
    assert age_years(TODAY, "2022-03-02") == pytest.approx(4.0, abs=0.01)
