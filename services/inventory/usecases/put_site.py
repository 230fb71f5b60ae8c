"""Write down a site, new or known."""

from dataclasses import dataclass

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.site import Site
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.sites import Sites
from services.inventory.store.technicians import Technicians


@dataclass(frozen=True)
class PutSite:
    """``manager`` set: only customers of contracts that name him exist for who writes."""

    site: Site
    expected: Expected = None
    manager: str | None = None

    def loads(self) -> Loads:
        wished = (Ref(Technicians, id) for id in self._wished)
        return (Ref(Sites, self.site.id), Ref(Customers, self.site.customer_id), *wished)

    @property
    def _wished(self) -> tuple[str, ...]:
        return () if self.site.technicians is None else self.site.technicians.named

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. An unknown customer or technician is an ``UnknownReference``."""
        present = unit.get(Sites, self.site.id)
        if present is not None and not self._answers_for(unit, present.customer_id):
            raise NotFound("site", self.site.id)
        unit.require(Customers, self.site.customer_id, as_="customer")
        if not self._answers_for(unit, self.site.customer_id):
            raise UnknownReference("customer", self.site.customer_id)
        for id in self._wished:
            unit.require(Technicians, id, as_="technician")
        check_version(unit.version(Sites, self.site.id), self.expected)
        site = self.site if present is None else present.replaced_by(self.site)
        if site != present:
            unit.put(Sites, site)
        return present is None

    def _answers_for(self, unit: Unit, customer_id: str) -> bool:
        if self.manager is None:
            return True
        return any(his.customer_id == customer_id for his in unit.where(Contracts, "managers", self.manager))
