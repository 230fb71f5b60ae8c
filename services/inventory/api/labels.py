"""``/v1/assets/labels``: sheets of labels; ``/parc/label/…``: what the code on one opens."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import UnknownReference
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem, not_found
from infra.chassis.http.roles import CUSTOMER_SIDE
from infra.chassis.http.signed import signed, what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.inventory.api.boundary import require_site, sites_filter
from services.inventory.domain.asset import Asset, Status
from services.inventory.domain.label_sheets import SHEETS, SheetName
from services.inventory.store.assets import Assets
from services.inventory.store.sites import Sites
from services.inventory.views.labels import Label, labels_pdf
from services.inventory.views.plan_files import PDF

MOST_LABELS = 1_000
MOST_NAMED = 200
"""As many as an address holds."""
_FOR_GOOD = datetime(2200, 1, 1, tzinfo=UTC)
"""What sticks on a machine is read for as long as the machine is there."""
_ABOUT = "label:"

router = APIRouter(tags=["assets"])
pages = APIRouter(include_in_schema=False)

Reader = Annotated[Principal, allow("assets:read")]


@router.get(
    "/v1/assets/labels",
    response_class=Response,
    responses={200: {"description": "Sheets to be printed at 100 %", "content": {PDF: {}}}},
)
async def print_labels(
    who: Reader,
    run: Run,
    request: Request,
    asset: Annotated[list[Id] | None, Query(max_length=MOST_NAMED, description="Which assets")] = None,
    site: Annotated[Id | None, Query(description="All of a site's")] = None,
    sheet: SheetName = SheetName.L7160,
    start: Annotated[int, Query(ge=1, le=65, description="Its first free place, by rows")] = 1,
) -> Response:
    """A label for each asset, with a code that opens it on a telephone, to who may see it."""
    key = _key(request)
    if not asset and site is None:
        raise Problem(
            "no-assets-named",
            Text("Name assets by `asset`, or a `site`.", "Nommez des équipements par `asset`, ou un `site`."),
        )
    layout = SHEETS[sheet]
    if start > layout.places:
        raise Problem(
            "no-such-place",
            Text(
                f"A sheet {sheet} has {layout.places} labels: begin with one of them.",
                f"Une planche {sheet} a {layout.places} étiquettes : commencez par l'une d'elles.",
            ),
            places=layout.places,
        )
    found = await _chosen(run, who, asset or [], site)
    among = {"_id": {"$in": sorted({each.site_id for each in found})}}
    sites = {kept.value.id: kept.value.name for kept in await run.find(Sites, among, limit=0)}
    labels = [
        _label(each, sites.get(each.site_id, ""), f"{request.app.state.public_url}{label_path(key, each.id)}")
        for each in found
    ]
    content = await asyncio.to_thread(labels_pdf, layout, labels, start)
    return Response(content, media_type=PDF, headers={"Content-Disposition": 'inline; filename="labels.pdf"'})


@pages.get("/parc/label/{token}")
async def scanned(token: str, who: Reader, run: Run, request: Request) -> Response:
    """Who is signed in is led to what he does with a machine; to anybody else it does not exist."""
    said = what_is_signed(_key(request), token, run.clock.now())
    id = said.removeprefix(_ABOUT) if said is not None and said.startswith(_ABOUT) else None
    kept = None if id is None else await run.read(Assets, id)
    if kept is None:
        raise not_found("asset", token[:40])
    asset = kept.value
    await require_site(run, who, asset.customer_id, asset.site_id, "asset", asset.id)
    headers = {"Location": _where(who, asset), "Cache-Control": "no-store"}
    return Response(status_code=303, headers=headers)


def _where(who: Principal, asset: Asset) -> str:
    id = quote(asset.id, safe="")
    if who.role in CUSTOMER_SIDE:
        return f"/portal/new?asset={id}"
    if who.role == "technician":
        return f"/m/assets/{id}"
    if not who.may("screens:parc") and who.may("screens:desk"):
        return f"/desk/new?customer={quote(asset.customer_id, safe='')}&asset={id}"
    return f"/parc/assets/{id}"


async def _chosen(run: Runtime, who: Principal, ids: list[str], site: str | None) -> list[Asset]:
    """In the order in which they were named, or by their names. One that he may not see does not exist."""
    named = {"_id": {"$in": ids}} if ids else {"site_id": site, "status": {"$ne": Status.DISPOSED.value}}
    query = {"$and": [await sites_filter(run, who, "site_id"), named]}
    found = {kept.value.id: kept.value for kept in await run.find(Assets, query, limit=MOST_LABELS + 1)}
    missing = next((id for id in ids if id not in found), None)
    if missing is not None:
        raise UnknownReference("asset", missing)
    if not found:
        raise UnknownReference("site", str(site))
    if len(found) > MOST_LABELS:
        raise Problem(
            "too-many-labels",
            Text(f"Name {MOST_LABELS} at most.", f"Nommez-en {MOST_LABELS} au plus."),
            most=MOST_LABELS,
        )
    if ids:
        return [found[id] for id in dict.fromkeys(ids)]
    return sorted(found.values(), key=lambda each: (each.name.casefold(), each.id))


def _label(asset: Asset, site: str, address: str) -> Label:
    model = " ".join(filter(None, (asset.manufacturer, asset.model)))
    number = asset.asset_tag or asset.serial or asset.id
    return Label(asset.name, tuple(filter(None, (number, model, site))), address)


def label_path(key: str, asset_id: str) -> str:
    return f"/parc/label/{signed(key, f'{_ABOUT}{asset_id}', _FOR_GOOD)}"


def _key(request: Request) -> str:
    key: str = request.app.state.link_key
    if not key:
        raise Problem(
            "labels-not-signed",
            Text(
                "No key is set that labels could be signed with: set ASTREINTE_LINK_KEY.",
                "Aucune clé ne permet de signer les étiquettes : définissez ASTREINTE_LINK_KEY.",
            ),
        )
    return key
