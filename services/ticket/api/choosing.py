"""Which tickets a list, an export or a view is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends

from contracts.audience import Viewer
from contracts.values import HoldReason
from infra.chassis.http.auth import allow
from infra.chassis.http.paging import Page
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from infra.chassis.store.collection import A_DATE, Document
from services.ticket.api.filters import ME, TicketFilters, filtered
from services.ticket.api.searching import NONE, Search, search_of
from services.ticket.api.viewing import viewer_of
from services.ticket.views.visibility import TICKET, asking


@dataclass(frozen=True)
class Choice:
    """What exists for ``viewer`` and was asked for; a page of it is a ``query``.

    ``search`` is what of it has an order of its own; ``query`` leaves it to whoever asks.
    """

    viewer: Viewer
    clauses: tuple[dict[str, Any], ...]
    equal: Mapping[str, Any]
    search: Search | None = None
    due: bool = False

    def query(self, page: Page, *more: dict[str, Any]) -> dict[str, Any]:
        return page.filter({"$and": [*self.clauses, *more]}, **self.equal)


async def choice_of(viewer: Viewer, run: Runtime, filters: TicketFilters) -> Choice:
    """The tickets that ``filters`` choose now, of those that exist for ``viewer``."""
    asked, now = filters, run.clock.now()
    visits = {"visits.contract_id": asked.contract, "visits.assignment.technician_id": asked.technician}
    clauses = [TICKET.among(viewer), {name: value for name, value in visits.items() if value is not None}]
    if asked.attention is not None:
        clauses.append(asking(asked.attention, viewer))
    if asked.unassigned:
        clauses.append({"agent_id": None})
    if (asked.unassigned or asked.agent is not None) and not viewer.of_the_firm:
        # Who of the firm looks after it is the firm's own business: to the client it is nobody's.
        clauses.append(NONE)
    clauses += _of_time(asked, now)
    customer = asked.customer if viewer.of_the_firm else viewer.customer_id
    equal = {
        "customer_id": asked.customer,
        "site_ids": asked.site,
        "asset_id": asked.asset,
        "category": asked.category,
        "kind": asked.kind,
        "priority": asked.priority,
        "external_reference": asked.external_reference,
        "number": asked.number,
        "requester_id": viewer.subject if asked.requester == ME else asked.requester,
        "parent_id": asked.parent,
        "major_id": asked.major,
        "channel": asked.channel,
        "agent_id": viewer.subject if asked.agent == ME else asked.agent,
    }
    return Choice(
        viewer,
        tuple(clauses),
        equal,
        search=None if asked.q is None else await search_of(run, viewer, customer, asked.q),
        due=asked.due_before is not None or asked.due_within_minutes is not None,
    )


def _of_time(asked: TicketFilters, now: datetime) -> list[Document]:
    def ago(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    clauses: list[Document] = []
    if asked.updated_within_minutes is not None:
        clauses.append({"updated_at": {"$gt": ago(asked.updated_within_minutes)}})
    if asked.reopened:
        clauses.append({"reopened_at": A_DATE})
    if asked.reopened_within_minutes is not None:
        clauses.append({"reopened_at": {"$gt": ago(asked.reopened_within_minutes), **A_DATE}})
    if asked.held is not None or asked.held_for_minutes is not None:
        # Every reason rather than none, for the index begins with it.
        hold: Document = {"reason": {"$in": list(HoldReason)} if asked.held is None else asked.held}
        if asked.held_for_minutes is not None:
            hold["since"] = {"$lte": ago(asked.held_for_minutes)}
        clauses.append({"holds.0": {"$exists": True}, "holds": {"$elemMatch": hold}})
    if asked.due_before is not None:
        clauses.append({"queued_at": {"$lte": asked.due_before, **A_DATE}})
    if asked.due_within_minutes is not None:
        clauses.append({"queued_at": {"$lte": ago(-asked.due_within_minutes), **A_DATE}})
    return clauses


@filtered
async def _choice(
    principal: Annotated[Principal, allow("tickets:read")], run: Run, filters: TicketFilters
) -> Choice:
    return await choice_of(await viewer_of(principal, run), run, filters)


Chosen = Annotated[Choice, Depends(_choice)]
