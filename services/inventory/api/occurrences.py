"""``/v1/maintenance-occurrences``: what comes of all plans, as a calendar."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.inventory.api.boundary import customers_filter
from services.inventory.api.maintenance_plans import OccurrencePage
from services.inventory.domain.occurrence import OccurrenceState
from services.inventory.store.maintenance import Occurrences
from services.inventory.views.maintenance import due_between, occurrence_view

router = APIRouter(tags=["maintenance"])


@router.get("/v1/maintenance-occurrences", response_model=OccurrencePage)
async def list_all_occurrences(
    page: Annotated[Page, paged(OccurrenceState)],
    principal: Annotated[Principal, allow("maintenance-plans:read")],
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
    from_day: Annotated[date | None, Query(alias="from", description="Due on this day or later")] = None,
    to_day: Annotated[date | None, Query(alias="to", description="Due on this day at the latest")] = None,
) -> Any:
    query = page.filter(
        {"$and": [await customers_filter(run, principal), due_between(from_day, to_day)]},
        customer_id=customer,
        site_id=site,
    )
    found = await run.find(Occurrences, query, sort=page.sort, limit=page.fetch)
    return page.of(found, occurrence_view)
