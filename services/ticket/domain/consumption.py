"""What of an included volume is used, and what of each line is due.

The volume goes to the work that was done first, whenever it was told: what is due follows from what the
ledger holds and from nothing else, and a correction leaves what would have been without the error. A line is
within the volume, beyond it or cut at its end; what is beyond costs its share of the line's price.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from services.ticket.domain.billing import Billing, BillingModel, billing_of, cents, price_of_time
from services.ticket.domain.commitment import Month
from services.ticket.domain.contract import ContractRevision
from services.ticket.domain.ledger import EntryKind, Flag, LedgerEntry, standing

FIRM_ZONE = ZoneInfo("Europe/Paris")
"""Whose months are billed; what happened belongs to a month by the clocks of its site."""

THRESHOLDS = (80, 100)
"""Percent of a volume at which people are told."""


@dataclass(frozen=True)
class Said:
    """A threshold that people were told of, and of which volume."""

    threshold: int
    included: int


@dataclass(frozen=True)
class Volume:
    """What has been taken from an included volume; the id is ``<contract>:<period>``, a month or ``book``.

    It is kept beside the ledger, in the same write. A threshold is said once for each size of a volume: what
    a correction brought below and rises again is not said again, a volume that was enlarged is another one.
    """

    id: str
    contract_id: str
    customer_id: str
    period: str
    used_minutes: int = 0
    said: tuple[Said, ...] = ()

    def taking(self, minutes: int, included: int) -> tuple["Volume", tuple[int, ...]]:
        """The volume with so many more (or fewer) minutes used, and the thresholds to tell of."""
        after = self.counting(minutes)
        reached = tuple(
            threshold
            for threshold in THRESHOLDS
            if after.used_minutes * 100 >= threshold * included and Said(threshold, included) not in self.said
        )
        said = (*self.said, *(Said(threshold, included) for threshold in reached))
        return replace(after, said=said), reached

    def counting(self, minutes: int) -> "Volume":
        """The same with nothing to tell."""
        return replace(self, used_minutes=self.used_minutes + minutes)


def volume_id(contract_id: str, period: str) -> str:
    return f"{contract_id}:{period}"


@dataclass(frozen=True)
class Line:
    """An entry with what of it lies within an included volume, and what is due."""

    entry: LedgerEntry
    covered_minutes: int
    due_cents: int
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class Totals:
    """``used_minutes`` of a volume, by coefficients; the others as they are on the lines."""

    real_minutes: int
    billed_minutes: int
    used_minutes: int
    covered_minutes: int
    due_cents: int


def totals_of(lines: Iterable[Line]) -> Totals:
    """The sums of the lines: what is due is added up in cents and never rounded again."""
    known = list(lines)
    return Totals(
        real_minutes=sum(line.entry.real_minutes for line in known),
        billed_minutes=sum(line.entry.billed_minutes for line in known),
        used_minutes=sum(line.entry.volume_minutes for line in known),
        covered_minutes=sum(line.covered_minutes for line in known),
        due_cents=sum(line.due_cents for line in known),
    )


def lines_of(
    entries: Sequence[LedgerEntry], volumes: Mapping[BillingModel, Billing], drawn: int = 0
) -> list[Line]:
    """Lines in the order in which the work was done, of one contract and of one period of its volume, whose
    book ``drawn`` minutes were taken from before.

    ``volumes`` are the terms of the volumes that count in that period. A line taken back and what takes it
    back come to nothing and take nothing from the volume.
    """
    holding = {entry.id for entry in standing(entries)}
    left = {model: billing.included or 0 for model, billing in volumes.items()}
    if BillingModel.PREPAID in left:
        left[BillingModel.PREPAID] = max(0, left[BillingModel.PREPAID] - drawn)
    found: list[Line] = []
    for entry in sorted(entries, key=lambda each: (each.began_at, each.id)):
        billing = None if entry.model is None else volumes.get(entry.model)
        if billing is None or not entry.volume_minutes:
            found.append(_line(entry, 0))
        elif entry.id not in holding:
            found.append(_line(entry, entry.volume_minutes))
        else:
            expired = billing.expiry is not None and entry.day > billing.expiry.isoformat()
            covered = 0 if expired else min(left[billing.model], entry.volume_minutes)
            left[billing.model] -= covered
            found.append(_line(entry, covered))
    return found


def _line(entry: LedgerEntry, covered: int) -> Line:
    flags, beyond = entry.flags, entry.volume_minutes - covered
    if entry.volume_minutes and not beyond:
        return Line(entry, covered, 0, flags)
    unpriced = entry.kind is EntryKind.WORK and entry.billed_minutes and entry.rate is None
    if unpriced and entry.currency is not None:
        flags = (*flags, Flag.NO_RATE)
    if not covered or entry.rate is None:
        return Line(entry, covered, entry.amount_cents, flags)
    whole = price_of_time(Decimal(entry.rate), entry.billed_minutes, entry.coefficient)
    return Line(entry, covered, cents(whole * Fraction(beyond, entry.volume_minutes)), flags)


def month_of(at: datetime) -> str:
    """The firm's month at an instant."""
    return at.astimezone(FIRM_ZONE).strftime("%Y-%m")


def volumes_in(month: str, revisions: Iterable[ContractRevision]) -> Mapping[BillingModel, Billing]:
    """The terms of the volumes that count in a month: of each model the version of its last day, or the
    first there was, for a contract that was dated later."""
    end, revisions = Month.of(month).following.first_day.isoformat(), list(revisions)
    found: dict[BillingModel, Billing] = {}
    forfait = False
    for revision in sorted(revisions, key=lambda each: (each.applies_from or "", each.revision)):
        billing = billing_of(revision.terms.billing)
        applies = (revision.applies_from or "") < end
        if applies:
            # What another model or the contract's end has replaced is not paid for any more.
            valid = revision.terms.valid_to is None or revision.terms.valid_to >= f"{month}-01"
            forfait = billing is not None and billing.model is BillingModel.FORFAIT and valid
        if billing is None or billing.included is None:
            continue
        if billing.model not in found or applies:
            found[billing.model] = billing
    if not forfait and any((each.applies_from or "") < end for each in revisions):
        found.pop(BillingModel.FORFAIT, None)
    return found


@dataclass(frozen=True)
class Book:
    """A prepaid book: ``projected_end`` is the day on which it will be empty if it is used on as since its
    first entry; none where nothing is used, or nothing left."""

    included_minutes: int
    used_minutes: int
    began_on: date | None
    expiry: date | None
    projected_end: date | None

    @property
    def balance_minutes(self) -> int:
        return self.included_minutes - self.used_minutes


def book_of(lines: Sequence[Line], billing: Billing, today: date) -> Book:
    """How a book stands, from all lines since its beginning."""
    drawn = [line for line in lines if line.entry.model is BillingModel.PREPAID and line.covered_minutes]
    used, included = sum(line.covered_minutes for line in drawn), billing.included or 0
    began = min((date.fromisoformat(line.entry.day) for line in drawn), default=None)
    ends: date | None = None
    if began is not None and 0 < used < included and began <= today:
        days = Fraction((today - began).days + 1, used) * (included - used)
        ahead = int(days)
        ends = today + timedelta(days=ahead) if ahead < (date.max - today).days else None
    return Book(included, used, began, billing.expiry, ends)


def lines_in(month: str, entries: Iterable[LedgerEntry], revisions: Iterable[ContractRevision]) -> list[Line]:
    """The lines of a contract's month, given its entries up to then: what a book has left, earlier months
    decide."""
    known, revisions = list(entries), list(revisions)
    drawn = 0
    for before in sorted({each.month for each in known if each.month < month}):
        of_book = [each for each in known if each.month == before and each.model is BillingModel.PREPAID]
        lines = lines_of(of_book, volumes_in(before, revisions), drawn)
        drawn += drawn_from(lines)
    return lines_of([each for each in known if each.month == month], volumes_in(month, revisions), drawn)


def drawn_from(lines: Iterable[Line]) -> int:
    """What lines that stand took from a book."""
    drawing = [line for line in lines if line.entry.model is BillingModel.PREPAID]
    holding = {entry.id for entry in standing([line.entry for line in drawing])}
    return sum(line.covered_minutes for line in drawing if line.entry.id in holding)
