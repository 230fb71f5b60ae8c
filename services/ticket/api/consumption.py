"""``GET /v1/contracts/{id}/consumption``: what is used, down to its entries."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.ticket.api.contracts import exists_for
from services.ticket.domain.billing import BillingModel
from services.ticket.domain.consumption import (
    FIRM_ZONE,
    Line,
    book_of,
    lines_in,
    lines_of,
    month_of,
    volumes_in,
)
from services.ticket.domain.contract import Contract, ContractRevision
from services.ticket.domain.ledger import LedgerEntry
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.ledger import Ledger, entries_where
from services.ticket.views.consumption import ConsumptionView, EntryListView, consumption_view, entry_view

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Query(pattern=MONTH, description="YYYY-MM, by the clocks of the site")]
MonthInPath = Annotated[str, Path(pattern=MONTH, description="YYYY-MM, by the clocks of the site")]

REVISIONS_AT_MOST = 10_000


@router.get("/{id}/consumption", response_model=ConsumptionView)
async def read_consumption(
    id: Id,
    principal: Annotated[Principal, allow("contracts:consumption")],
    run: Run,
    month: Month | None = None,
) -> ConsumptionView:
    """A month of a contract (the present one, if none is named), and how its prepaid book stands."""
    contract = await _contract(principal, run, id)
    now = run.clock.now()
    asked, today = month or month_of(now), now.astimezone(FIRM_ZONE).date()
    revisions = await revisions_of(run, contract)
    lines = await month_lines(run, id, asked, revisions)
    volumes = volumes_in(asked, revisions)
    prepaid, book = volumes_in(month_of(now), revisions).get(BillingModel.PREPAID), None
    if prepaid is not None:
        entries = await entries_where(run, _drawing(id))
        book = book_of(lines_of(entries, {BillingModel.PREPAID: prepaid}), prepaid, today)
    return consumption_view(contract, asked, lines, volumes.get(BillingModel.FORFAIT), book, today)


@router.get("/{id}/consumption/entries", response_model=EntryListView)
async def list_entries(
    id: Id,
    page: Paged,
    principal: Annotated[Principal, allow("contracts:consumption")],
    run: Run,
    month: Month | None = None,
) -> Any:
    """What the totals are made of (in all months, if none is named), what was written first first."""
    await _contract(principal, run, id)
    query = page.filter(contract_id=id, month=month)
    found = await run.find(Ledger, query, sort=page.sort, limit=page.fetch)
    confidential = principal.may("tickets:read-confidential")
    return page.of(
        found,
        lambda kept: entry_view(
            kept.value, inside=principal.of_the_firm, confidential=confidential
        ).model_dump(mode="json"),
    )


async def _contract(principal: Principal, run: Runtime, id: str) -> Contract:
    kept = await run.read(Contracts, id)
    if kept is None or not exists_for(principal, kept.value):
        raise NotFound("contract", id)
    return kept.value


async def revisions_of(run: Runtime, contract: Contract) -> list[ContractRevision]:
    """Those that apply on some day: a version of a day that was written anew is none."""
    contract_id, live = contract.id, {each.revision: each.applies_from for each in contract.dated}
    found = await run.find(
        ContractRevisions,
        {"contract_id": contract_id},
        sort=(("contract_id", 1), ("revision", 1)),
        limit=REVISIONS_AT_MOST,
    )
    revisions = [kept.value for kept in found if kept.value.revision in live]
    return [replace(each, applies_from=live[each.revision]) for each in revisions]


async def month_lines(
    run: Runtime, contract_id: str, month: str, revisions: Sequence[ContractRevision]
) -> list[Line]:
    """The lines of a contract's month. What a book has left in it, all that was drawn before decides."""
    entries: list[LedgerEntry] = await entries_where(run, {"contract_id": contract_id, "month": month})
    if any(entry.model is BillingModel.PREPAID for entry in entries):
        entries += await entries_where(run, {**_drawing(contract_id), "month": {"$lt": month}})
    return lines_in(month, entries, revisions)


def _drawing(contract_id: str) -> dict[str, Any]:
    return {"contract_id": contract_id, "model": BillingModel.PREPAID.value}
