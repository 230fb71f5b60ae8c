from pydantic import BaseModel

from contracts.values import Instant, Language
from infra.chassis.runtime import Kept
from services.ticket.domain.contact import ComputerSkill, Contact


class ContactView(BaseModel):
    id: str
    customer_id: str
    name: str
    email: str | None
    phone: str | None
    language: Language
    sites: tuple[str, ...]
    role: str | None
    computer_skill: ComputerSkill | None
    updated_at: Instant


def contact_view(kept: Kept[Contact]) -> ContactView:
    contact = kept.value
    return ContactView(
        id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        sites=contact.sites,
        role=contact.role,
        computer_skill=contact.computer_skill,
        updated_at=kept.updated_at,
    )
