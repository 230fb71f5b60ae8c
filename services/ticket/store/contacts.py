from contracts.ticket.states import ContactChanged
from infra.chassis.store.collection import A_STRING, Collection, Index
from services.ticket.domain.contact import Contact, words_of

Contacts = Collection(
    "contacts",
    Contact,
    indexes=(
        Index((("customer_id", 1),)),
        Index((("email", 1),)),
        Index((("phone", 1),)),
        Index((("words", 1),)),
        Index((("found_by", 1),), unique=True, partial={"found_by": A_STRING}, name="found_by"),
    ),
    schema=2,
    searched_by=lambda contact: {"words": list(words_of(contact.name))},
    customer=lambda contact: contact.customer_id,
    state=lambda contact: ContactChanged(
        contact_id=contact.id,
        customer_id=contact.customer_id,
        name=contact.name,
        email=contact.email,
        phone=contact.phone,
        language=contact.language,
        sites=contact.sites,
        role=contact.role,
    ),
    published=ContactChanged,
)
