"""Travel as it was observed: around Toulouse the mornings and evenings are slow."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from contracts.values import Point
from services.dispatch.domain.observed_travel import CELLS_AROUND, Band, ObservedTravel, observed_id
from services.dispatch.planning.known_travel import KnownTravel, cell_of
from tests.services.dispatch.sample import BLAGNAC, TOULOUSE
from tests.world import MONDAY_NINE

PARIS_ZONE = "Europe/Paris"


def observed(
    ways: Iterable[float], to: Point = BLAGNAC, band: Band = Band.MORNING_PEAK, zone: str = PARIS_ZONE
) -> ObservedTravel:
    """What is known after ways that took so many times as long as the default says."""
    known = ObservedTravel(observed_id(cell_of(to), band), zone)
    for ratio in ways:
        known = known.observed(MONDAY_NINE, ratio)
    return known


def often(ratio: float, to: Point = BLAGNAC, band: Band = Band.MORNING_PEAK) -> ObservedTravel:
    """After four hundred that took so long."""
    once = observed([ratio], to, band)
    return replace(
        once, quarters={each: tuple(400 * n for n in counts) for each, counts in once.quarters.items()}
    )


def knowing(*areas: ObservedTravel) -> KnownTravel:
    travel = KnownTravel()
    for each in areas:
        travel.factors.put(each)
    return travel


@cache
def jammed() -> KnownTravel:
    """Jams in both peaks within 50 km of Toulouse, and fast roads by day in its middle."""
    around = [cell_of(TOULOUSE) + north * CELLS_AROUND + east for north in (-1, 0, 1) for east in (-1, 0, 1)]
    peaks = [
        replace(often(2.2), id=observed_id(cell, band))
        for cell in around
        for band in (Band.MORNING_PEAK, Band.EVENING_PEAK)
    ]
    return knowing(*peaks, often(0.8, TOULOUSE, Band.DAY))
