"""``/v1/renewals``: what is to be renewed, a year's plan of it, and what is decided about each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

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
from infra.chassis.workbook import XLSX
from services.inventory.api.boundary import require_customer, require_site, sites_filter
from services.inventory.domain.advice import Advice, AdviceState
from services.inventory.domain.renewal_order import MOST_IN_A_QUOTE
from services.inventory.domain.yearly_plan import YearlyPlan, plan_of
from services.inventory.store.customers import Customers
from services.inventory.store.renewals import Advices, RenewalWatches
from services.inventory.store.sites import Sites
from services.inventory.usecases.decide_advice import DecideAdvice, QuoteRenewals, Verb
from services.inventory.views.plan_files import PDF, Printed, as_pdf, as_workbook
from services.inventory.views.renewals import (
    AdvicePage,
    AdviceView,
    PlanView,
    UnmatchedListView,
    UnmatchedView,
    advice_view,
    plan_view,
)
from services.inventory.watcher import look_through

router = APIRouter(prefix="/v1/renewals", tags=["renewals"])

Reader = Annotated[Principal, allow("renewals:read")]
Writer = Annotated[Principal, allow("renewals:write")]
Year = Annotated[int, Path(ge=2000, le=2200)]
Cents = Annotated[int, Field(ge=0, le=10**11)]


class RefreshBody(Body):
    customer_id: Id


class RefreshedView(BaseModel):
    """``changed`` counts the advices that are new or otherwise: none, where it is asked for again."""

    customer_id: str
    changed: int


class DeclineBody(Body):
    reason: Annotated[str, said(500)]


class QuoteBody(Body):
    """``category`` is the work type of the visits, ``costs`` in cents by advice: both come before the rules'.

    ``valid_until``: the last moment at which the client can approve.
    """

    customer_id: Id
    advices: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_IN_A_QUOTE)]
    valid_until: datetime
    category: Id | None = None
    costs: dict[Id, Cents] = Field(default_factory=dict)


class QuotedView(BaseModel):
    """The ticket is open a moment later, and waits there for the client's approval."""

    ticket_id: str
    customer_id: str
    advices: list[str]


@router.post("/refresh")
async def refresh(body: RefreshBody, who: Writer, run: Run, cause: Caused) -> RefreshedView:
    """Look through a customer's park now; otherwise it happens once a day."""
    await require_customer(run, who, body.customer_id, "customer", body.customer_id)
    if await run.read(Customers, body.customer_id) is None:
        raise not_found("customer", body.customer_id)
    return RefreshedView(
        customer_id=body.customer_id, changed=await look_through(run, body.customer_id, cause)
    )


@router.post("/quotes", status_code=201)
async def quote(
    body: QuoteBody, who: Writer, run: Run, cause: Caused, key: Idempotency, response: Response
) -> QuotedView:
    """Accept these and have them quoted to the client: a ticket whose visits wait for his approval."""
    await require_customer(run, who, body.customer_id, "customer", body.customer_id)
    asked = tuple(dict.fromkeys(body.advices))
    created = await run.create(
        lambda id: QuoteRenewals(
            id=id,
            customer_id=body.customer_id,
            advice_ids=asked,
            valid_until=body.valid_until,
            category=body.category,
            costs=body.costs,
        ),
        cause,
        key,
    )
    response.headers["Location"] = f"/v1/tickets/{created.id}"
    # An order is written once.
    response.headers["ETag"] = etag(1)
    return QuotedView(ticket_id=created.id, customer_id=body.customer_id, advices=list(asked))


@router.get("/unmatched")
async def list_unmatched(customer: Id, who: Reader, run: Run) -> UnmatchedListView:
    """What machines report and nothing could be advised of, because its product or its cycle is in doubt."""
    await require_customer(run, who, customer, "customer", customer)
    kept = await run.read(RenewalWatches, customer)
    if kept is None:
        return UnmatchedListView(customer_id=customer, looked_at=None, machines=0, items=[], left_out=0)
    watch = kept.value
    items = [UnmatchedView(**vars(each)) for each in watch.unmatched]
    return UnmatchedListView(
        customer_id=customer,
        looked_at=watch.looked_at,
        machines=watch.machines,
        items=items,
        left_out=watch.left_out,
    )


@router.get(
    "/plans/{customer}/{year}.xlsx",
    response_class=Response,
    responses={200: {"description": "The plan as a workbook", "content": {XLSX: {}}}},
)
async def read_workbook(customer: Id, year: Year, who: Reader, run: Run, request: Request) -> Response:
    printed = await _printed(run, who, customer, year, call_of(request).language)
    return _file(await asyncio.to_thread(as_workbook, printed), XLSX, customer, year, "xlsx")


@router.get(
    "/plans/{customer}/{year}.pdf",
    response_class=Response,
    responses={200: {"description": "The plan to be read and signed", "content": {PDF: {}}}},
)
async def read_pdf(customer: Id, year: Year, who: Reader, run: Run, request: Request) -> Response:
    printed = await _printed(run, who, customer, year, call_of(request).language)
    return _file(await asyncio.to_thread(as_pdf, printed), PDF, customer, year, "pdf")


@router.get("/plans/{customer}/{year}", response_model=PlanView)
async def read_plan(customer: Id, year: Year, who: Reader, run: Run, request: Request) -> Any:
    """A customer's renewals of a year by month; what is late stands in this month."""
    plan, kept = await yearly_plan(run, who, customer, year)
    shown = plan_view(customer, plan, kept, run.clock.now().date(), call_of(request).language)
    content = shown.model_dump_json()
    headers = {"ETag": f'"{sha256(content.encode()).hexdigest()[:32]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


@router.get("", response_model=AdvicePage)
async def list_renewals(
    page: Paged,
    who: Reader,
    run: Run,
    request: Request,
    customer: Id | None = None,
    site: Id | None = None,
    asset: Id | None = None,
    ticket: Id | None = None,
    kind: Annotated[Id | None, Query(description="Such as support-ends")] = None,
    state: Annotated[list[AdviceState] | None, Query(max_length=len(AdviceState))] = None,
    due_before: Annotated[date | None, Query(description="Due before this day")] = None,
) -> Any:
    due: dict[str, Any] = {} if due_before is None else {"due_on": {"$lt": due_before.isoformat()}}
    query = page.filter(
        {"$and": [await sites_filter(run, who, "site_id"), due]},
        customer_id=customer,
        site_id=site,
        asset_id=asset,
        ticket_id=ticket,
        kind=kind,
        state=None if not state else {"$in": [each.value for each in state]},
    )
    found = await run.find(Advices, query, sort=page.sort, limit=page.fetch)
    today, language = run.clock.now().date(), call_of(request).language
    return page.of(found, lambda kept: advice_view(kept, today, language))


@router.get("/{id}", response_model=AdviceView)
async def read_advice(id: Id, who: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await _visible(run, who, id)
    response.headers["ETag"] = etag(kept.version)
    shown = advice_view(kept, run.clock.now().date(), call_of(request).language)
    return not_modified(request, kept.version) or shown


@dataclass(frozen=True)
class Decision:
    """What every decision about an advice is told with; ``expected`` is the version it is meant for."""

    run: Run
    cause: Caused
    key: Idempotency
    expected: IfMatch
    request: Request
    response: Response

    async def made(self, id: str, verb: Verb, why: str | None, who: Principal) -> AdviceView:
        await _visible(self.run, who, id)
        deciding = DecideAdvice(id=id, verb=verb, why=why, expected=self.expected)
        await self.run.do(deciding, self.cause, self.key)
        kept = await _visible(self.run, who, id)
        self.response.headers["ETag"] = etag(kept.version)
        return advice_view(kept, self.run.clock.now().date(), call_of(self.request).language)


Deciding = Annotated[Decision, Depends()]


@router.post("/{id}/accept")
async def accept(
    id: Id,
    who: Writer,
    decision: Deciding,
) -> AdviceView:
    """It is to be done. A quote to the client is another step: POST /v1/renewals/quotes."""
    return await decision.made(id, "accept", None, who)


@router.post("/{id}/decline")
async def decline(
    id: Id,
    body: DeclineBody,
    who: Writer,
    decision: Deciding,
) -> AdviceView:
    """It is not to be done, and why; it is not advised again."""
    return await decision.made(id, "decline", body.reason, who)


@router.post("/{id}/done")
async def done(
    id: Id,
    who: Writer,
    decision: Deciding,
) -> AdviceView:
    """It was done; it comes back where it is still found a month later."""
    return await decision.made(id, "done", None, who)


@router.post("/{id}/reopen")
async def reopen(
    id: Id,
    who: Writer,
    decision: Deciding,
) -> AdviceView:
    """What was decided about it counts no more."""
    return await decision.made(id, "reopen", None, who)


async def _visible(run: Runtime, who: Principal, id: str) -> Kept[Advice]:
    kept = await run.read(Advices, id)
    if kept is None:
        raise not_found("advice", id)
    advice = kept.value
    if advice.site_id is None:
        await require_customer(run, who, advice.customer_id, "advice", id)
    else:
        await require_site(run, who, advice.customer_id, advice.site_id, "advice", id)
    return kept


async def yearly_plan(
    run: Runtime, who: Principal, customer: str, year: int
) -> tuple[YearlyPlan, Mapping[str, Kept[Advice]]]:
    """404 for another customer's."""
    await require_customer(run, who, customer, "customer", customer)
    today = run.clock.now().date()
    # What is late is planned later than in the year in which it was due.
    query = {"customer_id": customer, "due_on": {"$lt": f"{year + 1}-01-01"}}
    kept = {each.value.id: each for each in await run.find(Advices, query, limit=0)}
    return plan_of(year, [each.value for each in kept.values()], today), kept


async def _printed(run: Runtime, who: Principal, customer: str, year: int, language: str) -> Printed:
    plan, _ = await yearly_plan(run, who, customer, year)
    known = await run.read(Customers, customer)
    ids = sorted({each.site_id for each in plan.advices if each.site_id is not None})
    sites = await run.find(Sites, {"_id": {"$in": ids}}, limit=0)
    return Printed(
        plan,
        customer if known is None else known.value.name,
        {kept.value.id: kept.value.name for kept in sites},
        datetime.combine(run.clock.now().date(), datetime.min.time(), UTC),
        language,
    )


def _file(content: bytes, media_type: str, customer: str, year: int, ending: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="renewals-{customer}-{year}.{ending}"'}
    return Response(content, headers=headers, media_type=media_type)
