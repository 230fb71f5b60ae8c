"""``/v1/assets/{id}/…``: what is done to an asset, what is known of it, and what became of it."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import Cause, UseCase
from services.inventory.api.asset_body import PlaceBody, placed
from services.inventory.api.boundary import require_site
from services.inventory.domain.asset import Asset, Link, LinkKind
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.machines import Machines, SoftwareLists
from services.inventory.usecases.change_asset import (
    DisposeOfAsset,
    LendAsset,
    LinkAsset,
    MoveAsset,
    TakeBackAsset,
    UnlinkAsset,
)
from services.inventory.views.machine import (
    AssetLinePage,
    MachineView,
    SoftwareView,
    line_view,
    machine_view,
)
from services.inventory.views.reference import AssetView, asset_view

router = APIRouter(prefix="/v1/assets/{id}", tags=["assets"])

Reader = Annotated[Principal, allow("assets:read")]
Writer = Annotated[Principal, allow("assets:write")]
Name = Annotated[str, said(200)]


class BecauseBody(Body):
    ticket_id: Id | None = None


class MoveBody(BecauseBody):
    """Without ``place`` nobody knows where at the site it stands."""

    site_id: Id
    place: PlaceBody | None = None


class LendBody(BecauseBody):
    contact_id: Id
    due_on: date | None = None


class DisposeBody(BecauseBody):
    """``how``: recycled, sold, given, stolen…; ``certificate`` is the number of the paper that proves it."""

    how: Name
    certificate: Name | None = None
    recipient: Name | None = None


class LinkBody(BecauseBody):
    """``connected-to``, ``installed-on``, ``part-of`` or ``depends-on`` the asset ``to``."""

    kind: LinkKind
    to: Id


class LinkView(BaseModel):
    kind: str
    asset_id: str


class LinksView(BaseModel):
    """``of`` are its own links, ``to`` those that others have to it, by the ids of the others."""

    of: list[LinkView]
    to: list[LinkView]


@router.post("/move", response_model=AssetView)
async def move_asset(
    id: Id,
    body: MoveBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    moving = MoveAsset(
        id=id, site_id=body.site_id, place=placed(body.place), ticket_id=body.ticket_id, expected=expected
    )
    return await _done(moving, id, run, cause, key, request, response)


@router.post("/lend", response_model=AssetView)
async def lend_asset(
    id: Id,
    body: LendBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    lending = LendAsset(
        id=id, contact_id=body.contact_id, due_on=body.due_on, ticket_id=body.ticket_id, expected=expected
    )
    return await _done(lending, id, run, cause, key, request, response)


@router.post("/return", response_model=AssetView)
async def take_back_asset(
    id: Id,
    body: BecauseBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    """It is in stock again."""
    taking = TakeBackAsset(id=id, ticket_id=body.ticket_id, expected=expected)
    return await _done(taking, id, run, cause, key, request, response)


@router.post("/dispose", response_model=AssetView)
async def dispose_of_asset(
    id: Id,
    body: DisposeBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    """It leaves the park for good; what became of it stays readable."""
    disposing = DisposeOfAsset(
        id=id,
        how=body.how,
        certificate=body.certificate,
        recipient=body.recipient,
        ticket_id=body.ticket_id,
        expected=expected,
    )
    return await _done(disposing, id, run, cause, key, request, response)


@router.post("/links", response_model=AssetView)
async def link_asset(
    id: Id,
    body: LinkBody,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    """An asset is a part of one other at most, which is never a part of it."""
    linking = LinkAsset(id=id, link=Link(body.kind, body.to), ticket_id=body.ticket_id, expected=expected)
    return await _done(linking, id, run, cause, key, request, response)


@router.delete("/links/{kind}/{other_id}", response_model=AssetView)
async def unlink_asset(
    id: Id,
    kind: LinkKind,
    other_id: Id,
    principal: Writer,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    unlinking = UnlinkAsset(id=id, link=Link(kind, other_id), expected=expected)
    return await _done(unlinking, id, run, cause, key, request, response)


@router.get("/links", response_model=LinksView)
async def list_links(id: Id, principal: Reader, run: Run) -> Any:
    asset = (await _visible(run, principal, id)).value
    others = await run.find(Assets, {"links.asset_id": id}, limit=500)
    to = [
        {"kind": link.kind, "asset_id": kept.value.id}
        for kept in others
        for link in kept.value.links
        if link.asset_id == id
    ]
    return {"of": [{"kind": link.kind, "asset_id": link.asset_id} for link in asset.links], "to": to}


@router.get("/inventory", response_model=MachineView)
async def read_inventory(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    """What its agent's inventories say of it."""
    await _visible(run, principal, id)
    kept = await run.read(Machines, id)
    if kept is None:
        raise not_found("inventory", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or machine_view(kept.value)


@router.get("/software", response_model=SoftwareView)
async def read_software(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    await _visible(run, principal, id)
    kept = await run.read(SoftwareLists, id)
    if kept is None:
        raise not_found("inventory", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or SoftwareView(asset_id=id, items=kept.value.items)


@router.get("/history", response_model=AssetLinePage)
async def list_history(id: Id, page: Paged, principal: Reader, run: Run) -> Any:
    """Who changed what, when and because of which ticket; the oldest first."""
    await _visible(run, principal, id)
    found = await run.find(AssetLines, page.filter({"asset_id": id}), sort=page.sort, limit=page.fetch)
    return page.of(found, line_view)


async def _visible(run: Runtime, principal: Principal, id: str) -> Kept[Asset]:
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    await require_site(run, principal, kept.value.customer_id, kept.value.site_id, "asset", id)
    return kept


async def _done(
    command: UseCase[None],
    id: str,
    run: Runtime,
    cause: Cause,
    key: Any,
    request: Request,
    response: Response,
) -> AssetView:
    await run.do(command, cause, key)
    kept = await run.read(Assets, id)
    assert kept is not None
    response.headers["ETag"] = etag(kept.version)
    return asset_view(kept, call_of(request).language)
