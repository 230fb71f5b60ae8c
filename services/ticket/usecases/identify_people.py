"""Who a request names: contacts known already, or new ones."""

from dataclasses import dataclass

from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact, Person
from services.ticket.domain.viewer import Viewer
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.opening import Request, ground


@dataclass(frozen=True)
class People:
    """Ids of the contacts that a request names."""

    requester_id: str | None = None
    on_site_contact_id: str | None = None


NOBODY = People()


@dataclass(frozen=True)
class IdentifyPeople:
    """Find the request's people among the customer's contacts and add those nobody knows yet.

    Refused where the request itself would be, so that a bad request adds nobody. ``new_ids`` are
    for the requester and the on-site contact.
    """

    request: Request
    viewer: Viewer
    requester: Person | None
    on_site_contact: Person | None
    new_ids: tuple[str, str]

    def loads(self) -> tuple[Ref | Where, ...]:
        sites = (Ref(Sites, site) for site in self.request.sites)
        people = (person for person in (self.requester, self.on_site_contact) if person is not None)
        mails = (Where(Contacts, "email", person.email) for person in people if person.email is not None)
        return (*sites, Ref(WorkTypes, self.request.category), *mails)

    def decide(self, unit: Unit) -> People:
        customer_id = ground(unit, self.request, self.viewer).customer_id
        requester = self._contact(unit, customer_id, self.requester, self.new_ids[0])
        on_site = self._contact(unit, customer_id, self.on_site_contact, self.new_ids[1])
        return People(requester, on_site)

    def _contact(self, unit: Unit, customer_id: str, person: Person | None, new_id: str) -> str | None:
        if person is None:
            return None
        known = _known(unit, customer_id, person)
        if known is not None:
            return known.id
        added = Contact(
            id=new_id,
            customer_id=customer_id,
            name=person.name,
            email=person.email,
            phone=person.phone,
            found_by=person.key(customer_id),
        )
        unit.add(Contacts, added)
        return added.id


def _known(unit: Unit, customer_id: str, person: Person) -> Contact | None:
    """The same mail, else the same phone (of somebody whose mail is not another one), else the same name."""
    if person.email is not None:
        for contact in unit.where(Contacts, "email", person.email):
            if contact.customer_id == customer_id:
                return contact
    if person.phone is not None:
        for contact in unit.where(Contacts, "phone", person.phone):
            if contact.customer_id == customer_id and None in (contact.email, person.email):
                return contact
    return next(iter(unit.where(Contacts, "found_by", person.key(customer_id))), None)
