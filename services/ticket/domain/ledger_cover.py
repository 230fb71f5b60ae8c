"""What the coverage of work, and quotes that the client approved of, make of the entries of the ledger."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from contracts.values import Coverage
from services.ticket.domain.billing import cents
from services.ticket.domain.ledger import EntryKind, Flag, LedgerEntry, Source
from services.ticket.domain.quote import QuoteVersion


def under(coverage: Coverage | None, entries: Iterable[LedgerEntry], *, quoted: bool) -> list[LedgerEntry]:
    """What ``coverage`` makes of the entries of work: under warranty, or where the price is that of a quote,
    they cost nothing and take nothing."""
    if quoted:
        return [_for_nothing(each, Flag.QUOTED) for each in entries]
    match coverage:
        case Coverage.OUT:
            return [replace(each, flags=(*each.flags, Flag.OUT)) for each in entries]
        case Coverage.WARRANTY:
            return [_for_nothing(each, Flag.WARRANTY) for each in entries]
        case _:
            return list(entries)


def _for_nothing(entry: LedgerEntry, because: Flag) -> LedgerEntry:
    flags = (*entry.flags, because)
    return replace(entry, billed_minutes=0, volume_minutes=0, amount_cents=0, flags=flags)


def of_a_quote(source: Source, quote: QuoteVersion, done_at: datetime) -> LedgerEntry:
    """The price that the client approved of, due when the work is done."""
    price = quote.total
    entry = source.entry(
        EntryKind.QUOTE,
        (done_at, done_at),
        done_at,
        item=f"quote {quote.n}",
        rate=format(price, "f"),
        quantity="1",
        amount_cents=cents(Fraction(price)),
        purchase_order=quote.purchase_order,
    )
    return replace(entry, currency=quote.currency, model=None, flags=())
