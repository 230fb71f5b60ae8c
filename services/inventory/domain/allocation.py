"""Where the parts of a visit come from: the technician's van, else a depot; all of them or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.inventory.events import MissingPart
from contracts.values import PartNeed, PartUsed
from services.inventory.domain.reservation import Held, Issue, in_all
from services.inventory.domain.stock import DEPOT, StockLevel, level_id


@dataclass(frozen=True)
class Allocation:
    """``held`` covers every need when nothing is ``missing``; otherwise it is empty."""

    held: tuple[Held, ...] = ()
    missing: tuple[MissingPart, ...] = ()


def allocate(
    needs: Sequence[PartNeed], van: str, levels: Mapping[str, Sequence[StockLevel]], agency: str | None = None
) -> Allocation:
    """Choose a place for each part that has all of it available.

    ``levels`` are the levels of each SKU. The van comes first, then the depot of the technician's
    ``agency``, then the depot that has most. What no such place can give is missing, with the
    other vans that could.
    """
    held: list[Held] = []
    missing: list[MissingPart] = []
    for need in needs:
        able = [level for level in levels.get(need.sku, ()) if level.available >= need.quantity]
        giving = [level for level in able if level.location == van or level.is_depot]
        if giving:
            chosen = min(giving, key=lambda level: _preference(level, van, agency))
            held.append(Held(chosen.location, need.sku, need.quantity))
        else:
            in_van = sum(level.available for level in levels.get(need.sku, ()) if level.location == van)
            elsewhere = tuple(sorted(level.location for level in able))
            missing.append(
                MissingPart(sku=need.sku, quantity=need.quantity, available=in_van, elsewhere=elsewhere)
            )
    return Allocation(missing=tuple(missing)) if missing else Allocation(held=tuple(held))


def _preference(level: StockLevel, van: str, agency: str | None) -> tuple[bool, bool, int, str]:
    own_depot = agency is not None and level.location == DEPOT + agency
    return (level.location != van, not own_depot, -level.available, level.location)


@dataclass(frozen=True)
class Settlement:
    """How what a technician used is taken from the stock."""

    issued: tuple[Issue, ...]
    unused: tuple[Held, ...]
    discrepancies: tuple[PartNeed, ...]


@dataclass
class _Source:
    location: str
    sku: str
    left: int
    set_aside: bool
    lacking: int = 0
    """Set aside, and not there any more."""


def settle(
    used: Iterable[PartUsed], held: Iterable[Held], van: str, on_hand: Mapping[str, int]
) -> Settlement:
    """Take what was used from what was set aside for the visit, then from the van.

    ``on_hand`` says how many there are, by level: of all that is set aside, and of the van. What neither
    has is a discrepancy.
    """
    sources = []
    own: dict[str, int] = {}
    for each in held:
        there = min(each.quantity, on_hand[level_id(each.location, each.sku)])
        sources.append(_Source(each.location, each.sku, there, True, each.quantity - there))
        if each.location == van:
            own[each.sku] = each.quantity
    used = tuple(used)
    for sku in dict.fromkeys(part.sku for part in used):
        free = max(0, on_hand[level_id(van, sku)] - own.get(sku, 0))
        sources.append(_Source(van, sku, free, False))
    issued: list[Issue] = []
    owed: list[PartNeed] = []
    for part in used:
        rest = part.quantity
        for source in sources:
            taken = min(rest, source.left) if source.sku == part.sku else 0
            if taken:
                issued.append(Issue(source.location, _piece(part, taken, first=rest == part.quantity)))
                source.left -= taken
                rest -= taken
        if rest:
            owed.append(PartNeed(sku=part.sku, quantity=rest))
    unused = (source for source in sources if source.set_aside and source.left + source.lacking)
    return Settlement(
        issued=tuple(issued),
        unused=tuple(Held(each.location, each.sku, each.left + each.lacking) for each in unused),
        discrepancies=in_all(owed),
    )


def _piece(part: PartUsed, quantity: int, *, first: bool) -> PartUsed:
    # A part fitted is written down once with its serials, even when it comes from two places.
    return PartUsed(
        sku=part.sku,
        quantity=quantity,
        serial_in=part.serial_in if first else None,
        serial_out=part.serial_out if first else None,
    )
