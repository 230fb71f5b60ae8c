from dataclasses import dataclass

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.usecases.putting import check_owner, put


@dataclass(frozen=True)
class PutContact:
    """``within``: the only customer whose contacts exist for the caller."""

    contact: Contact
    expected: Expected = None
    within: str | None = None

    def loads(self) -> tuple[Ref, ...]:
        sites = (Ref(Sites, site) for site in self.contact.sites)
        return (Ref(Contacts, self.contact.id), Ref(Customers, self.contact.customer_id), *sites)

    def decide(self, unit: Unit) -> bool:
        contact = self.contact
        unit.require(Customers, contact.customer_id, as_="customer")
        for site_id in contact.sites:
            if unit.require(Sites, site_id, as_="site").customer_id != contact.customer_id:
                raise UnknownReference("site", site_id)
        before = unit.get(Contacts, contact.id)
        if before is not None:
            if self.within not in (None, before.customer_id):
                raise NotFound("contact", contact.id)
            check_version(unit.version(Contacts, contact.id), self.expected)
            check_owner("contact", before.customer_id, contact.customer_id)
        return put(unit, Contacts, contact, expected=self.expected)
