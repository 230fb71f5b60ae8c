"""``/m``: the technician's telephone, which works where there is no network."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Run
from services.dispatch.store.copies import Assets, Sites
from services.dispatch.web.mobile_day import Carried, carried
from services.dispatch.web.pages import PAGES

router = APIRouter(include_in_schema=False)

Technician = Annotated[Principal, allow("screens:mobile")]
FILES = (
    "tokens.css",
    "app.css",
    "m.css",
    "vendor/htmx.min.js",
    "shell.js",
    "icon.svg",
    "m.js",
    "m-about.js",
    "m-alone.js",
    "m-checklist.js",
    "m-closing.js",
    "m-codes.js",
    "m-day.js",
    "m-dom.js",
    "m-drawing.js",
    "m-extra.js",
    "m-photo.js",
    "m-push.js",
    "m-queue.js",
    "m-scan.js",
    "m-store.js",
    "m-sync.js",
    "m-unsent.js",
    "m-visit.js",
)
"""All that the page loads: kept on the telephone with it."""


@router.get("/m")
async def day(request: Request, who: Technician) -> Response:
    """The page without anybody's visits in it: it may lie on the telephone for days."""
    return PAGES.page(request, "mobile.html", headers={"Astreinte-Files": PAGES.assets.digest})


@router.get("/m/visits.json")
async def visits(request: Request, who: Technician, run: Run, response: Response) -> Carried:
    """What the telephone keeps for when there is no network."""
    response.headers["Cache-Control"] = "private, no-store"
    return await carried(run, who, call_of(request).language, request.app.state.sign_minutes)


@router.get("/m/assets/{id}")
async def machine(id: Id, request: Request, who: Technician, run: Run) -> Response:
    """A machine that he stands in front of: the code on its label leads here."""
    kept = await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", id)
    asset = kept.value
    site = await run.read(Sites, asset.site_id)
    until = asset.warranty_until
    return PAGES.page(
        request,
        "mobile-machine.html",
        it=asset,
        site=asset.site_id if site is None else site.value.name,
        warranted=until is not None and until >= run.clock.now().date(),
    )


@router.get("/m/sw.js")
async def service_worker(request: Request) -> Response:
    """Kept under ``/m``, which is wider than where it is itself."""
    headers = {"Content-Type": "text/javascript; charset=utf-8", "Service-Worker-Allowed": "/m"}
    return PAGES.page(request, "mobile-sw.js", headers=headers, files=FILES, digest=PAGES.assets.digest)


@router.get("/m/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """What makes it an application among others on the telephone."""
    call = call_of(request)
    _ = PAGES.words(call.language).gettext
    where = f"/m/-/{PAGES.assets.digest}"
    icons = [
        {"src": f"{where}/m-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    return JSONResponse(
        {
            "id": "/m",
            "name": _("Astreinte: my visits"),
            "short_name": "Astreinte",
            "lang": call.language,
            "start_url": "/m",
            "scope": "/m",
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#f6f7f9",
            "theme_color": "#1d5fc4",
            "icons": [*icons, {"src": f"{where}/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
        },
        headers={"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"},
        media_type="application/manifest+json",
    )
