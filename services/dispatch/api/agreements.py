"""``/v1/rota/agreements``: what a company agreement changes of the limits of the law."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.dispatch.api.conditions import IfUnchanged
from services.dispatch.domain.agreement import FIRM, Agreement, limits_under
from services.dispatch.domain.labour_limits import Limits, Override
from services.dispatch.domain.technician import Technician
from services.dispatch.store.labour import Agreements
from services.dispatch.store.technicians import Technicians
from services.dispatch.usecases.manage_labour import PutAgreement

router = APIRouter(prefix="/v1/rota/agreements", tags=["rota"])


def _lawful(rules: dict[str, Override]) -> dict[str, Override]:
    Limits().under(rules)
    return rules


class AgreementBody(Body):
    """``rules`` by name: whole minutes, but for ``rest-day`` (mon to sun), ``six-days`` and ``notice``, days.

    What the law leaves to no agreement is refused with its article.
    """

    name: Annotated[str, said(200)]
    rules: Annotated[dict[str, Override], AfterValidator(_lawful)]


class AgreementView(BaseModel):
    """``id`` is the agency's; ``firm`` binds agencies that have none of their own."""

    id: str
    name: str
    rules: dict[str, Override]


@router.put("/{id}", responses={201: {"description": "It is new"}})
async def put_agreement(
    id: Id,
    body: AgreementBody,
    principal: Annotated[Principal, allow("agreements:write")],
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
    run: Run,
    request: Request,
    response: Response,
) -> AgreementView:
    """Create or replace. Rests are counted anew by it, those that run included."""
    people = await _resting(run, None if id == FIRM else id)
    case = PutAgreement(Agreement(id, body.name, body.rules), people)
    done = await run.do(IfUnchanged(case, Agreements, id, expected), cause, key)
    created_or_replaced(response, request.url.path, created=done.result)
    return _shown(await _kept(run, id), response)


@router.get("/{id}", response_model=AgreementView)
async def read_agreement(
    id: Id,
    principal: Annotated[Principal, allow("agreements:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await _kept(run, id)
    return not_modified(request, kept.version) or _shown(kept, response)


async def _kept(run: Runtime, id: str) -> Kept[Agreement]:
    kept = await run.read(Agreements, id)
    if kept is None:
        raise NotFound("agreement", id)
    return kept


def _shown(kept: Kept[Agreement], response: Response) -> AgreementView:
    response.headers["ETag"] = etag(kept.version)
    return AgreementView(id=kept.value.id, name=kept.value.name, rules=dict(kept.value.rules))


async def _resting(run: Runtime, agency: str | None) -> tuple[str, ...]:
    """Whoever of the agency, or of the firm, is on call or owed rest."""
    query = {} if agency is None else {"agency": agency}
    people = (kept.value for kept in await run.find(Technicians, query, limit=0))
    return tuple(sorted(each.id for each in people if each.on_call or each.rests))


async def limits_of_people(run: Runtime, people: Iterable[Technician]) -> dict[str, Limits]:
    """What binds each of them, by id."""
    people = list(people)
    ids = sorted({FIRM, *(each.agency for each in people if each.agency is not None)})
    known = {kept.value.id: kept.value for kept in await run.find(Agreements, {"_id": {"$in": ids}}, limit=0)}
    firm = known.get(FIRM)
    return {each.id: limits_under(each.regime, known.get(each.agency or FIRM, firm)) for each in people}
