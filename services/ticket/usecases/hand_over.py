from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.ticket.domain.handling import taken
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class HandOverTicket(TicketCommand):
    """Give the ticket to ``agent_id``, the subject of a colleague's token."""

    agent_id: str
    reason: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return keep(
            unit, ticket, taken(ticket, self.agent_id, at, verb="hand-over"), at=at, words=self.reason
        )
