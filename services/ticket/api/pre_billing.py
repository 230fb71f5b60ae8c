"""``GET /v1/customers/{id}/pre-billing/{YYYY-MM}``: what the accounts make an invoice from."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Request, Response

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import not_modified
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from infra.chassis.workbook import XLSX
from services.ticket.api.answers import answer
from services.ticket.api.consumption import MonthInPath, month_lines, revisions_of
from services.ticket.api.contracts import exists_for
from services.ticket.domain.consumption import Line, lines_in
from services.ticket.store.contracts import Contracts
from services.ticket.store.customers import Customers
from services.ticket.store.ledger import entries_where
from services.ticket.views.pre_billing import PreBillingView, as_xlsx, pre_billing_view

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Reader = Annotated[Principal, allow("pre-billing:read")]


@router.get(
    "/{id}/pre-billing/{month}.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "A row for each line, and the totals"}},
)
async def export_pre_billing(
    id: Id, month: MonthInPath, principal: Reader, run: Run, request: Request
) -> Response:
    """The same as a sheet, in which nothing is a formula; the same bytes for the same ledger."""
    language = call_of(request).language
    view = pre_billing_view(id, month, await _lines(principal, run, id, month), language)
    content = await asyncio.to_thread(as_xlsx, view, language)
    headers = {"Content-Disposition": f'attachment; filename="pre-billing-{id}-{month}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/{id}/pre-billing/{month}", response_model=PreBillingView)
async def read_pre_billing(
    id: Id, month: MonthInPath, principal: Reader, run: Run, request: Request
) -> Response:
    """A customer's month, line by line: what was done, its proof and what is due. A contract manager is
    shown the contracts that name him."""
    lines = await _lines(principal, run, id, month)
    view = pre_billing_view(id, month, lines, call_of(request).language)
    # Nobody counts its versions: the same ledger gives the same words, and these the same tag.
    version = int.from_bytes(sha256(view.model_dump_json().encode()).digest()[:8])
    return not_modified(request, version) or answer(view, version)


async def _lines(
    principal: Principal, run: Runtime, customer_id: str, month: str
) -> dict[str | None, Sequence[Line]]:
    """By contract, in the order of their ids; what no contract covers comes last, for who sees them all."""
    if await run.read(Customers, customer_id) is None:
        raise NotFound("customer", customer_id)
    known = await entries_where(run, {"customer_id": customer_id, "month": month})
    found: dict[str | None, Sequence[Line]] = {}
    for contract_id in sorted({entry.contract_id for entry in known if entry.contract_id is not None}):
        contract = await run.read(Contracts, contract_id)
        if contract is not None and exists_for(principal, contract.value):
            revisions = await revisions_of(run, contract.value)
            found[contract_id] = await month_lines(run, contract_id, month, revisions)
    outside = [entry for entry in known if entry.contract_id is None]
    if outside and principal.manager is None:
        found[None] = lines_in(month, outside, ())
    return found
