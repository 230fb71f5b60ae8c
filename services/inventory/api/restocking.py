"""``/v1/stock/reorder`` and ``/v1/stock/van-lists``: what to order, and what to load in the evening."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from contracts.values import Id, Instant
from infra.chassis.http.auth import allow
from infra.chassis.http.parameters import Day
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Run
from services.inventory.api.supply import replenishments, tomorrow_of, van_list_of
from services.inventory.domain.replenishment import WINDOW_DAYS
from services.inventory.store.technicians import Technicians
from services.inventory.views.supplying import ReorderView, VanListView, reorder_view, van_list_view

router = APIRouter(prefix="/v1/stock", tags=["stock"])


class ReorderList(BaseModel):
    """Every part that is stocked, what is due first; use is measured over ``days``."""

    items: list[ReorderView]
    next: None = None
    days: int
    as_of: Instant


class DatedVanList(VanListView):
    date: date


@router.get("/reorder", response_model=ReorderList)
async def read_reorder(
    principal: Annotated[Principal, allow("stock:read")],
    run: Run,
    days: Annotated[int, Query(ge=7, le=730, description="Over which use is measured")] = WINDOW_DAYS,
    due: Annotated[bool, Query(description="Only what is to be ordered now")] = False,
) -> Any:
    found, _ = await replenishments(run, days)
    items = [reorder_view(each) for each in found if each.is_due or not due]
    return ReorderList(items=items, days=days, as_of=run.clock.now())


@router.get("/van-lists/{id}", response_model=DatedVanList)
async def read_van_list(
    id: Id,
    principal: Annotated[Principal, allow("van-lists:read")],
    run: Run,
    date: Annotated[Day | None, Query(description="The day of the visits: tomorrow there, if absent")] = None,
) -> Any:
    """What the technician ``id`` loads for his visits of a day. A technician reads his own."""
    known = await run.read(Technicians, id)
    if known is None or (principal.role == "technician" and principal.subject != id):
        raise not_found("technician", id)
    day = date or await tomorrow_of(run, id)
    found = van_list_view(await van_list_of(run, id, day))
    return DatedVanList(**found.model_dump(), date=day)
