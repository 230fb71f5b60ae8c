"""Which tickets a list or an export is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from contracts.audience import Viewer
from contracts.values import Channel, Id, Priority, TicketKind
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Page
from infra.chassis.http.principal import Principal
from infra.chassis.service import Run
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.attention import Attention
from services.ticket.views.visibility import TICKET, asking


@dataclass(frozen=True)
class Choice:
    """What exists for ``viewer`` and was asked for; a page of it is a ``query``."""

    viewer: Viewer
    clauses: tuple[dict[str, Any], ...]
    equal: Mapping[str, Any]

    def query(self, page: Page, *more: dict[str, Any]) -> dict[str, Any]:
        return page.filter({"$and": [*self.clauses, *more]}, **self.equal)


async def _choice(
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
    parent: Id | None = None,
    major: Id | None = None,
    channel: Channel | None = None,
    agent: Annotated[str | None, Query(max_length=200, description="Whose they are, by subject")] = None,
    unassigned: Annotated[bool, Query(description="Those that nobody has taken")] = False,
    attention: Annotated[
        bool | Attention | None, Query(description="Those that ask for somebody, or for one reason")
    ] = None,
) -> Choice:
    viewer = await viewer_of(principal, run)
    visits = {"visits.contract_id": contract, "visits.assignment.technician_id": technician}
    clauses = [TICKET.among(viewer), {name: value for name, value in visits.items() if value is not None}]
    if attention is not None:
        clauses.append(asking(attention, viewer))
    if unassigned:
        clauses.append({"agent_id": None})
    if (unassigned or agent is not None) and not viewer.of_the_firm:
        # Who of the firm looks after it is the firm's own business: to the client it is nobody's.
        clauses.append({"_id": {"$in": []}})
    equal = {
        "customer_id": customer,
        "site_ids": site,
        "asset_id": asset,
        "category": category,
        "kind": kind,
        "priority": priority,
        "external_reference": external_reference,
        "number": number,
        "requester_id": requester,
        "parent_id": parent,
        "major_id": major,
        "channel": channel,
        "agent_id": agent,
    }
    return Choice(viewer, tuple(clauses), equal)


Chosen = Annotated[Choice, Depends(_choice)]
