from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.ticket.domain.handling import restored
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class RestoreService(TicketCommand):
    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return keep(unit, ticket, restored(ticket, at), at=at)
