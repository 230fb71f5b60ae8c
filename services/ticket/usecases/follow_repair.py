"""Take in where the machine is that is repaired under a ticket. None of it is ever refused."""

from dataclasses import dataclass

from contracts.envelope import Envelope, Fact
from contracts.inventory.workshop import RepairOrderChanged
from contracts.ticket.agreed import QuoteSent
from contracts.ticket.repairs import RepairProgressed
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.attention import Attention
from services.ticket.domain.quote import Quote, QuoteLine
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True)
class FollowRepair:
    """It shows in the timeline; what the repair costs is quoted where the ticket is open still.

    A ticket that does not exist, or is another customer's, was named by mistake: nothing is told there.
    """

    fact: RepairOrderChanged
    envelope: Envelope

    def loads(self) -> Loads:
        ticket_id = self.fact.ticket_id
        return () if ticket_id is None else (Ref(Tickets, ticket_id), Ref(Quotes, ticket_id))

    def decide(self, unit: Unit) -> None:
        fact, at = self.fact, self.envelope.occurred_at
        ticket = None if fact.ticket_id is None else unit.get(Tickets, fact.ticket_id)
        if ticket is None or ticket.customer_id != fact.customer_id:
            return
        after = ticket
        quoted: Fact | None = None
        asked = fact.quote
        if asked is not None and ticket.is_open:
            lines = tuple(QuoteLine(each.text, each.quantity, each.unit_price) for each in asked.lines)
            quote = unit.get(Quotes, ticket.id) or Quote(ticket.id, ticket.customer_id)
            quote = quote.sent(lines, asked.currency, asked.valid_until, self.envelope.actor, at)
            unit.put(Quotes, quote)
            new = quote.versions[-1]
            after = ticket.without(Attention.APPROVAL, Attention.QUOTE_REFUSED)
            quoted = after.fact(
                QuoteSent,
                quote=new.n,
                total=str(new.total),
                currency=new.currency,
                valid_until=new.valid_until,
            )
        progressed = after.fact(
            RepairProgressed,
            repair_id=fact.repair_id,
            repair_number=fact.number,
            stage=fact.stage,
            asset_id=fact.asset_id,
            asset_name=fact.asset_name,
            promised_on=fact.promised_on,
            loan_out=fact.loan_out,
        )
        happened = ((at, progressed), *(() if quoted is None else ((at, quoted),)))
        keep(unit, ticket, (after, happened), at=at)
