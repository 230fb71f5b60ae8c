"""Somebody of the customer's follows a ticket, or does not any more."""

from dataclasses import dataclass

from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.watching import unwatched, watched
from services.ticket.store.contacts import Contacts
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class _Watching(TicketCommand):
    """``contact_id`` None: the caller, who then is one of the customer's contacts."""

    contact_id: str | None = None

    def contact(self, unit: Unit, ticket: Ticket) -> str:
        named = self.contact_id or (None if self.viewer.of_the_firm else self.viewer.subject)
        if named is None:
            raise Refusal(
                "nobody-named",
                Text(
                    "Say in `contact` who is to follow the ticket: the firm's own people need not.",
                    "Dites dans `contact` qui doit suivre le ticket : les gens de la maison le voient.",
                ),
            )
        contact = unit.get(Contacts, named)
        if contact is None or contact.customer_id != ticket.customer_id:
            raise UnknownReference("contact", named)
        return contact.id


class WatchTicket(_Watching):
    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = watched(ticket, (self.contact(unit, ticket),), at)
        return keep(unit, ticket, step, at=at) if step[1] else ticket


class UnwatchTicket(_Watching):
    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = unwatched(ticket, self.contact(unit, ticket), at)
        return keep(unit, ticket, step, at=at) if step[1] else ticket
