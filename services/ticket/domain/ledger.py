"""The ledger: what was done, what it costs, and from which facts that is known. Entries are never changed.

What turns out to have been otherwise is reversed by an entry of its own and entered anew. The ids follow from
the fact that an entry comes from, so that a fact told twice is entered once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from contracts.calendars import Interval
from contracts.dispatch.events import InterventionClosed
from contracts.values import WorklogKind
from services.ticket.domain.billable import Basis, basis_of
from services.ticket.domain.billing import (
    FULL,
    WAITING_RATE,
    Billing,
    BillingModel,
    TravelMode,
    cents,
    half_up,
    price_of_time,
)
from services.ticket.domain.worked_time import Place, pieces_of, shared_out, total, whole_minutes, without


class EntryKind(StrEnum):
    """``quote`` is the price that the client approved; ``correction`` takes back another entry."""

    WORK = "work"
    TRAVEL = "travel"
    PARTS = "parts"
    QUOTE = "quote"
    CORRECTION = "correction"


TIME = (EntryKind.WORK, EntryKind.TRAVEL)
"""What a worklog makes."""


class Flag(StrEnum):
    """What a person should look at before it is billed."""

    OVERLAP = "overlap"
    NO_CONTRACT = "no-contract"
    NO_TERMS = "no-terms"
    NO_RATE = "no-rate"
    NO_PRICE = "no-price"
    NO_ZONE = "no-zone"
    NO_KILOMETRES = "no-kilometres"
    OUT = "out-of-contract"
    WARRANTY = "under-warranty"
    QUOTED = "quoted"


@dataclass(frozen=True)
class LedgerEntry:
    """One line. ``source_id`` is the worklog or the visit, ``edition`` how often that was entered by then.

    ``item`` is the rate's name, the part or the zone; ``rate`` the price (a decimal) of an hour, a trip, a
    kilometre or a piece, and ``quantity`` (a decimal) how many of these, for what is not time.
    ``coefficient`` is in percent. ``volume_minutes`` is what it takes from an included volume: the billed
    minutes by the coefficient. ``amount_cents`` is its whole price; what of it is due, the volume decides
    (``consumption``). ``day`` and ``month`` are of the work's start, in the site's zone. ``told_at`` is when
    the fact was recorded where it happened; ``proof`` the lines of the timeline that tell of it.
    """

    id: str
    source_id: str
    edition: int
    kind: EntryKind
    customer_id: str
    ticket_id: str
    number: str
    site_id: str
    person_id: str
    day: str
    month: str
    began_at: datetime
    ended_at: datetime
    told_at: datetime
    proof: tuple[str, ...]
    item: str = ""
    real_minutes: int = 0
    billed_minutes: int = 0
    volume_minutes: int = 0
    coefficient: int = FULL
    rate: str | None = None
    quantity: str | None = None
    amount_cents: int = 0
    currency: str | None = None
    model: BillingModel | None = None
    contract_id: str | None = None
    contract_revision: int | None = None
    visit_id: str | None = None
    confidential: bool = False
    flags: tuple[Flag, ...] = ()
    reverses: str | None = None
    reason: str | None = None
    purchase_order: str | None = None


@dataclass(frozen=True)
class Source:
    """What entries come from, and under what they stand. ``category`` is the work type."""

    id: str
    customer_id: str
    ticket_id: str
    number: str
    category: str
    person_id: str
    place: Place
    told_at: datetime
    proof: tuple[str, ...]
    billing: Billing | None = None
    contract_id: str | None = None
    contract_revision: int | None = None
    visit_id: str | None = None
    confidential: bool = False
    reason: str | None = None

    def entry(self, kind: EntryKind, work: Interval, began_at: datetime, **what: Any) -> LedgerEntry:
        """An entry without its number; it belongs to the day on which the whole began."""
        day = began_at.astimezone(ZoneInfo(self.place.time_zone)).date().isoformat()
        flags = tuple(what.pop("flags", ()))
        if self.contract_id is None:
            flags = (*flags, Flag.NO_CONTRACT)
        elif self.billing is None:
            flags = (*flags, Flag.NO_TERMS)
        return LedgerEntry(
            id="",
            source_id=self.id,
            edition=0,
            kind=kind,
            customer_id=self.customer_id,
            ticket_id=self.ticket_id,
            number=self.number,
            site_id=self.place.site_id,
            person_id=self.person_id,
            day=day,
            month=day[:7],
            began_at=work[0],
            ended_at=work[1],
            told_at=self.told_at,
            proof=self.proof,
            currency=None if self.billing is None else self.billing.currency.value,
            model=None if self.billing is None else self.billing.model,
            contract_id=self.contract_id,
            contract_revision=self.contract_revision,
            visit_id=self.visit_id,
            confidential=self.confidential,
            reason=self.reason,
            flags=flags,
            **what,
        )


def of_a_worklog(
    source: Source, kind: WorklogKind, work: Interval, *, billable: bool, elsewhere: Iterable[Interval] = ()
) -> list[LedgerEntry]:
    """What time logged at the desk makes. ``elsewhere`` is when the same person is known to have worked."""
    basis = basis_of(source.billing, kind=kind, category=source.category, billable=billable)
    entered = EntryKind.TRAVEL if kind is WorklogKind.TRAVEL else EntryKind.WORK
    return _of_time(source, entered, [work], basis, elsewhere)


def of_a_visit(
    source: Source,
    told: InterventionClosed,
    pauses: Iterable[Interval] = (),
    elsewhere: Iterable[Interval] = (),
) -> list[LedgerEntry]:
    """What a visit that was closed makes: the work without its pauses, waiting, travel and parts.

    Time that the same person is known to have spent ``elsewhere`` is not entered again.
    """
    worked = worked_in(told, pauses)
    began_at = told.started_at or told.arrived_at or told.ended_at
    whole = (began_at, told.ended_at)
    basis = basis_of(source.billing, kind=WorklogKind.ONSITE, category=source.category)
    entries = _of_time(source, EntryKind.WORK, worked, basis, elsewhere) if worked else []
    entries += _waiting(source, told, whole)
    entries += _travel(source, told, whole)
    return [*entries, *_parts(source, told, whole)]


def worked_in(told: InterventionClosed, pauses: Iterable[Interval]) -> list[Interval]:
    """When the technician worked; nothing where he could not begin."""
    if told.started_at is None or told.started_at >= told.ended_at:
        return []
    return without([(told.started_at, told.ended_at)], pauses)


def _of_time(
    source: Source,
    kind: EntryKind,
    stretches: Sequence[Interval],
    basis: Basis,
    elsewhere: Iterable[Interval],
) -> list[LedgerEntry]:
    began_at, ended_at = min(stretches)[0], max(end for _, end in stretches)
    left = without(stretches, elsewhere)
    flags = (Flag.OVERLAP,) if total(left) < total(stretches) else ()
    if not left:
        return [source.entry(kind, (began_at, ended_at), began_at, item=basis.name, flags=flags)]
    billing = source.billing or Billing(BillingModel.REGIE)
    pieces = pieces_of(left, billing.coefficients, source.place)
    took = [piece.took for piece in pieces]
    real = whole_minutes(total(left))
    reals = shared_out(real, took)
    billed = shared_out(billing.billed(real) if basis.billed else 0, took)
    found = []
    for n, piece in enumerate(pieces):
        amount = Fraction(0) if basis.rate is None else price_of_time(basis.rate, billed[n], piece.percent)
        volume = half_up(Fraction(billed[n] * piece.percent, FULL))
        found.append(
            source.entry(
                kind,
                (piece.from_at, piece.to_at),
                began_at,
                item=basis.name,
                real_minutes=reals[n],
                billed_minutes=billed[n],
                volume_minutes=0 if billing.model is BillingModel.REGIE else volume,
                coefficient=piece.percent,
                rate=_plain(basis.rate),
                amount_cents=cents(amount),
                flags=flags,
            )
        )
    return found


def _waiting(source: Source, told: InterventionClosed, whole: Interval) -> Iterable[LedgerEntry]:
    rates, minutes = (source.billing and source.billing.rates) or {}, told.waiting_minutes or 0
    if source.billing is None or WAITING_RATE not in rates or not minutes:
        return
    rate = rates[WAITING_RATE]
    yield source.entry(
        EntryKind.WORK,
        whole,
        whole[0],
        item=WAITING_RATE,
        real_minutes=minutes,
        billed_minutes=minutes,
        volume_minutes=0 if source.billing.model is BillingModel.REGIE else minutes,
        rate=_plain(rate),
        amount_cents=cents(price_of_time(rate, minutes, FULL)),
    )


def _travel(source: Source, told: InterventionClosed, whole: Interval) -> Iterable[LedgerEntry]:
    """One for each visit to which somebody went, whatever came of it."""
    known = (told.travel_minutes, told.kilometres)
    went = told.arrived_at is not None or told.started_at is not None or any(known)
    agreed = None if source.billing is None else source.billing.travel
    mode = TravelMode.INCLUDED if agreed is None else agreed.mode
    if not went or (mode is TravelMode.INCLUDED and not any(known)):
        return
    kilometres = None if told.kilometres is None else Decimal(str(told.kilometres))
    price, quantity, item, flags = Decimal(0), Decimal(1), mode.value, list[Flag]()
    match mode:
        case TravelMode.TRIP:
            price = (agreed and agreed.price) or price
        case TravelMode.KM:
            price, quantity = (agreed and agreed.price) or price, kilometres or Decimal(0)
            flags += [Flag.NO_KILOMETRES] if kilometres is None else []
        case TravelMode.ZONE:
            zone = agreed.zone_of(source.place.postcode) if agreed else None
            price, item = (zone.price, zone.name) if zone else (price, item)
            flags += [] if zone else [Flag.NO_ZONE]
        case TravelMode.INCLUDED:
            quantity = kilometres or Decimal(0)
    yield source.entry(
        EntryKind.TRAVEL,
        whole,
        whole[0],
        item=item,
        real_minutes=told.travel_minutes or 0,
        rate=_plain(price),
        quantity=_plain(quantity),
        amount_cents=cents(Fraction(price) * Fraction(quantity)),
        flags=flags,
    )


def _parts(source: Source, told: InterventionClosed, whole: Interval) -> Iterable[LedgerEntry]:
    pieces = Counter[str]()
    for part in told.parts_used:
        pieces[part.sku] += part.quantity
    prices = None if source.billing is None else source.billing.parts
    for sku, count in sorted(pieces.items()):
        price = (prices or {}).get(sku)
        missing = prices is not None and price is None
        yield source.entry(
            EntryKind.PARTS,
            whole,
            whole[0],
            item=sku,
            quantity=str(count),
            rate=_plain(price),
            amount_cents=0 if price is None else cents(Fraction(price) * count),
            flags=(Flag.NO_PRICE,) if missing else (),
        )


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def standing(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Those that hold: neither reversed nor a reversal."""
    known = list(entries)
    gone = {entry.reverses for entry in known}
    return [each for each in known if each.kind is not EntryKind.CORRECTION and each.id not in gone]


def to_enter(
    known: Sequence[LedgerEntry], drafts: Sequence[LedgerEntry], told_at: datetime, proof: tuple[str, ...]
) -> list[LedgerEntry]:
    """What makes the ledger tell of a source what ``drafts`` say, given all that it holds of it.

    Nothing where it does already, and nothing where what it says was recorded later: the last word counts,
    in whatever order it is heard.
    """
    holding = standing(known)
    if known and told_at < max(entry.told_at for entry in known):
        return []
    if [_content(each) for each in sorted(holding, key=_number)] == [_content(each) for each in drafts]:
        return []
    edition = 1 + max((entry.edition for entry in known), default=0)
    reason = next((draft.reason for draft in drafts), None)
    taken_back = [_reversal(each, told_at, proof, reason) for each in holding]
    return taken_back + [
        replace(draft, id=f"{draft.source_id}:{edition}:{n}", edition=edition)
        for n, draft in enumerate(drafts, start=1)
    ]


def _number(entry: LedgerEntry) -> int:
    return int(entry.id.rpartition(":")[2])


def _content(entry: LedgerEntry) -> LedgerEntry:
    """What an entry says, without how it is known."""
    return replace(entry, id="", edition=0, told_at=entry.began_at, proof=(), reason=None, confidential=False)


def _reversal(
    entry: LedgerEntry, told_at: datetime, proof: tuple[str, ...], reason: str | None
) -> LedgerEntry:
    quantity = None if entry.quantity is None else _plain(-Decimal(entry.quantity))
    return replace(
        entry,
        id=f"{entry.id}:reversed",
        kind=EntryKind.CORRECTION,
        told_at=told_at,
        proof=(*entry.proof, *proof),
        real_minutes=-entry.real_minutes,
        billed_minutes=-entry.billed_minutes,
        volume_minutes=-entry.volume_minutes,
        quantity=quantity,
        amount_cents=-entry.amount_cents,
        reverses=entry.id,
        reason=reason,
    )


def volumes_of(entries: Iterable[LedgerEntry]) -> Mapping[tuple[str, str], int]:
    """What entries take from included volumes, by contract and period: the month, or the book."""
    taken = Counter[tuple[str, str]]()
    for entry in entries:
        if entry.contract_id is not None and entry.volume_minutes and entry.model is not None:
            period = BOOK if entry.model is BillingModel.PREPAID else entry.month
            taken[entry.contract_id, period] += entry.volume_minutes
    return taken


BOOK = "book"
"""The period of a prepaid volume: from its first entry to its end."""
