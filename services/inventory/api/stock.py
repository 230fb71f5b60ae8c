"""``/v1/stock``: what is where, and the stock-keeper's moves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from contracts.values import Id, Location
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Created, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.idempotency import KeyedBy
from infra.chassis.store.jobs import Done, contended
from infra.chassis.store.unit import Cause, UseCase
from infra.chassis.store.writing import UniqueViolation
from services.inventory.domain.lots import Lot
from services.inventory.domain.movement import VarianceReason
from services.inventory.store.stock import Movements, StockLevels
from services.inventory.usecases.count_stock import CountStock
from services.inventory.usecases.explain_count import ExplainCount
from services.inventory.usecases.receive_stock import ReceiveStock
from services.inventory.usecases.transfer_stock import TransferStock
from services.inventory.views.stock import LevelView, MovementView, TransferView, level_view, movement_view

router = APIRouter(tags=["stock"])

R = TypeVar("R")

MOST = 100_000
TRIES = 4

Pieces = Annotated[int, Field(ge=1, le=MOST)]
Serial = Annotated[str, said(64)]
Note = Annotated[str, said(500)]
LotName = Annotated[str, said(64)]
Serials = Annotated[tuple[Serial, ...], Field(max_length=500)]
Mover = Annotated[Principal, allow("stock:move")]


class LotBody(Body):
    """``expires_on`` is the last day on which its pieces are good."""

    lot: LotName
    quantity: Pieces
    expires_on: date | None = None

    def value(self) -> Lot:
        return Lot(self.lot, self.quantity, self.expires_on.isoformat() if self.expires_on else None)


Lots = Annotated[tuple[LotBody, ...], Field(max_length=100)]


class ReceiveBody(Body):
    """New pieces; with ``serials``, one for each. ``purchase_request`` is the one that they are of."""

    location: Location
    sku: Id
    quantity: Pieces
    serials: Serials = ()
    lots: Lots = ()
    purchase_request: Id | None = None
    occurred_at: datetime | None = None


class TransferBody(Body):
    """At once, from hand to hand. What travels is sent by ``POST /v1/stock/transfers``.

    Without ``lot`` those that expire first leave first.
    """

    origin: Location
    destination: Location
    sku: Id
    quantity: Pieces
    serials: Serials = ()
    lot: LotName | None = None
    occurred_at: datetime | None = None


class CountBody(Body):
    """What somebody found. Without ``serials`` nobody read them; an empty list says that none was found.

    So it is with ``lots``. A difference wants a ``reason``, now or by ``POST /v1/stock/explain``.
    """

    location: Location
    sku: Id
    quantity: Annotated[int, Field(ge=0, le=MOST)]
    serials: Serials | None = None
    lots: Lots | None = None
    reason: VarianceReason | None = None
    note: Note | None = None
    occurred_at: datetime | None = None


class ExplainBody(Body):
    """``movement`` is the line of a count, one of a level's ``unexplained``."""

    movement: Annotated[str, said(200)]
    reason: VarianceReason
    note: Note


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
    unexplained: Annotated[bool, Query(description="Only levels whose counts want a reason")] = False,
) -> Any:
    owed = {"discrepancy": {"$gt": 0}} if discrepancies else {}
    odd = {"unexplained.0": {"$exists": True}} if unexplained else {}
    query = page.filter({**owed, **odd}, location=location, sku=sku)
    return page.of(await run.find(StockLevels, query, sort=page.sort, limit=page.fetch), level_view)


@router.get("/v1/stock/movements", response_model=MovementPage)
async def list_movements(
    page: Paged,
    principal: Annotated[Principal, allow("stock:read")],
    run: Run,
    location: Location | None = None,
    sku: Id | None = None,
    visit: Id | None = None,
    lot: Annotated[LotName | None, Query(description="Where pieces of a lot came and went")] = None,
    reference: Annotated[Id | None, Query(description="Of a transfer, purchase, return or loan")] = None,
) -> Any:
    of_lot = None if lot is None else {"lots.lot": lot, "lots.0": {"$exists": True}}
    query = page.filter(of_lot, location=location, sku=sku, visit_id=visit, reference=reference)
    return page.of(await run.find(Movements, query, sort=page.sort, limit=page.fetch), movement_view)


async def move(run: Runtime, moving: UseCase[Any], cause: Cause, key: KeyedBy) -> Done[Any]:
    """Who puts a piece in stock a moment after somebody else did decides again, and is told where it is."""
    for _ in range(TRIES):
        try:
            return await run.do(moving, cause, key)
        except UniqueViolation:
            continue
    raise contended()


@dataclass(frozen=True)
class Deed:
    """What every verb about something in stock is told with; ``expected`` is the version it is meant for."""

    run: Run
    cause: Caused
    key: IdempotencyRequired
    expected: IfMatch
    response: Response

    async def do(self, moving: UseCase[Any]) -> None:
        await move(self.run, moving, self.cause, self.key)


Doing = Annotated[Deed, Depends()]


async def move_anew(
    run: Runtime, making: Callable[[str], UseCase[R]], cause: Cause, key: KeyedBy
) -> Created[R]:
    """The same of a deed that is kept under an id of its own."""
    for _ in range(TRIES):
        try:
            return await run.create(making, cause, key)
        except UniqueViolation:
            continue
    raise contended()


@router.post("/v1/stock/receive")
async def receive(
    body: ReceiveBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> LevelView:
    receiving = ReceiveStock(
        body.location,
        body.sku,
        body.quantity,
        body.serials,
        body.occurred_at,
        tuple(each.value() for each in body.lots),
        body.purchase_request,
    )
    done = await move(run, receiving, cause, key)
    return LevelView(**done.result)


@router.post("/v1/stock/transfer")
async def transfer(
    body: TransferBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> TransferView:
    moving = TransferStock(
        body.origin, body.destination, body.sku, body.quantity, body.serials, body.occurred_at, body.lot
    )
    done = await move(run, moving, cause, key)
    return TransferView(**done.result)


@router.post("/v1/stock/count")
async def count(
    body: CountBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> LevelView:
    counting = CountStock(
        body.location,
        body.sku,
        body.quantity,
        body.serials,
        body.occurred_at,
        None if body.lots is None else tuple(each.value() for each in body.lots),
        body.reason,
        body.note,
    )
    done = await move(run, counting, cause, key)
    return LevelView(**done.result)


@router.post("/v1/stock/explain")
async def explain(
    body: ExplainBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run
) -> LevelView:
    """Why a count differed, said afterwards."""
    done = await run.do(ExplainCount(body.movement, body.reason, body.note), cause, key)
    return LevelView(**done.result)
