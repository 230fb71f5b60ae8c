"""``/desk``: the hotline's queue, who is calling, and what is open when the shift changes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from contracts.audience import Viewer
from contracts.values import TicketState
from infra.chassis.http.auth import allow
from infra.chassis.http.call import call_of
from infra.chassis.http.paging import Page
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.service import Run
from infra.chassis.store.collection import A_DATE, Document
from infra.chassis.web.pages import asks_for_part
from services.ticket.api.bodies import Email, Phone
from services.ticket.api.browsing import browsed
from services.ticket.api.choosing import choice_of
from services.ticket.api.clocks import Terms, shown_clocks
from services.ticket.api.contacts import list_contacts
from services.ticket.api.filters import LONGEST_QUERY, ME, TicketFilters
from services.ticket.api.searching import DIGITS_OF_A_PHONE
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.asked_work import AskedState, AskedWork
from services.ticket.domain.ticket import Ticket
from services.ticket.store.asked_works import AskedWorks
from services.ticket.store.customers import Customers
from services.ticket.store.revisions import Revisions
from services.ticket.store.tickets import Tickets
from services.ticket.views.ticket import TicketView, ticket_view
from services.ticket.web.pages import PAGES
from services.ticket.web.portal import EVENTS, Place, places_of

router = APIRouter(include_in_schema=False)
Agent = Annotated[Principal, allow("screens:desk")]
Queue = Literal["asking", "mine", "unassigned", "all"]
Words = Annotated[str, Query(max_length=LONGEST_QUERY)]

MOST = 200
"""Tickets of a queue shown at once, those due first."""
FOUND = 8
MOST_STUCK = 50
LEAST_OF_A_SERIAL = 4
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_PHONE: TypeAdapter[str] = TypeAdapter(Phone)
BY_URGENCY = (("queued_at", 1), ("_id", 1))
ASKING: Document = {
    "$or": [
        {"attention.0": {"$exists": True}},
        {"agent_id": None, "triaged": False},
        {"remote_until": A_DATE, "state": {"$ne": TicketState.ON_HOLD}},
    ]
}
"""What waits for somebody of the hotline: a reason is named, nobody has looked at it, or it is to be tried
from the desk before anybody goes there."""


@dataclass(frozen=True)
class Listed:
    """Tickets as lists show them, with what they name."""

    tickets: list[TicketView]
    places: dict[str, Place]
    customers: dict[str, str]


@router.get("/desk")
async def desk(request: Request, who: Agent, run: Run, terms: Terms, show: Queue = "asking") -> Response:
    """What burns first, a field that finds whoever calls, and what was asked for and cannot be opened."""
    part = asks_for_part(request)
    stuck = [] if part else await _stuck(run)
    return PAGES.page(
        request,
        "desk-queue.html" if part else "desk.html",
        show=show,
        stuck=stuck,
        clients=await customers_of(run, {each.customer_id for each in stuck}),
        events=EVENTS,
        queue=await _queue(request, who, run, terms, show),
        now=run.clock.now(),
    )


@router.get("/desk/handover")
async def handover(request: Request, who: Agent, run: Run, terms: Terms) -> Response:
    """Everything that is open, by whose it is, with what was promised."""
    queue = await _queue(request, who, run, terms, "all")
    whose: dict[str, list[TicketView]] = {}
    for ticket in queue.tickets:
        whose.setdefault(ticket.agent_id or "", []).append(ticket)
    names = sorted(whose, key=lambda name: (name != who.subject, name == "", name))
    return PAGES.page(
        request,
        "desk-handover.html",
        whose=[(name, whose[name]) for name in names],
        queue=queue,
        key=new_id(),
        now=run.clock.now(),
    )


@router.get("/desk/find")
async def find(request: Request, who: Agent, run: Run, terms: Terms, q: Words = "") -> Response:
    """People and tickets by a phone number, a name, a ticket's number or a serial number."""
    asked = q.strip()
    if not asked:
        return PAGES.page(request, "desk-found.html", q="", people=[], tickets=[], places={}, customers={})
    people, tickets = await asyncio.gather(
        _people(who, run, asked), _tickets(request, who, run, terms, asked)
    )
    customers = {each["customer_id"] for each in (*people, *tickets)}
    return PAGES.page(
        request,
        "desk-found.html",
        q=asked,
        people=people,
        tickets=tickets,
        places=await places_of(run, {site for each in tickets for site in each["sites"]}),
        customers=await customers_of(run, customers),
    )


async def _people(who: Principal, run: Runtime, asked: str) -> list[dict[str, Any]]:
    """Whose number, address or name it is, then those where the machine stands."""
    wanted: list[dict[str, str]] = []
    if (email := _valid(_EMAIL, asked)) is not None:
        wanted.append({"email": email})
    phone = _valid(_PHONE, asked)
    if phone is not None and sum(map(str.isdigit, phone)) >= DIGITS_OF_A_PHONE:
        wanted.append({"phone": phone})
    if not wanted:
        wanted.append({"name": asked})
    if len(asked) >= LEAST_OF_A_SERIAL and any(map(str.isdigit, asked)):
        wanted.append({"serial": asked})
    found = await asyncio.gather(*(list_contacts(few(), who, run, **each) for each in wanted))
    people = {person["id"]: person for answer in found for person in answer["items"]}
    return list(people.values())[:FOUND]


async def _tickets(
    request: Request, who: Principal, run: Runtime, terms: Revisions, asked: str
) -> list[dict[str, Any]]:
    choice = await choice_of(await viewer_of(who, run), run, TicketFilters(q=asked))
    answer = await browsed(run, terms, few(), choice, "best", call_of(request).language)
    found: list[dict[str, Any]] = answer["items"]
    return found


async def _stuck(run: Runtime) -> list[AskedWork]:
    """What plans, machines and renewals asked for and no ticket could be opened for, the oldest first."""
    query = {"state": AskedState.WAITING.value, "why": {"$type": "string"}}
    found = await run.find(AskedWorks, query, sort=(("asked_at", 1),), limit=MOST_STUCK)
    return [kept.value for kept in found]


async def _queue(request: Request, who: Principal, run: Runtime, terms: Revisions, show: Queue) -> Listed:
    viewer = await viewer_of(who, run)
    filters = TicketFilters(agent=ME if show == "mine" else None, unassigned=show == "unassigned")
    choice = await choice_of(viewer, run, filters)
    equal = {name: value for name, value in choice.equal.items() if value is not None}
    asking = [ASKING] if show == "asking" else []
    query = {"$and": [*choice.clauses, *asking, {"queued_at": A_DATE}], **equal}
    kept = await run.find(Tickets, query, sort=BY_URGENCY, limit=MOST)
    return await listed(request, viewer, run, terms, kept)


async def listed(
    request: Request, viewer: Viewer, run: Runtime, terms: Revisions, kept: Sequence[Kept[Ticket]]
) -> Listed:
    """Tickets with their clocks as they are now."""
    language = call_of(request).language
    clocks = await shown_clocks(terms, [each.value for each in kept], run.clock.now())
    tickets = [
        ticket_view(each.value, viewer, language, updated_at=each.updated_at, sla=clocks.get(each.value.id))
        for each in kept
    ]
    places = await places_of(run, {site for each in tickets for site in each.sites})
    return Listed(tickets, places, await customers_of(run, {each.customer_id for each in tickets}))


async def customers_of(run: Runtime, ids: set[str]) -> dict[str, str]:
    """Customers' names by their ids."""
    found = run.collection(Customers.name).find({"_id": {"$in": sorted(ids)}}, {"name": 1})
    return {each["_id"]: str(each.get("name", each["_id"])) for each in await found.to_list(None)}


def few(limit: int = FOUND) -> Page:
    """The first page of a list, as its route is given it."""
    return Page(limit=limit, after=None, updated_after=None, states=(), url=str, headers={})


def _valid(kind: TypeAdapter[str], text: str) -> str | None:
    try:
        return kind.validate_python(text)
    except ValidationError:
        return None
