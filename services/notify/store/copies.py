"""Copies of other services' states: the only place where notify knows people and places by name."""

from contracts.dispatch.states import TechnicianChanged
from contracts.inventory.states import SiteChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from infra.chassis.store.collection import A_STRING, Document, Index, ReadCopy

CUSTOMER_MANAGER = "customer-manager"


def _searched_by(contact: ContactChanged) -> Document:
    """``answers_for``: the customer whose manager he is."""
    return {"answers_for": contact.customer_id if contact.role == CUSTOMER_MANAGER else None}


Contacts = ReadCopy[ContactChanged](
    "contacts_copy",
    ContactChanged,
    (Index((("answers_for", 1),), partial={"answers_for": A_STRING}, name="answers_for"),),
    searched_by=_searched_by,
    schema=2,
)
Contracts = ReadCopy[ContractChanged]("contracts_copy", ContractChanged, (Index((("managers", 1),)),))
Customers = ReadCopy[CustomerChanged]("customers_copy", CustomerChanged)
Sites = ReadCopy[SiteChanged]("sites_copy", SiteChanged)
Technicians = ReadCopy[TechnicianChanged]("technicians_copy", TechnicianChanged)
