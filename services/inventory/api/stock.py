"""``/v1/stock``: what is where, and the stock-keeper's moves."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from contracts.values import Id, Location
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.jobs import Done, contended
from infra.chassis.store.unit import Cause, UseCase
from infra.chassis.store.writing import UniqueViolation
from services.inventory.store.stock import Movements, StockLevels
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.transfer_stock import TransferStock
from services.inventory.views.stock import LevelView, MovementView, TransferView, level_view, movement_view

router = APIRouter(tags=["stock"])

MOST = 100_000
TRIES = 4

Pieces = Annotated[int, Field(ge=1, le=MOST)]
Serial = Annotated[str, said(64)]
Serials = Annotated[tuple[Serial, ...], Field(max_length=500)]
Mover = Annotated[Principal, allow("stock:move")]


class ReceiveBody(Body):
    """New pieces; with ``serials``, one for each."""

    location: Location
    sku: Id
    quantity: Pieces
    serials: Serials = ()
    occurred_at: datetime | None = None


class TransferBody(Body):
    origin: Location
    destination: Location
    sku: Id
    quantity: Pieces
    serials: Serials = ()
    occurred_at: datetime | None = None


class CountBody(Body):
    """What somebody found. Without ``serials`` nobody read them; an empty list says that none was found."""

    location: Location
    sku: Id
    quantity: Annotated[int, Field(ge=0, le=MOST)]
    serials: Serials | None = None
    occurred_at: datetime | None = None


class LevelPage(BaseModel):
    items: list[LevelView]
    next: str | None


class MovementPage(BaseModel):
    items: list[MovementView]
    next: str | None


@router.get("/v1/stock", response_model=LevelPage)
async def list_stock(
    page: Paged,
    principal: Annotated[Principal, allow("stock:read")],
    run: Run,
    location: Location | None = None,
    sku: Id | None = None,
    discrepancies: Annotated[bool, Query(description="Only levels where pieces are owed")] = False,
) -> Any:
    owed = {"discrepancy": {"$gt": 0}} if discrepancies else None
    query = page.filter(owed, location=location, sku=sku)
    return page.of(await run.find(StockLevels, query, sort=page.sort, limit=page.fetch), level_view)


@router.get("/v1/stock/movements", response_model=MovementPage)
async def list_movements(
    page: Paged,
    principal: Annotated[Principal, allow("stock:read")],
    run: Run,
    location: Location | None = None,
    sku: Id | None = None,
    visit: Id | None = None,
) -> Any:
    query = page.filter(location=location, sku=sku, visit_id=visit)
    return page.of(await run.find(Movements, query, sort=page.sort, limit=page.fetch), movement_view)


async def _move(run: Runtime, moving: UseCase[Any], cause: Cause, key: KeyedBy) -> Done[Any]:
    """Who puts a piece in stock a moment after somebody else did decides again, and is told where it is."""
    for _ in range(TRIES):
        try:
            return await run.do(moving, cause, key)
        except UniqueViolation:
            continue
    raise contended()


@router.post("/v1/stock/receive")
async def receive(
    body: ReceiveBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> LevelView:
    done = await _move(
        run, ReceiveStock(body.location, body.sku, body.quantity, body.serials, body.occurred_at), cause, key
    )
    return LevelView(**done.result)


@router.post("/v1/stock/transfer")
async def transfer(
    body: TransferBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> TransferView:
    done = await _move(
        run,
        TransferStock(body.origin, body.destination, body.sku, body.quantity, body.serials, body.occurred_at),
        cause,
        key,
    )
    return TransferView(**done.result)


@router.post("/v1/stock/count")
async def count(
    body: CountBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> LevelView:
    done = await _move(
        run, CountStock(body.location, body.sku, body.quantity, body.serials, body.occurred_at), cause, key
    )
    return LevelView(**done.result)
