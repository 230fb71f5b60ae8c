"""``/v1/stock/returns`` and ``/v1/stock/loans``: what comes back, and what a client has for a while."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator

from contracts.text import InvalidValue
from contracts.values import Id, Location
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import UseCase
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.api.stock import Deed, Doing, Mover, Note, Pieces, Serial, Serials, move_anew
from services.inventory.api.supply import days_at
from services.inventory.domain.loan import LoanState, StockLoan
from services.inventory.domain.returned import ClaimKind, Returned, ReturnState
from services.inventory.store.returns import Returns, StockLoans
from services.inventory.usecases.lend_stock import LendStock, TakeLoanBack
from services.inventory.usecases.return_parts import (
    ClaimReturn,
    QuarantineReturn,
    SendReturn,
    SettleReturn,
    TakeBack,
)
from services.inventory.views.supplying import ReturnView, StockLoanView, loan_view, return_view

router = APIRouter(prefix="/v1/stock", tags=["stock"])

Reader = Annotated[Principal, allow("stock:read")]


class TakeBackBody(Body):
    """``location`` is a quarantine; ``origin`` where it was in stock, if it was."""

    sku: Id
    quantity: Pieces = 1
    location: Location
    serial: Serial | None = None
    fault: Note | None = None
    origin: Location | None = None
    visit_id: Id | None = None
    occurred_at: datetime | None = None


class QuarantineBody(Body):
    location: Location
    note: Note | None = None


class ClaimBody(Body):
    """Said again once the supplier has given his number (``reference``)."""

    kind: ClaimKind
    supplier: Annotated[str, said(200)] | None = None
    reference: Annotated[str, said(100)] | None = None
    note: Note | None = None


class NoteBody(Body):
    note: Note | None = None


class SettleBody(Body):
    """``credited`` comes with ``credit_cents``; ``replaced``, ``repaired``, ``kept`` with its ``location``.

    ``kept``: it was tested and nothing is wrong. ``serial`` is the replacement's, where it has one.
    """

    outcome: Literal["credited", "replaced", "repaired", "refused", "scrapped", "kept"]
    credit_cents: Annotated[int, Field(ge=0, le=10_000_000_00)] | None = None
    location: Location | None = None
    serial: Serial | None = None
    note: Note | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.outcome == "credited" and self.credit_cents is None:
            raise InvalidValue("Say how much was credited.", "Indiquez le montant de l'avoir.")
        if self.outcome in ("replaced", "repaired", "kept") and self.location is None:
            raise InvalidValue("Say where it was put.", "Indiquez où la pièce a été rangée.")
        return self


class LoanBody(Body):
    """Whose the site is has them until ``due_on``."""

    location: Location
    sku: Id
    quantity: Pieces = 1
    serials: Serials = ()
    site_id: Id
    due_on: date | None = None
    ticket_id: Id | None = None
    note: Note | None = None


class ReturnPage(BaseModel):
    items: list[ReturnView]
    next: str | None


class StockLoanPage(BaseModel):
    items: list[StockLoanView]
    next: str | None


@router.post("/returns", status_code=201, response_model=ReturnView)
async def take_back(
    body: TakeBackBody,
    principal: Mover,
    key: IdempotencyRequired,
    cause: Caused,
    run: Run,
    response: Response,
) -> Any:
    """Into quarantine. What a visit took out is expected already: see the list, then ``…/quarantine``."""

    def taking(id: str) -> TakeBack:
        return TakeBack(id=id, **body.model_dump())

    created = await move_anew(run, taking, cause, key)
    response.headers["Location"] = f"/v1/stock/returns/{created.id}"
    return await _shown(run, created.id, response)


@router.get("/returns", response_model=ReturnPage)
async def list_returns(
    page: Annotated[Page, paged(ReturnState)],
    principal: Reader,
    run: Run,
    sku: Id | None = None,
    technician: Id | None = None,
    supplier: Annotated[str | None, Query()] = None,
) -> Any:
    query = page.filter(sku=sku, technician_id=technician, supplier=supplier)
    return page.of(await run.find(Returns, query, sort=page.sort, limit=page.fetch), return_view)


@router.get("/returns/{id}", response_model=ReturnView)
async def read_return(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or return_view(kept)


@router.post("/returns/{id}/quarantine", response_model=ReturnView)
async def quarantine(
    id: Id,
    body: QuarantineBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    """The technician has brought it."""
    return await _done(deed, id, QuarantineReturn(id, body.location, body.note, deed.expected))


@router.post("/returns/{id}/claim", response_model=ReturnView)
async def claim(
    id: Id,
    body: ClaimBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    claiming = ClaimReturn(id, body.kind, body.supplier, body.reference, body.note, deed.expected)
    return await _done(deed, id, claiming)


@router.post("/returns/{id}/send", response_model=ReturnView)
async def send(
    id: Id,
    body: NoteBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    """It leaves the quarantine for its supplier."""
    return await _done(deed, id, SendReturn(id, body.note, deed.expected))


@router.post("/returns/{id}/settle", response_model=ReturnView)
async def settle(
    id: Id,
    body: SettleBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    """What the supplier answered; or it is scrapped, or kept, without asking him."""
    settling = SettleReturn(
        id,
        ReturnState(body.outcome),
        body.credit_cents,
        body.location,
        body.serial,
        body.note,
        deed.expected,
    )
    return await _done(deed, id, settling)


@router.post("/loans", status_code=201, response_model=StockLoanView)
async def lend(
    body: LoanBody, principal: Mover, key: IdempotencyRequired, cause: Caused, run: Run, response: Response
) -> Any:
    def lending(id: str) -> LendStock:
        due = None if body.due_on is None else body.due_on.isoformat()
        return LendStock(id=id, **{**body.model_dump(), "due_on": due})

    created = await move_anew(run, lending, cause, key)
    response.headers["Location"] = f"/v1/stock/loans/{created.id}"
    return await _loan_shown(run, principal, created.id, response)


@router.get("/loans", response_model=StockLoanPage)
async def list_loans(
    page: Annotated[Page, paged(LoanState)],
    principal: Reader,
    run: Run,
    sku: Id | None = None,
    site: Id | None = None,
    customer: Id | None = None,
) -> Any:
    own = await customers_filter(run, principal)
    query = page.filter(own, sku=sku, site_id=site, customer_id=customer)
    found: list[Kept[StockLoan]] = await run.find(StockLoans, query, sort=page.sort, limit=page.fetch)
    today = await days_at(run, (kept.value.site_id for kept in found))
    return page.of(found, lambda kept: loan_view(kept, today[kept.value.site_id]))


@router.get("/loans/{id}", response_model=StockLoanView)
async def read_loan(id: Id, principal: Reader, run: Run, response: Response) -> Any:
    return await _loan_shown(run, principal, id, response)


@router.post("/loans/{id}/back", response_model=StockLoanView)
async def take_loan_back(
    id: Id,
    body: QuarantineBody,
    principal: Mover,
    deed: Doing,
) -> Any:
    """``location`` is a quarantine where it came back defective."""
    await deed.do(TakeLoanBack(id, body.location, body.note, deed.expected))
    return await _loan_shown(deed.run, principal, id, deed.response)


async def _done(deed: Deed, id: str, command: UseCase[None]) -> ReturnView:
    await deed.do(command)
    return await _shown(deed.run, id, deed.response)


async def _shown(run: Runtime, id: str, response: Response) -> ReturnView:
    kept = await _existing(run, id)
    response.headers["ETag"] = etag(kept.version)
    return return_view(kept)


async def _existing(run: Runtime, id: str) -> Kept[Returned]:
    kept = await run.read(Returns, id)
    if kept is None:
        raise not_found("return", id)
    return kept


async def _loan_shown(run: Runtime, principal: Principal, id: str, response: Response) -> StockLoanView:
    kept: Kept[StockLoan] | None = await run.read(StockLoans, id)
    if kept is None:
        raise not_found("loan", id)
    await require_customer(run, principal, kept.value.customer_id, "loan", id)
    response.headers["ETag"] = etag(kept.version)
    site_id = kept.value.site_id
    return loan_view(kept, (await days_at(run, (site_id,)))[site_id])
