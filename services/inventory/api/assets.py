"""``/v1/assets``."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from contracts.serials import serial_key
from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import require_site, sites_filter
from services.inventory.domain.asset import Asset, Exchange
from services.inventory.store.assets import Assets, Exchanges
from services.inventory.usecases.put_asset import PutAsset
from services.inventory.views.reference import AssetView, asset_view

router = APIRouter(tags=["assets"])

Name = Annotated[str, said(200)]


class AssetBody(Body):
    """The asset belongs to the customer of its site."""

    site_id: Id
    name: Name
    kind: Id
    manufacturer: Name | None = None
    model: Name | None = None
    serial: Name | None = None
    bought_on: date | None = None
    warranty_until: date | None = None
    contract_id: Id | None = None


def asset_of(id: str, body: AssetBody) -> Asset:
    """The machine that a body describes; its site says whose it is."""
    return Asset(
        id=id,
        customer_id="",
        site_id=body.site_id,
        name=body.name,
        kind=body.kind,
        manufacturer=body.manufacturer,
        model=body.model,
        serial=body.serial,
        bought_on=None if body.bought_on is None else body.bought_on.isoformat(),
        warranty_until=None if body.warranty_until is None else body.warranty_until.isoformat(),
        contract_id=body.contract_id,
    )


class AssetPage(BaseModel):
    items: list[AssetView]
    next: str | None


@router.put("/v1/assets/{id}", responses={201: {"model": AssetView, "description": "It is new"}})
async def put_asset(
    id: Id,
    body: AssetBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("assets:write")],
    cause: Caused,
    run: Run,
    request: Request,
    response: Response,
) -> AssetView:
    done = await run.do(PutAsset(asset_of(id, body), expected), cause, key)
    kept = await run.read(Assets, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/assets/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return asset_view(kept, call_of(request).language)


@router.get("/v1/assets/{id}", response_model=AssetView)
async def read_asset(
    id: Id,
    principal: Annotated[Principal, allow("assets:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    await require_site(run, principal, kept.value.customer_id, kept.value.site_id, "asset", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or asset_view(kept, call_of(request).language)


class ExchangeView(BaseModel):
    """That the machine was exchanged at a visit, for one of its stock (``sku``) with a serial of its own."""

    serial_out: str
    serial_in: str
    sku: str
    visit_id: str
    at: Instant


class ExchangePage(BaseModel):
    items: list[ExchangeView]
    next: str | None


@router.get("/v1/assets/{id}/exchanges", response_model=ExchangePage)
async def list_exchanges(
    id: Id, page: Paged, principal: Annotated[Principal, allow("assets:read")], run: Run
) -> Any:
    """The serials that it had before, and at which visits they were exchanged."""
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    await require_site(run, principal, kept.value.customer_id, kept.value.site_id, "asset", id)
    found = await run.find(Exchanges, page.filter(asset_id=id), sort=page.sort, limit=page.fetch)
    return page.of(found, _exchange_view)


def _exchange_view(kept: Kept[Exchange]) -> ExchangeView:
    return ExchangeView(**{name: getattr(kept.value, name) for name in ExchangeView.model_fields})


@router.get("/v1/assets", response_model=AssetPage)
async def list_assets(
    page: Paged,
    principal: Annotated[Principal, allow("assets:read")],
    run: Run,
    request: Request,
    customer: Id | None = None,
    site: Id | None = None,
    kind: Id | None = None,
    serial: Annotated[str | None, Query(max_length=200)] = None,
) -> Any:
    """``serial`` in whatever case; one that is no machine's own (``Default string``) finds nothing."""
    query = page.filter(
        await sites_filter(run, principal, "site_id"),
        customer_id=customer,
        site_id=site,
        kind=kind,
        serial_key=None if serial is None else serial_key(serial) or {"$in": []},
    )
    found = await run.find(Assets, query, sort=page.sort, limit=page.fetch)
    language = call_of(request).language
    return page.of(found, lambda kept: asset_view(kept, language))
