"""``/desk/tickets/{id}``: a ticket with all that the hotline does to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from contracts.values import HoldReason, Id, Impact, Language, Urgency
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Run
from services.ticket.api.articles import Known
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.finding import visible_ticket
from services.ticket.api.kin import kin_of
from services.ticket.api.prepaid import shown_prepaid
from services.ticket.api.trying import suggestions
from services.ticket.api.viewing import viewer_of
from services.ticket.store.attachments import Attachments
from services.ticket.store.contacts import Contacts
from services.ticket.store.revisions import Revisions
from services.ticket.store.work_types import WorkTypes
from services.ticket.views.attachment import attachment_view
from services.ticket.views.ticket import ticket_view
from services.ticket.web.desk import customers_of
from services.ticket.web.pages import PAGES
from services.ticket.web.portal import EVENTS, lines_of, places_of
from services.ticket.web.progress import latest_first, windows_of

router = APIRouter(include_in_schema=False)
Agent = Annotated[Principal, allow("screens:desk")]

REPAIRS = 3


@router.get("/desk/tickets/{id}")
async def ticket(id: Id, request: Request, who: Agent, run: Run, terms: Terms, known: Known) -> Response:
    """The ticket, its forms beside it: what somebody is writing stays while the rest is loaded anew."""
    told = await _told(id, request, who, run, terms, known)
    found = await run.find(WorkTypes, {}, sort=(("_id", 1),), limit=500)
    language = Language(call_of(request).language)
    return PAGES.page(
        request,
        "desk-ticket.html",
        work_types=sorted((each.value for each in found), key=lambda each: each.name[language]),
        levels={"impact": list(Impact), "urgency": list(Urgency)},
        reasons=list(HoldReason),
        events=EVENTS,
        **told,
    )


@router.get("/desk/tickets/{id}/live")
async def ticket_now(id: Id, request: Request, who: Agent, run: Run, terms: Terms, known: Known) -> Response:
    """The part of its page that changes with it."""
    return PAGES.page(request, "desk-live.html", **await _told(id, request, who, run, terms, known))


async def _told(
    id: str, request: Request, who: Principal, run: Runtime, terms: Revisions, known: Any
) -> dict[str, Any]:
    viewer = await viewer_of(who, run)
    kept = await visible_ticket(run, id, viewer)
    ticket, now = kept.value, run.clock.now()
    sla = (await shown_clocks(terms, [ticket], now)).get(id)
    prepaid = (await shown_prepaid(run, terms, [ticket], viewer)).get(id)
    kin = await kin_of(run, viewer, ticket)
    language = call_of(request).language
    shown = ticket_view(
        ticket, viewer, language, updated_at=kept.updated_at, sla=sla, kin=kin, prepaid=prepaid
    )
    places = await places_of(run, ticket.site_ids)
    customers = await customers_of(run, {ticket.customer_id})
    people = [each for each in (ticket.requester_id, ticket.on_site_contact_id) if each is not None]
    named = await run.find(Contacts, {"_id": {"$in": people}}, limit=2) if people else []
    files = await run.find(Attachments, {"ticket_id": id, "removed_at": None}, sort=(("_id", 1),), limit=200)
    work_type = await run.read(WorkTypes, ticket.category)
    lines = latest_first(await lines_of(id, request, who, run))
    return {
        "ticket": shown,
        "answers": ticket.answers,
        "category": ticket.category if work_type is None else work_type.value.name[Language(language)],
        "version": kept.version,
        "people": {each.value.id: each.value for each in named},
        "customer": customers.get(ticket.customer_id, ticket.customer_id),
        "places": places,
        "zone": next((each.time_zone for each in places.values()), "UTC"),
        "lines": lines,
        "windows": windows_of(lines),
        "files": [attachment_view(each.value) for each in files],
        "repairs": (await suggestions(id, who, run, known, REPAIRS)).items if ticket.is_open else [],
        "now": now,
    }
