from dataclasses import dataclass

from contracts.values import WorkMode
from infra.chassis.store.unit import Unit
from services.ticket.domain.resolution import Resolution
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ResolveTicket(TicketCommand):
    work_done: str
    cause: str | None = None
    article_id: str | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        remotely = ticket.started == (WorkMode.REMOTE,)
        resolution = Resolution(self.work_done, self.cause, self.article_id)
        return keep(
            unit, ticket, ticket.resolved(resolution, at, remotely=remotely), at=at, words=self.work_done
        )
