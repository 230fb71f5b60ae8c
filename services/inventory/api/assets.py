"""``/v1/assets``."""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from contracts.serials import serial_key
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.imports.exporting import exported
from infra.chassis.imports.sheet import MAX_LINES
from infra.chassis.service import Caused, Run
from infra.chassis.workbook import XLSX
from services.inventory.api.asset_body import AssetBody, asset_of
from services.inventory.api.boundary import require_site, sites_filter
from services.inventory.api.imports import ASSETS
from services.inventory.domain.asset import Status
from services.inventory.domain.warranty import Warranty
from services.inventory.store.assets import Assets, searching
from services.inventory.usecases.put_asset import PutAsset
from services.inventory.views.park import warranted
from services.inventory.views.reference import AssetView, asset_view

router = APIRouter(tags=["assets"])


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
    ticket: Annotated[Id | None, Query(description="Because of which it changes")] = None,
) -> AssetView:
    done = await run.do(PutAsset(asset_of(id, body), expected, ticket), cause, key)
    kept = await run.read(Assets, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/assets/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return asset_view(kept, call_of(request).language)


@router.get(
    "/v1/assets/export.xlsx",
    response_class=Response,
    responses={200: {"description": "A workbook that can be sent back as an import", "content": {XLSX: {}}}},
)
async def export_assets(
    principal: Annotated[Principal, allow("assets:read")],
    run: Run,
    request: Request,
    customer: Id | None = None,
    site: Id | None = None,
    kind: Id | None = None,
) -> Response:
    """The park as the table that POST /v1/imports/assets takes: only cells that were changed change it."""
    asked = {"customer_id": customer, "site_id": site, "kind": kind}
    said = {name: value for name, value in asked.items() if value is not None}
    query = {"$and": [await sites_filter(run, principal, "site_id"), said]}
    found = await run.find(Assets, query, limit=MAX_LINES)
    content = await asyncio.to_thread(exported, ASSETS, found, principal, call_of(request).language)
    headers = {"Content-Disposition": 'attachment; filename="assets.xlsx"'}
    return Response(content, headers=headers, media_type=XLSX)


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
    q: Annotated[str | None, Query(max_length=200)] = None,
    status: Status | None = None,
    warranty: Warranty | None = None,
    bought_before: Annotated[date | None, Query(description="Bought before this day")] = None,
) -> Any:
    """``serial`` in whatever case; one that is no machine's own (``Default string``) finds nothing.

    ``q``: each of its words begins a word of the name, tag, serial number, host name, model or user.
    """
    query = page.filter(
        {
            "$and": [
                await sites_filter(run, principal, "site_id"),
                warranted(run.clock.now().date(), warranty),
                *(searching(q) if q else ()),
                {}
                if bought_before is None
                else {"bought_on": {"$lt": bought_before.isoformat(), "$gte": ""}},
            ]
        },
        status=None if status is None else status.value,
        customer_id=customer,
        site_id=site,
        kind=kind,
        serial_key=None if serial is None else serial_key(serial) or {"$in": []},
    )
    found = await run.find(Assets, query, sort=page.sort, limit=page.fetch)
    language = call_of(request).language
    return page.of(found, lambda kept: asset_view(kept, language))
