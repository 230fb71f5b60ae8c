"""A customer's month for the accounts: a line for each entry, with its proof, as JSON and as a sheet."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel

from contracts.text import Text
from contracts.values import Instant
from infra.chassis.workbook import TO_THE_MINUTE, Cell, workbook, write
from services.ticket.domain.billing import money
from services.ticket.domain.consumption import Line, totals_of
from services.ticket.domain.ledger import EntryKind, Flag
from services.ticket.views.consumption import TotalsView, by_currency, coefficient, totals_view


class PreBillingLineView(BaseModel):
    """``amount`` is what is due; ``covered_minutes`` lie within the included volume."""

    id: str
    contract_id: str | None
    contract_revision: int | None
    kind: EntryKind
    label: str
    number: str
    ticket_id: str
    visit_id: str | None
    site_id: str
    person_id: str
    began_at: Instant
    ended_at: Instant
    item: str
    real_minutes: int
    billed_minutes: int
    covered_minutes: int
    coefficient: str
    rate: str | None
    quantity: str | None
    amount: str
    currency: str | None
    flags: tuple[Flag, ...]
    remarks: tuple[str, ...]
    reverses: str | None
    reason: str | None
    purchase_order: str | None
    proof: tuple[str, ...]


class ContractTotalsView(TotalsView):
    """``contract_id`` is null for what no contract covers."""

    contract_id: str | None


class PreBillingView(BaseModel):
    """The sum of the lines' amounts is each total, to the cent."""

    customer_id: str
    month: str
    lines: list[PreBillingLineView]
    contracts: list[ContractTotalsView]
    totals: list[TotalsView]


_KINDS: Mapping[EntryKind, Text] = {
    EntryKind.WORK: Text("Work", "Intervention"),
    EntryKind.TRAVEL: Text("Travel", "Déplacement"),
    EntryKind.PARTS: Text("Part", "Pièce"),
    EntryKind.QUOTE: Text("Approved quote", "Devis accepté"),
    EntryKind.CORRECTION: Text("Correction", "Rectification"),
}
_FLAGS: Mapping[Flag, Text] = {
    Flag.OVERLAP: Text(
        "Time worked elsewhere meanwhile is not billed", "Temps déjà compté ailleurs : non facturé"
    ),
    Flag.NO_CONTRACT: Text("No contract covers it", "Aucun contrat ne le couvre"),
    Flag.NO_TERMS: Text("The contract has no billing terms", "Le contrat n'a pas de clause de facturation"),
    Flag.NO_RATE: Text("No rate is agreed", "Aucun tarif n'est convenu"),
    Flag.NO_PRICE: Text("The part has no price", "La pièce n'a pas de prix"),
    Flag.OUT: Text("Out of the contract", "Hors contrat"),
    Flag.WARRANTY: Text("Under the manufacturer's warranty", "Sous garantie du constructeur"),
    Flag.QUOTED: Text("In the price of the approved quote", "Compris dans le devis accepté"),
    Flag.NO_ZONE: Text("No zone has this postcode", "Aucune zone n'a ce code postal"),
    Flag.NO_KILOMETRES: Text("Nobody told the kilometres", "Les kilomètres manquent"),
}
"""What a person should look at, in words."""


def pre_billing_view(
    customer_id: str, month: str, lines: Mapping[str | None, Sequence[Line]], language: str
) -> PreBillingView:
    """``lines`` by contract, in the order of their work."""
    every = [line for group in lines.values() for line in group]
    return PreBillingView(
        customer_id=customer_id,
        month=month,
        lines=[_line(line, language) for line in every],
        contracts=[
            ContractTotalsView(
                contract_id=contract_id, **totals_view(currency, totals_of(group)).model_dump()
            )
            for contract_id, of_contract in lines.items()
            for currency, group in by_currency(of_contract).items()
        ],
        totals=[totals_view(currency, totals_of(group)) for currency, group in by_currency(every).items()],
    )


def _line(line: Line, language: str) -> PreBillingLineView:
    entry = line.entry
    return PreBillingLineView(
        id=entry.id,
        contract_id=entry.contract_id,
        contract_revision=entry.contract_revision,
        kind=entry.kind,
        label=_KINDS[entry.kind].in_(language),
        number=entry.number,
        ticket_id=entry.ticket_id,
        visit_id=entry.visit_id,
        site_id=entry.site_id,
        person_id=entry.person_id,
        began_at=entry.began_at,
        ended_at=entry.ended_at,
        item=entry.item,
        real_minutes=entry.real_minutes,
        billed_minutes=entry.billed_minutes,
        covered_minutes=line.covered_minutes,
        coefficient=coefficient(entry),
        rate=entry.rate,
        quantity=entry.quantity,
        amount=money(line.due_cents),
        currency=entry.currency,
        flags=line.flags,
        remarks=tuple(_FLAGS[flag].in_(language) for flag in line.flags),
        reverses=entry.reverses,
        reason=entry.reason,
        purchase_order=entry.purchase_order,
        proof=entry.proof,
    )


@dataclass(frozen=True)
class Column:
    name: Text
    cell: Callable[[PreBillingLineView], Cell]


def _decimal(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)


COLUMNS: Sequence[Column] = (
    Column(Text("Contract", "Contrat"), lambda e: e.contract_id),
    Column(Text("Ticket", "Ticket n°"), lambda e: e.number),
    Column(Text("Visit", "Visite"), lambda e: e.visit_id),
    Column(Text("Site", "Lieu"), lambda e: e.site_id),
    Column(Text("Kind", "Nature"), lambda e: e.label),
    Column(Text("From (UTC)", "De (UTC)"), lambda e: e.began_at),
    Column(Text("To (UTC)", "À (UTC)"), lambda e: e.ended_at),
    Column(Text("By", "Par"), lambda e: e.person_id),
    Column(Text("Rate or article", "Tarif ou article"), lambda e: e.item),
    Column(Text("Minutes", "Minutes réelles"), lambda e: e.real_minutes),
    Column(Text("Minutes billed", "Minutes facturées"), lambda e: e.billed_minutes),
    Column(Text("Minutes included", "Minutes incluses"), lambda e: e.covered_minutes),
    Column(Text("Coefficient", "Majoration"), lambda e: _decimal(e.coefficient)),
    Column(Text("Price", "Prix unitaire"), lambda e: _decimal(e.rate)),
    Column(Text("Quantity", "Quantité"), lambda e: _decimal(e.quantity)),
    Column(Text("Amount", "Montant"), lambda e: Decimal(e.amount)),
    Column(Text("Currency", "Devise"), lambda e: e.currency),
    Column(Text("Purchase order", "Bon de commande"), lambda e: e.purchase_order),
    Column(Text("Remarks", "Remarques"), lambda e: "; ".join(e.remarks)),
    Column(Text("Reason", "Motif"), lambda e: e.reason),
    Column(Text("Entry", "Écriture"), lambda e: e.id),
    Column(Text("Proof", "Preuve"), lambda e: ", ".join(e.proof)),
)
_AMOUNT = next(n for n, column in enumerate(COLUMNS) if column.name.en == "Amount")
_TOTAL = Text("Total", "Total général")
_UNDER = Text("Total of contract", "Total du contrat")
_OUTSIDE = Text("without a contract", "hors contrat")


def as_xlsx(view: PreBillingView, language: str) -> bytes:
    """The same bytes for the same ledger; what is text stays text, and times are in UTC."""
    written = io.BytesIO()
    with workbook(written, created=datetime.fromisoformat(f"{view.month}-01")) as book:
        sheet = book.add_worksheet(view.month)
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": TO_THE_MINUTE})
        sum_ = book.add_format({"bold": True, "num_format": "0.00"})
        for n, column in enumerate(COLUMNS):
            sheet.write_string(0, n, column.name.in_(language), bold)
        row = 0
        for row, line in enumerate(view.lines, start=1):
            for n, column in enumerate(COLUMNS):
                write(sheet, row, n, column.cell(line), moment)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, row, len(COLUMNS) - 1)
        for below, (name, totals) in enumerate(_totals(view, language), start=row + 2):
            sheet.write_string(below, 0, name, bold)
            sheet.write_number(below, _AMOUNT, float(totals.amount), sum_)
            sheet.write_string(below, _AMOUNT + 1, totals.currency or "", bold)
        sheet.autofit(max_width=400)
    return written.getvalue()


def _totals(view: PreBillingView, language: str) -> Iterable[tuple[str, TotalsView]]:
    for each in view.contracts:
        yield f"{_UNDER.in_(language)} {each.contract_id or _OUTSIDE.in_(language)}", each
    for total in view.totals:
        yield _TOTAL.in_(language), total
