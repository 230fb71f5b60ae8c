from dataclasses import dataclass

from contracts.ticket.events import CancelReason
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.watching import absorbing, said_there
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.majors import join_what_it_repeats
from services.ticket.usecases.merged import kept_one
from services.ticket.usecases.parent import hand_on_children


@dataclass(frozen=True, kw_only=True)
class CancelTicket(TicketCommand):
    """A duplicate is merged into the ticket that it repeats: its people follow that one from now on, and
    its children are that one's."""

    reason: CancelReason
    duplicate_of: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        if self.reason is not CancelReason.DUPLICATE or self.duplicate_of is None:
            return keep(unit, ticket, ticket.cancelled(self.reason, self.duplicate_of, at), at=at)
        ticket.check("cancel")
        other = kept_one(unit, ticket, self.duplicate_of, self.viewer)
        join_what_it_repeats(unit, ticket, other, at)
        hand_on_children(unit, ticket, other.id, at)
        ticket, other = (unit.require(Tickets, id, as_="ticket") for id in (ticket.id, other.id))
        if other.is_open:
            since = max(at, other.declared_at)
            keep(unit, other, absorbing(other, ticket, since), at=since, words=said_there(ticket))
        return keep(unit, ticket, ticket.cancelled(self.reason, other.id, at), at=at)
