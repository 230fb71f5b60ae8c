"""What every command on one ticket has in common: whose it is, at which version, and when."""

from dataclasses import dataclass
from datetime import datetime

from contracts.audience import Viewer
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.dating import dated
from services.ticket.domain.ticket import Ticket
from services.ticket.store.tickets import Tickets


@dataclass(frozen=True, kw_only=True)
class TicketCommand:
    """``occurred_at``: when it happened, if not now; ``witnessed`` by a server of ours. ``expected``: the
    versions the caller knows."""

    ticket_id: str
    viewer: Viewer
    occurred_at: datetime | None = None
    witnessed: bool = False
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Tickets, self.ticket_id),)

    def addressed(self, unit: Unit) -> tuple[Ticket, datetime]:
        """The ticket and when the command happened; somebody else's ticket does not exist."""
        ticket = unit.get(Tickets, self.ticket_id)
        if ticket is None or not self.viewer.sees(ticket.parties):
            raise NotFound("ticket", self.ticket_id)
        check_version(unit.version(Tickets, ticket.id), self.expected)
        at = dated(self.viewer, self.occurred_at, unit.now, witnessed=self.witnessed)
        if at < ticket.declared_at:
            raise Refusal(
                "occurred-before-the-opening",
                Text(
                    "occurred_at lies before the ticket's opening: correct it, or leave it out.",
                    "occurred_at précède l'ouverture du ticket : corrigez-le, ou omettez-le.",
                ),
            )
        return ticket, at
