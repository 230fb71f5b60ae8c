"""``/v1/contracts``: what customers bought."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.contract_body import ContractBody
from services.ticket.domain.contract import Contract
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.usecases.put_contract import PutContract
from services.ticket.views.contract import ContractView, contract_view
from services.ticket.views.listing import ContractListView

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.put(
    "/{id}", response_model=ContractView, responses={201: {"model": ContractView, "description": "It is new"}}
)
async def put_contract(
    id: Id,
    body: ContractBody,
    principal: Annotated[Principal, allow("contracts:write")],
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
) -> Response:
    """Write a contract. Other terms make a new revision; open tickets go on under theirs."""
    case = PutContract(id, body.customer_id, body.terms(), expected, principal.manager)
    done = await run.do(case, cause, key)
    return await put_answer(run, Contracts, id, _view, f"/v1/contracts/{id}", created=done.result)


@router.get("", response_model=ContractListView)
async def list_contracts(
    page: Paged,
    principal: Annotated[Principal, allow("contracts:read")],
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
) -> Any:
    """``site``: those that name it, not the ones that cover all of a customer's."""
    nested = {"terms.managers": principal.manager, "terms.sites": site}
    extra = {
        **principal.customer_filter(),
        **{name: value for name, value in nested.items() if value is not None},
    }
    query = page.filter(extra, customer_id=customer)
    found = await run.find(Contracts, query, sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: _view(kept).model_dump(mode="json"))


@router.get("/{id}", response_model=ContractView)
async def read_contract(
    id: Id,
    principal: Annotated[Principal, allow("contracts:read")],
    run: Run,
    request: Request,
    revision: Annotated[int | None, Query(ge=1, description="Terms as they once were")] = None,
) -> Response:
    kept = await run.read(Contracts, id)
    if kept is None or not exists_for(principal, kept.value):
        raise NotFound("contract", id)
    if revision is None or revision == kept.value.revision:
        return not_modified(request, kept.version) or answer(_view(kept), kept.version)
    old = await run.read(ContractRevisions, f"{id}:{revision}")
    if old is None:
        raise NotFound("contract revision", f"{id}:{revision}")
    then = contract_view(id, old.value.customer_id, revision, old.value.terms, old.updated_at)
    return answer(then, kept.version)


def _view(kept: Kept[Contract]) -> ContractView:
    contract = kept.value
    return contract_view(
        contract.id, contract.customer_id, contract.revision, contract.terms, kept.updated_at
    )


def exists_for(principal: Principal, contract: Contract) -> bool:
    """Whether the caller may know of the contract."""
    if not principal.of_the_firm:
        return principal.sees(contract.customer_id)
    return principal.manages(contract.terms.managers)
