"""The ticket service's contacts, as known here: the sites that a site contact answers for."""

from contracts.ticket.states import ContactChanged
from infra.chassis.store.collection import ReadCopy

Contacts = ReadCopy[ContactChanged]("contacts_copy", ContactChanged)
