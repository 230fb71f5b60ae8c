"""Write down a machine, new or known."""

from dataclasses import dataclass, replace

from contracts.refusal import UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset
from services.inventory.domain.asset_kinds import check_fields
from services.inventory.domain.history import Happening
from services.inventory.store.assets import Assets
from services.inventory.store.contacts import Contacts
from services.inventory.store.contracts import Contracts
from services.inventory.store.sites import Sites
from services.inventory.usecases.asset_lines import keep_asset


@dataclass(frozen=True)
class PutAsset:
    """``asset.customer_id`` is not looked at: the site says whose it is."""

    asset: Asset
    expected: Expected = None
    ticket_id: str | None = None

    def loads(self) -> Loads:
        contract = self.asset.contract_id
        contracts = () if contract is None else (Ref(Contracts, contract),)
        people = (Ref(Contacts, id) for id in self._people)
        return (Ref(Assets, self.asset.id), Ref(Sites, self.asset.site_id), *contracts, *people)

    @property
    def _people(self) -> tuple[str, ...]:
        owner = self.asset.owner_id
        return (*(() if owner is None else (owner,)), *self.asset.users)

    def decide(self, unit: Unit) -> bool:
        """Whether it is new. An unknown site, contract or contact is an ``UnknownReference``.

        Another customer's contract or contact counts as unknown.
        """
        site = unit.require(Sites, self.asset.site_id, as_="site")
        if self.asset.contract_id is not None:
            contract = unit.require(Contracts, self.asset.contract_id, as_="contract")
            if contract.customer_id != site.customer_id:
                raise UnknownReference("contract", self.asset.contract_id)
        for id in self._people:
            require_contact(unit, id, site.customer_id)
        check_fields(self.asset.kind, self.asset.fields)
        asset = replace(self.asset, customer_id=site.customer_id)
        present = unit.get(Assets, asset.id)
        check_version(unit.version(Assets, asset.id), self.expected)
        if present is not None:
            asset = present.replaced_by(asset)
        happening = Happening.REGISTERED if present is None else Happening.DESCRIBED
        keep_asset(unit, present, asset, happening, ticket_id=self.ticket_id)
        return present is None


def require_contact(unit: Unit, id: str, customer_id: str) -> None:
    if unit.require(Contacts, id, as_="contact").customer_id != customer_id:
        raise UnknownReference("contact", id)
