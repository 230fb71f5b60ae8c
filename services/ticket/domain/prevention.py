"""Maintenance that would keep a known fault from happening where it has not happened yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PreventionState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True)
class Spot:
    """The machines at one site that would profit."""

    customer_id: str
    site_id: str
    asset_ids: tuple[str, ...]


@dataclass(frozen=True)
class Prevention:
    """``category`` is the work type. ``left_out``: how many machines more there are than one proposal names.

    ``tickets``: the id of each customer's ticket, once it is accepted.
    """

    category: str
    summary: str
    text: str
    spots: tuple[Spot, ...]
    proposed_at: datetime
    proposed_by: str
    left_out: int = 0
    state: PreventionState = PreventionState.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    tickets: Mapping[str, str] = field(default_factory=dict)

    @property
    def customer_ids(self) -> tuple[str, ...]:
        return tuple(sorted({spot.customer_id for spot in self.spots}))

    def sites_of(self, customer_id: str) -> tuple[str, ...]:
        return tuple(spot.site_id for spot in self.spots if spot.customer_id == customer_id)

    def assets_of(self, customer_id: str) -> tuple[str, ...]:
        mine = (spot for spot in self.spots if spot.customer_id == customer_id)
        return tuple(asset for spot in mine for asset in spot.asset_ids)
