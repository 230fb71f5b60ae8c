"""``/desk/new``: somebody is on the phone. Who he is, what he may ask for, and his request as he tells it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.refusal import NotFound
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime, new_id
from infra.chassis.service import Run
from infra.chassis.store.collection import A_DATE, Document
from services.ticket.api.articles import Known
from services.ticket.api.clocks import Terms
from services.ticket.api.prepaid import prepaid_of
from services.ticket.api.viewing import viewer_of
from services.ticket.domain.contact import Contact
from services.ticket.domain.contract import Contract, contract_for
from services.ticket.domain.customer import Customer
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import Contracts
from services.ticket.store.customers import Customers
from services.ticket.store.tickets import Tickets
from services.ticket.views.prepaid import PrepaidView
from services.ticket.web.desk import BY_URGENCY, listed
from services.ticket.web.pages import PAGES
from services.ticket.web.portal import Place, places_at, places_of
from services.ticket.web.portal_new import advice_page, asked_for, machine_at, when_page

router = APIRouter(include_in_schema=False)
Agent = Annotated[Principal, allow("screens:desk")]

MOST_CUSTOMERS = 2_000
OPEN_SHOWN = 6


@router.get("/desk/new")
async def call(
    request: Request,
    who: Agent,
    run: Run,
    terms: Terms,
    contact: Id | None = None,
    customer: Id | None = None,
    asset: Id | None = None,
) -> Response:
    """A request on somebody's behalf: of a caller who is known, of a customer, or of nobody yet."""
    who.require("tickets:open")
    caller = None if contact is None else await _caller(run, contact)
    customer_id = customer if caller is None else caller.customer_id
    if customer_id is None:
        found = await run.find(Customers, {}, sort=(("_id", 1),), limit=MOST_CUSTOMERS)
        named = sorted((each.value for each in found), key=lambda each: each.name)
        return PAGES.page(request, "desk-whose.html", customers=named)
    kept = await run.read(Customers, customer_id)
    if kept is None:
        raise NotFound("customer", customer_id)
    places = await places_at(run, customer_id)
    machine = await machine_at(run, places, asset)
    his = set(caller.sites) if caller is not None else set[str]()
    if machine is not None:
        his = {machine.site_id}
    places.sort(key=lambda place: (place.id not in his, place.name))
    viewer = await viewer_of(who, run)
    opened = await _opened(run, customer_id, caller)
    return PAGES.page(
        request,
        "desk-call.html",
        key=new_id(),
        caller=caller,
        customer=kept.value,
        banner=await _banner(run, kept.value, caller, places),
        opened=await listed(request, viewer, run, terms, opened),
        open_ones=await run.collection(Tickets.name).count_documents(_open_of(customer_id)),
        places=places,
        his=his,
        machine=machine,
        now=run.clock.now(),
        **await asked_for(request, run, places),
    )


@router.get("/desk/new/when")
async def when_it_suits(
    request: Request, who: Agent, run: Run, sites: Annotated[list[Id] | None, Query(max_length=200)] = None
) -> Response:
    """The half-days to come, by the clocks of the first site that was picked."""
    return when_page(request, run, list((await places_of(run, sites or ())).values()))


@router.post("/desk/new/advice")
async def advice(request: Request, who: Agent, run: Run, known: Known) -> Response:
    """The next question and the known repairs, all that the firm knows of."""
    return await advice_page(request, who, run, known)


async def _caller(run: Runtime, id: str) -> Contact:
    kept = await run.read(Contacts, id)
    if kept is None:
        raise NotFound("contact", id)
    return kept.value


def _open_of(customer_id: str) -> Document:
    return {"customer_id": customer_id, "queued_at": A_DATE}


async def _opened(run: Runtime, customer_id: str, caller: Contact | None) -> list[Kept[Ticket]]:
    """What is open for the customer, the caller's own first, the most urgent of each."""
    his: list[Kept[Ticket]] = []
    others = _open_of(customer_id)
    if caller is not None:
        own = {**others, "requester_id": caller.id}
        his = await run.find(Tickets, own, sort=BY_URGENCY, limit=OPEN_SHOWN)
        others["requester_id"] = {"$ne": caller.id}
    return [*his, *await run.find(Tickets, others, sort=BY_URGENCY, limit=OPEN_SHOWN)][:OPEN_SHOWN]


async def _banner(
    run: Runtime, customer: Customer, caller: Contact | None, places: Iterable[Place]
) -> dict[str, Any]:
    """What whoever answers has to know before he promises anything."""
    now = run.clock.now()
    kept = await run.find(Contracts, {"customer_id": customer.id}, sort=(("_id", 1),), limit=200)
    contracts = tuple(each.value for each in kept)
    uncovered = [place for place in places if _contract_at(contracts, place, now) is None]
    prepaid: dict[str, PrepaidView] = await prepaid_of(run, kept)
    critical = (each for each in customer.critical_periods if each.from_at <= now < each.to_at)
    return {
        "contracts": [_contract(each, now) for each in kept],
        "uncovered": uncovered,
        "prepaid": prepaid,
        "vip": caller is not None and caller.id in customer.vip_contacts,
        "critical": next(critical, None),
    }


def _contract(kept: Kept[Contract], now: datetime) -> dict[str, Any]:
    terms = kept.value.terms
    today = now.date().isoformat()
    begun, ended = terms.valid_from <= today, terms.valid_to is not None and terms.valid_to < today
    state = "ended" if ended else "in-force" if begun else "to-come"
    return {"id": kept.value.id, "name": terms.name, "until": terms.valid_to, "state": state}


def _contract_at(contracts: tuple[Contract, ...], place: Place, now: datetime) -> Contract | None:
    day = now.astimezone(ZoneInfo(place.time_zone)).date()
    found: Contract | None = contract_for(contracts, place.id, day)
    return found
