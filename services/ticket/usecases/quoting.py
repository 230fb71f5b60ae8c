"""A quote is sent, and the client approves of it or does not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.refusal import illegal_transition
from contracts.ticket.agreed import QuoteApproved, QuoteRefused, QuoteSent
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.attention import Attention
from services.ticket.domain.covering import quoted, released
from services.ticket.domain.quote import Quote, QuoteLine, QuoteState, QuoteVersion, no_open_quote
from services.ticket.domain.ticket import Ticket
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.addressing import TicketCommand
from services.ticket.usecases.entering import enter_again
from services.ticket.usecases.keeping import keep


@dataclass(frozen=True, kw_only=True)
class _Quoting(TicketCommand):
    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Tickets, self.ticket_id), Ref(Quotes, self.ticket_id))

    def open(self, unit: Unit, verb: str) -> tuple[Ticket, datetime]:
        ticket, at = self.addressed(unit)
        if not ticket.is_open:
            raise illegal_transition("ticket", ticket.state, verb, ticket.possible)
        return ticket, at

    def decided(
        self, unit: Unit, ticket: Ticket, state: QuoteState, at: datetime, **said: Any
    ) -> QuoteVersion:
        """What the client says to the quote that is open."""
        quote = unit.get(Quotes, ticket.id)
        if quote is None:
            raise no_open_quote()
        after = quote.decided(state, self.viewer.subject, at, **said)
        unit.save(Quotes, after)
        return after.versions[-1]


@dataclass(frozen=True, kw_only=True)
class SendQuote(_Quoting):
    """What the work will cost; it replaces a quote that nobody has answered."""

    lines: tuple[QuoteLine, ...]
    currency: str
    valid_until: datetime

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.open(unit, "quote")
        quote = unit.get(Quotes, ticket.id) or Quote(ticket.id, ticket.customer_id)
        quote = quote.sent(self.lines, self.currency, self.valid_until, self.viewer.subject, at)
        unit.put(Quotes, quote)
        new = quote.versions[-1]
        after = ticket.without(Attention.APPROVAL, Attention.QUOTE_REFUSED)
        fact = after.fact(QuoteSent, **_figures(new), valid_until=new.valid_until)
        return keep(unit, ticket, (after, ((at, fact),)), at=at, words=f"{new.total} {new.currency}")


@dataclass(frozen=True, kw_only=True)
class ApproveQuote(_Quoting):
    """Work that waited for it goes on, and its visits are asked for."""

    purchase_order: str
    note: str | None = None
    quote: int | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.open(unit, "approve")
        said = self.decided(
            unit,
            ticket,
            QuoteState.APPROVED,
            at,
            n=self.quote,
            purchase_order=self.purchase_order,
            words=self.note,
        )
        ticket = quoted(ticket, said.n, self.viewer.subject, at)
        after, happened = released(ticket, ticket.site_ids, at)
        fact = after.fact(QuoteApproved, **_figures(said), purchase_order=self.purchase_order)
        kept = keep(unit, ticket, (after, ((at, fact), *happened)), at=at, words=self.note)
        # What was begun between the approval and its being told here.
        enter_again(unit, kept, (f"{ticket.id}:{ticket.lines + 1}",))
        return kept


@dataclass(frozen=True, kw_only=True)
class RefuseQuote(_Quoting):
    """Nothing is done; somebody of the firm's sees to it."""

    reason: str
    quote: int | None = None

    def decide(self, unit: Unit) -> Ticket:
        ticket, at = self.open(unit, "refuse-quote")
        said = self.decided(unit, ticket, QuoteState.REFUSED, at, n=self.quote, words=self.reason)
        after = ticket.needing(Attention.QUOTE_REFUSED)
        fact = after.fact(QuoteRefused, **_figures(said))
        return keep(unit, ticket, (after, ((at, fact),)), at=at, words=self.reason)


def _figures(quote: QuoteVersion) -> dict[str, Any]:
    return {"quote": quote.n, "total": str(quote.total), "currency": quote.currency}
