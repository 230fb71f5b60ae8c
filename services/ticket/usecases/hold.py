from dataclasses import dataclass
from datetime import datetime

from contracts.values import HoldReason
from infra.chassis.store.unit import Unit
from services.ticket.domain.covering import check_not_awaiting
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class HoldTicket(TicketCommand):
    """Nothing goes on at ``sites`` (all unfinished ones when empty), until then or until resumed."""

    reason: HoldReason
    until: datetime | None = None
    sites: tuple[str, ...] = ()

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        check_not_awaiting(ticket, self.sites)
        return keep(unit, ticket, ticket.held(self.reason, self.sites, at, self.until), at=at)
