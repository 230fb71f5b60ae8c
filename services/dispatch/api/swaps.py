"""``/v1/rota/swaps``: one technician on call instead of another, as the two agree."""

from typing import Annotated

from fastapi import APIRouter, Response

from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.swap import SwapState
from services.dispatch.store.rota import Swaps
from services.dispatch.usecases.swap_rota import AnswerSwap, AskSwap, VetoSwap, WithdrawSwap
from services.dispatch.views.swaps import SwapPage, SwapView, swap_view

router = APIRouter(prefix="/v1/rota/swaps", tags=["rota"])

Swapper = Annotated[Principal, allow("rota:swap")]
Seeing = Annotated[Principal, allow("rota:see-swaps")]
Vetoing = Annotated[Principal, allow("rota:veto")]


class SwapBody(Body):
    """``asked_of`` is to be on call by ``entry_id``; ``in_return`` is an entry of his that one takes."""

    entry_id: Id
    asked_of: Id
    in_return: Id | None = None


class Declining(Body):
    reason: Annotated[str, said(400)] | None = None


class Vetoed(Body):
    reason: Annotated[str, said(400)]


NOTHING = Declining()


@router.post("", status_code=201)
async def ask_swap(
    body: SwapBody, principal: Swapper, cause: Caused, key: Idempotency, run: Run, response: Response
) -> SwapView:
    """Ask another to be on call instead; rests and absences hold, the notice does not."""
    who = _self(principal)
    created = await run.create(
        lambda id: AskSwap(id, body.entry_id, who, body.asked_of, body.in_return), cause, key
    )
    response.headers["Location"] = f"/v1/rota/swaps/{created.id}"
    return await _answer(run, created.id, principal, response)


@router.get("")
async def list_swaps(
    page: Annotated[Page, paged(SwapState)], principal: Seeing, run: Run, technician: Id | None = None
) -> SwapPage:
    """Swaps that somebody asked for or was asked for. A technician sees his own."""
    person = _self(principal) if principal.role == "technician" else technician
    query = page.filter(people=person)
    found = await run.find(Swaps, query, sort=page.sort, limit=page.fetch)
    return SwapPage(**page.of(found, swap_view))


@router.get("/{id}")
async def read_swap(id: Id, principal: Seeing, run: Run, response: Response) -> SwapView:
    return await _answer(run, id, principal, response)


@router.post("/{id}/accept")
async def accept_swap(
    id: Id,
    principal: Swapper,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> SwapView:
    """Be on call instead, from now on."""
    await run.do(IfUnchanged(AnswerSwap(id, _self(principal), True), Swaps, id, expected), cause, key)
    return await _answer(run, id, principal, response)


@router.post("/{id}/decline")
async def decline_swap(
    id: Id,
    principal: Swapper,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
    body: Declining = NOTHING,
) -> SwapView:
    case = AnswerSwap(id, _self(principal), False, body.reason)
    await run.do(IfUnchanged(case, Swaps, id, expected), cause, key)
    return await _answer(run, id, principal, response)


@router.post("/{id}/withdraw")
async def withdraw_swap(
    id: Id,
    principal: Swapper,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> SwapView:
    """Ask no more, before there is an answer."""
    await run.do(IfUnchanged(WithdrawSwap(id, _self(principal)), Swaps, id, expected), cause, key)
    return await _answer(run, id, principal, response)


@router.post("/{id}/veto")
async def veto_swap(
    id: Id,
    body: Vetoed,
    principal: Vetoing,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    response: Response,
) -> SwapView:
    """It is not to be: what was swapped already goes back, unless it has begun."""
    await run.do(IfUnchanged(VetoSwap(id, body.reason), Swaps, id, expected), cause, key)
    return await _answer(run, id, principal, response)


def _self(principal: Principal) -> str:
    """Who he is as a technician; a token without a subject is nobody's."""
    if principal.subject is None:
        raise not_found("technician", "")
    return principal.subject


async def _answer(run: Runtime, id: str, principal: Principal, response: Response) -> SwapView:
    kept = await run.read(Swaps, id)
    if kept is None or (principal.role == "technician" and principal.subject not in kept.value.people):
        raise not_found("swap", id)
    response.headers["ETag"] = etag(kept.version)
    return swap_view(kept)
