from dataclasses import dataclass, replace

from contracts.refusal import UnknownReference
from contracts.ticket.events import CancelReason
from infra.chassis.store.unit import Unit
from services.ticket.domain.refusals import duplicate_of_itself
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.watching import absorbing, said_there
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class CancelTicket(TicketCommand):
    """A duplicate is merged into the ticket that it repeats: its people follow that one from now on."""

    reason: CancelReason
    duplicate_of: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        if self.duplicate_of is None:
            return keep(unit, ticket, ticket.cancelled(self.reason, None, at), at=at)
        step = ticket.cancelled(self.reason, self.duplicate_of, at)
        other = self._meant(unit, ticket, self.duplicate_of)
        if other.id == ticket.id:
            raise duplicate_of_itself()
        if other.is_open:
            absorbed = absorbing(other, ticket, max(at, other.declared_at))
            keep(unit, other, absorbed, at=max(at, other.declared_at), words=said_there(ticket))
        return keep(unit, ticket, (replace(step[0], duplicate_of=other.id), step[1]), at=at)

    def _meant(self, unit: Unit, ticket: Ticket, id: str) -> Ticket:
        """The ticket itself, or where it was merged before, what that led to."""
        other = unit.require(Tickets, id, as_="ticket")
        if other.customer_id != ticket.customer_id or not self.viewer.sees(other.parties):
            raise UnknownReference("ticket", id)
        return other if other.duplicate_of is None else self._meant(unit, ticket, other.duplicate_of)
