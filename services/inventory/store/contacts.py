"""The ticket service's contacts, as known here: the sites that a site contact answers for."""

from contracts.ticket.states import ContactChanged
from infra.chassis.store.collection import Index, ReadCopy

Contacts = ReadCopy[ContactChanged](
    "contacts_copy", ContactChanged, indexes=(Index((("customer_id", 1),), name="of_customer"),)
)
