"""``/v1/contacts``: people at the clients'."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.refusal import NotFound, UnknownReference
from contracts.serials import serial_key
from contracts.values import Id, Language
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Runtime
from infra.chassis.service import Caused, Run
from infra.chassis.store.collection import Document
from services.ticket.api.answers import answer, put_answer
from services.ticket.api.bodies import Email, Name, Phone, Sites
from services.ticket.domain.contact import ComputerSkill, Contact, words_of
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.usecases.put_contact import PutContact
from services.ticket.views.contact import ContactView, contact_view
from services.ticket.views.listing import ContactListView

router = APIRouter(prefix="/v1/contacts", tags=["contacts"])


class ContactBody(Body):
    """``sites`` are those he answers for; ``role`` is what he is there, in the client's words.

    ``computer_skill`` goes to the technician, as far as anybody knows it.
    """

    customer_id: Id
    name: Name
    email: Email | None = None
    phone: Phone | None = None
    language: Language = Language.FR
    sites: Sites = ()
    role: Name | None = None
    computer_skill: ComputerSkill | None = None


def contact_of(id: str, body: ContactBody) -> Contact:
    """The contact that a body describes."""
    return Contact(
        id=id,
        customer_id=body.customer_id,
        name=body.name,
        email=body.email,
        phone=body.phone,
        language=body.language,
        sites=body.sites,
        role=body.role,
        computer_skill=body.computer_skill,
    )


@router.put(
    "/{id}", response_model=ContactView, responses={201: {"model": ContactView, "description": "It is new"}}
)
async def put_contact(
    id: Id,
    body: ContactBody,
    principal: Annotated[Principal, allow("contacts:write")],
    run: Run,
    cause: Caused,
    key: Idempotency,
    expected: IfMatch,
) -> Response:
    if not principal.sees(body.customer_id):
        raise UnknownReference("customer", body.customer_id)
    done = await run.do(PutContact(contact_of(id, body), expected, within=principal.customer), cause, key)
    return await put_answer(run, Contacts, id, contact_view, f"/v1/contacts/{id}", created=done.result)


@router.get("", response_model=ContactListView)
async def list_contacts(
    page: Paged,
    principal: Annotated[Principal, allow("contacts:read")],
    run: Run,
    customer: Id | None = None,
    site: Id | None = None,
    phone: Phone | None = None,
    email: Email | None = None,
    name: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    serial: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
) -> Any:
    """``phone`` and ``email`` find whoever calls or writes, however the number or the address is written;
    ``name`` by how any of its words begin, whatever the accents; ``serial`` those where the asset is,
    in whatever case it is read out."""
    clauses = [_his(principal)]
    if name is not None:
        clauses.append(_called(name))
    if serial is not None:
        clauses.append(await _where_it_is(run, serial, principal))
    query = page.filter({"$and": clauses}, customer_id=customer, sites=site, phone=phone, email=email)
    found = await run.find(Contacts, query, sort=page.sort, limit=page.fetch)
    return page.of(found, lambda kept: contact_view(kept).model_dump(mode="json"))


@router.get("/{id}", response_model=ContactView)
async def read_contact(
    id: Id, principal: Annotated[Principal, allow("contacts:read")], run: Run, request: Request
) -> Response:
    kept = await run.read(Contacts, id)
    if kept is None or not principal.sees(kept.value.customer_id) or not _may_know(principal, id):
        raise NotFound("contact", id)
    return not_modified(request, kept.version) or answer(contact_view(kept), kept.version)


def _called(name: str) -> Document:
    """Each word of ``name`` begins a word of theirs."""
    begins = [{"words": {"$regex": f"^{re.escape(word)}"}} for word in words_of(name)]
    return {"$and": begins} if begins else {"_id": {"$in": []}}


async def _where_it_is(run: Runtime, serial: str, principal: Principal) -> Document:
    """The people of the asset's site. A serial that several customers have is none."""
    asked = {"serial_key": serial_key(serial) or {"$in": []}, **principal.customer_filter()}
    assets = [kept.value for kept in await run.find(Assets, asked)]
    owners = {asset.customer_id for asset in assets}
    if len(owners) != 1:
        return {"_id": {"$in": []}}
    sites = sorted({asset.site_id for asset in assets})
    return {"customer_id": owners.pop(), "$or": [{"sites": {"$in": sites}}, {"sites": []}]}


def _may_know(principal: Principal, id: str) -> bool:
    """A requester reads himself only: colleagues' mails and phones are none of his business."""
    return principal.role != "requester" or principal.subject == id


def _his(principal: Principal) -> dict[str, Any]:
    himself = {"_id": principal.subject} if principal.role == "requester" else {}
    return {**principal.customer_filter(), **himself}
