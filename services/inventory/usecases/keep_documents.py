"""Papers and pictures are kept with a machine, and removed from it."""

from dataclasses import dataclass

from contracts.refusal import NotFound
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import AlreadyExists, Unit
from services.inventory.domain.document import AssetDocument, check_room
from services.inventory.domain.history import Difference, Happening
from services.inventory.store.assets import Assets
from services.inventory.store.documents import AssetDocuments
from services.inventory.usecases.asset_lines import keep_asset


@dataclass(frozen=True, kw_only=True)
class AddDocument:
    """``file_id`` names bytes that are stored."""

    id: str
    asset_id: str
    file_id: str
    name: str
    media_type: str
    size: int
    sha256: str

    def loads(self) -> Loads:
        return (Ref(Assets, self.asset_id), Where(AssetDocuments, "asset_id", self.asset_id))

    def decide(self, unit: Unit) -> None:
        asset = unit.get(Assets, self.asset_id)
        if asset is None:
            raise NotFound("asset", self.asset_id)
        asset.require_there()
        those = unit.where(AssetDocuments, "asset_id", self.asset_id)
        if any(each.id == self.id for each in those):
            raise AlreadyExists(AssetDocuments.name, self.id)
        check_room(sum(each.removed_at is None for each in those))
        document = AssetDocument(
            id=self.id,
            asset_id=asset.id,
            customer_id=asset.customer_id,
            file_id=self.file_id,
            name=self.name,
            media_type=self.media_type,
            size=self.size,
            sha256=self.sha256,
            added_by=unit.cause.actor,
            added_at=unit.now,
        )
        unit.add(AssetDocuments, document)
        added = Difference("document", None, self.name)
        keep_asset(unit, asset, asset, Happening.DESCRIBED, more=(added,))


@dataclass(frozen=True, kw_only=True)
class RemoveDocument:
    """Once removed it stays so."""

    id: str
    asset_id: str

    def loads(self) -> Loads:
        return (Ref(Assets, self.asset_id), Ref(AssetDocuments, self.id))

    def decide(self, unit: Unit) -> str:
        """The id of the bytes, which nobody needs any more."""
        document, asset = unit.get(AssetDocuments, self.id), unit.get(Assets, self.asset_id)
        if document is None or asset is None or document.asset_id != asset.id:
            raise NotFound("document", self.id)
        after = document.removed(unit.cause.actor, unit.now)
        if after != document:
            unit.save(AssetDocuments, after)
            gone = Difference("document", document.name, None)
            keep_asset(unit, asset, asset, Happening.DESCRIBED, more=(gone,))
        return document.file_id
