"""``/v1/tickets/{id}/parent``: which ticket another one is a part of."""

from typing import Annotated

from fastapi import APIRouter, Response

from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from services.ticket.api.bodies import ParentBody
from services.ticket.api.verbs import NOTHING, Do
from services.ticket.usecases.parent import DropParent, SetParent
from services.ticket.views.ticket import TicketView

router = APIRouter(prefix="/v1/tickets/{id}", tags=["tickets"])


@router.put("/parent", response_model=TicketView)
async def set_parent(do: Do, who: Annotated[Principal, allow("tickets:link")], body: ParentBody) -> Response:
    """Make it a child of another of the customer's tickets, or of the one that a major incident came from."""
    return await do(who, SetParent, NOTHING, parent_id=body.parent)


@router.delete("/parent", response_model=TicketView)
async def drop_parent(do: Do, who: Annotated[Principal, allow("tickets:link")]) -> Response:
    return await do(who, DropParent, NOTHING)
