"""``/v1/tickets``: open, find, read."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from contracts.audience import Viewer
from contracts.refusal import NotFound
from contracts.values import Id, TicketState
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.etag import not_modified
from infra.chassis.http.idempotency import IdempotencyRequired
from infra.chassis.http.paging import Page, paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Created, Kept, Runtime, new_id
from infra.chassis.service import Caused, Run
from infra.chassis.store.unit import AlreadyExists, Cause
from infra.chassis.store.writing import UniqueViolation
from services.ticket.api.answers import answer
from services.ticket.api.bodies import OpenTicketBody
from services.ticket.api.browsing import browsed
from services.ticket.api.choosing import Chosen
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.filters import Order
from services.ticket.api.finding import visible_ticket
from services.ticket.api.kin import kin_of, suggested_major
from services.ticket.api.prepaid import shown_prepaid
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.diagnosis_ending import Likely
from services.ticket.domain.patience import Patience
from services.ticket.domain.ticket import Ticket
from services.ticket.store.likely import likeliest
from services.ticket.store.numbers import Numbers
from services.ticket.store.satisfactions import Satisfactions
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.add_contacts import AddContacts
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.opening import Request as Asked
from services.ticket.views.listing import TicketListView
from services.ticket.views.mark import satisfaction_view
from services.ticket.views.prepaid import PrepaidView
from services.ticket.views.sla import SlaView
from services.ticket.views.ticket import Kin, TicketView, ticket_view

router = APIRouter(tags=["tickets"])

TRIES = 3


async def _numbers(request: Request) -> Numbers:
    numbers: Numbers = request.app.state.numbers
    return numbers


async def patience_of(request: Request) -> Patience:
    patience: Patience = request.app.state.patience
    return patience


async def _approval(request: Request) -> bool:
    needed: bool = request.app.state.approval_without_contract
    return needed


Numbering = Annotated[Numbers, Depends(_numbers)]


@router.post("/v1/tickets", status_code=201, response_model=TicketView)
async def open_ticket(
    body: OpenTicketBody,
    principal: Annotated[Principal, allow("tickets:open")],
    key: IdempotencyRequired,
    run: Run,
    numbers: Numbering,
    patience: Annotated[Patience, Depends(patience_of)],
    approval_without_contract: Annotated[bool, Depends(_approval)],
    terms: Terms,
    cause: Caused,
    request: Request,
) -> Response:
    """Open a ticket with a visit per site. The same request with the same key gives the same ticket.

    Its answers to a diagnosis may end that early, as with ``POST /v1/diagnoses/{id}/walk``.
    """
    viewer = await viewer_of(principal, run)
    asked = _asked(body, await _likely(run, body))
    number = await numbers.next((asked.occurred_at or run.clock.now()).year)

    def opening(id: str) -> OpenTicket:
        return OpenTicket(
            id=id,
            number=number,
            request=asked,
            viewer=viewer,
            requester=body.requester.person() if body.requester else None,
            on_site_contact=body.on_site_contact.person() if body.on_site_contact else None,
            patience=patience,
            approval_without_contract=approval_without_contract,
        )

    created: Created[Ticket | None] = await _created(run, opening, cause, key)
    ticket, version, stored_at = created.result, 1, created.stored_at
    if ticket is None or stored_at is None:
        kept = await run.read(Tickets, created.id)
        if kept is None:
            raise NotFound("ticket", created.id)
        ticket, version, stored_at = kept.value, kept.version, kept.updated_at
        kin = await kin_of(run, viewer, ticket)
    else:
        kin = Kin(children=0, suggested_major=await suggested_major(run, viewer, ticket))
    left = (await shown_prepaid(run, terms, [ticket], viewer)).get(ticket.id)
    language = call_of(request).language
    shown = ticket_view(ticket, viewer, language, updated_at=stored_at, kin=kin, prepaid=left)
    return answer(shown, version, status=201, location=f"/v1/tickets/{ticket.id}")


async def _created(run: Runtime, opening: Any, cause: Cause, key: Any) -> Created[Ticket | None]:
    """Open, with the request's people made contacts in a write of their own where nobody knows them.

    The key keeps its claim in between, so that twins go on with the same ticket. A unique index that
    refuses means that a twin was faster: the next look finds what he wrote.
    """
    for _ in range(TRIES):
        try:
            created: Created[Ticket | None] = await run.create(opening, cause, key)
            if created.again or created.result is not None:
                return created
            wanted = opening(created.id)
            people = tuple(p for p in (wanted.requester, wanted.on_site_contact) if p is not None)
            ids = tuple(new_id() for _ in people)
            await run.do(AddContacts(created.id, wanted.request, wanted.viewer, people, ids), cause)
        except (UniqueViolation, AlreadyExists):
            continue
    return await run.create(opening, cause, key)


async def _likely(run: Run, body: OpenTicketBody) -> Likely | None:
    """What ended the tickets with these answers; not asked for where the caller wants every question."""
    walk = body.diagnosis
    if walk is None or walk.all_questions or not walk.answers:
        return None
    return await likeliest(run, walk.id, walk.given())


def _asked(body: OpenTicketBody, likely: Likely | None) -> Asked:
    return Asked(
        kind=body.kind,
        summary=body.summary,
        description=body.description,
        category=body.category,
        impact=body.impact,
        urgency=body.urgency,
        diagnosis_id=None if body.diagnosis is None else body.diagnosis.id,
        given=() if body.diagnosis is None else body.diagnosis.given(),
        likely=likely,
        sites=body.sites,
        customer_id=body.customer_id,
        asset_id=body.asset,
        preferred_windows=tuple(wish.window() for wish in body.preferred_windows),
        site_order=body.site_order,
        same_technician=body.same_technician,
        confidential=body.confidential,
        channel=body.channel,
        declared_by=body.declared_by,
        external_reference=body.external_reference,
        custom=body.custom,
        occurred_at=body.occurred_at,
    )


@router.get("/v1/tickets", response_model=TicketListView)
async def list_tickets(
    page: Annotated[Page, paged(TicketState)],
    chosen: Chosen,
    run: Run,
    terms: Terms,
    request: Request,
    order: Annotated[
        Order | None,
        Query(
            description="`due`: those still open, the one first whose clock is late or due first;"
            " `best`: where words are sought, those first where they stand best, the newest of them first"
        ),
    ] = None,
) -> Any:
    """The caller's tickets. Without ``order`` the best come first where ``q`` seeks words, the most urgent
    where due ones are asked for, else the one changed longest ago."""
    return await browsed(run, terms, page, chosen, order, call_of(request).language)


@router.get("/v1/tickets/{id}", response_model=TicketView)
async def read_ticket(
    id: Id, principal: Annotated[Principal, allow("tickets:read")], run: Run, terms: Terms, request: Request
) -> Response:
    viewer = await viewer_of(principal, run)
    kept = await visible_ticket(run, id, viewer)
    unchanged = not_modified(request, kept.version)
    if unchanged:
        return unchanged
    clocks = await shown_clocks(terms, [kept.value], run.clock.now())
    prepaid = await shown_prepaid(run, terms, [kept.value], viewer)
    kin = await kin_of(run, viewer, kept.value)
    shown = _shown(kept, viewer, call_of(request).language, clocks, prepaid, kin)
    if viewer.of_the_firm:
        marks = await run.find(Satisfactions, {"ticket_id": id})
        shown.satisfaction = [satisfaction_view(each.value) for each in marks]
    return answer(shown, kept.version)


def _shown(
    kept: Kept[Ticket],
    viewer: Viewer,
    language: str,
    clocks: Mapping[str, list[SlaView]],
    prepaid: Mapping[str, list[PrepaidView]],
    kin: Kin | None,
) -> TicketView:
    ticket, at = kept.value, kept.updated_at
    sla, left = clocks.get(ticket.id), prepaid.get(ticket.id)
    return ticket_view(ticket, viewer, language, updated_at=at, sla=sla, kin=kin, prepaid=left)
