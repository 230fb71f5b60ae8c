from dataclasses import dataclass

from contracts.refusal import UnknownReference
from contracts.ticket.events import CancelReason
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class CancelTicket(TicketCommand):
    reason: CancelReason
    duplicate_of: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = ticket.cancelled(self.reason, self.duplicate_of, at)
        if self.duplicate_of is not None:
            other = unit.require(Tickets, self.duplicate_of, as_="ticket")
            if other.customer_id != ticket.customer_id or not self.viewer.sees(other.parties):
                raise UnknownReference("ticket", self.duplicate_of)
        return keep(unit, ticket, step, at=at)
