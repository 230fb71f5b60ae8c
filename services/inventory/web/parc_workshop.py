"""``/parc/workshop``: clients' machines in the workshop by their state; one repair order, and its receipt."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.supply import days_at
from services.inventory.api.workshop import existing_order
from services.inventory.domain.loan import LoanState, StockLoan
from services.inventory.domain.repair_order import OPEN, RepairOrder
from services.inventory.store.assets import Assets
from services.inventory.store.customers import Customers
from services.inventory.store.parts import Parts
from services.inventory.store.repairs import RepairOrders
from services.inventory.store.returns import StockLoans
from services.inventory.store.sites import Sites
from services.inventory.store.stock import StockLevels
from services.inventory.views.labels import code_of
from services.inventory.views.plan_files import money
from services.inventory.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 500
MOST_PARTS = 2_000

Who = Annotated[Principal, allow("workshop:take-in")]


@router.get("/parc/workshop")
async def board(request: Request, who: Who, run: Run, late: bool = False) -> Response:
    """What is in the workshop, by state; in each what was promised first. A part for htmx."""
    among = {"state": {"$in": [each.value for each in OPEN]}}
    found: list[Kept[RepairOrder]] = await run.find(RepairOrders, among, limit=MOST_SHOWN)
    orders = sorted((kept.value for kept in found), key=lambda each: (each.promised_on or "9", each.number))
    today = await days_at(run, (each.site_id for each in orders))
    overdue = {each.id for each in orders if each.is_late(today[each.site_id])}
    clients = await run.find(
        Customers, {"_id": {"$in": sorted({each.customer_id for each in orders})}}, limit=0
    )
    shown = [each for each in orders if not late or each.id in overdue]
    return PAGES.page(
        request,
        "parc-workshop-board.html" if asks_for_part(request) else "parc-workshop.html",
        columns=[(state, [each for each in shown if each.state is state]) for state in OPEN],
        overdue=overdue,
        late=late,
        clients={kept.value.customer_id: kept.value.name for kept in clients},
        now=run.clock.now(),
    )


@router.get("/parc/workshop/{id}")
async def order_page(id: Id, request: Request, who: Who, run: Run) -> Response:
    kept = await existing_order(run, who, id)
    order = kept.value
    parts = [each.value for each in await run.find(Parts, {}, limit=MOST_PARTS)]
    where = await run.collection(StockLevels.name).distinct("location", {"on_hand": {"$gt": 0}})
    client = await run.read(Customers, order.customer_id)
    site = await run.read(Sites, order.site_id)
    language = call_of(request).language
    return PAGES.page(
        request,
        "parc-repair.html",
        it=order,
        late=order.is_late((await days_at(run, (order.site_id,)))[order.site_id]),
        client=client.value.name if client else order.customer_id,
        site=site.value.name if site else order.site_id,
        zone=site.value.time_zone if site else "UTC",
        parts={each.id: each.name for each in parts if not each.kit},
        where={each: each.partition(":")[2] for each in where if each.startswith("depot:")},
        amount=lambda cents, currency: money(cents, currency, language),
        loan=await _loan(run, order),
        may_repair=who.may("workshop:repair"),
        now=run.clock.now(),
    )


async def _loan(run: Runtime, order: RepairOrder) -> StockLoan | None:
    """The loan unit that its client has still."""
    if order.loan_id is None:
        return None
    kept: Kept[StockLoan] | None = await run.read(StockLoans, order.loan_id)
    return None if kept is None or kept.value.state is LoanState.BACK else kept.value


@router.get("/parc/workshop/{id}/receipt")
async def receipt(id: Id, request: Request, who: Who, run: Run) -> Response:
    """What its client takes away with him, and the label that sticks on the machine; made to be printed."""
    order = (await existing_order(run, who, id)).value
    asset = await run.read(Assets, order.asset_id)
    client = await run.read(Customers, order.customer_id)
    site = await run.read(Sites, order.site_id)
    zone = ZoneInfo(site.value.time_zone if site else "UTC")
    return PAGES.page(
        request,
        "parc-repair-receipt.html",
        it=order,
        machine=None if asset is None else asset.value,
        client=client.value.name if client else order.customer_id,
        site=site.value.name if site else order.site_id,
        came_on=order.steps[0].at.astimezone(zone).date(),
        last_on=order.steps[-1].at.astimezone(zone).date(),
        code=code_of(f"{request.app.state.public_url}/parc/workshop/{order.id}"),
    )
