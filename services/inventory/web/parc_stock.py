"""``/parc/stock``: parts with what runs short, orders, what is on the way, what comes back, and van lists."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.parameters import Day
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.supply import days_at, replenishments, tomorrow_of, van_list_of
from services.inventory.domain.loan import LoanState, StockLoan
from services.inventory.domain.part import Part
from services.inventory.domain.places import CUPBOARD, TRANSIT, VAN
from services.inventory.domain.purchase import PurchaseRequest, PurchaseState
from services.inventory.domain.returned import OPEN, Returned
from services.inventory.domain.supply import supplies
from services.inventory.domain.transfer import Transfer, TransferState
from services.inventory.store.parts import Parts
from services.inventory.store.purchases import PurchaseRequests
from services.inventory.store.returns import Returns, StockLoans
from services.inventory.store.sites import Sites
from services.inventory.store.stock import StockLevels, Transfers
from services.inventory.store.technicians import Technicians
from services.inventory.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST_LEVELS = 20_000
MOST_SHOWN = 200
NEWEST = (("updated_at", -1), ("_id", -1))

Who = Annotated[Principal, allow("screens:parc")]
Loader = Annotated[Principal, allow("van-lists:read")]


@router.get("/parc/stock")
async def stock(request: Request, who: Who, run: Run, short: bool = False) -> Response:
    """Every part with what there is of it and where, what runs short first."""
    who.require("stock:read")
    parts = [kept.value for kept in await run.find(Parts, {}, limit=0)]
    levels = [kept.value for kept in await run.find(StockLevels, {}, limit=MOST_LEVELS)]
    every = supplies((each for each in parts if not each.kit), levels)
    return PAGES.page(
        request,
        "parc-supplies.html" if asks_for_part(request) else "parc-stock.html",
        supplies=[each for each in every if not short or each.standing != "enough"],
        short=short,
        places=await _places(run, {level.location for level in levels}),
        where=await _where(run),
        may_move=who.may("stock:move"),
    )


@router.get("/parc/stock/orders")
async def orders(request: Request, who: Who, run: Run) -> Response:
    """What is to be ordered, and what was asked for and is not all there."""
    who.require("purchases:read")
    due = [each for each in (await replenishments(run))[0] if each.is_due]
    ended = {"state": {"$nin": [PurchaseState.RECEIVED.value, PurchaseState.CANCELLED.value]}}
    found: list[Kept[PurchaseRequest]] = await run.find(
        PurchaseRequests, ended, sort=NEWEST, limit=MOST_SHOWN
    )
    parts = await _parts(run, (sku for kept in found for sku in kept.value.skus))
    return PAGES.page(
        request,
        "parc-order-list.html" if asks_for_part(request) else "parc-orders.html",
        due=due,
        requests=[kept.value for kept in found],
        parts={sku: part.name for sku, part in parts.items()},
        told_apart={
            kept.value.id: {
                parts[line.sku].tracking.value for line in kept.value.lines if line.open and line.sku in parts
            }
            for kept in found
        },
        where=await _where(run),
        may_write=who.may("purchases:write"),
        may_approve=who.may("purchases:approve"),
        now=run.clock.now(),
    )


@router.get("/parc/stock/transfers")
async def transfers(request: Request, who: Who, run: Run) -> Response:
    """What is on the way, and the counts that differed and wait for a reason."""
    who.require("stock:read")
    under_way = {"state": TransferState.ON_THE_WAY.value}
    found: list[Kept[Transfer]] = await run.find(Transfers, under_way, sort=NEWEST, limit=MOST_SHOWN)
    odd = {"unexplained.0": {"$exists": True}}
    levels = [kept.value for kept in await run.find(StockLevels, odd, limit=MOST_SHOWN)]
    skus = {line.sku for kept in found for line in kept.value.lines} | {each.sku for each in levels}
    named = {place for kept in found for place in kept.value.places} | {each.location for each in levels}
    return PAGES.page(
        request,
        "parc-transfer-list.html" if asks_for_part(request) else "parc-transfers.html",
        transfers=[kept.value for kept in found],
        levels=levels,
        parts=await _names(run, skus),
        places=await _places(run, named),
        where=await _where(run),
        may_move=who.may("stock:move"),
        now=run.clock.now(),
    )


@router.get("/parc/stock/returns")
async def returns(request: Request, who: Who, run: Run) -> Response:
    """What comes back and what is claimed for it; loan units that are out."""
    who.require("stock:move")
    asked = {"state": {"$in": [each.value for each in OPEN]}}
    found: list[Kept[Returned]] = await run.find(Returns, asked, sort=NEWEST, limit=MOST_SHOWN)
    lent: list[Kept[StockLoan]] = await run.find(
        StockLoans, {"state": LoanState.OUT.value}, sort=NEWEST, limit=MOST_SHOWN
    )
    skus = {kept.value.sku for kept in found} | {kept.value.sku for kept in lent}
    sites = await run.find(Sites, {"_id": {"$in": sorted({kept.value.site_id for kept in lent})}}, limit=0)
    people = {kept.value.technician_id for kept in found if kept.value.technician_id}
    return PAGES.page(
        request,
        "parc-return-list.html" if asks_for_part(request) else "parc-returns.html",
        returns=[kept.value for kept in found],
        loans=[kept.value for kept in lent],
        parts=await _names(run, skus),
        places=await _places(run, {VAN + id for id in people}),
        where=await _where(run),
        sites={kept.value.id: kept.value.name for kept in sites},
        today=await days_at(run, (kept.value.site_id for kept in lent)),
        now=run.clock.now(),
    )


@router.get("/parc/stock/van-lists")
async def van_lists(request: Request, who: Loader, run: Run) -> Response:
    """A technician's own; everybody's for who plans or keeps the stock."""
    own = {"_id": who.subject} if who.role == "technician" else {}
    found = await run.find(Technicians, own, limit=0)
    people = sorted(((kept.value.name, kept.value.technician_id) for kept in found), key=str)
    return PAGES.page(request, "parc-van-lists.html", people=people)


@router.get("/parc/stock/van-lists/{id}")
async def van_list(
    id: Id, request: Request, who: Loader, run: Run, date: Annotated[Day | None, Query()] = None
) -> Response:
    """What a technician loads for the visits of a day, tomorrow's if none is named; made to be printed."""
    known = await run.read(Technicians, id)
    if known is None or (who.role == "technician" and who.subject != id):
        raise not_found("technician", id)
    day = date or await tomorrow_of(run, id)
    found = await van_list_of(run, id, day)
    lines = (*found.to_load, *found.in_van, *found.on_site, *found.missing)
    held = {each.location for each in lines} | {each.location for each in found.top_up}
    return PAGES.page(
        request,
        "parc-van-list.html",
        it=found,
        name=known.value.name,
        day=day,
        parts=await _names(run, [*(each.sku for each in lines), *(each.sku for each in found.top_up)]),
        places=await _places(run, {each for each in held if each is not None}),
    )


async def _names(run: Runtime, skus: Iterable[str]) -> Mapping[str, str]:
    return {sku: part.name for sku, part in (await _parts(run, skus)).items()}


async def _parts(run: Runtime, skus: Iterable[str]) -> Mapping[str, Part]:
    found = await run.find(Parts, {"_id": {"$in": sorted(set(skus))}}, limit=0)
    return {kept.value.id: kept.value for kept in found}


async def _places(run: Runtime, locations: set[str]) -> Mapping[str, str]:
    """Each place as people call it: a van by who drives it, a cupboard by its site."""
    drivers = await _named(run, Technicians.name, locations, VAN)
    sites = await _named(run, Sites.name, locations, CUPBOARD)
    return {
        each: (drivers | sites).get(each, each.partition(":")[2] or each)
        for each in sorted(locations, key=lambda each: (each.startswith(VAN), each == TRANSIT, each))
    }


async def _where(run: Runtime) -> Mapping[str, str]:
    """Wherever stock has been kept, but for the way: what a place's field proposes."""
    found = await run.collection(StockLevels.name).distinct("location")
    return await _places(run, {each for each in found if each != TRANSIT})


async def _named(run: Runtime, collection: str, locations: set[str], prefix: str) -> dict[str, str]:
    ids = sorted(each.removeprefix(prefix) for each in locations if each.startswith(prefix))
    found: Any = run.collection(collection).find({"_id": {"$in": ids}}, {"name": 1})
    return {prefix + each["_id"]: each["name"] for each in await found.to_list(None) if "name" in each}
