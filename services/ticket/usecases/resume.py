from dataclasses import dataclass

from infra.chassis.store.unit import Unit
from services.ticket.domain.covering import approved
from services.ticket.domain.ticket import Ticket
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class ResumeTicket(TicketCommand):
    """Work that waited for the client's approval goes on, too: somebody of the firm answers for that."""

    sites: tuple[str, ...] = ()

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        after, happened = ticket.resumed(self.sites, at)
        released = tuple(site for site in ticket.held_sites if site not in after.held_sites)
        return keep(unit, ticket, (approved(after, released), happened), at=at)
