from dataclasses import dataclass
from datetime import datetime

from infra.chassis.store.unit import Unit
from services.ticket.domain.excluding import excluded
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ExcludeTime(TicketCommand):
    """Time that does not count, as was agreed; ``agreed_by`` names who agreed for the client."""

    since: datetime
    until: datetime
    reason: str
    agreed_by: str
    site_id: str | None = None
    target: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = excluded(
            ticket, self.since, self.until, self.reason, at, site_id=self.site_id, target=self.target
        )
        return keep(unit, ticket, step, at=at, words=f"{self.reason} ({self.agreed_by})")
