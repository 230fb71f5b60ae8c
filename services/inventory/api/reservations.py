"""``/v1/reservations``: what is set aside for which visit."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept
from infra.chassis.service import Run
from services.inventory.api.boundary import customers_filter, require_customer
from services.inventory.domain.reservation import Reservation, ReservationState
from services.inventory.store.reservations import BORN, Reservations
from services.inventory.views.stock import ReservationView, reservation_view

router = APIRouter(tags=["reservations"])

Shown = Literal["reserved", "short", "issued", "released"]
"""The states of what is kept for a visit that parts concern."""


class ReservationPage(BaseModel):
    items: list[ReservationView]
    next: str | None


@router.get("/v1/reservations/{visit_id}", response_model=ReservationView)
async def read_reservation(
    visit_id: Id,
    principal: Annotated[Principal, allow("reservations:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    """The reservation of a visit, waiting for one planned a moment ago; 404 where no part concerns it."""

    async def look() -> Kept[Reservation] | None:
        kept = await run.read(Reservations, visit_id)
        return None if kept is None or kept.value.state is ReservationState.NOTHING else kept

    kept = await run.freshness.find(BORN.topic, BORN.key(visit_id), look)
    if kept is None:
        raise not_found("reservation", visit_id)
    await require_customer(run, principal, kept.value.customer_id, "reservation", visit_id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or reservation_view(kept)


@router.get("/v1/reservations", response_model=ReservationPage)
async def list_reservations(
    page: Annotated[Page, paged(Shown)],
    principal: Annotated[Principal, allow("reservations:read")],
    run: Run,
    ticket: Id | None = None,
    technician: Id | None = None,
    customer: Id | None = None,
    sku: Annotated[Id | None, Query(description="Of visits that want this part")] = None,
) -> Any:
    some = {"state": {"$ne": ReservationState.NOTHING.value}, **await customers_filter(run, principal)}
    query = page.filter(
        some if sku is None else {**some, "wanted.sku": sku},
        ticket_id=ticket,
        technician_id=technician,
        customer_id=customer,
    )
    return page.of(await run.find(Reservations, query, sort=page.sort, limit=page.fetch), reservation_view)
