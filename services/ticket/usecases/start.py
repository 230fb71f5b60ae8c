from dataclasses import dataclass

from contracts.values import WorkMode
from infra.chassis.store.unit import Unit
from services.ticket.domain.handling import begun
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class StartWork(TicketCommand):
    mode: WorkMode

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return keep(unit, ticket, begun(ticket, self.mode, at), at=at)
