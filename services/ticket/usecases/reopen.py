from dataclasses import dataclass

from contracts.values import ServiceHealth
from infra.chassis.store.unit import Unit
from services.ticket.domain.reopening import reopen
from services.ticket.domain.ticket import Ticket
from services.ticket.domain.trying import nothing_worked
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ReopenTicket(TicketCommand):
    reason: str
    service: ServiceHealth
    sites: tuple[str, ...] = ()

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = nothing_worked(reopen(ticket, self.reason, self.service, at, self.sites))
        return keep(unit, ticket, step, at=at, words=self.reason)
