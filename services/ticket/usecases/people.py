"""Who a request names: contacts of the customer's, known already or new."""

from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact, Person
from services.ticket.store.contacts import Contacts


def known(unit: Unit, customer_id: str, person: Person) -> Contact | None:
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
