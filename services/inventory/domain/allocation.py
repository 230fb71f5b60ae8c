"""Where the parts of a visit come from: van, the site's cupboard, else a depot; all of them or none."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contracts.inventory.events import MissingPart
from contracts.values import PartNeed, PartUsed
from services.inventory.domain.places import DEPOT, VAN
from services.inventory.domain.reservation import Held, Issue, in_all
from services.inventory.domain.stock import StockLevel, level_id


@dataclass(frozen=True)
class Allocation:
    """``held`` covers every need when nothing is ``missing``; otherwise it is empty."""

    held: tuple[Held, ...] = ()
    missing: tuple[MissingPart, ...] = ()


@dataclass(frozen=True)
class Reach:
    """Where a visit's parts may come from: its technician's van, the cupboard at its site, the depots.

    Of the depots that of the technician's ``agency`` comes first, then the one that has most.
    """

    van: str
    cupboard: str | None = None
    agency: str | None = None

    def includes(self, level: StockLevel) -> bool:
        return level.is_depot or level.location in (self.van, self.cupboard)

    def preference(self, level: StockLevel) -> tuple[bool, bool, bool, int, str]:
        own_depot = self.agency is not None and level.location == DEPOT + self.agency
        return (
            level.location != self.van,
            level.location != self.cupboard,
            not own_depot,
            -level.available,
            level.location,
        )


def allocate(
    needs: Sequence[PartNeed],
    reach: Reach,
    levels: Mapping[str, Sequence[StockLevel]],
    substitutes: Mapping[str, Sequence[str]] | None = None,
) -> Allocation:
    """Choose a place for each part that has all of it available.

    ``levels`` are the levels of each SKU. What no place within reach can give is replaced by the first of
    its ``substitutes`` that one can give, once every part has had its own; else it is missing, with the
    other vans that could.
    """
    held: dict[int, Held] = {}
    given = Counter[str]()

    def choose(n: int, sku: str) -> None:
        need = needs[n]
        giving = [
            level
            for level in levels.get(sku, ())
            if reach.includes(level) and level.available - given[level.id] >= need.quantity
        ]
        if giving:
            chosen = min(giving, key=reach.preference)
            given[chosen.id] += need.quantity
            instead_of = None if sku == need.sku else need.sku
            held[n] = Held(chosen.location, sku, need.quantity, instead_of)

    for n, need in enumerate(needs):
        choose(n, need.sku)
    for n, need in enumerate(needs):
        for sku in (substitutes or {}).get(need.sku, ()):
            if n not in held:
                choose(n, sku)
    if len(held) == len(needs):
        return Allocation(held=tuple(held[n] for n in range(len(needs))))
    return Allocation(
        missing=tuple(
            _missing(need, reach.van, levels.get(need.sku, ()))
            for n, need in enumerate(needs)
            if n not in held
        )
    )


def _missing(need: PartNeed, van: str, levels: Sequence[StockLevel]) -> MissingPart:
    return MissingPart(
        sku=need.sku,
        quantity=need.quantity,
        available=sum(level.available for level in levels if level.location == van),
        elsewhere=tuple(
            sorted(
                level.location
                for level in levels
                if level.location.startswith(VAN) and level.available >= need.quantity
            )
        ),
    )


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
    instead_of: str | None = None


def settle(
    used: Iterable[PartUsed], held: Iterable[Held], van: str, on_hand: Mapping[str, int]
) -> Settlement:
    """Take what was used from what was set aside for the visit, then from the van.

    ``on_hand`` says how many there are, by level: of all that is set aside, and of the van. What neither
    has is taken from what was set aside instead of it: who uses a substitute may write down the part that
    he was sent with. The rest is a discrepancy.
    """
    sources = []
    there = dict(on_hand)

    def take(location: str, sku: str, most: int) -> int:
        taken = min(most, there[level_id(location, sku)])
        there[level_id(location, sku)] -= taken
        return taken

    for each in held:
        found = take(each.location, each.sku, each.quantity)
        lacking = each.quantity - found
        sources.append(_Source(each.location, each.sku, found, True, lacking, each.instead_of))
    used = tuple(used)
    for sku in dict.fromkeys(part.sku for part in used):
        sources.append(_Source(van, sku, there[level_id(van, sku)], False))
    issued: list[Issue] = []
    owed: list[PartNeed] = []
    for part in used:
        rest = part.quantity
        of_it = [source for source in sources if source.sku == part.sku]
        for source in (*of_it, *(source for source in sources if source.instead_of == part.sku)):
            taken = min(rest, source.left)
            if taken:
                piece = _piece(part, source.sku, taken, first=rest == part.quantity)
                issued.append(Issue(source.location, piece))
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


def _piece(part: PartUsed, sku: str, quantity: int, *, first: bool) -> PartUsed:
    # A part fitted is written down once with its serials, even when it comes from two places.
    return PartUsed(
        sku=sku,
        quantity=quantity,
        serial_in=part.serial_in if first else None,
        serial_out=part.serial_out if first else None,
    )
