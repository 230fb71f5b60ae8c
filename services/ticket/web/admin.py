"""``/admin/ticket``: customers, contacts, contracts and work types."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.values import Language
from infra.chassis.http.principal import Principal
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.web.forms import N_, Choices, Form, Option, Say
from infra.chassis.web.references import Reference, options_of, reference_router
from services.ticket.api.contacts import ContactBody
from services.ticket.api.customers import CustomerBody
from services.ticket.api.work_types import WorkTypeBody
from services.ticket.domain.contact import Contact
from services.ticket.domain.customer import Customer
from services.ticket.domain.work_type import WorkType
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.work_types import WorkTypes
from services.ticket.views.contact import contact_view
from services.ticket.views.customer import customer_view
from services.ticket.views.work_type import work_type_view
from services.ticket.web.admin_more_words import CLIENT, WORK_TYPE
from services.ticket.web.pages import PAGES


def dumped(view: Any) -> Mapping[str, Any]:
    """A view as the API answers with it."""
    return view.model_dump(mode="json", by_alias=True)  # type: ignore[no-any-return]


async def customers_called(run: Runtime) -> list[Option]:
    return await options_of(run, Customers, {}, lambda customer: (customer.id, customer.name))


async def sites_called(run: Runtime, customer_id: str | None) -> list[Option]:
    """The customer's sites; everybody's with whose they are while it is not said whose they shall be."""
    query = {} if customer_id is None else {"customer_id": customer_id}
    if customer_id is not None:
        return await options_of(run, Sites, query, lambda site: (site.site_id, site.name))
    return await options_of(
        run, Sites, query, lambda site: (site.site_id, f"{site.customer_id} · {site.name}")
    )


async def _of_customer(run: Runtime, principal: Principal, kept: Kept[Customer] | None) -> Choices:
    if kept is None:
        return {}
    id = kept.value.id
    people = await options_of(run, Contacts, {"customer_id": id}, lambda contact: (contact.id, contact.name))
    return {"vip_contacts": people, "mail_site": await sites_called(run, id)}


async def _of_contact(run: Runtime, principal: Principal, kept: Kept[Contact] | None) -> Choices:
    owner = None if kept is None else kept.value.customer_id
    return {"customer_id": await customers_called(run), "sites": await sites_called(run, owner)}


def _customer_cells(kept: Kept[Customer], say: Say, language: str) -> Sequence[str]:
    return (kept.value.name, ", ".join(kept.value.mail_domains), str(len(kept.value.vip_contacts) or ""))


def _contact_cells(kept: Kept[Contact], say: Say, language: str) -> Sequence[str]:
    contact = kept.value
    return (contact.name, contact.customer_id, contact.email or "", contact.phone or "", contact.role or "")


def _work_type_cells(kept: Kept[WorkType], say: Say, language: str) -> Sequence[str]:
    work_type = kept.value
    skills = ", ".join(f"{name} {level}" for name, level in work_type.work.skills.items())
    kinds = WORK_TYPE.options
    return (
        work_type.name[Language(language)],
        say(kinds[f"kind={work_type.kind}"]),
        say("%(minutes)d min") % {"minutes": work_type.work.duration_minutes},
        skills,
    )


CUSTOMERS = Reference(
    service="ticket",
    name="customers",
    title=N_("Customers"),
    new=N_("New customer"),
    empty=N_("Add your first client; then its sites, and what you promise it."),
    collection=Customers,
    form=Form(CustomerBody, CLIENT),
    verb="customers:write",
    values=lambda kept, principal: dumped(customer_view(kept, principal)),
    heads=(N_("Customer"), N_("Mail domains"), N_("VIP contacts")),
    cells=_customer_cells,
    choices=_of_customer,
)
CONTACTS = Reference(
    service="ticket",
    name="contacts",
    title=N_("Contacts"),
    new=N_("New contact"),
    empty=N_("People come with their first request, or are added here."),
    collection=Contacts,
    form=Form(ContactBody, CLIENT),
    verb="contacts:write",
    values=lambda kept, principal: dumped(contact_view(kept)),
    heads=(N_("Contact"), N_("Customer"), N_("Email"), N_("Phone"), N_("What they are there")),
    cells=_contact_cells,
    choices=_of_contact,
)
WORK_TYPE_PAGES = Reference(
    service="ticket",
    name="work-types",
    title=N_("Work types"),
    new=N_("New work type"),
    empty=N_("Say what kinds of work there are, how long they take and which skills they need."),
    collection=WorkTypes,
    form=Form(WorkTypeBody, WORK_TYPE),
    verb="work-types:write",
    values=lambda kept, principal: dumped(work_type_view(kept)),
    heads=(N_("Work type"), N_("Kind of request"), N_("Time"), N_("Skills")),
    cells=_work_type_cells,
    called="name.fr",
)

router = reference_router(PAGES, CUSTOMERS, CONTACTS, WORK_TYPE_PAGES)
