from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.refusal import Refusal
from contracts.ticket.events import TicketNoted
from infra.chassis.store.unit import Unit
from services.ticket.domain.attention import Attention
from services.ticket.domain.kin import note_not_for_children
from services.ticket.domain.replying import said_by_the_client
from services.ticket.domain.ticket import Step, Ticket
from services.ticket.lookup.words import kept_of
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.keeping import keep
from services.ticket.usecases.merged import kept_one
from services.ticket.usecases.parent import children_of


@dataclass(frozen=True, kw_only=True)
class NoteTicket(TicketCommand):
    """Add a note; what the customer's side writes is public, and the reply that a hold waited for.

    What is said of a merged duplicate stands in the ticket that it was merged into as well;
    ``also_children``: what the firm says to the client of a parent, in those of its open children that he
    may see. ``by_machine``: nobody has looked at the ticket for it.
    """

    text: str
    public: bool
    also_children: bool = False
    by_machine: bool = False

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.addressed(unit)
        if ticket.duplicate_of is not None:
            with suppress(Refusal):  # it may not be his to see: what he says stands here alone
                kept = kept_one(unit, ticket, ticket.duplicate_of, self.viewer)
                if kept.confidential or not ticket.confidential:
                    self._noted(unit, kept, max(at, kept.declared_at))
        if self.also_children:
            if not (self.public and self.viewer.of_the_firm):
                raise note_not_for_children()
            for child in children_of(unit, ticket):
                told = self.viewer.sees(child.parties) and (child.confidential or not ticket.confidential)
                if child.is_open and told:
                    self._noted(unit, child, max(at, child.declared_at))
        return self._noted(unit, ticket, at)

    def _noted(self, unit: Unit, ticket: Ticket, at: datetime) -> Ticket:
        public = self.public or not self.viewer.of_the_firm
        fact = ticket.fact(TicketNoted, note_id=f"{ticket.id}:{ticket.lines + 1}", public=public)
        noted = ticket.noted.with_note(kept_of(self.text), public=public)
        step: Step = (replace(ticket, noted=noted), ((at, fact),))
        if not self.viewer.of_the_firm:
            step = said_by_the_client(step, at)
        elif not self.by_machine:
            step = step[0].without(Attention.LOW_MARK), step[1]  # whoever writes it has looked
        return keep(unit, ticket, step, at=at, words=self.text)
