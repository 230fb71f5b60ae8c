"""Write down a machine, new or known."""

from dataclasses import dataclass, replace

from contracts.refusal import UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.store.assets import Assets
from services.inventory.store.contracts import Contracts
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class PutAsset:
    """``asset.customer_id`` is not looked at: the site says whose it is."""

    asset: Asset
    expected: Expected = None

    def loads(self) -> Loads:
        contract = self.asset.contract_id
        contracts = () if contract is None else (Ref(Contracts, contract),)
        return (Ref(Assets, self.asset.id), Ref(Sites, self.asset.site_id), *contracts)

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. An unknown site or contract is an ``UnknownReference``.

        Another customer's contract counts as unknown.
        """
        site = unit.require(Sites, self.asset.site_id, as_="site")
        if self.asset.contract_id is not None:
            contract = unit.require(Contracts, self.asset.contract_id, as_="contract")
            if contract.customer_id != site.customer_id:
                raise UnknownReference("contract", self.asset.contract_id)
        asset = replace(self.asset, customer_id=site.customer_id)
        present = unit.get(Assets, asset.id)
        check_version(unit.version(Assets, asset.id), self.expected)
        if present is not None:
            asset = present.replaced_by(asset)
        if asset != present:
            unit.put(Assets, asset)
        return present is None
