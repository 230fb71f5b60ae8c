"""``/v1/workshop/orders``: clients' machines that are repaired in the workshop."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.values import Id, Location
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import UseCase
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.api.stock import Deed, Doing, Note, Pieces, Serials, move_anew
from services.inventory.api.supply import days_at
from services.inventory.domain.repair_order import (
    OPEN,
    Check,
    Cover,
    Diagnosis,
    Estimate,
    EstimateLine,
    HandOver,
    Intake,
    RepairOrder,
    RepairState,
    Way,
)
from services.inventory.store.repairs import RepairOrders
from services.inventory.usecases.give_back import DisposeInWorkshop, GiveBack
from services.inventory.usecases.lend_meanwhile import LendMeanwhile
from services.inventory.usecases.repair import (
    CheckRepair,
    Diagnose,
    FinishRepair,
    FitPart,
    StartRepair,
    WorkOnRepair,
)
from services.inventory.usecases.take_in import TakeIn
from services.inventory.views.workshop import RepairOrderView, repair_view

router = APIRouter(prefix="/v1/workshop/orders", tags=["workshop"])

Reader = Annotated[Principal, allow("workshop:read")]
Counter = Annotated[Principal, allow("workshop:take-in")]
Bench = Annotated[Principal, allow("workshop:repair")]

Words = Annotated[str, said(1000)]
Name = Annotated[str, said(200)]
Minutes = Annotated[int, Field(ge=0, le=60 * 24 * 30)]
Cents = Annotated[int, Field(ge=0, le=10_000_000_00)]


class TakeInBody(Body):
    """``condition`` is how it looks, ``accessories`` what came with it. Passwords are not kept: ask for none.

    ``promised_on`` is the day on which the client expects it back. A picture goes to the machine's documents.
    """

    asset_id: Id
    way: Way
    condition: Words
    accessories: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    fault: Words | None = None
    brought_by: Name | None = None
    ticket_id: Id | None = None
    promised_on: date | None = None


class EstimateLineBody(Body):
    text: Annotated[str, said(500)]
    quantity: Pieces = 1
    unit_cents: Cents
    sku: Id | None = None


class DiagnosisBody(Body):
    """``cover``: who pays. A ``client`` is quoted the ``lines`` in the ticket, until ``valid_until``."""

    findings: Words
    cover: Cover
    lines: Annotated[tuple[EstimateLineBody, ...], Field(max_length=100)] = ()
    minutes: Minutes = 0
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    valid_until: datetime | None = None
    ticket_id: Id | None = None
    promised_on: date | None = None

    def value(self) -> Diagnosis:
        lines = tuple(
            EstimateLine(each.text, each.quantity, each.unit_cents, each.sku) for each in self.lines
        )
        return Diagnosis(
            self.findings, self.cover, Estimate(lines, self.minutes, self.currency, self.valid_until)
        )


class WorkBody(Body):
    minutes: Annotated[int, Field(ge=1, le=60 * 24)]
    note: Note | None = None


class FitBody(Body):
    location: Location
    sku: Id
    quantity: Pieces = 1
    serials: Serials = ()


class FinishBody(Body):
    note: Words


class CheckBody(Body):
    text: Name
    passed: bool
    note: Note | None = None


class TestBody(Body):
    """Where one did not pass the machine goes back on the bench."""

    checks: Annotated[tuple[CheckBody, ...], Field(min_length=1, max_length=100)]


class GiveBackBody(Body):
    """``receiver`` is who signed for it, ``tracking`` the number of the parcel.

    ``loan_to``: where the loan unit was put that he brought back; without, it is due from now on.
    """

    way: Way
    receiver: Name
    tracking: Name | None = None
    note: Note | None = None
    loan_to: Location | None = None


class LoanUnitBody(Body):
    """A piece of the stock; due on the promised day where ``due_on`` is not said."""

    location: Location
    sku: Id
    serials: Serials = ()
    due_on: date | None = None


class DisposeBody(Body):
    """``certificate`` is the number of the recycler's paper."""

    certificate: Name
    how: Name
    recipient: Name | None = None


class RepairOrderPage(BaseModel):
    items: list[RepairOrderView]
    next: str | None


@router.post("", status_code=201, response_model=RepairOrderView)
async def take_in(
    body: TakeInBody,
    principal: Counter,
    key: IdempotencyRequired,
    cause: Caused,
    run: Run,
    response: Response,
) -> Any:
    """A machine came: its receipt is ``/parc/workshop/{id}/receipt``."""
    intake = Intake(body.way, body.condition, body.accessories, body.fault, body.brought_by)

    def taking(id: str) -> TakeIn:
        return TakeIn(id, body.asset_id, intake, body.ticket_id, _day(body.promised_on))

    created = await move_anew(run, taking, cause, key)
    response.headers["Location"] = f"/v1/workshop/orders/{created.id}"
    return await _shown(run, created.id, response)


@router.get("", response_model=RepairOrderPage)
async def list_repair_orders(
    page: Annotated[Page, paged(RepairState)],
    principal: Reader,
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
    asset: Id | None = None,
    ticket: Id | None = None,
    number: Annotated[str | None, Query(max_length=40, description="On its receipt")] = None,
    overdue: Annotated[bool, Query(description="Only what is here longer than promised")] = False,
) -> Any:
    own = await customers_filter(run, principal)
    query = page.filter(
        {"$and": [own, overdue_at(run.clock.now()) if overdue else {}]},
        customer_id=customer,
        site_id=site,
        asset_id=asset,
        ticket_id=ticket,
        number=number,
    )
    found: list[Kept[RepairOrder]] = await run.find(RepairOrders, query, sort=page.sort, limit=page.fetch)
    today = await days_at(run, (kept.value.site_id for kept in found))
    return page.of(found, lambda kept: repair_view(kept, today[kept.value.site_id]))


@router.get("/{id}", response_model=RepairOrderView)
async def read_repair_order(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await existing_order(run, principal, id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or await _view(run, kept)


@router.post("/{id}/diagnose", response_model=RepairOrderView)
async def diagnose(id: Id, body: DiagnosisBody, principal: Bench, deed: Doing) -> Any:
    """What is wrong with it and what it takes; said again it replaces the quote that was sent."""
    diagnosing = Diagnose(
        id=id,
        diagnosis=body.value(),
        ticket_id=body.ticket_id,
        promised_on=_day(body.promised_on),
        expected=deed.expected,
    )
    return await _done(deed, id, diagnosing)


@router.post("/{id}/start", response_model=RepairOrderView)
async def start(id: Id, principal: Bench, deed: Doing) -> Any:
    """Whoever says so has it on his bench."""
    return await _done(deed, id, StartRepair(id=id, expected=deed.expected))


@router.post("/{id}/work", response_model=RepairOrderView)
async def work(id: Id, body: WorkBody, principal: Bench, deed: Doing) -> Any:
    working = WorkOnRepair(id=id, minutes=body.minutes, note=body.note, expected=deed.expected)
    return await _done(deed, id, working)


@router.post("/{id}/parts", response_model=RepairOrderView)
async def fit(id: Id, body: FitBody, principal: Bench, deed: Doing) -> Any:
    """A part leaves the stock and is put in."""
    return await _done(deed, id, FitPart(id=id, **body.model_dump(), expected=deed.expected))


@router.post("/{id}/finish", response_model=RepairOrderView)
async def finish(id: Id, body: FinishBody, principal: Bench, deed: Doing) -> Any:
    return await _done(deed, id, FinishRepair(id=id, note=body.note, expected=deed.expected))


@router.post("/{id}/test", response_model=RepairOrderView)
async def test(id: Id, body: TestBody, principal: Bench, deed: Doing) -> Any:
    checks = tuple(Check(each.text, each.passed, each.note) for each in body.checks)
    return await _done(deed, id, CheckRepair(id=id, checks=checks, expected=deed.expected))


@router.post("/{id}/give-back", response_model=RepairOrderView)
async def give_back(id: Id, body: GiveBackBody, principal: Counter, deed: Doing) -> Any:
    """Mended, or as it came where its client refused the quote."""
    hand_over = HandOver(body.way, body.receiver, body.tracking, body.note)
    giving = GiveBack(id=id, hand_over=hand_over, loan_to=body.loan_to, expected=deed.expected)
    return await _done(deed, id, giving)


@router.post("/{id}/loan", response_model=RepairOrderView)
async def lend(id: Id, body: LoanUnitBody, principal: Bench, deed: Doing) -> Any:
    """The client has a loan unit meanwhile; it is asked back when his machine is returned."""
    lending = LendMeanwhile(
        id=id,
        loan_id=new_id(),
        location=body.location,
        sku=body.sku,
        serials=body.serials,
        due_on=_day(body.due_on),
        expected=deed.expected,
    )
    return await _done(deed, id, lending)


@router.post("/{id}/dispose", response_model=RepairOrderView)
async def dispose(id: Id, body: DisposeBody, principal: Bench, deed: Doing) -> Any:
    return await _done(deed, id, DisposeInWorkshop(id=id, **body.model_dump(), expected=deed.expected))


def overdue_at(now: datetime) -> dict[str, Any]:
    """What was promised for a day that is over."""
    today = now.astimezone(UTC).date().isoformat()
    return {"state": {"$in": [each.value for each in OPEN]}, "promised_on": {"$lt": today}}


async def existing_order(run: Runtime, principal: Principal, id: str) -> Kept[RepairOrder]:
    kept: Kept[RepairOrder] | None = await run.read(RepairOrders, id)
    if kept is None:
        raise not_found("repair-order", id)
    await require_customer(run, principal, kept.value.customer_id, "repair-order", id)
    return kept


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


async def _done(deed: Deed, id: str, command: UseCase[None]) -> RepairOrderView:
    await deed.do(command)
    return await _shown(deed.run, id, deed.response)


async def _shown(run: Runtime, id: str, response: Response) -> RepairOrderView:
    kept: Kept[RepairOrder] | None = await run.read(RepairOrders, id)
    if kept is None:
        raise not_found("repair-order", id)
    response.headers["ETag"] = etag(kept.version)
    return await _view(run, kept)


async def _view(run: Runtime, kept: Kept[RepairOrder]) -> RepairOrderView:
    return repair_view(kept, (await days_at(run, (kept.value.site_id,)))[kept.value.site_id])
