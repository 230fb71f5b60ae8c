"""Which tickets a list or an export is about."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends, Query

from contracts.audience import Viewer
from contracts.values import Channel, Id, Priority, TicketKind, TicketState
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from infra.chassis.store.collection import A_DATE
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.attention import Attention
from services.ticket.store.tickets import queued_at
from services.ticket.views.visibility import TICKET, asking


@dataclass(frozen=True)
class Choice:
    """What exists for ``viewer`` and was asked for, a page of it at a time."""

    viewer: Viewer
    page: Page
    query: dict[str, Any]


async def _choice(
    page: Annotated[Page, paged(TicketState)],
    principal: Annotated[Principal, allow("tickets:read")],
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
    asset: Id | None = None,
    contract: Id | None = None,
    technician: Id | None = None,
    category: Id | None = None,
    kind: TicketKind | None = None,
    priority: Priority | None = None,
    external_reference: str | None = None,
    number: str | None = None,
    requester: Id | None = None,
    channel: Channel | None = None,
    agent: Annotated[str | None, Query(max_length=200, description="Whose they are, by subject")] = None,
    unassigned: Annotated[bool, Query(description="Those that nobody has taken")] = False,
    attention: Annotated[
        bool | Attention | None, Query(description="Those that ask for somebody, or for one reason")
    ] = None,
    order: Annotated[
        Literal["updated", "due"],
        Query(description="`due`: those still open, the one first whose clock is late or due first"),
    ] = "updated",
) -> Choice:
    viewer = await viewer_of(principal, run)
    visits = {"visits.contract_id": contract, "visits.assignment.technician_id": technician}
    clauses = [TICKET.among(viewer), {name: value for name, value in visits.items() if value is not None}]
    if attention is not None:
        clauses.append(asking(attention, viewer))
    if order == "due":
        page = page.by("queued_at", lambda kept: queued_at(kept.value))
        clauses.append({"queued_at": A_DATE})
    if unassigned:
        clauses.append({"agent_id": None})
    if (unassigned or agent is not None) and not viewer.of_the_firm:
        # Who of the firm looks after it is the firm's own business: to the client it is nobody's.
        clauses.append({"_id": {"$in": []}})
    query = page.filter(
        {"$and": clauses},
        customer_id=customer,
        site_ids=site,
        asset_id=asset,
        category=category,
        kind=kind,
        priority=priority,
        external_reference=external_reference,
        number=number,
        requester_id=requester,
        channel=channel,
        agent_id=agent,
    )
    return Choice(viewer, page, query)


Chosen = Annotated[Choice, Depends(_choice)]
