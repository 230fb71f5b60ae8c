"""A machine of a customer's park."""

from dataclasses import dataclass

from contracts.refusal import Refusal
from contracts.text import Text


@dataclass(frozen=True)
class Asset:
    """It stands at a site and belongs to that site's customer. Dates are ISO 8601 (``2026-03-02``)."""

    id: str
    customer_id: str
    site_id: str
    name: str
    kind: str
    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    bought_on: str | None = None
    warranty_until: str | None = None
    contract_id: str | None = None

    def replaced_by(self, other: "Asset") -> "Asset":
        """What a new description makes of this asset; it may move, but only between its customer's sites."""
        if other.customer_id != self.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"The asset {self.id!r} belongs to {self.customer_id!r} and the site {other.site_id!r} "
                    "does not: choose a site of that customer, or a new asset id.",
                    f"L'équipement {self.id!r} appartient à {self.customer_id!r}, et non le site "
                    f"{other.site_id!r} : choisissez un site de ce client, ou un nouvel identifiant.",
                ),
            )
        return other

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not filled in and therefore will not work yet, as slugs."""
        return () if self.contract_id else ("no-contract",)
