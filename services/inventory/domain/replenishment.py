"""When to order which part, and how many: use measured from the ledger, lead time, safety stock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import mean, pstdev
from typing import Literal

from services.inventory.domain.part import Part
from services.inventory.domain.supply import Supply

WINDOW_DAYS = 90
"""Use is measured over so many days, where nobody asks for others."""
CYCLE_DAYS = 30
"""An order covers the use of so many days beyond the reorder point."""
USUAL_LEAD_DAYS = 7.0
"""Of a supplier of whom nothing is known."""
SERVICE_FACTOR = 1.645
"""The normal quantile of 95 %: in so many order cycles nothing runs out before the delivery comes."""


@dataclass(frozen=True)
class Use:
    """Pieces used a day, and their standard deviation from day to day; days without use count."""

    per_day: float
    deviation: float
    days: int
    total: int


@dataclass(frozen=True)
class LeadTime:
    """Days from order to delivery, with their standard deviation."""

    days: float
    deviation: float
    source: Literal["part", "measured", "default"]


@dataclass(frozen=True)
class Replenishment:
    """What of a part there is and will be against what is needed.

    ``position`` is what is available, on the way and on order, less what visits wait for. ``suggested``
    pieces are to be ordered now, be they ``drafted`` already or not.
    """

    part: Part
    use: Use
    lead: LeadTime
    safety_stock: int
    computed_point: int
    available: int
    on_the_way: int
    on_order: int
    drafted: int
    awaited: int

    @property
    def point(self) -> int:
        """The part's own reorder point, if it has one."""
        return self.computed_point if self.part.reorder_point is None else self.part.reorder_point

    @property
    def position(self) -> int:
        return self.available + self.on_the_way + self.on_order - self.awaited

    @property
    def is_due(self) -> bool:
        wanted_at_all = self.point > 0 or self.part.reorder_point is not None
        return self.position < 0 or (wanted_at_all and self.position <= self.point)

    @property
    def suggested(self) -> int:
        """Up to the reorder point and the use of a cycle, in whole multiples; 0 when nothing is due."""
        if not self.is_due:
            return 0
        up_to = self.point + ceil(self.use.per_day * CYCLE_DAYS)
        packs = ceil(max(1, up_to - self.position) / self.part.order_multiple)
        return packs * self.part.order_multiple


def use_of(a_day: Mapping[str, int], days: int) -> Use:
    """From the pieces used on each day on which any was (``YYYY-MM-DD``), of the last ``days``."""
    every = [*a_day.values(), *[0] * max(0, days - len(a_day))]
    return Use(sum(every) / days, pstdev(every) if every else 0.0, days, sum(every))


def lead_time(part: Part, measured: Sequence[float]) -> LeadTime:
    """The part's own, or what its supplier's last deliveries took, or a week."""
    if part.lead_time_days is not None:
        return LeadTime(float(part.lead_time_days), 0.0, "part")
    if measured:
        return LeadTime(mean(measured), pstdev(measured), "measured")
    return LeadTime(USUAL_LEAD_DAYS, 0.0, "default")


def safety_stock(use: Use, lead: LeadTime) -> int:
    """z · √(L·σd² + d²·σL²): what covers both a busy lead time and a late delivery.

    d and σd are the use a day and its deviation, L and σL the lead time in days and its deviation, both
    taken for independent and normal (P. King, "Crack the code", APICS Magazine, July/August 2011; Silver,
    Pyke and Thomas, Inventory and Production Management in Supply Chains, 4th ed., ch. 6).
    """
    return ceil(
        SERVICE_FACTOR * sqrt(lead.days * use.deviation**2 + use.per_day**2 * lead.deviation**2) - 1e-9
    )


def reorder_point(use: Use, lead: LeadTime) -> int:
    """d · L + safety stock, rounded up: what is used until the delivery comes, and the safety stock."""
    return ceil(use.per_day * lead.days - 1e-9) + safety_stock(use, lead)


def replenished(
    supplies: Iterable[Supply],
    use: Mapping[str, Mapping[str, int]],
    leads: Mapping[str, Sequence[float]],
    *,
    on_order: Mapping[str, int],
    drafted: Mapping[str, int],
    awaited: Mapping[str, int],
    days: int = WINDOW_DAYS,
) -> list[Replenishment]:
    """Each stocked part, the most to order first. ``leads`` are the days of each supplier's deliveries."""
    found = []
    for supply in supplies:
        part = supply.part
        if part.kit:
            continue
        used = use_of(use.get(part.id, {}), days)
        lead = lead_time(part, leads.get(part.supplier or "", ()))
        found.append(
            Replenishment(
                part=part,
                use=used,
                lead=lead,
                safety_stock=safety_stock(used, lead),
                computed_point=reorder_point(used, lead),
                available=supply.available,
                on_the_way=supply.on_the_way,
                on_order=on_order.get(part.id, 0),
                drafted=drafted.get(part.id, 0),
                awaited=awaited.get(part.id, 0),
            )
        )
    return sorted(found, key=lambda each: (not each.is_due, each.position, each.part.name.casefold()))
