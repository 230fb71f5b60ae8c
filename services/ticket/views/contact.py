from pydantic import BaseModel

from contracts.values import Language
from services.ticket.domain.contact import Contact


class ContactView(BaseModel):
    id: str
    customer_id: str
    name: str
    email: str | None
    phone: str | None
    language: Language
    sites: tuple[str, ...]
    role: str | None


def contact_view(contact: Contact) -> ContactView:
    return ContactView(
        id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        sites=contact.sites,
        role=contact.role,
    )
