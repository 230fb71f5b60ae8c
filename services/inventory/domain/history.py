"""What became of an asset: who changed what, when, and because of which ticket."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.inventory.domain.asset import Asset


class Happening(StrEnum):
    REGISTERED = "registered"
    DESCRIBED = "described"
    INVENTORIED = "inventoried"
    MOVED = "moved"
    LENT = "lent"
    RETURNED = "returned"
    EXCHANGED = "exchanged"
    DISPOSED = "disposed"
    LINKED = "linked"
    UNLINKED = "unlinked"
    SENT_IN = "sent-in"
    GIVEN_BACK = "given-back"


@dataclass(frozen=True)
class Difference:
    """``field`` was ``before`` and is ``after``; None: it was, or is, not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AssetLine:
    """A line of an asset's history, written once."""

    id: str
    asset_id: str
    customer_id: str
    happening: Happening
    at: datetime
    actor: str
    differences: tuple[Difference, ...] = ()
    ticket_id: str | None = None


_DESCRIBED = (
    "site_id", "name", "kind", "manufacturer", "model", "serial", "bought_on", "warranty_until",
    "contract_id", "asset_tag", "owner_id", "last_backup_on", "status",
)  # fmt: skip


def described_differences(before: Asset | None, after: Asset) -> tuple[Difference, ...]:
    """Between two descriptions; of what is new, everything that is said."""
    old = {} if before is None else _flat(before)
    new = _flat(after)
    names = dict.fromkeys((*new, *old))
    return tuple(
        Difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def _flat(asset: Asset) -> dict[str, str]:
    said: dict[str, Any] = {name: getattr(asset, name) for name in _DESCRIBED}
    said |= {f"place.{name}": value for name, value in (asdict(asset.place) if asset.place else {}).items()}
    said |= {f"fields.{name}": value for name, value in asset.fields.items()}
    said["users"] = listed(asset.users)
    said["links"] = listed(f"{each.kind} {each.asset_id}" for each in asset.links)
    if asset.loan is not None:
        said["loan"] = asset.loan.contact_id
    if asset.disposal is not None:
        said["disposal"] = asset.disposal.certificate or asset.disposal.how
    return {name: str(value) for name, value in said.items() if value not in (None, "")}


def listed(each: Iterable[str]) -> str | None:
    return ", ".join(sorted(each)) or None
