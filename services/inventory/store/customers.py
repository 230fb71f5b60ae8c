"""The ticket service's customers, as known here."""

from contracts.ticket.states import CustomerChanged
from infra.chassis.store.collection import ReadCopy

Customers = ReadCopy[CustomerChanged]("customers_copy", CustomerChanged)
