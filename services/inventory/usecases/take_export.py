"""A machine of another tool's export is taken in as an agent's inventory is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.agent import agent_id
from services.inventory.domain.imported_machine import ImportedMachine
from services.inventory.domain.machine import Report
from services.inventory.store.machines import ImportedMachines
from services.inventory.store.sites import Sites
from services.inventory.usecases.record_inventory import RecordInventory


@dataclass(frozen=True)
class TakeExported:
    """The same again changes nothing. It asks for no work: an export may be old.

    What is in doubt waits among the reviews, as an agent's inventory does. ``exported_on``: what an agent has
    said after that day stays; None: it is as of now.
    """

    id: str
    site_id: str
    report: Report
    said: Mapping[str, Any]
    exported_on: date | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(ImportedMachines, self.id), Ref(Sites, self.site_id))

    def decide(self, unit: Unit) -> None:
        site = unit.require(Sites, self.site_id, as_="site")
        known = unit.get(ImportedMachines, self.id)
        check_version(unit.version(ImportedMachines, self.id), self.expected)
        if known is not None and known.customer_id != site.customer_id:
            raise Refusal(
                "conflict",
                Text(
                    f"{self.id!r} is a machine of another customer's: give this one an id of its own.",
                    f"{self.id!r} est une machine d'un autre client : donnez-en un autre à celle-ci.",
                ),
            )
        if known is not None and known.said == self.said:
            return
        taken = RecordInventory(
            agent_id=agent_id(site.customer_id, sha256(self.id.encode()).hexdigest()),
            customer_id=site.customer_id,
            site_id=self.site_id,
            report=self.report,
            at=self._at(unit.now),
            # The same for the same machine: a line that is tried again makes no second one.
            new_asset_id=f"imported-{sha256(f'{site.customer_id} {self.id}'.encode()).hexdigest()[:24]}",
        ).decide(unit)
        unit.put(ImportedMachines, ImportedMachine(self.id, site.customer_id, self.said, taken))

    def _at(self, now: datetime) -> datetime:
        if self.exported_on is None:
            return now
        return min(now, datetime.combine(self.exported_on + timedelta(days=1), time(), UTC))
