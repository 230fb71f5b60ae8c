from contracts.ticket.states import CustomerChanged
from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.customer import Customer

Customers = Collection(
    "customers",
    Customer,
    indexes=(Index((("mail_domains", 1),), name="mail_domains"),),
    customer=lambda customer: customer.id,
    state=lambda customer: CustomerChanged(
        customer_id=customer.id, name=customer.name, technicians=customer.technicians
    ),
    published=CustomerChanged,
)
