"""``/sla``: what burns first, for whoever answers for the contracts."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.ticket.sla import ClockState
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Run
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.ticket import Ticket
from services.ticket.store.copies import Sites
from services.ticket.store.revisions import Revisions
from services.ticket.store.tickets import Tickets
from services.ticket.views.sla import SlaView
from services.ticket.views.visibility import TICKET
from services.ticket.web.pages import PAGES

router = APIRouter(include_in_schema=False)
MOST = 200
"""Tickets shown at once, those due first: nobody looks further down than that."""


@router.get("/sla")
async def running_clocks(
    request: Request, who: Annotated[Principal, allow("screens:sla")], run: Run, terms: Terms
) -> Response:
    """The clocks that run or wait, the one that is due first at the top."""
    rows = await _rows(run, terms, who)
    return PAGES.page(request, "sla.html", rows=rows, now=run.clock.now())


async def _rows(run: Runtime, terms: Revisions, who: Principal) -> list[dict[str, Any]]:
    scope = TICKET.among(await viewer_of(who, run))
    query = {"sla.clocks.reading.state": {"$in": [ClockState.RUNNING, ClockState.PAUSED]}, **scope}
    tickets: list[Kept[Ticket]] = await run.find(Tickets, query, sort=(("_id", -1),), limit=MOST)
    by_id = {kept.value.id: kept.value for kept in tickets}
    clocks = await shown_clocks(terms, list(by_id.values()), run.clock.now())
    sites = {clock.site_id for each in clocks.values() for clock in each}
    named = run.collection(Sites.name).find({"_id": {"$in": sorted(sites)}}, {"name": 1})
    names = {each["_id"]: each["name"] for each in await named.to_list(None) if "name" in each}
    rows = [
        {"ticket": by_id[id], "clock": clock, "site": names.get(clock.site_id, clock.site_id)}
        for id, each in clocks.items()
        for clock in each
        if clock.state in (ClockState.RUNNING, ClockState.PAUSED)
    ]
    return sorted(rows, key=lambda row: _due(row["clock"]))


def _due(clock: SlaView) -> tuple[bool, float]:
    return clock.due_at is None, 0.0 if clock.due_at is None else clock.due_at.timestamp()
