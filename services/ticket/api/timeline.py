"""``GET /v1/tickets/{id}/timeline``: what happened, oldest first in the order it was learned."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.ticket.api.finding import visible_ticket
from services.ticket.api.viewing import viewer_of
from services.ticket.store.timeline import Timeline
from services.ticket.views.listing import TimelineView
from services.ticket.views.timeline import line_view, opening_line

router = APIRouter(tags=["tickets"])

FIRST = -1


@router.get("/v1/tickets/{id}/timeline", response_model=TimelineView)
async def read_timeline(
    id: Id,
    principal: Annotated[Principal, allow("tickets:read")],
    run: Run,
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int, Query(ge=FIRST, description="The number of the last line read")] = FIRST,
) -> Any:
    """Lines with texts in the caller's language; the customer's side reads the public ones."""
    viewer = await viewer_of(principal, run)
    ticket = (await visible_ticket(run, id, viewer)).value
    query: dict[str, Any] = {"ticket_id": id, "n": {"$gt": cursor}}
    if not viewer.of_the_firm:
        query["public"] = True
    found = await run.find(Timeline, query, sort=(("n", 1),), limit=limit + 1)
    lines = [kept.value for kept in found]
    if cursor == FIRST:
        lines.insert(0, opening_line(ticket))
    shown = lines[:limit]
    following = None
    if len(lines) > limit:
        following = str(shown[-1].n)
        response.headers["Link"] = f'<{request.url.path}?limit={limit}&cursor={following}>; rel="next"'
    language = call_of(request).language
    return {"items": [line_view(line, language) for line in shown], "next": following}
