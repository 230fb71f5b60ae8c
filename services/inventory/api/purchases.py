"""``/v1/purchase-requests``: what is asked of suppliers, drafted from what runs short."""

import asyncio
from collections import defaultdict
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import Cause, UseCase
from infra.chassis.workbook import XLSX
from services.inventory.api.stock import Note, Pieces
from services.inventory.api.supply import replenishments
from services.inventory.domain.purchase import PurchaseLine, PurchaseRequest, PurchaseState
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
from services.inventory.usecases.purchase import (
    ApprovePurchase,
    CancelPurchase,
    ChangePurchaseLines,
    DraftPurchase,
    MakePurchaseRequest,
    OrderPurchase,
)
from services.inventory.views.purchase_sheet import as_csv, as_xlsx, rows_of
from services.inventory.views.supplying import PurchaseView, purchase_view

router = APIRouter(prefix="/v1/purchase-requests", tags=["stock"])

MOST = 5_000

Reader = Annotated[Principal, allow("purchases:read")]
Writer = Annotated[Principal, allow("purchases:write")]
Approver = Annotated[Principal, allow("purchases:approve")]
Supplier = Annotated[str, said(200)]


class LineBody(Body):
    sku: Id
    quantity: Pieces


class LinesBody(Body):
    lines: Annotated[tuple[LineBody, ...], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({each.sku for each in self.lines}) < len(self.lines):
            raise InvalidValue("Name each part once.", "Nommez chaque pièce une seule fois.")
        return self

    def values(self) -> tuple[PurchaseLine, ...]:
        return tuple(PurchaseLine(each.sku, each.quantity) for each in self.lines)


class PurchaseBody(LinesBody):
    supplier: Supplier | None = None
    note: Note | None = None


class OrderBody(Body):
    """``reference`` is the order's number at the supplier's; ``ordered_at`` when it went, now if absent."""

    reference: Annotated[str, said(100)] | None = None
    expected_on: date | None = None
    ordered_at: datetime | None = None


class CancelBody(Body):
    note: Note | None = None


class PurchasePage(BaseModel):
    items: list[PurchaseView]
    next: str | None


class DraftedView(BaseModel):
    """The drafts that hold what runs short now, one a supplier; none where nothing does."""

    items: list[PurchaseView]


@router.post("", status_code=201, response_model=PurchaseView)
async def make_purchase_request(
    body: PurchaseBody, principal: Writer, key: Idempotency, cause: Caused, run: Run, response: Response
) -> Any:
    def making(id: str) -> MakePurchaseRequest:
        return MakePurchaseRequest(id, body.supplier, body.values(), body.note)

    created = await run.create(making, cause, key)
    response.headers["Location"] = f"/v1/purchase-requests/{created.id}"
    return await _shown(run, created.id, response)


@router.post("/draft", response_model=DraftedView)
async def draft_purchases(principal: Writer, cause: Caused, run: Run) -> Any:
    """Write what runs short into one draft a supplier. Said twice it asks for nothing twice."""
    found, counted = await replenishments(run)
    short = defaultdict[str | None, list[PurchaseLine]](list)
    for each in found:
        if each.suggested:
            short[each.part.supplier].append(PurchaseLine(each.part.id, each.suggested))
    drafts: list[PurchaseView] = []
    for supplier, lines in sorted(short.items(), key=lambda item: item[0] or ""):
        done = await run.do(DraftPurchase(new_id(), supplier, tuple(lines), counted), cause)
        kept = None if done.result is None else await run.read(PurchaseRequests, done.result)
        drafts += [] if kept is None else [purchase_view(kept)]
    return DraftedView(items=drafts)


@router.get("", response_model=PurchasePage)
async def list_purchase_requests(
    page: Annotated[Page, paged(PurchaseState)],
    principal: Reader,
    run: Run,
    supplier: Annotated[str | None, Query()] = None,
    sku: Id | None = None,
) -> Any:
    query = page.filter(supplier=supplier, skus=sku)
    return page.of(await run.find(PurchaseRequests, query, sort=page.sort, limit=page.fetch), purchase_view)


@router.get(
    "/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, XLSX: {}}, "description": "A row for each line"}},
)
async def export_purchase_requests(
    principal: Reader,
    run: Run,
    request: Request,
    id: Annotated[Id | None, Query(description="One request alone")] = None,
    state: Annotated[
        list[PurchaseState] | None, Query(description="One state, or several by repeating it")
    ] = None,
    format: Annotated[Literal["csv", "xlsx"], Query(description="For spreadsheets: `xlsx`")] = "csv",
) -> Response:
    """The last of them that were changed, oldest first."""
    query: dict[str, Any] = {} if id is None else {"_id": id}
    if state:
        query["state"] = {"$in": [each.value for each in state]}
    newest = (("updated_at", -1), ("_id", -1))
    found: list[Kept[PurchaseRequest]] = await run.find(PurchaseRequests, query, sort=newest, limit=MOST)
    requests = [kept.value for kept in reversed(found)]
    skus = sorted({sku for each in requests for sku in each.skus})
    parts = {kept.value.id: kept.value for kept in await run.find(Parts, {"_id": {"$in": skus}}, limit=0)}
    rows, language = rows_of(requests, parts), call_of(request).language
    if format == "csv":
        content = as_csv(rows, language)
    else:
        content = await asyncio.to_thread(as_xlsx, rows, language, run.clock.now())
    headers = {"Content-Disposition": f'attachment; filename="purchase-requests.{format}"'}
    return Response(content, media_type="text/csv" if format == "csv" else XLSX, headers=headers)


@router.get("/{id}", response_model=PurchaseView)
async def read_purchase_request(
    id: Id, principal: Reader, run: Run, request: Request, response: Response
) -> Any:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or purchase_view(kept)


@router.put("/{id}/lines", response_model=PurchaseView)
async def change_lines(
    id: Id,
    body: LinesBody,
    principal: Writer,
    key: Idempotency,
    cause: Caused,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> Any:
    """Of a draft: what is agreed to does not change any more."""
    return await _done(run, ChangePurchaseLines(id, body.values(), expected), id, cause, key, response)


@router.post("/{id}/approve", response_model=PurchaseView)
async def approve(
    id: Id,
    principal: Approver,
    key: Idempotency,
    cause: Caused,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> Any:
    return await _done(run, ApprovePurchase(id, expected), id, cause, key, response)


@router.post("/{id}/order", response_model=PurchaseView)
async def order(
    id: Id,
    body: OrderBody,
    principal: Writer,
    key: Idempotency,
    cause: Caused,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> Any:
    """It went to the supplier. What comes is received by ``POST /v1/stock/receive``."""
    day = None if body.expected_on is None else body.expected_on.isoformat()
    ordering = OrderPurchase(id, body.reference, day, body.ordered_at, expected)
    return await _done(run, ordering, id, cause, key, response)


@router.post("/{id}/cancel", response_model=PurchaseView)
async def cancel(
    id: Id,
    body: CancelBody,
    principal: Writer,
    key: Idempotency,
    cause: Caused,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> Any:
    """What has not come is not waited for any more."""
    return await _done(run, CancelPurchase(id, body.note, expected), id, cause, key, response)


async def _done(
    run: Runtime, command: UseCase[None], id: str, cause: Cause, key: Any, response: Response
) -> PurchaseView:
    await run.do(command, cause, key)
    return await _shown(run, id, response)


async def _shown(run: Runtime, id: str, response: Response) -> PurchaseView:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return purchase_view(kept)


async def _existing(run: Runtime, id: str) -> Kept[PurchaseRequest]:
    kept = await run.read(PurchaseRequests, id)
    if kept is None:
        raise not_found("purchase-request", id)
    return kept
