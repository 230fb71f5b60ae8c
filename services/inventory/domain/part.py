"""A kind of spare part that the firm keeps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import PartNeed, PartUsed
from services.inventory.domain.lots import Lot


class Tracking(StrEnum):
    """By what single pieces are told apart."""

    NONE = "none"
    SERIAL = "serial"
    LOT = "lot"


@dataclass(frozen=True)
class Substitute:
    """Another part that may be taken instead; ``both_ways`` when each may replace the other."""

    sku: str
    both_ways: bool = False


@dataclass(frozen=True)
class Part:
    """The id is the SKU. At ``reorder_point`` pieces in all it is time to order from ``supplier``.

    Without one, the point follows from use and from ``lead_time_days`` (``domain/replenishment.py``).
    Orders are made in multiples of ``order_multiple``. ``kit`` names what a kit consists of: it is not
    stocked, its parts are. ``substitutes`` come in the order in which they are preferred. What is
    ``repairable`` comes back when it is taken out. Every van should carry ``van_minimum``.
    """

    id: str
    name: str
    reorder_point: int | None = None
    supplier: str | None = None
    tracking: Tracking = Tracking.NONE
    lead_time_days: int | None = None
    order_multiple: int = 1
    van_minimum: int | None = None
    repairable: bool = False
    substitutes: tuple[Substitute, ...] = ()
    kit: tuple[PartNeed, ...] = ()

    def require_stocked(self) -> None:
        if self.kit:
            raise Refusal(
                "kit-not-stocked",
                Text(
                    f"{self.id} is a kit: move the parts that it consists of.",
                    f"{self.id} est un kit : déplacez les pièces qui le composent.",
                ),
                parts=[each.sku for each in self.kit],
            )

    def require_told_apart(self, quantity: int, serials: tuple[str, ...], lots: Iterable[Lot]) -> None:
        """Pieces that are told apart come with their serials, or with their lots."""
        if quantity and self.tracking is Tracking.SERIAL and len(serials) != quantity:
            raise Refusal(
                "serials-needed",
                Text(
                    f"Each {self.id} has a serial number: give the {quantity} of them.",
                    f"Chaque {self.id} a un numéro de série : donnez les {quantity} numéros.",
                ),
                quantity=quantity,
            )
        if self.tracking is Tracking.LOT and sum(each.quantity for each in lots) != quantity:
            raise Refusal(
                "lot-needed",
                Text(
                    f"{self.id} is kept by lots: say which lot each of the {quantity} pieces is of.",
                    f"{self.id} est suivi par lots : indiquez le lot de chacune des {quantity} pièces.",
                ),
                quantity=quantity,
            )


def unpacked(needs: Iterable[PartNeed], parts: Mapping[str, Part]) -> tuple[PartNeed, ...]:
    """The needs with each kit replaced by what it consists of; kits hold no kits."""
    found: list[PartNeed] = []
    for need in needs:
        kit = parts[need.sku].kit if need.sku in parts else ()
        found += [PartNeed(sku=each.sku, quantity=each.quantity * need.quantity) for each in kit] or [need]
    return tuple(found)


def unpacked_use(used: Iterable[PartUsed], parts: Mapping[str, Part]) -> tuple[PartUsed, ...]:
    """The same of what was used at a visit: a kit's parts carry no serials."""
    found: list[PartUsed] = []
    for each in used:
        kit = parts[each.sku].kit if each.sku in parts else ()
        found += [PartUsed(sku=one.sku, quantity=one.quantity * each.quantity) for one in kit] or [each]
    return tuple(found)
