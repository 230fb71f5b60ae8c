"""Assets, and the state of the park."""

from datetime import date

from contracts.inventory.states import CurrentAssetChanged
from contracts.serials import serial_key
from infra.chassis.store.collection import A_STRING, IN_ORDER, Collection, Index
from services.inventory.domain.asset import Asset, Exchange


def _state(asset: Asset) -> CurrentAssetChanged:
    return CurrentAssetChanged(
        asset_id=asset.id,
        site_id=asset.site_id,
        customer_id=asset.customer_id,
        name=asset.name,
        kind=asset.kind,
        manufacturer=asset.manufacturer,
        model=asset.model,
        serial=asset.serial,
        warranty_until=None if asset.warranty_until is None else date.fromisoformat(asset.warranty_until),
        contract_id=asset.contract_id,
    )


Assets = Collection(
    "assets",
    Asset,
    indexes=(
        Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),
        Index((("site_id", 1),), name="at_site"),
        Index((("serial_key", 1),), partial={"serial_key": A_STRING}, name="serial"),
    ),
    schema=2,
    searched_by=lambda asset: {"serial_key": serial_key(asset.serial)},
    customer=lambda asset: asset.customer_id,
    state=_state,
    published=CurrentAssetChanged,
)

Exchanges = Collection(
    "exchanges",
    Exchange,
    rows_of=lambda exchange: (Assets.name, exchange.asset_id),
    indexes=(Index((("asset_id", 1), *IN_ORDER), name="of_asset"),),
)
