from dataclasses import dataclass

from contracts.values import ServiceHealth
from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ReopenTicket(TicketCommand):
    reason: str
    service: ServiceHealth

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return keep(unit, ticket, ticket.reopened(self.reason, self.service, at), at=at, words=self.reason)
