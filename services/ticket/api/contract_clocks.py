"""``GET /v1/contracts/{id}/sla``: the clocks under a contract."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter

from contracts.refusal import NotFound
from contracts.ticket.sla import ClockState
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept
from infra.chassis.service import Run
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.contracts import exists_for
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contracts import Contracts
from services.ticket.store.tickets import Tickets
from services.ticket.views.listing import ContractClockListView
from services.ticket.views.sla import ContractClockView, SlaView, contract_clock_views, sla_views
from services.ticket.views.visibility import TICKET

router = APIRouter(prefix="/v1/contracts", tags=["contracts"])


@router.get("/{id}/sla", response_model=ContractClockListView)
async def list_clocks(
    id: Id,
    page: Annotated[Page, paged(ClockState)],
    principal: Annotated[Principal, allow("contracts:read")],
    run: Run,
    terms: Terms,
) -> Any:
    """The clocks of the contract's tickets as they are now, those of the ticket opened first first.
    ``updated_after`` leaves out tickets to which nothing has happened since."""
    contract = await run.read(Contracts, id)
    if contract is None or not exists_for(principal, contract.value):
        raise NotFound("contract", id)
    wanted = {"sla.promises.contract_id": id, **page.news("sla.clocks.reading.state")}
    after = "" if page.after is None else page.after[1]
    place = after.partition(":")[0], after
    beyond = {"_id": {"$gte": place[0]}}
    scope = TICKET.among(await viewer_of(principal, run))
    found: list[Kept[ContractClockView]] = []
    while len(found) < page.fetch:
        query = {**wanted, "$and": [beyond, scope]}
        tickets = await run.find(Tickets, query, sort=(("_id", 1),), limit=page.fetch)
        clocks = await shown_clocks(terms, [kept.value for kept in tickets], run.clock.now())
        found += [
            each
            for kept in tickets
            for each in _of(kept, id, clocks)
            if (kept.value.id, each.value.id) > place and (not page.states or each.value.state in page.states)
        ]
        if len(tickets) < page.fetch:
            break
        beyond = {"_id": {"$gt": tickets[-1].value.id}}
    return page.of(found, lambda kept: kept.value.model_dump(mode="json"))


def _of(
    kept: Kept[Ticket], contract_id: str, clocks: dict[str, list[SlaView]]
) -> Iterator[Kept[ContractClockView]]:
    ticket = kept.value
    shown = clocks.get(ticket.id) or sla_views(ticket.sla)
    for view in contract_clock_views(ticket, contract_id, shown):
        yield Kept(view, kept.version, kept.updated_at)
