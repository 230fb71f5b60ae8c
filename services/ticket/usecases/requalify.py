from dataclasses import dataclass

from contracts.values import Impact, Urgency
from infra.chassis.store.unit import Unit
from services.ticket.domain import qualifying
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.judging import judgement
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class RequalifyTicket(TicketCommand):
    """Correct a wrong judgement from the opening on; ``agreed_by`` names who agreed for the client."""

    agreed_by: str
    reason: str
    impact: Impact | None = None
    urgency: Urgency | None = None
    category: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        ticket.check("requalify")
        judged = judgement(unit, ticket, impact=self.impact, urgency=self.urgency, category=self.category)
        step = qualifying.requalify(ticket, judged, self.reason, at)
        return keep(unit, ticket, step, at=at, words=f"{self.reason} ({self.agreed_by})")
