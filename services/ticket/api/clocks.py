"""``GET /v1/tickets/{id}/sla``, and the clocks in every answer that shows a ticket."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.ticket.api.finding import visible_ticket
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.sla_record import clocks_now
from services.ticket.domain.ticket import Ticket
from services.ticket.store.revisions import Revisions
from services.ticket.views.listing import ListView, SlaListView
from services.ticket.views.sla import SlaView, clock_views, explained_views

router = APIRouter(tags=["tickets"])


async def _revisions(request: Request) -> Revisions:
    revisions: Revisions = request.app.state.revisions
    return revisions


Terms = Annotated[Revisions, Depends(_revisions)]


async def shown_clocks(
    terms: Revisions, tickets: Sequence[Ticket], now: datetime
) -> dict[str, list[SlaView]]:
    """The clocks of those tickets where one goes on, as they are now, by the tickets' ids."""
    ticking = [(each.id, each.sla) for each in tickets if each.sla is not None and each.sla.ticking]
    found = await terms(id for _, record in ticking for id in record.revision_ids)
    return {id: clock_views(record, clocks_now(record, found, now)) for id, record in ticking}


@router.get("/v1/tickets/{id}/sla", response_model=SlaListView)
async def read_sla(
    id: Id,
    principal: Annotated[Principal, allow("sla:read")],
    run: Run,
    terms: Terms,
    request: Request,
    explain: bool = False,
) -> Any:
    """The ticket's clocks as they are now. With ``explain`` each says of every stretch of its time
    whether it counts, what began and ended it, and why, in a sentence."""
    ticket = (await visible_ticket(run, id, await viewer_of(principal, run))).value
    record = ticket.sla
    if record is None:
        return ListView(items=[], next=None)
    clocks = clocks_now(record, await terms(record.revision_ids), run.clock.now())
    if explain:
        return ListView(items=explained_views(record, clocks, Language(call_of(request).language)), next=None)
    return ListView(items=clock_views(record, clocks), next=None)
