"""``/v1/satisfaction``: marks by a link without a login, and the list of them for managers."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from contracts.audience import Reach
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.call import call_of
from infra.chassis.http.linked import Fields, sent, wants_page
from infra.chassis.http.paging import Paged
from infra.chassis.http.parameters import Moment
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.signed import what_is_signed
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.satisfaction import Satisfaction
from services.ticket.domain.ticket import Ticket
from services.ticket.store.satisfactions import Satisfactions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.rate import RateVisit
from services.ticket.views.mark import GivenView, satisfaction_view
from services.ticket.views.satisfaction import PAGE_HEADERS, MarkPageView, SatisfactionListView, mark_page

PATH = "/v1/satisfaction/{token}"
STREAMED = {PATH: 16 * 1024}
"""A page's own form comes as forms do, a program's mark as JSON."""

router = APIRouter(tags=["satisfaction"])

Token = Annotated[str, Path(min_length=1, max_length=400)]
_NO_LOGIN: dict[str, Any] = {"security": []}
_BODY = {
    **_NO_LOGIN,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["mark"],
                    "additionalProperties": False,
                    "properties": {
                        "mark": {"type": "integer", "minimum": 1, "maximum": 5},
                        "comment": {"type": ["string", "null"], "maxLength": 1000},
                    },
                }
            }
        },
    },
}


class MarkBody(Body):
    mark: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, said(1_000)] | None = None


@router.get(PATH, response_model=MarkPageView, openapi_extra=_NO_LOGIN)
async def read_mark(
    token: Token, run: Run, request: Request, mark: Annotated[int | None, Query(ge=1, le=5)] = None
) -> Response:
    """What is asked, as a page for whoever followed the link. Nothing is recorded."""
    ticket, visit_id = await _asked(request, run, token)
    kept = await run.read(Satisfactions, visit_id or ticket.id)
    return _shown(request, ticket, mark, None if kept is None else kept.value)


@router.post(PATH, response_model=MarkPageView, openapi_extra=_BODY)
async def give_mark(token: Token, run: Run, cause: Caused, request: Request) -> Response:
    """A mark from 1 to 5, which may be changed for two weeks."""
    ticket, visit_id = await _asked(request, run, token)
    body = await sent(request, MarkBody, _of_form)
    rating = RateVisit(ticket.id, visit_id, body.mark, body.comment)
    done = await run.do(rating, replace(cause, actor="link"))
    return _shown(request, ticket, None, done.result)


async def _asked(request: Request, run: Runtime, token: str) -> tuple[Ticket, str | None]:
    said_in_it = what_is_signed(request.app.state.link_key, token, run.clock.now())
    ticket_id, _, visit_id = (said_in_it or "").partition("/")
    kept = await run.read(Tickets, ticket_id) if ticket_id else None
    if kept is None:
        raise Problem(
            "no-such-link",
            Text(
                "This link is none of ours, or has expired: follow the one in our last mail.",
                "Ce lien n'est pas des nôtres, ou a expiré : suivez celui de notre dernier message.",
            ),
        )
    return kept.value, visit_id or None


def _of_form(fields: Fields) -> dict[str, Any]:
    mark = fields.get("mark", "")
    return {**fields, "mark": int(mark) if mark in ("1", "2", "3", "4", "5") else None}


def _shown(request: Request, ticket: Ticket, chosen: int | None, given: Satisfaction | None) -> Response:
    if wants_page(request):
        page = mark_page(ticket.number, call_of(request).language, chosen=chosen, given=given)
        return Response(page, headers=PAGE_HEADERS, media_type="text/html")
    shown = None if given is None else GivenView.model_validate(given, from_attributes=True)
    view = MarkPageView(number=ticket.number, asked=chosen, given=shown)
    return Response(view.model_dump_json(), headers=PAGE_HEADERS, media_type="application/json")


@router.get("/v1/satisfaction", response_model=SatisfactionListView)
async def list_marks(
    page: Paged,
    who: Annotated[Principal, allow("satisfaction:read")],
    run: Run,
    contract: Id | None = None,
    from_: Annotated[Moment | None, Query(alias="from")] = None,
    to: Moment | None = None,
) -> Any:
    """Marks in the order in which they were given; to a contract's manager those under his contracts."""
    viewer = await viewer_of(who, run)
    page = page.by("given_at", lambda kept: kept.value.given_at)
    clauses: dict[str, Any] = {}
    if viewer.reach is Reach.CONTRACTS:
        clauses["contract_id"] = {"$in": list(viewer.contracts)}
    if from_ is not None or to is not None:
        bounds = {"$gte": from_, "$lt": to}
        clauses["given_at"] = {name: at for name, at in bounds.items() if at is not None}
    query = page.filter(clauses, contract_id=contract)
    found = await run.find(Satisfactions, query, sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: satisfaction_view(kept.value).model_dump(mode="json"))
