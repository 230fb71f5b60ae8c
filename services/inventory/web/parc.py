"""``/parc``: every site's machines with age and warranty."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.serials import serial_key
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.api.boundary import sites_filter
from services.inventory.domain.asset import Asset
from services.inventory.domain.site import Site
from services.inventory.domain.warranty import Warranty, age_years, warranty_on
from services.inventory.store.assets import Assets, searching
from services.inventory.store.sites import Sites
from services.inventory.views.park import warranted
from services.inventory.web.pages import PAGES
from services.inventory.web.parc_asset import waiting_reviews

router = APIRouter(include_in_schema=False)
MOST_SITES = 500

Who = Annotated[Principal, allow("screens:parc")]
Said = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Row:
    """A machine as the page lists it."""

    asset: Asset
    site: str
    age: float | None
    warranty: Warranty


@router.get("/parc")
async def machines(
    request: Request,
    page: Paged,
    who: Who,
    run: Run,
    site: Said = "",
    kind: Said = "",
    serial: Said = "",
    q: Said = "",
    warranty: Warranty | Literal[""] = "",
) -> Response:
    """Machines, a page of them at a time; a part for htmx."""
    today = run.clock.now().date()
    query = page.filter(
        {"$and": [await sites_filter(run, who, "site_id"), warranted(today, warranty), *searching(q)]},
        site_id=site or None,
        kind=kind or None,
        serial_key=(serial_key(serial) or {"$in": []}) if serial else None,
    )
    found: list[Kept[Asset]] = await run.find(Assets, query, sort=page.sort, limit=page.fetch)
    shown = page.of(found, lambda kept: kept.value)
    sites = await _sites(run, who)
    names = {each.id: each.name for each in sites}
    rows = [
        Row(
            asset,
            names.get(asset.site_id, asset.site_id),
            age_years(today, asset.bought_on),
            warranty_on(today, asset.warranty_until),
        )
        for asset in shown["items"]
    ]
    return PAGES.page(
        request,
        "parc-rows.html" if asks_for_part(request) else "parc.html",
        rows=rows,
        more=page.url(shown["next"]) if shown["next"] else None,
        begun=page.after is not None,
        sites=sites,
        asked={"site": site, "kind": kind, "serial": serial, "warranty": warranty, "q": q},
        waiting=await waiting_reviews(run, who),
    )


async def _sites(run: Runtime, who: Principal) -> list[Site]:
    found = await run.find(Sites, await sites_filter(run, who, "_id"), limit=MOST_SITES)
    return sorted((kept.value for kept in found), key=lambda each: each.name.casefold())
