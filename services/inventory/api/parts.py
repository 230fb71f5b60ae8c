"""``/v1/parts``."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.values import Id, PartNeed
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.inventory.domain.part import Part, Substitute, Tracking
from services.inventory.domain.reservation import in_all
from services.inventory.store.parts import Parts
from services.inventory.usecases.put_part import PutPart
from services.inventory.views.reference import PartView, part_view

router = APIRouter(tags=["parts"])

Name = Annotated[str, said(200)]


class SubstituteBody(Body):
    """``both_ways``: each may be taken instead of the other, which the other part then says, too."""

    sku: Id
    both_ways: bool = False


class KitLine(Body):
    sku: Id
    quantity: Annotated[int, Field(ge=1, le=1_000)]


class PartBody(Body):
    """The id in the path is the SKU.

    Without ``reorder_point`` it follows from use and lead time (``GET /v1/stock/reorder``). ``tracking``
    ``serial`` or ``lot``: pieces are received with their serials or lots. A ``kit`` is not stocked: visits
    that want it get its parts. ``substitutes`` are taken in their order where the part itself is not to be
    had. What is ``repairable`` is expected back when a visit took it out.
    """

    name: Name
    reorder_point: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    supplier: Name | None = None
    tracking: Tracking = Tracking.NONE
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    order_multiple: Annotated[int, Field(ge=1, le=100_000)] = 1
    van_minimum: Annotated[int, Field(ge=0, le=1_000)] | None = None
    repairable: bool = False
    substitutes: Annotated[tuple[SubstituteBody, ...], Field(max_length=10)] = ()
    kit: Annotated[tuple[KitLine, ...], Field(max_length=50)] = ()

    def part(self, sku: str) -> Part:
        return Part(
            id=sku,
            name=self.name,
            reorder_point=self.reorder_point,
            supplier=self.supplier,
            tracking=self.tracking,
            lead_time_days=self.lead_time_days,
            order_multiple=self.order_multiple,
            van_minimum=self.van_minimum,
            repairable=self.repairable,
            substitutes=tuple(
                {each.sku: Substitute(each.sku, each.both_ways) for each in self.substitutes}.values()
            ),
            kit=in_all(PartNeed(sku=each.sku, quantity=each.quantity) for each in self.kit),
        )


class PartPage(BaseModel):
    items: list[PartView]
    next: str | None


@router.put("/v1/parts/{id}", responses={201: {"model": PartView, "description": "It is new"}})
async def put_part(
    id: Id,
    body: PartBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("parts:write")],
    cause: Caused,
    run: Run,
    response: Response,
) -> PartView:
    done = await run.do(PutPart(body.part(id), expected), cause, key)
    kept = await run.read(Parts, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/parts/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return part_view(kept)


@router.get("/v1/parts/{id}", response_model=PartView)
async def read_part(
    id: Id,
    principal: Annotated[Principal, allow("parts:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await run.read(Parts, id)
    if kept is None:
        raise not_found("part", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or part_view(kept)


@router.get("/v1/parts", response_model=PartPage)
async def list_parts(
    page: Paged,
    principal: Annotated[Principal, allow("parts:read")],
    run: Run,
    supplier: Annotated[str | None, Query()] = None,
) -> Any:
    found = await run.find(Parts, page.filter(supplier=supplier), sort=page.sort, limit=page.fetch)
    return page.of(found, part_view)
