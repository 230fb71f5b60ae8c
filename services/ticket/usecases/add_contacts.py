from dataclasses import dataclass

from contracts.audience import Viewer
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact, Person
from services.ticket.store.contacts import Contacts
from services.ticket.usecases.opening import Request, ground, ground_loads
from services.ticket.usecases.people import known


@dataclass(frozen=True)
class AddContacts:
    """Make contacts of those people of a request whom nobody knows yet.

    Refused where the request itself would be, so that a bad request adds nobody. ``new_ids`` has
    one for each of ``people``. ``ticket_id`` is the ticket that the request is to become.
    """

    ticket_id: str
    request: Request
    viewer: Viewer
    people: tuple[Person, ...]
    new_ids: tuple[str, ...]

    def loads(self) -> tuple[Ref | Where, ...]:
        return ground_loads(self.request, self.viewer)

    def decide(self, unit: Unit) -> None:
        customer_id = ground(unit, self.request, self.viewer, self.ticket_id).customer_id
        for person, new_id in zip(self.people, self.new_ids, strict=True):
            if known(unit, customer_id, person) is None:
                unit.add(
                    Contacts,
                    Contact(
                        id=new_id,
                        customer_id=customer_id,
                        name=person.name,
                        email=person.email,
                        phone=person.phone,
                        found_by=person.key(customer_id),
                    ),
                )
