"""Assets are moved, lent, taken back, disposed of, linked."""

from dataclasses import dataclass, replace
from datetime import date

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.asset import Asset, Disposal, Link, LinkKind, Place
from services.inventory.domain.composition import Composition, check_no_cycle
from services.inventory.domain.history import Happening
from services.inventory.store.assets import Assets
from services.inventory.store.machines import Compositions
from services.inventory.store.sites import Sites
from services.inventory.usecases.asset_lines import keep_asset
from services.inventory.usecases.put_asset import require_contact


@dataclass(frozen=True, kw_only=True)
class AssetCommand:
    """``ticket_id``: because of which it is done."""

    id: str
    ticket_id: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Assets, self.id),)

    def _asset(self, unit: Unit) -> Asset:
        asset = unit.get(Assets, self.id)
        if asset is None:
            raise NotFound("asset", self.id)
        check_version(unit.version(Assets, self.id), self.expected)
        return asset

    def _keep(self, unit: Unit, before: Asset, after: Asset, happening: Happening) -> None:
        keep_asset(unit, before, after, happening, ticket_id=self.ticket_id)


@dataclass(frozen=True, kw_only=True)
class MoveAsset(AssetCommand):
    """To another of its customer's sites, or to another place of the same."""

    site_id: str
    place: Place | None = None

    def decide(self, unit: Unit) -> None:
        before = self._asset(unit)
        if unit.require(Sites, self.site_id, as_="site").customer_id != before.customer_id:
            raise UnknownReference("site", self.site_id)
        self._keep(unit, before, before.moved(self.site_id, self.place), Happening.MOVED)


@dataclass(frozen=True, kw_only=True)
class LendAsset(AssetCommand):
    contact_id: str
    due_on: date | None = None

    def decide(self, unit: Unit) -> None:
        before = self._asset(unit)
        require_contact(unit, self.contact_id, before.customer_id)
        self._keep(unit, before, before.lent(self.contact_id, unit.now, self.due_on), Happening.LENT)


@dataclass(frozen=True, kw_only=True)
class TakeBackAsset(AssetCommand):
    def decide(self, unit: Unit) -> None:
        before = self._asset(unit)
        self._keep(unit, before, before.returned(), Happening.RETURNED)


@dataclass(frozen=True, kw_only=True)
class DisposeOfAsset(AssetCommand):
    """What others are linked to lets go of them; their own links to it stay, and show what it was."""

    how: str
    certificate: str | None = None
    recipient: str | None = None

    def decide(self, unit: Unit) -> None:
        before = self._asset(unit)
        disposal = Disposal(unit.now, self.how, self.certificate, self.recipient)
        self._keep(unit, before, before.disposed(disposal), Happening.DISPOSED)


@dataclass(frozen=True, kw_only=True)
class LinkAsset(AssetCommand):
    link: Link

    def decide(self, unit: Unit) -> None:
        """Another customer's asset counts as unknown."""
        before = self._asset(unit)
        other = unit.require(Assets, self.link.asset_id, as_="asset")
        if other.customer_id != before.customer_id:
            raise UnknownReference("asset", self.link.asset_id)
        if self.link.kind is LinkKind.PART_OF:
            check_no_cycle(before.id, other.id, lambda id: _whole_of(unit, id))
            count_change(unit, before.customer_id)
        elif other.id == before.id:
            check_no_cycle(before.id, before.id, lambda _: None)
        self._keep(unit, before, before.linked(self.link), Happening.LINKED)


@dataclass(frozen=True, kw_only=True)
class UnlinkAsset(AssetCommand):
    link: Link

    def decide(self, unit: Unit) -> None:
        before = self._asset(unit)
        if self.link not in before.links:
            raise NotFound("link", f"{self.link.kind}/{self.link.asset_id}")
        self._keep(unit, before, before.unlinked(self.link), Happening.UNLINKED)


def _whole_of(unit: Unit, id: str) -> str | None:
    asset = unit.get(Assets, id)
    return None if asset is None else asset.part_of


def count_change(unit: Unit, customer_id: str) -> None:
    counted = unit.get(Compositions, customer_id) or Composition(customer_id)
    unit.put(Compositions, replace(counted, changes=counted.changes + 1))
