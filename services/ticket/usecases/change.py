from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.refusal import UnknownReference
from infra.chassis.store.unit import Unit
from services.ticket.domain.contact import Contact, Person
from services.ticket.domain.correcting import correct, merged
from services.ticket.domain.replying import replied
from services.ticket.domain.ticket import Ticket
from services.ticket.store.contacts import Contacts
from services.ticket.store.copies import Assets
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.opening import reference_taken
from services.ticket.usecases.people import known


@dataclass(frozen=True, kw_only=True)
class ChangeTicket(TicketCommand):
    """``changes`` has the ticket's fields by name; ``custom`` in it is a merge patch of its own.

    ``on_site_contact`` is for whom nobody has an id yet: he becomes a contact with ``new_id``.
    """

    changes: Mapping[str, Any]
    on_site_contact: Person | None = None
    new_id: str

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        changes = dict(self.changes)
        if changes.get("asset_id") is not None:
            asset = unit.require(Assets, changes["asset_id"], as_="asset")
            if asset.customer_id != ticket.customer_id:
                raise UnknownReference("asset", changes["asset_id"])
        if changes.get("external_reference") is not None:
            self._not_taken(unit, ticket, changes["external_reference"])
        if "custom" in changes:
            changes["custom"] = merged(ticket.custom, changes["custom"]) or None
        if self.on_site_contact is not None:
            changes["on_site_contact_id"] = self._contact(unit, ticket.customer_id, self.on_site_contact)
        step = correct(ticket, changes, at)
        if not self.viewer.of_the_firm:
            step = replied(step, at)
        return keep(unit, ticket, step, at=at) if step[1] else ticket

    def _not_taken(self, unit: Unit, ticket: Ticket, reference: str) -> None:
        for other in unit.where(Tickets, "external_reference", reference):
            if other.customer_id == ticket.customer_id and other.id != ticket.id:
                raise reference_taken(reference, other)

    def _contact(self, unit: Unit, customer_id: str, person: Person) -> str:
        contact = known(unit, customer_id, person)
        if contact is None:
            contact = Contact(
                id=self.new_id,
                customer_id=customer_id,
                name=person.name,
                email=person.email,
                phone=person.phone,
                found_by=person.key(customer_id),
            )
            unit.add(Contacts, contact)
        return contact.id
