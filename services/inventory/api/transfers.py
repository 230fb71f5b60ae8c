"""``/v1/stock/transfers``: pieces that are sent, on the way, and received, whole or short."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator

from contracts.text import InvalidValue
from contracts.values import Id, Location
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.inventory.api.stock import Doing, LotName, Mover, Note, Pieces, Serials, move_anew
from services.inventory.domain.movement import VarianceReason
from services.inventory.domain.transfer import Transfer, TransferState
from services.inventory.store.stock import Transfers
from services.inventory.usecases.receive_transfer import Came, CancelTransfer, ReceiveTransfer
from services.inventory.usecases.send_transfer import SendTransfer, Sent
from services.inventory.views.supplying import TransferOnTheWayView, transfer_view

router = APIRouter(prefix="/v1/stock/transfers", tags=["stock"])

Reader = Annotated[Principal, allow("stock:read")]


class SentBody(Body):
    """Without ``lot`` those that expire first leave first."""

    sku: Id
    quantity: Pieces
    serials: Serials = ()
    lot: LotName | None = None


class CameBody(Body):
    """Where all of it came nobody has to read the serials."""

    sku: Id
    quantity: Annotated[int, Field(ge=0, le=100_000)]
    serials: Serials | None = None


class SendBody(Body):
    origin: Location
    destination: Location
    lines: Annotated[tuple[SentBody, ...], Field(min_length=1, max_length=100)]
    note: Note | None = None
    occurred_at: datetime | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _require_once(each.sku for each in self.lines)
        return self


class ReceiptBody(Body):
    """Without ``lines`` all of it came.

    What did not come stays on the way with ``more_to_come``; else it is written off, with ``reason`` and
    ``note``.
    """

    lines: Annotated[tuple[CameBody, ...], Field(max_length=100)] | None = None
    more_to_come: bool = False
    reason: VarianceReason | None = None
    note: Note | None = None
    occurred_at: datetime | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _require_once(each.sku for each in self.lines or ())
        return self


class CalledOffBody(Body):
    note: Note | None = None


class TransferPage(BaseModel):
    items: list[TransferOnTheWayView]
    next: str | None


@router.post("", status_code=201, response_model=TransferOnTheWayView)
async def send_transfer(
    body: SendBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run, response: Response
) -> Any:
    def sending(id: str) -> SendTransfer:
        lines = tuple(Sent(each.sku, each.quantity, each.serials, each.lot) for each in body.lines)
        return SendTransfer(id, body.origin, body.destination, lines, body.occurred_at, body.note)

    created = await move_anew(run, sending, cause, key)
    response.headers["Location"] = f"/v1/stock/transfers/{created.id}"
    return await _shown(run, created.id, response)


@router.get("", response_model=TransferPage)
async def list_transfers(
    page: Annotated[Page, paged(TransferState)], principal: Reader, run: Run, location: Location | None = None
) -> Any:
    """``location`` is either end of them."""
    query = page.filter(places=location)
    return page.of(await run.find(Transfers, query, sort=page.sort, limit=page.fetch), transfer_view)


@router.get("/{id}", response_model=TransferOnTheWayView)
async def read_transfer(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or transfer_view(kept)


@router.post("/{id}/receive", response_model=TransferOnTheWayView)
async def receive_transfer(
    id: Id,
    body: ReceiptBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    lines = None
    if body.lines is not None:
        lines = tuple(Came(each.sku, each.quantity, each.serials) for each in body.lines)
    receiving = ReceiveTransfer(
        id, lines, body.more_to_come, body.reason, body.note, body.occurred_at, deed.expected
    )
    await deed.do(receiving)
    return await _shown(deed.run, id, deed.response)


@router.post("/{id}/cancel", response_model=TransferOnTheWayView)
async def cancel_transfer(
    id: Id,
    body: CalledOffBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    """What is on the way goes back to where it came from."""
    await deed.do(CancelTransfer(id, body.note, deed.expected))
    return await _shown(deed.run, id, deed.response)


def _require_once(skus: Any) -> None:
    every = list(skus)
    if len(set(every)) < len(every):
        raise InvalidValue("Name each part once.", "Nommez chaque pièce une seule fois.")


async def _shown(run: Runtime, id: str, response: Response) -> TransferOnTheWayView:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return transfer_view(kept)


async def _existing(run: Runtime, id: str) -> Kept[Transfer]:
    kept = await run.read(Transfers, id)
    if kept is None:
        raise not_found("transfer", id)
    return kept
