from dataclasses import dataclass

from contracts.values import Coverage
from infra.chassis.store.unit import Unit
from services.ticket.domain.covering import corrected
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class CorrectCoverage(TicketCommand):
    """The contract manager judges otherwise who pays, and says why."""

    coverage: Coverage
    reason: str
    sites: tuple[str, ...] = ()

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        step = corrected(ticket, self.coverage, self.sites, self.reason, self.viewer.subject, at)
        return keep(unit, ticket, step, at=at, words=self.reason)
