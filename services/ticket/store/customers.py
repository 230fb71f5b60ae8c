from contracts.ticket.states import CustomerChanged
from infra.chassis.store.collection import Collection
from services.ticket.domain.customer import Customer

Customers = Collection(
    "customers",
    Customer,
    customer=lambda customer: customer.id,
    state=lambda customer: CustomerChanged(customer_id=customer.id, name=customer.name),
    published=CustomerChanged,
)
