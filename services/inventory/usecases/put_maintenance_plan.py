"""What is to be done before something breaks, at a customer's."""

from dataclasses import dataclass, replace

from contracts.refusal import UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.maintenance_plan import MaintenancePlan
from services.inventory.store.assets import Assets
from services.inventory.store.customers import Customers
from services.inventory.store.maintenance import MaintenancePlans
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class PutMaintenancePlan:
    plan: MaintenancePlan
    expected: Expected = None

    def loads(self) -> Loads:
        plan = self.plan
        return (
            Ref(MaintenancePlans, plan.id),
            Ref(Customers, plan.customer_id),
            *(Ref(Sites, id) for id in plan.site_ids),
            *(Ref(Assets, id) for id in plan.asset_ids),
        )

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. What is another customer's counts as unknown."""
        plan = self.plan
        unit.require(Customers, plan.customer_id, as_="customer")
        for id in plan.site_ids:
            if unit.require(Sites, id, as_="site").customer_id != plan.customer_id:
                raise UnknownReference("site", id)
        for id in plan.asset_ids:
            if unit.require(Assets, id, as_="asset").customer_id != plan.customer_id:
                raise UnknownReference("asset", id)
        present = unit.get(MaintenancePlans, plan.id)
        check_version(unit.version(MaintenancePlans, plan.id), self.expected)
        if present is None:
            unit.add(MaintenancePlans, replace(plan, look_at=unit.now))
            return True
        after = present.replaced_by(plan, unit.now)
        if after != present:
            unit.save(MaintenancePlans, after)
        return False
