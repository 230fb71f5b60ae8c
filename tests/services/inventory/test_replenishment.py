"""When to order, and how many: measured use, lead times and safety stock."""

from datetime import UTC, datetime
from math import ceil, sqrt
from statistics import pstdev

import pytest

from services.inventory.domain.part import Part
from services.inventory.domain.replenishment import (
    SERVICE_FACTOR,
    Replenishment,
    lead_time,
    reorder_point,
    replenished,
    safety_stock,
    use_of,
)
from services.inventory.domain.supply import supplies
from services.inventory.domain.transfer import Transfer, TransferLine
from tests.services.inventory.test_supply import level

NOW = datetime(2026, 3, 2, tzinfo=UTC)
STEADY = {f"2026-01-{day:02}": 2 for day in range(1, 31)}


def one(part: Part, available: int, use: dict[str, int], **more: int) -> Replenishment:
    [found] = replenished(
        supplies([part], [level("depot:lyon", part.id, available)]),
        {part.id: use},
        {},
        on_order={part.id: more.get("on_order", 0)},
        drafted={},
        awaited={part.id: more.get("awaited", 0)},
        days=30,
    )
    return found


def test_steady_use_needs_no_safety_stock_and_is_ordered_a_lead_time_ahead() -> None:
    use = use_of(STEADY, 30)
    lead = lead_time(Part("psu", "PSU", lead_time_days=5), ())
    assert (use.per_day, use.deviation) == (2, 0)
    assert (safety_stock(use, lead), reorder_point(use, lead)) == (0, 10)


def test_safety_stock_covers_busy_lead_times_and_late_deliveries() -> None:
    use = use_of({"2026-01-01": 10, "2026-01-05": 2}, 10)
    lead = lead_time(Part("psu", "PSU", supplier="Dell"), (4.0, 8.0))
    assert (use.per_day, lead.days, lead.deviation, lead.source) == (1.2, 6, 2, "measured")
    deviation = pstdev([10, 2, *[0] * 8])
    assert safety_stock(use, lead) == ceil(SERVICE_FACTOR * sqrt(6 * deviation**2 + 1.2**2 * 2**2))
    assert reorder_point(use, lead) == ceil(1.2 * 6) + safety_stock(use, lead)


def test_a_part_without_use_or_point_of_its_own_is_not_ordered_unless_a_visit_waits() -> None:
    assert one(Part("psu", "PSU"), 0, {}).suggested == 0
    assert one(Part("psu", "PSU"), 0, {}, awaited=2).suggested == 2
    assert one(Part("psu", "PSU"), 0, {}, awaited=2, on_order=2).suggested == 0


def test_an_order_covers_the_reorder_point_and_a_cycle_in_whole_packs() -> None:
    part = Part("psu", "PSU", lead_time_days=5, order_multiple=25)
    assert one(part, 11, STEADY).suggested == 0
    found = one(part, 10, STEADY)
    assert (found.point, found.suggested) == (10, 75), "10 + 2 a day for 30 days, less the 10 there are: 60"


def test_a_point_of_the_parts_own_counts_instead_of_the_computed_one() -> None:
    found = one(Part("psu", "PSU", reorder_point=3), 3, {})
    assert (found.point, found.computed_point, found.suggested) == (3, 0, 1)


@pytest.mark.parametrize("location", ["quarantine:lyon", "cupboard:nord", "transit"])
def test_what_others_cannot_use_is_not_available(location: str) -> None:
    [supply] = supplies([Part("psu", "PSU", 1)], [level(location, "psu", 5)])
    assert (supply.available, supply.on_hand) == (0, 5)
    assert (supply.on_the_way, supply.at_clients) == (
        5 * (location == "transit"),
        5 * location.startswith("cupboard"),
    )


@pytest.mark.parametrize(
    ("destination", "coming"), [("van:lea", 5), ("cupboard:nord", 3), ("quarantine:x", 3)]
)
def test_what_is_sent_where_it_serves_nobody_else_is_not_counted_as_coming(
    destination: str, coming: int
) -> None:
    line = TransferLine("psu", 4, received=2)
    sent = Transfer("t", "depot:lyon", destination, (line,), ("depot:lyon", destination), NOW, "sam")
    [supply] = supplies([Part("psu", "PSU")], [level("transit", "psu", 5)], [sent])
    assert supply.on_the_way == coming
