"""A machine of a customer's park."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import Refusal
from contracts.serials import serial_key
from contracts.text import Text


@dataclass(frozen=True)
class Exchange:
    """That a machine was exchanged for another with a serial of its own. It never changes."""

    id: str
    asset_id: str
    serial_out: str
    serial_in: str
    sku: str
    visit_id: str
    technician_id: str
    at: datetime


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

    def exchanged(
        self, serial: str, sku: str, visit_id: str, technician_id: str, at: datetime
    ) -> tuple["Asset", Exchange | None]:
        """The same with the serial that was put in; what it was bought and guaranteed as is another's now."""
        if self.serial is None or serial_key(serial) == serial_key(self.serial):
            return self, None
        line = Exchange(
            f"{self.id}@{visit_id}:{sku}", self.id, self.serial, serial, sku, visit_id, technician_id, at
        )
        return replace(self, serial=serial, bought_on=None, warranty_until=None), line

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is not filled in and therefore will not work yet, as slugs."""
        return () if self.contract_id else ("no-contract",)
