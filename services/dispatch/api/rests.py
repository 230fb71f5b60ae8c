"""``/v1/technicians/{id}/rest-debts``: rest lost to urgent work, until it is given back."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.store.labour import RestDebts
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_labour import GiveBackRest
from services.dispatch.views.rests import RestDebtPage, RestDebtView, debt_view

router = APIRouter(prefix="/v1/technicians/{id}/rest-debts", tags=["technicians"])


class GivenBack(Body):
    """A stretch of his shifts that he has off instead."""

    from_at: datetime = Field(alias="from")
    to_at: datetime = Field(alias="to")


@router.get("")
async def list_rest_debts(
    id: Id, page: Paged, principal: Annotated[Principal, allow("technicians:hours")], run: Run
) -> RestDebtPage:
    """What he is owed, what is scheduled and what was given back. A technician sees his own."""
    principal.require_own(id, "technician", id)
    if await run.read(Technicians, id) is None:
        raise not_found("technician", id)
    query = page.filter(technician_id=id)
    found = await run.find(RestDebts, query, sort=page.sort, limit=page.fetch)
    now = run.clock.now()
    return RestDebtPage(**page.of(found, lambda kept: debt_view(kept, now)))


@router.post("/{debt_id}/give-back")
async def give_back_rest(
    id: Id,
    debt_id: Id,
    body: GivenBack,
    principal: Annotated[Principal, allow("rests:give-back")],
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> RestDebtView:
    """He is absent then, as `compensatory-rest`: visits there are planned anew, and none is planned there."""
    case = GiveBackRest(id, debt_id, body.from_at, body.to_at)
    await run.do(IfUnchanged(case, RestDebts, debt_id, expected), cause, key)
    kept = await run.read(RestDebts, debt_id)
    if kept is None:
        raise NotFound("rest owed", debt_id)
    response.headers["ETag"] = etag(kept.version)
    return debt_view(kept, run.clock.now())
