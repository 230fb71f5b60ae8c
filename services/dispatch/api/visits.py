"""``/v1/visits``: what is to be done where, by whom, and who else could."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.audience import Reach
from contracts.dispatch.events import Attention, NoSlot, Silence
from contracts.values import Id, Priority, VisitState
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import etag, not_modified
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.http.viewing import Directory
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Document
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Contacts, Contracts
from services.dispatch.store.reports import Reports
from services.dispatch.store.visits import BORN, Visits
from services.dispatch.views.visibility import VISIT
from services.dispatch.views.visits import (
    FirmVisitView,
    VisitPage,
    VisitView,
    visit_view,
)

router = APIRouter(tags=["visits"])

DIRECTORY = Directory(Contacts, Contracts)

Reader = Annotated[Principal, allow("visits:read")]


async def seen(run: Runtime, id: str, principal: Principal) -> Kept[Visit]:
    """The visit if it exists for this caller, waiting for one that was asked for a moment ago; else 404."""

    async def look() -> Kept[Visit] | None:
        return await run.read(Visits, id)

    viewer = await DIRECTORY.viewer(principal, run)
    kept = await run.freshness.find(BORN.topic, BORN.key(id), look)
    if kept is None or not viewer.sees(kept.value.parties):
        raise not_found("visit", id)
    return kept


def _asking(attention: bool | Attention | NoSlot | Silence, principal: Principal) -> Document:
    """Whom the machine asks is the firm's own business: no visit asks anything of a customer."""
    if not principal.of_the_firm:
        return {} if attention is False else {"_id": {"$in": []}}
    if isinstance(attention, Attention | NoSlot | Silence):
        return {"attention": {"$type": "string", "$eq": attention}}
    return {"attention": {"$type": "string"} if attention else None}


@router.get("/v1/visits", response_model=VisitPage)
async def list_visits(
    page: Annotated[Page, paged(VisitState)],
    principal: Reader,
    run: Run,
    request: Request,
    ticket: Id | None = None,
    site: Id | None = None,
    customer: Id | None = None,
    technician: Id | None = None,
    priority: Priority | None = None,
    from_: Annotated[Moment | None, Query(alias="from", description="Planned to start then or later")] = None,
    to: Annotated[Moment | None, Query(description="Planned to start before then")] = None,
    attention: Annotated[
        bool | Attention | NoSlot | Silence | None,
        Query(description="Those that ask for a dispatcher, or for one reason"),
    ] = None,
) -> dict[str, Any]:
    viewer = await DIRECTORY.viewer(principal, run)
    own = VISIT.among(viewer)
    if attention and viewer.reach is Reach.VISITS:
        # What is asked is asked about who leads; an index finds these few.
        own = {"technician_id": viewer.subject}
    clauses = [own] if own else []
    if attention is not None:
        clauses.append(_asking(attention, principal))
    if from_ is not None:
        clauses.append({"plan.start_at": {"$gte": from_}})
    if to is not None:
        clauses.append({"plan.start_at": {"$lt": to}})
    query = page.filter(
        {"$and": clauses} if clauses else None,
        ticket_id=ticket,
        site_id=site,
        customer_id=customer,
        technician_id=technician,
        priority=priority,
    )
    found = await run.find(Visits, query, sort=page.sort, limit=page.fetch)
    language = call_of(request).language
    return page.of(found, lambda kept: visit_view(kept, principal, language))


@router.get("/v1/visits/{id}", response_model=FirmVisitView | VisitView)
async def read_visit(id: Id, principal: Reader, run: Run, request: Request, response: Response) -> Any:
    kept = await seen(run, id, principal)
    unchanged = not_modified(request, kept.version)
    if unchanged is not None:
        return unchanged
    response.headers["ETag"] = etag(kept.version)
    report = await run.read(Reports, id)
    return visit_view(kept, principal, call_of(request).language, report.value if report else None)
