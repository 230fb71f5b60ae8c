"""Production lots (batches) of pieces at one place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Lot:
    """``quantity`` pieces of a lot; ``expires_on`` is their last good day (``YYYY-MM-DD``)."""

    lot: str
    quantity: int
    expires_on: str | None = None


def added(lots: tuple[Lot, ...], more: Iterable[Lot]) -> tuple[Lot, ...]:
    """Both together, one entry a lot, what expires first in front."""
    of = {each.lot: each for each in lots}
    for each in more:
        known = of.get(each.lot)
        of[each.lot] = (
            each
            if known is None
            else Lot(each.lot, known.quantity + each.quantity, each.expires_on or known.expires_on)
        )
    return tuple(sorted(of.values(), key=_first_to_expire))


def taken(lots: tuple[Lot, ...], quantity: int, lot: str | None = None) -> tuple[Lot, ...]:
    """The lots that ``quantity`` pieces are taken from: the one named, or what expires first (FEFO).

    They may be fewer pieces than asked for: the rest is of no lot.
    """
    found = []
    for each in sorted(lots, key=_first_to_expire):
        part = min(quantity, each.quantity) if lot is None or each.lot == lot else 0
        if part:
            found.append(replace(each, quantity=part))
            quantity -= part
    return tuple(found)


def without(lots: tuple[Lot, ...], gone: Iterable[Lot]) -> tuple[Lot, ...]:
    less = {each.lot: each.quantity for each in gone}
    left = (replace(each, quantity=each.quantity - less.get(each.lot, 0)) for each in lots)
    return tuple(each for each in left if each.quantity > 0)


def pieces(lots: Iterable[Lot]) -> int:
    return sum(each.quantity for each in lots)


def _first_to_expire(lot: Lot) -> tuple[bool, str, str]:
    return (lot.expires_on is None, lot.expires_on or "", lot.lot)
