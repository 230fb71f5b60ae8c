"""Copies of other services' states: the only place where notify knows people and places by name."""

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from infra.chassis.store.collection import Index, ReadCopy

Contacts = ReadCopy[ContactChanged]("contacts_copy", ContactChanged)
Contracts = ReadCopy[ContractChanged]("contracts_copy", ContractChanged, (Index((("managers", 1),)),))
Customers = ReadCopy[CustomerChanged]("customers_copy", CustomerChanged)
Sites = ReadCopy[SiteChanged]("sites_copy", SiteChanged)
Technicians = ReadCopy[TechnicianChanged]("technicians_copy", TechnicianChanged)
