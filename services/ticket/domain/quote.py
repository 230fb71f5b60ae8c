"""What work that is not in the contract will cost, and what the client says to it."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from services.ticket.domain.amounts import to_the_cent


class QuoteState(StrEnum):
    OPEN = "open"
    REPLACED = "replaced"
    APPROVED = "approved"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True)
class QuoteLine:
    """``quantity`` and ``unit_price`` are decimal numbers in text, for sums of money are exact."""

    text: str
    quantity: str
    unit_price: str

    @property
    def amount(self) -> Decimal:
        """Rounded to the cent, as it stands on the paper."""
        return to_the_cent(Decimal(self.quantity) * Decimal(self.unit_price))


@dataclass(frozen=True)
class QuoteVersion:
    """One quote as it was sent; ``state`` is what became of it, but for time."""

    n: int
    lines: tuple[QuoteLine, ...]
    currency: str
    valid_until: datetime
    author: str
    sent_at: datetime
    state: QuoteState = QuoteState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    purchase_order: str | None = None
    words: str | None = None

    @property
    def total(self) -> Decimal:
        return to_the_cent(sum((line.amount for line in self.lines), Decimal(0)))

    def state_at(self, now: datetime) -> QuoteState:
        over = self.state is QuoteState.OPEN and now > self.valid_until
        return QuoteState.EXPIRED if over else self.state


@dataclass(frozen=True)
class Quote:
    """A ticket's quotes, by its id; the last one counts."""

    id: str
    customer_id: str
    versions: tuple[QuoteVersion, ...] = ()

    @property
    def last(self) -> QuoteVersion | None:
        return self.versions[-1] if self.versions else None

    def sent(
        self, lines: tuple[QuoteLine, ...], currency: str, valid_until: datetime, author: str, at: datetime
    ) -> "Quote":
        """One more, which replaces one that is open."""
        if valid_until <= at:
            raise Refusal(
                "quote-over-before-it-begins",
                Text(
                    "valid_until has passed: give a time by which the client can still answer.",
                    "valid_until est passé : donnez une échéance à laquelle le client peut encore répondre.",
                ),
            )
        before = tuple(
            replace(each, state=QuoteState.REPLACED) if each.state is QuoteState.OPEN else each
            for each in self.versions
        )
        new = QuoteVersion(len(before) + 1, lines, currency, valid_until, author, at)
        return replace(self, versions=(*before, new))

    def decided(
        self,
        state: QuoteState,
        by: str,
        at: datetime,
        *,
        n: int | None = None,
        purchase_order: str | None = None,
        words: str | None = None,
    ) -> "Quote":
        """Approved or refused. ``Refusal`` where no quote is open, or not any more, or another than ``n``."""
        last = self.last
        if last is None or last.state is not QuoteState.OPEN:
            raise no_open_quote()
        if n is not None and n != last.n:
            raise Refusal(
                "quote-replaced",
                Text(
                    f"Quote {last.n} has replaced quote {n}: read it, and answer that one.",
                    f"Le devis {last.n} a remplacé le devis {n} : lisez-le, et répondez à celui-là.",
                ),
                quote=last.n,
                total=str(last.total),
            )
        if state is QuoteState.APPROVED and last.state_at(at) is QuoteState.EXPIRED:
            raise Refusal(
                "quote-expired",
                Text(
                    f"The quote was valid until {last.valid_until.isoformat()}: ask for a new one.",
                    f"Le devis valait jusqu'au {last.valid_until.isoformat()} : demandez-en un nouveau.",
                ),
                valid_until=last.valid_until.isoformat(),
            )
        said = replace(
            last, state=state, decided_by=by, decided_at=at, purchase_order=purchase_order, words=words
        )
        return replace(self, versions=(*self.versions[:-1], said))


def no_open_quote() -> Refusal:
    return Refusal(
        "no-open-quote",
        Text(
            "No quote of this ticket waits for an answer: GET …/quote shows what became of the last one.",
            "Aucun devis de ce ticket n'attend de réponse : GET …/quote montre ce qu'est devenu le dernier.",
        ),
    )
