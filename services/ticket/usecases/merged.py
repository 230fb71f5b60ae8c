"""Where a duplicate was merged into, through duplicates of duplicates."""

from contracts.audience import Viewer
from contracts.refusal import UnknownReference
from infra.chassis.store.unit import Unit
from services.ticket.domain.refusals import duplicate_of_itself
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets


def kept_one(unit: Unit, ticket: Ticket, id: str, viewer: Viewer) -> Ticket:
    """The ticket ``id``, or the one that it was merged into in the end.

    What another customer has, or the viewer may not see, does not exist; what leads back to ``ticket``
    repeats itself.
    """
    seen = {ticket.id}
    while True:
        if id in seen:
            raise duplicate_of_itself()
        seen.add(id)
        other = unit.require(Tickets, id, as_="ticket")
        if other.customer_id != ticket.customer_id or not viewer.sees(other.parties):
            raise UnknownReference("ticket", id)
        if other.duplicate_of is None:
            return other
        id = other.duplicate_of
