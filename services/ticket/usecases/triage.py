from dataclasses import dataclass

from contracts.values import Impact, Urgency
from infra.chassis.store.unit import Unit
from services.ticket.domain import qualifying
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.judging import judgement
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class TriageTicket(TicketCommand):
    """Judge a ticket anew, from now on; what is not given stays. ``on_site``: the desk cannot solve it."""

    impact: Impact | None = None
    urgency: Urgency | None = None
    category: str | None = None
    on_site: bool = False

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        ticket.check("triage")
        judged = judgement(unit, ticket, impact=self.impact, urgency=self.urgency, category=self.category)
        return keep(unit, ticket, qualifying.triage(ticket, judged, at, on_site=self.on_site), at=at)
