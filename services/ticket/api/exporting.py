"""``GET /v1/tickets/export``: what a list shows, as a file."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.call import call_of
from infra.chassis.service import Run
from services.ticket.api.choosing import Chosen
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.store.tickets import Tickets
from services.ticket.views.sheet import as_csv, as_xlsx
from services.ticket.views.ticket import TicketView, ticket_view

router = APIRouter(tags=["tickets"])

MOST = 20_000
PAGE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(
    "/v1/tickets/export",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}, XLSX: {}}, "description": "A row for each ticket"}},
)
async def export_tickets(
    chosen: Chosen,
    run: Run,
    terms: Terms,
    request: Request,
    format: Annotated[Literal["csv", "xlsx"], Query(description="For spreadsheets: `xlsx`")] = "csv",
) -> Response:
    """All that the filters choose, in the order of their opening, whatever ``limit`` and ``order`` say."""
    language = call_of(request).language
    shown = list[TicketView]()
    last = ""
    while True:
        query = {"$and": [chosen.query, {"_id": {"$gt": last}}]}
        found = await run.find(Tickets, query, sort=(("_id", 1),), limit=PAGE)
        clocks = await shown_clocks(terms, [kept.value for kept in found], run.clock.now())
        for kept in found:
            ticket, sla = kept.value, clocks.get(kept.value.id)
            shown.append(ticket_view(ticket, chosen.viewer, language, updated_at=kept.updated_at, sla=sla))
        if len(found) < PAGE:
            break
        if len(shown) >= MOST:
            raise _too_many()
        last = found[-1].value.id
    write = as_csv if format == "csv" else as_xlsx
    content = await asyncio.to_thread(write, shown, language)
    headers = {"Content-Disposition": f'attachment; filename="tickets.{format}"'}
    return Response(content, media_type="text/csv" if format == "csv" else XLSX, headers=headers)


def _too_many() -> Refusal:
    return Refusal(
        "too-many-rows",
        Text(
            f"These are {MOST} tickets and more: narrow the filters, by updated_after or customer.",
            f"Il y en a {MOST} et plus : resserrez les filtres, par updated_after ou customer.",
        ),
    )
