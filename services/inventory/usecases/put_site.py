"""Write down a site, new or known."""

from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.site import Site
from services.inventory.store.customers import Customers
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class PutSite:
    site: Site
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Sites, self.site.id), Ref(Customers, self.site.customer_id))

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. An unknown customer is an ``UnknownReference``."""
        unit.require(Customers, self.site.customer_id, as_="customer")
        present = unit.get(Sites, self.site.id)
        check_version(unit.version(Sites, self.site.id), self.expected)
        site = self.site if present is None else present.replaced_by(self.site)
        if site != present:
            unit.put(Sites, site)
        return present is None
