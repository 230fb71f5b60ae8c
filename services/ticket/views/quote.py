from datetime import datetime

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.quote import Quote, QuoteState, QuoteVersion


class QuoteLineView(BaseModel):
    """Amounts are decimal numbers in text; ``amount`` is rounded to the cent."""

    text: str
    quantity: str
    unit_price: str
    amount: str


class QuoteVersionView(BaseModel):
    """``words`` are the client's: his note to an approval, or why he refused."""

    n: int
    state: QuoteState
    lines: list[QuoteLineView]
    currency: str
    total: str
    valid_until: Instant
    sent_by: str
    sent_at: Instant
    decided_by: str | None
    decided_at: Instant | None
    purchase_order: str | None
    words: str | None


class QuoteView(QuoteVersionView):
    """The quote that counts, and with ``earlier`` those that it followed, the oldest first."""

    ticket_id: str
    earlier: list[QuoteVersionView]


def quote_view(quote: Quote, now: datetime) -> QuoteView:
    *earlier, last = (_version(each, now) for each in quote.versions)
    return QuoteView(**last.__dict__, ticket_id=quote.id, earlier=earlier)


def _version(quote: QuoteVersion, now: datetime) -> QuoteVersionView:
    return QuoteVersionView(
        n=quote.n,
        state=quote.state_at(now),
        lines=[
            QuoteLineView(
                text=line.text,
                quantity=line.quantity,
                unit_price=line.unit_price,
                amount=str(line.amount),
            )
            for line in quote.lines
        ],
        currency=quote.currency,
        total=str(quote.total),
        valid_until=quote.valid_until,
        sent_by=quote.author,
        sent_at=quote.sent_at,
        decided_by=quote.decided_by,
        decided_at=quote.decided_at,
        purchase_order=quote.purchase_order,
        words=quote.words,
    )
