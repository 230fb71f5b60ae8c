"""``POST /v1/visits/{id}/<verb>``: a technician who works alone on the spot gives signs of life."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from services.dispatch.api.ordering import Ordered
from services.dispatch.api.visit_steps import NO_WORDS, Step, carry_out, whose_step
from services.dispatch.domain.alone import LONGEST_MINUTES, SHORTEST_MINUTES
from services.dispatch.usecases.watch_over import SayWell, StopWatching, WorkAlone
from services.dispatch.views.visits import FirmVisitView, VisitView

router = APIRouter(tags=["visits"])

Who = Annotated[Principal, allow("visits:watch")]
View = FirmVisitView | VisitView


class Alone(Step):
    """``every_minutes``: how often he says that he is well; as the firm has set it when absent."""

    every_minutes: Annotated[int, Field(ge=SHORTEST_MINUTES, le=LONGEST_MINUTES)] | None = None


ALONE = Alone()


@router.post("/v1/visits/{id}/alone")
async def alone(id: Id, principal: Who, order: Ordered, body: Alone = ALONE) -> View:
    """I work alone here. Without a sign of life in time I am asked by SMS, then the dispatcher is alarmed."""
    every = body.every_minutes or order.sign_minutes
    by = whose_step(principal, body, id)
    return await carry_out(order, id, WorkAlone(id, by, body.occurred_at, every), principal, body)


@router.post("/v1/visits/{id}/well")
async def well(id: Id, principal: Who, order: Ordered, body: Step = NO_WORDS) -> View:
    """I am well. A dispatcher who has spoken to him says so for him."""
    case = SayWell(id, whose_step(principal, body, id), body.occurred_at)
    return await carry_out(order, id, case, principal, body)


@router.post("/v1/visits/{id}/not-alone")
async def not_alone(id: Id, principal: Who, order: Ordered, body: Step = NO_WORDS) -> View:
    """Somebody is with me: nobody needs to ask any more. Closing the visit does the same."""
    case = StopWatching(id, whose_step(principal, body, id), body.occurred_at)
    return await carry_out(order, id, case, principal, body)
