"""``/v1/contracts``: what customers bought."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import NotFound
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.parameters import wrong_parameter
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.ticket.api.answers import answer
from services.ticket.api.clocks import Terms
from services.ticket.api.contract_body import ContractBody
from services.ticket.domain.contract import Contract, ContractRevision, Version, revision_id, revision_of
from services.ticket.domain.contract_versions import replaced_by
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.usecases.put_contract import PutContract
from services.ticket.views.contract import ContractView, contract_view
from services.ticket.views.contract_version import version_view
from services.ticket.views.listing import ContractListView, ContractVersionListView

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])

ONE_OF_BOTH = Text(
    "Ask for a revision or for a day, not for both.",
    "Demandez une révision ou un jour, pas les deux.",
)


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
    """Write a contract. Other terms apply from a day on; tickets go on under theirs. The answer shows what
    was put, from whenever it applies."""
    case = PutContract(
        id, body.customer_id, body.terms(), expected, principal.manager, applies_from=body.applies_from
    )
    done = await run.do(case, cause, key)
    kept = await run.read(Contracts, id)
    if kept is None:
        raise NotFound("contract", id)
    contract, day = kept.value, body.applies_from
    version = contract.present(run.clock.now()) if day is None else contract.version_on(day.isoformat())
    shown = await _as_of(run, kept, version)
    if done.result:
        return answer(shown, kept.version, status=201, location=f"/v1/contracts/{id}")
    return answer(shown, kept.version)


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
    now = run.clock.now()

    def shown(kept: Kept[Contract]) -> Any:
        contract = kept.value
        return contract_view(contract, revision_of(contract), kept.updated_at, now).model_dump(mode="json")

    return page.of(found, shown)


@router.get("/{id}", response_model=ContractView)
async def read_contract(
    id: Id,
    principal: Annotated[Principal, allow("contracts:read")],
    run: Run,
    request: Request,
    revision: Annotated[int | None, Query(ge=1, description="Terms as they once were")] = None,
    on: Annotated[date | None, Query(description="The terms of a day, at the site")] = None,
) -> Response:
    """Today's terms, or others by ``revision`` or by ``on``."""
    kept = await _known(run, id, principal)
    contract = kept.value
    if revision is not None and on is not None:
        raise wrong_parameter(("on", ONE_OF_BOTH))
    if revision is not None:
        shown = await _shown(run, kept, revision)
        return answer(shown, kept.version)
    if on is not None:
        version = contract.version_on(on.isoformat())
        if version is None:
            raise NotFound("contract", f"{id} ({on})")
        return answer(await _as_of(run, kept, version), kept.version)
    version = contract.present(run.clock.now())
    if version.revision == contract.revision and (unchanged := not_modified(request, kept.version)):
        return unchanged
    return answer(await _as_of(run, kept, version), kept.version)


@router.get("/{id}/versions", response_model=ContractVersionListView)
async def list_versions(
    id: Id,
    page: Paged,
    principal: Annotated[Principal, allow("contracts:read")],
    run: Run,
    revisions: Terms,
) -> Any:
    """Every version that was ever written, in the order in which they were, with what each changed."""
    contract = (await _known(run, id, principal)).value
    found = await run.find(ContractRevisions, page.filter(contract_id=id), sort=page.sort, limit=page.fetch)
    before = {kept.value.id: replaced_by(kept.value) for kept in found}
    there = await revisions(id for id in before.values() if id is not None)

    def shown(kept: Kept[ContractRevision]) -> Any:
        replaced = there.get(before[kept.value.id] or "")
        return version_view(contract, kept.value, replaced, kept.updated_at).model_dump(mode="json")

    return page.of(found, shown)


async def _known(run: Runtime, id: str, principal: Principal) -> Kept[Contract]:
    kept = await run.read(Contracts, id)
    if kept is None or not exists_for(principal, kept.value):
        raise NotFound("contract", id)
    return kept


async def _as_of(run: Runtime, kept: Kept[Contract], version: Version | None) -> ContractView:
    number = kept.value.revision if version is None else version.revision
    return await _shown(run, kept, number)


async def _shown(run: Runtime, kept: Kept[Contract], number: int) -> ContractView:
    """The contract under one of its revisions; as it was written, where it is not the present one."""
    contract = kept.value
    if number == contract.revision:
        return contract_view(contract, revision_of(contract), kept.updated_at, run.clock.now())
    old = await run.read(ContractRevisions, revision_id(contract.id, number))
    if old is None:
        raise NotFound("contract revision", revision_id(contract.id, number))
    return contract_view(contract, old.value, old.updated_at, run.clock.now())


def exists_for(principal: Principal, contract: Contract) -> bool:
    """Whether the caller may know of the contract."""
    if not principal.of_the_firm:
        return principal.sees(contract.customer_id)
    return principal.manages(contract.terms.managers)
