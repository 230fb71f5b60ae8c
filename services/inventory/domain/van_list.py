"""What a technician loads in the evening: for tomorrow's visits, and what he usually uses."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from services.inventory.domain.part import Part
from services.inventory.domain.places import CUPBOARD, DEPOT, van_of
from services.inventory.domain.reservation import Reservation
from services.inventory.domain.stock import StockLevel

COVERED_DAYS = 7
"""A van carries what its technician uses in so many days."""
USUAL_FROM = 2
"""What he used less often than that in the whole window is not usual."""


@dataclass(frozen=True)
class VanLine:
    """``quantity`` pieces for ``visits``; ``location`` is where they lie, None where nobody has them."""

    sku: str
    quantity: int
    location: str | None
    visits: tuple[str, ...] = ()
    instead_of: str | None = None


@dataclass(frozen=True)
class TopUp:
    """The van has ``available`` that no visit needs, its minimum is ``minimum``; the depot has some."""

    sku: str
    quantity: int
    location: str | None
    available: int
    minimum: int


@dataclass(frozen=True)
class VanList:
    """``to_load`` lies elsewhere; ``on_site`` waits in the clients' cupboards; ``missing`` is nowhere."""

    technician_id: str
    to_load: tuple[VanLine, ...]
    in_van: tuple[VanLine, ...]
    on_site: tuple[VanLine, ...]
    missing: tuple[VanLine, ...]
    top_up: tuple[TopUp, ...]


def van_list(
    technician_id: str,
    reservations: Iterable[Reservation],
    parts: Iterable[Part],
    levels: Iterable[StockLevel],
    used: Mapping[str, Sequence[int]],
    *,
    days: int,
    agency: str | None = None,
) -> VanList:
    """``reservations`` are those of the day's visits; ``used`` what left his van over the last ``days``."""
    van = van_of(technician_id)
    visits = defaultdict[tuple[str | None, str, str | None], list[tuple[str, int]]](list)
    for reservation in reservations:
        for held in reservation.held:
            visits[held.location, held.sku, held.instead_of].append((reservation.id, held.quantity))
        for missing in reservation.missing:
            visits[None, missing.sku, None].append((reservation.id, missing.quantity))
    lines = [
        VanLine(
            sku,
            sum(quantity for _, quantity in of),
            location,
            tuple(dict.fromkeys(id for id, _ in of)),
            instead_of,
        )
        for (location, sku, instead_of), of in sorted(visits.items(), key=lambda item: str(item[0]))
    ]
    at = list(levels)
    return VanList(
        technician_id,
        to_load=tuple(each for each in lines if each.location and each.location.startswith(DEPOT)),
        in_van=tuple(each for each in lines if each.location == van),
        on_site=tuple(each for each in lines if each.location and each.location.startswith(CUPBOARD)),
        missing=tuple(each for each in lines if each.location is None),
        top_up=tuple(_top_ups(van, parts, at, used, days, agency)),
    )


def _top_ups(
    van: str,
    parts: Iterable[Part],
    levels: Sequence[StockLevel],
    used: Mapping[str, Sequence[int]],
    days: int,
    agency: str | None,
) -> Iterable[TopUp]:
    in_van = {each.sku: each.available for each in levels if each.location == van}
    depots = defaultdict[str, list[StockLevel]](list)
    for level in levels:
        if level.is_depot and level.available:
            depots[level.sku].append(level)
    for part in sorted(parts, key=lambda each: each.id):
        uses = used.get(part.id, ())
        usual = ceil(sum(uses) * COVERED_DAYS / days) if len(uses) >= USUAL_FROM else 0
        minimum = max(usual, part.van_minimum or 0)
        lacking = minimum - in_van.get(part.id, 0)
        if lacking > 0 and not part.kit:
            own = DEPOT + (agency or "")
            best = max(depots[part.id], key=lambda each: (each.location == own, each.available), default=None)
            yield TopUp(
                part.id,
                lacking if best is None else min(lacking, best.available),
                best.location if best else None,
                in_van.get(part.id, 0),
                minimum,
            )
