"""What there is of a part wherever the firm keeps it, and whether it is time to order."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from services.inventory.domain.part import Part
from services.inventory.domain.places import CUPBOARD, TRANSIT, is_the_firms
from services.inventory.domain.stock import StockLevel
from services.inventory.domain.transfer import Transfer

Standing = Literal["none", "short", "enough"]


@dataclass(frozen=True)
class Supply:
    """A part with its levels, depots first. ``available`` is what nobody has set aside in depots and vans.

    ``sent_away`` of what is on the way goes where it serves nobody else: a client's cupboard, a quarantine.
    """

    part: Part
    levels: tuple[StockLevel, ...]
    sent_away: int = 0

    @property
    def on_hand(self) -> int:
        return sum(level.on_hand for level in self.levels)

    @property
    def reserved(self) -> int:
        return sum(level.reserved for level in self.levels)

    @property
    def available(self) -> int:
        return sum(level.available for level in self.levels if is_the_firms(level.location))

    @property
    def on_the_way(self) -> int:
        """Sent to a depot or a van, and not received there yet."""
        sent = sum(level.on_hand for level in self.levels if level.location == TRANSIT)
        return max(0, sent - self.sent_away)

    @property
    def at_clients(self) -> int:
        """In clients' cupboards, each for its own site."""
        return sum(level.on_hand for level in self.levels if level.location.startswith(CUPBOARD))

    @property
    def owed(self) -> int:
        """Pieces that were used though none was on hand: somebody has to count."""
        return sum(level.discrepancy for level in self.levels)

    @property
    def standing(self) -> Standing:
        """``short`` at the reorder point or below it; a part without one is short of nothing."""
        if self.part.reorder_point is None or self.available > self.part.reorder_point:
            return "enough"
        return "short" if self.available else "none"

    @property
    def urgency(self) -> tuple[int, str]:
        """What is missing first, then what runs short, then the rest by name."""
        return ("none", "short", "enough").index(self.standing), self.part.name.casefold()


def supplies(
    parts: Iterable[Part], levels: Iterable[StockLevel], on_the_way: Iterable[Transfer] = ()
) -> list[Supply]:
    """Each part of the catalogue with what there is of it, the most urgent first."""
    sent_away = Counter[str]()
    for transfer in on_the_way:
        if not is_the_firms(transfer.destination):
            sent_away.update({line.sku: line.open for line in transfer.lines})
    of_part = defaultdict[str, list[StockLevel]](list)
    for level in levels:
        of_part[level.sku].append(level)
    found = (
        Supply(
            part,
            tuple(sorted(of_part[part.id], key=lambda level: (not level.is_depot, level.location))),
            sent_away[part.id],
        )
        for part in parts
    )
    return sorted(found, key=lambda supply: supply.urgency)
