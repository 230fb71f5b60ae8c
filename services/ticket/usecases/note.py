from dataclasses import dataclass

from contracts.ticket.events import TicketNoted
from infra.chassis.store.unit import Unit
from services.ticket.domain.replying import replied
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class NoteTicket(TicketCommand):
    """Add a note; what the customer's side writes is public, and the reply that a hold waited for.

    What is said of a merged duplicate is said of the ticket that it was merged into.
    """

    text: str
    public: bool

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        if ticket.duplicate_of is not None:
            kept = unit.get(Tickets, ticket.duplicate_of)
            ticket = kept if kept is not None and self.viewer.sees(kept.parties) else ticket
        public = self.public or not self.viewer.of_the_firm
        note_id = f"{ticket.id}:{ticket.lines + 1}"
        fact = ticket.fact(TicketNoted, note_id=note_id, public=public)
        step: Step = (ticket, ((at, fact),))
        step = step if self.viewer.of_the_firm else replied(step, at)
        return keep(unit, ticket, step, at=at, words=self.text)
