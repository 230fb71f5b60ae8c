from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.ticket.domain.handling import taken
from services.ticket.domain.refusals import taken_already
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class TakeTicket(TicketCommand):
    """The caller makes the ticket his, unless somebody was quicker."""

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        ticket.check("take")
        if ticket.agent_id not in (None, self.viewer.subject):
            raise taken_already(ticket.agent_id)
        return keep(unit, ticket, taken(ticket, self.viewer.subject, at), at=at)
