from dataclasses import dataclass

from contracts.refusal import UnknownReference
from infra.chassis.http.etag import Expected
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.customer import Customer
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Sites, Technicians
from services.ticket.store.customers import Customers
from services.ticket.usecases.putting import put


@dataclass(frozen=True)
class PutCustomer:
    customer: Customer
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        vips = (Ref(Contacts, id) for id in self.customer.vip_contacts)
        wished = (Ref(Technicians, id) for id in self._wished)
        return (Ref(Customers, self.customer.id), *vips, *wished)

    @property
    def _wished(self) -> tuple[str, ...]:
        return () if self.customer.technicians is None else self.customer.technicians.named

    def decide(self, unit: Unit) -> bool:
        for id in self.customer.vip_contacts:
            if unit.require(Contacts, id, as_="contact").customer_id != self.customer.id:
                raise UnknownReference("contact", id)
        for id in self._wished:
            unit.require(Technicians, id, as_="technician")
        site_id = self.customer.mail_site
        if site_id is not None and unit.require(Sites, site_id, as_="site").customer_id != self.customer.id:
            raise UnknownReference("site", site_id)
        return put(unit, Customers, self.customer, expected=self.expected)
