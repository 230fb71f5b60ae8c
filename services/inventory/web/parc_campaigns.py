"""``/parc/campaigns``: tips for people by the machines that they use, tried before they are sent."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from infra.chassis.web.pages import asks_for_part
from services.inventory.domain.asset_kinds import FIELDS
from services.inventory.store.campaigns import Campaigns
from services.inventory.web.pages import PAGES
from services.inventory.web.parc_renewals import customers_of

router = APIRouter(include_in_schema=False)
MOST_SHOWN = 100


@router.get("/parc/campaigns")
async def campaigns_page(
    request: Request, who: Annotated[Principal, allow("screens:parc")], run: Run
) -> Response:
    """Those that were sent, the newest first; a part for htmx."""
    who.require("campaigns:read")
    found = await run.find(Campaigns, {}, sort=(("updated_at", -1), ("_id", -1)), limit=MOST_SHOWN)
    return PAGES.page(
        request,
        "parc-campaign-list.html" if asks_for_part(request) else "parc-campaigns.html",
        campaigns=[kept.value for kept in found],
        clients=await customers_of(run, who),
        kinds=sorted(FIELDS),
        may_send=who.may("campaigns:write"),
        now=run.clock.now(),
    )
