from dataclasses import dataclass

from infra.chassis.http.etag import Expected
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.customer import Customer
from services.ticket.store.customers import Customers
from services.ticket.usecases.putting import put


@dataclass(frozen=True)
class PutCustomer:
    customer: Customer
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Customers, self.customer.id),)

    def decide(self, unit: Unit) -> bool:
        return put(unit, Customers, self.customer, expected=self.expected)
