"""``/v1/sites``."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from contracts.calendars import HolidayCode, known_zone
from contracts.values import Detail, Id, Minutes, SiteAccess, SpokenLanguage, StatedWishes, WeeklyWindows
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.inventory.api.boundary import require_site, sites_filter
from services.inventory.domain.site import Site
from services.inventory.store.sites import Sites
from services.inventory.usecases.put_site import PutSite
from services.inventory.views.reference import SiteView, site_view

router = APIRouter(tags=["sites"])

Name = Annotated[str, said(200)]


class AccessBody(Body):
    """What it takes to get in. Codes and keys are not written here."""

    instructions: Detail | None = None
    badge_lead_minutes: Minutes | None = None
    escort: bool = False
    parking: Detail | None = None
    permits: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    lone_work: bool = False


class SiteBody(Body):
    """Without ``opening`` the site is always open.

    ``technicians`` adds to what the customer wishes everywhere. Only who speaks one of ``languages`` is sent.
    """

    customer_id: Id
    name: Name
    address: Name
    postcode: Annotated[str, said(16)]
    commune: Name
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(known_zone)]
    holidays: HolidayCode
    good_friday: bool = False
    territory: Id | None = None
    opening: WeeklyWindows | None = None
    access: AccessBody | None = None
    technicians: StatedWishes | None = None
    languages: Annotated[tuple[SpokenLanguage, ...], Field(max_length=20)] = ()


def site_of(id: str, body: SiteBody) -> Site:
    """The site that a body describes."""
    access = None if body.access is None else SiteAccess(**dict(body.access))
    return Site(**{**dict(body), "id": id, "access": access})


class SitePage(BaseModel):
    items: list[SiteView]
    next: str | None


@router.put("/v1/sites/{id}", responses={201: {"model": SiteView, "description": "It is new"}})
async def put_site(
    id: Id,
    body: SiteBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("sites:write")],
    cause: Caused,
    run: Run,
    request: Request,
    response: Response,
) -> SiteView:
    done = await run.do(PutSite(site_of(id, body), expected, principal.manager), cause, key)
    kept = await run.read(Sites, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/sites/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return site_view(kept, call_of(request).language, principal)


@router.get("/v1/sites/{id}", response_model=SiteView)
async def read_site(
    id: Id,
    principal: Annotated[Principal, allow("sites:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await run.read(Sites, id)
    if kept is None:
        raise not_found("site", id)
    await require_site(run, principal, kept.value.customer_id, id, "site", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or site_view(kept, call_of(request).language, principal)


@router.get("/v1/sites", response_model=SitePage)
async def list_sites(
    page: Paged,
    principal: Annotated[Principal, allow("sites:read")],
    run: Run,
    request: Request,
    customer: Id | None = None,
    territory: Id | None = None,
) -> Any:
    query = page.filter(await sites_filter(run, principal, "_id"), customer_id=customer, territory=territory)
    found = await run.find(Sites, query, sort=page.sort, limit=page.fetch)
    language = call_of(request).language
    return page.of(found, lambda kept: site_view(kept, language, principal))
