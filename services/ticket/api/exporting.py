"""``GET /v1/tickets/export``: what a list shows, as a file."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import TicketState
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import Page
from infra.chassis.http.parameters import Moment
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import Document
from infra.chassis.workbook import XLSX
from services.ticket.api.browsing import conditions
from services.ticket.api.choosing import Choice, Chosen
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.store.revisions import Revisions
from services.ticket.store.tickets import Tickets
from services.ticket.views.sheet import as_csv, as_xlsx, columns_of
from services.ticket.views.ticket import TicketView, ticket_view

router = APIRouter(tags=["tickets"])

MOST = 20_000
PAGE = 500
Format = Annotated[Literal["csv", "xlsx"], Query(description="For spreadsheets: `xlsx`")]


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
    state: Annotated[
        list[TicketState] | None, Query(description="One state, or several by repeating it")
    ] = None,
    updated_after: Annotated[Moment | None, Query(description="RFC 3339 with an offset")] = None,
    format: Format = "csv",
) -> Response:
    """All that the filters choose, in the order of their opening."""
    page = Page(PAGE, None, updated_after, tuple(map(str, state or ())), str, {})
    language, more = call_of(request).language, conditions(chosen, None)
    return await exported(run, terms, page, chosen, more, language, format)


async def exported(
    run: Runtime,
    terms: Revisions,
    page: Page,
    chosen: Choice,
    more: Iterable[Document],
    language: str,
    format: Literal["csv", "xlsx"],
    columns: Sequence[str] = (),
) -> Response:
    """All that was chosen and meets ``more``, as a file."""
    now, page = run.clock.now(), replace(page, limit=PAGE, after=None)
    shown: dict[str, TicketView] = {}
    while True:
        found = await run.find(Tickets, chosen.query(page, *more), sort=page.sort, limit=PAGE)
        clocks = await shown_clocks(terms, [kept.value for kept in found], now)
        for kept in found:
            # One that changes meanwhile comes again, as it is then.
            ticket, sla = kept.value, clocks.get(kept.value.id)
            at = kept.updated_at
            shown[ticket.id] = ticket_view(ticket, chosen.viewer, language, updated_at=at, sla=sla)
        if len(found) < PAGE:
            break
        if len(shown) >= MOST:
            raise _too_many()
        page = replace(page, after=(found[-1].updated_at, found[-1].value.id))
    tickets = sorted(shown.values(), key=lambda each: each.id)
    write = as_csv if format == "csv" else as_xlsx
    content = await asyncio.to_thread(write, tickets, language, columns_of(columns))
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
