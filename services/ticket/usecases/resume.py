from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ResumeTicket(TicketCommand):
    sites: tuple[str, ...] = ()

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        return keep(unit, ticket, ticket.resumed(self.sites, at), at=at)
