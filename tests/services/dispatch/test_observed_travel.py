"""What is learned of travel times from observed ways, and what planning makes of it."""

import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.values import Point
from services.dispatch.domain.observed_travel import (
    LEAST_COUNT,
    Band,
    ObservedTravel,
    band_at,
    ratio_of,
)
from services.dispatch.domain.way import Source
from services.dispatch.planning.known_travel import KnownTravel
from services.dispatch.planning.travel import DEFAULT_TRAVEL, unit_vector
from tests.services.dispatch.jams import PARIS_ZONE, knowing, observed, often
from tests.services.dispatch.sample import BLAGNAC, MURET, PARIS, TOULOUSE
from tests.world import MONDAY_NINE

JAM, FREE = MONDAY_NINE, MONDAY_NINE - timedelta(hours=5)
"""Nine and four in the morning."""

REUNION = Point(latitude=-20.88, longitude=55.45)

ratios = st.lists(st.floats(0.05, 20.0), min_size=1, max_size=60)


@settings(deadline=None, max_examples=50)
@given(ratios, st.randoms())
def test_the_order_of_what_was_observed_does_not_matter(ways: list[float], chance: random.Random) -> None:
    dated = [(JAM + timedelta(days=70 * n), way) for n, way in enumerate(ways)]
    shuffled = chance.sample(dated, len(dated))
    one = other = ObservedTravel("1:1", PARIS_ZONE)
    for at, way in dated:
        one = one.observed(at, way)
    for at, way in shuffled:
        other = other.observed(at, way)
    assert one == other
    assert len(one.quarters) <= 4, "what is kept does not grow"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.05, 20.0), min_size=LEAST_COUNT, max_size=100))
def test_a_factor_lies_between_a_half_and_three_and_near_the_default_at_first(ways: list[float]) -> None:
    factor = observed(ways).factor
    assert factor is not None
    assert 0.5 <= factor <= 3.0
    assert abs(math.log(factor)) <= max(abs(math.log(way)) for way in ways) + 0.06


def test_below_the_least_count_nothing_is_learned() -> None:
    assert observed([2.0] * (LEAST_COUNT - 1)).factor is None
    travel = knowing(observed([2.0] * (LEAST_COUNT - 1)))
    assert travel.way(TOULOUSE, BLAGNAC, JAM) == DEFAULT_TRAVEL.way(TOULOUSE, BLAGNAC)
    assert observed([2.0] * LEAST_COUNT).factor == pytest.approx(math.sqrt(2), rel=0.04)
    assert observed([2.0] * 1000).factor == pytest.approx(2, rel=0.05), "many are believed"


def test_a_poisoned_outlier_does_not_move_it() -> None:
    honest = [1.2] * 60
    before = observed(honest).factor
    assert before is not None
    for poison in (0.0001, 1000.0):
        after = observed([*honest, poison, poison]).factor
        assert after == pytest.approx(before, rel=0.05)


def test_a_jam_in_the_morning_is_learned_there_and_not_at_night_nor_elsewhere() -> None:
    travel = knowing(observed([1.8] * 200))
    jam, night = travel.way(TOULOUSE, BLAGNAC, JAM), travel.way(TOULOUSE, BLAGNAC, FREE)
    default = DEFAULT_TRAVEL.seconds(TOULOUSE, BLAGNAC)
    assert jam.source is Source.LEARNED
    assert jam.seconds == pytest.approx(1.7 * default, rel=0.05)
    assert (night.seconds, night.source) == (default, Source.DEFAULT)
    assert travel.way(TOULOUSE, MURET, JAM).source is Source.DEFAULT, "another area"
    assert travel.way(TOULOUSE, BLAGNAC, JAM + timedelta(days=5)).source is Source.DEFAULT, "Saturday"
    assert travel.seconds(TOULOUSE, BLAGNAC) == default, "without a time nothing but the great circle counts"


def test_the_hours_are_those_of_the_place() -> None:
    island = observed([1.8] * 200, REUNION, zone="Indian/Reunion")
    travel = knowing(island, observed([1.8] * 200))
    near = Point(latitude=-20.93, longitude=55.48)
    eight_there, eight_in_paris = datetime(2026, 7, 6, 4, tzinfo=UTC), datetime(2026, 7, 6, 6, tzinfo=UTC)
    assert travel.way(near, REUNION, eight_there).source is Source.LEARNED
    assert travel.way(TOULOUSE, BLAGNAC, eight_there).source is Source.DEFAULT
    assert travel.way(near, REUNION, eight_in_paris).source is Source.DEFAULT, "ten o'clock there"
    assert travel.way(TOULOUSE, BLAGNAC, eight_in_paris).source is Source.LEARNED


PLACES = (TOULOUSE, BLAGNAC, MURET, PARIS, None)
BANDS = st.dictionaries(st.sampled_from(list(Band)), st.floats(0.4, 3.5))


def knowing_factors(by_area: Sequence[tuple[Point, dict[Band, float]]]) -> KnownTravel:
    return knowing(*(often(factor, to, band) for to, factors in by_area for band, factor in factors.items()))


@settings(deadline=None, max_examples=50)
@given(BANDS, BANDS, st.integers(0, 15 * 24 * 60), st.integers(0, 6 * 60))
def test_nobody_arrives_sooner_by_leaving_later(
    here: dict[Band, float], there: dict[Band, float], minute: int, later: int
) -> None:
    travel = knowing_factors([(TOULOUSE, here), (PARIS, there)])
    leave = MONDAY_NINE + timedelta(minutes=minute)
    for a, b in ((BLAGNAC, TOULOUSE), (MURET, PARIS)):
        arrives = minute * 60 + travel.seconds(a, b, leave)
        after = (minute + later) * 60 + travel.seconds(a, b, leave + timedelta(minutes=later))
        assert arrives <= after


@settings(deadline=None, max_examples=50)
@given(BANDS, BANDS, st.lists(st.integers(0, 15 * 24 * 3600), min_size=5, max_size=5))
def test_many_ways_at_once_take_what_each_takes_alone(
    here: dict[Band, float], there: dict[Band, float], offsets: list[int]
) -> None:
    travel = knowing_factors([(BLAGNAC, here), (PARIS, there)])
    leaves = [MONDAY_NINE + timedelta(seconds=each) for each in offsets]
    at = np.array([unit_vector(place) for place in PLACES])
    leave = np.array([each.timestamp() for each in leaves])
    for b in PLACES:
        to = np.array(unit_vector(b))
        alone = [travel.way(a, b, each) for a, each in zip(PLACES, leaves, strict=True)]
        together = travel.between(at, to, leave)
        assert [abs(a - way.seconds) <= 1 for a, way in zip(together, alone, strict=True)] == [True] * 5
        since, until = float(leave.min()), float(leave.max())
        in_time = leave + together <= until
        assert (travel.longest(at, to, since, until) >= together)[in_time].all()


@pytest.mark.parametrize(
    ("took", "kilometres", "plausible"),
    [
        (timedelta(minutes=30), 20.0, True),
        (timedelta(seconds=50), 2.1, False),
        (timedelta(minutes=10), 40.0, False),
        (timedelta(hours=4, minutes=1), 100.0, False),
        (timedelta(0), 5.0, False),
        (timedelta(minutes=5), 0.4, False),
    ],
)
def test_what_no_drive_can_have_been_is_not_counted(
    took: timedelta, kilometres: float, plausible: bool
) -> None:
    assert (ratio_of(took, kilometres, 1200) is not None) is plausible


def test_parts_of_the_day_change_with_the_clocks() -> None:
    # On 29 March 2026 Paris goes from UTC+1 to UTC+2.
    for day, hour in ((27, 6), (30, 5)):
        before = datetime(2026, 3, day, hour - 1, 59, tzinfo=UTC)
        assert band_at(before, PARIS_ZONE) is Band.NIGHT
        assert band_at(before + timedelta(minutes=1), PARIS_ZONE) is Band.MORNING_PEAK
    travel = knowing(observed([2.0] * 200))
    for at, source in (((27, 6, 0), "learned"), ((27, 5, 0), "default"), ((30, 5, 0), "learned")):
        assert travel.way(TOULOUSE, BLAGNAC, datetime(2026, 3, *at, tzinfo=UTC)).source == source
