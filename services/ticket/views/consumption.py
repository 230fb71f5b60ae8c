"""What of a contract is used, and what it costs, as the outside sees it."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256

from pydantic import BaseModel

from contracts.values import Instant
from services.ticket.domain.billing import Billing, BillingModel, billing_of, money
from services.ticket.domain.consumption import Book, Line, Totals, totals_of
from services.ticket.domain.contract import Contract
from services.ticket.domain.ledger import EntryKind, Flag, LedgerEntry
from services.ticket.views.listing import ListView


class EntryView(BaseModel):
    """One line of the ledger; amounts are decimal strings.

    ``amount`` is its whole price; what of it is due depends on the volume: the pre-billing says. What names
    the ticket or the person is null where the ticket is confidential and the reader may not know of it;
    ``reason`` is the firm's own.
    """

    id: str
    kind: EntryKind
    contract_id: str | None
    contract_revision: int | None
    customer_id: str
    site_id: str
    ticket_id: str | None
    number: str | None
    visit_id: str | None
    person_id: str | None
    month: str
    began_at: Instant
    ended_at: Instant
    item: str
    real_minutes: int
    billed_minutes: int
    volume_minutes: int
    coefficient: str
    rate: str | None
    quantity: str | None
    amount: str
    currency: str | None
    flags: tuple[Flag, ...]
    reverses: str | None
    reason: str | None
    purchase_order: str | None
    proof: tuple[str, ...] | None


class EntryListView(ListView):
    items: list[EntryView]


class TotalsView(BaseModel):
    """``used_minutes`` count towards the volume, ``covered_minutes`` of them lie within it; ``amount`` is
    what is due beyond it. ``currency`` is null where no terms name one."""

    currency: str | None
    real_minutes: int
    billed_minutes: int
    used_minutes: int
    covered_minutes: int
    amount: str


class KindTotalsView(TotalsView):
    kind: EntryKind


class BookView(BaseModel):
    """A prepaid book since its beginning; ``projected_end`` is when it will be empty at the pace so far."""

    included_minutes: int
    used_minutes: int
    balance_minutes: int
    began_on: date | None
    expiry: date | None
    expired: bool
    projected_end: date | None


class ConsumptionView(BaseModel):
    """A contract's month. ``included_minutes`` and ``balance_minutes`` are a forfait's; the balance is less
    than nothing where more is used. ``entries`` is where the totals open."""

    contract_id: str
    month: str
    model: BillingModel | None
    used_minutes: int
    included_minutes: int | None
    balance_minutes: int | None
    amount: str
    currency: str | None
    totals: list[TotalsView]
    by_kind: list[KindTotalsView]
    book: BookView | None
    entries: str


def _anonymous(id: str) -> str:
    """The same for the same entry, and says nothing of its ticket."""
    return sha256(id.encode()).hexdigest()[:32]


def entry_view(entry: LedgerEntry, *, inside: bool, confidential: bool) -> EntryView:
    """``inside``: for the firm; ``confidential``: the reader may know of confidential tickets."""
    open_ = confidential or not entry.confidential
    return EntryView(
        id=entry.id if open_ else _anonymous(entry.id),
        kind=entry.kind,
        contract_id=entry.contract_id,
        contract_revision=entry.contract_revision,
        customer_id=entry.customer_id,
        site_id=entry.site_id,
        ticket_id=entry.ticket_id if open_ else None,
        number=entry.number if open_ else None,
        visit_id=entry.visit_id if open_ else None,
        person_id=entry.person_id if open_ else None,
        month=entry.month,
        began_at=entry.began_at,
        ended_at=entry.ended_at,
        item=entry.item,
        real_minutes=entry.real_minutes,
        billed_minutes=entry.billed_minutes,
        volume_minutes=entry.volume_minutes,
        coefficient=coefficient(entry),
        rate=entry.rate,
        quantity=entry.quantity,
        amount=money(entry.amount_cents),
        currency=entry.currency,
        flags=entry.flags,
        reverses=entry.reverses if open_ or entry.reverses is None else _anonymous(entry.reverses),
        reason=entry.reason if inside else None,
        purchase_order=entry.purchase_order if open_ else None,
        proof=entry.proof if open_ else None,
    )


def coefficient(entry: LedgerEntry) -> str:
    """As a factor: 150 percent is 1.50."""
    return money(entry.coefficient)


def totals_view(currency: str | None, totals: Totals) -> TotalsView:
    return TotalsView(currency=currency, **_sums(totals))


def _sums(totals: Totals) -> Mapping[str, int | str]:
    return {
        "real_minutes": totals.real_minutes,
        "billed_minutes": totals.billed_minutes,
        "used_minutes": totals.used_minutes,
        "covered_minutes": totals.covered_minutes,
        "amount": money(totals.due_cents),
    }


def by_currency(lines: Iterable[Line]) -> dict[str | None, list[Line]]:
    """Lines without terms (and so without a currency) last."""
    found: dict[str | None, list[Line]] = {}
    for line in sorted(lines, key=lambda each: (each.entry.currency is None, each.entry.currency or "")):
        found.setdefault(line.entry.currency, []).append(line)
    return found


def consumption_view(
    contract: Contract, month: str, lines: list[Line], volume: Billing | None, book: Book | None, today: date
) -> ConsumptionView:
    """``volume``: the forfait that counts in the month."""
    billing = billing_of(contract.terms.billing)
    drawing = [line for line in lines if line.entry.model is not BillingModel.PREPAID]
    used = totals_of(drawing if volume is not None else lines).used_minutes
    included = None if volume is None else volume.included
    groups = by_currency(lines)
    main = next(iter(groups), None if billing is None else billing.currency.value)
    originals = {line.entry.id: line.entry.kind for line in lines}
    kinds: dict[tuple[EntryKind, str | None], list[Line]] = {}
    for line in sorted(lines, key=lambda each: (each.entry.kind, each.entry.currency or "")):
        # What takes a line back belongs to what that was.
        kind = originals.get(line.entry.reverses or "", line.entry.kind)
        kinds.setdefault((kind, line.entry.currency), []).append(line)
    return ConsumptionView(
        contract_id=contract.id,
        month=month,
        model=None if billing is None else billing.model,
        used_minutes=used,
        included_minutes=included,
        balance_minutes=None if included is None else included - used,
        amount=money(totals_of(groups.get(main, [])).due_cents),
        currency=main,
        totals=[totals_view(currency, totals_of(group)) for currency, group in groups.items()],
        by_kind=[
            KindTotalsView(kind=kind, currency=currency, **_sums(totals_of(group)))
            for (kind, currency), group in kinds.items()
        ],
        book=None if book is None else _book(book, today),
        entries=f"/v1/contracts/{contract.id}/consumption/entries?month={month}",
    )


def _book(book: Book, today: date) -> BookView:
    return BookView(
        included_minutes=book.included_minutes,
        used_minutes=book.used_minutes,
        balance_minutes=book.balance_minutes,
        began_on=book.began_on,
        expiry=book.expiry,
        expired=book.expiry is not None and book.expiry < today,
        projected_end=book.projected_end,
    )
