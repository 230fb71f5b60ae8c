"""Purchase requests as rows of a sheet, a line each, for who orders with another program."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.text import Text
from infra.chassis.workbook import Sheet, workbook
from services.inventory.domain.part import Part
from services.inventory.domain.purchase import PurchaseLine, PurchaseRequest, Signed

Cell = str | int | datetime | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Row:
    request: PurchaseRequest
    line: PurchaseLine
    name: str | None


@dataclass(frozen=True)
class Column:
    name: Text
    cell: Callable[[Row], Cell]


COLUMNS: Sequence[Column] = (
    Column(Text("Request", "Demande"), lambda row: row.request.id),
    Column(Text("State", "État"), lambda row: row.request.state.value),
    Column(Text("Supplier", "Fournisseur"), lambda row: row.request.supplier),
    Column(Text("Part", "Article"), lambda row: row.line.sku),
    Column(Text("Name", "Nom"), lambda row: row.name),
    Column(Text("Quantity", "Quantité"), lambda row: row.line.quantity),
    Column(Text("Received", "Reçus"), lambda row: row.line.received),
    Column(Text("Open", "En attente"), lambda row: row.line.open),
    Column(Text("Drafted", "Rédigée le"), lambda row: row.request.drafted.at),
    Column(Text("Drafted by", "Rédigée par"), lambda row: row.request.drafted.by),
    Column(Text("Approved", "Approuvée le"), lambda row: _at(row.request.approved)),
    Column(Text("Approved by", "Approuvée par"), lambda row: _by(row.request.approved)),
    Column(Text("Ordered", "Commandée le"), lambda row: _at(row.request.ordered)),
    Column(Text("Order number", "Numéro de commande"), lambda row: row.request.reference),
    Column(Text("Expected on", "Attendue le"), lambda row: row.request.expected_on),
)


def _at(signed: Signed | None) -> datetime | None:
    return None if signed is None else signed.at


def _by(signed: Signed | None) -> str | None:
    return None if signed is None else signed.by


def rows_of(requests: Iterable[PurchaseRequest], parts: Mapping[str, Part]) -> list[Row]:
    return [
        Row(request, line, parts[line.sku].name if line.sku in parts else None)
        for request in requests
        for line in request.lines
    ]


def as_csv(rows: Iterable[Row], language: str) -> bytes:
    """UTF-8 with a mark for Excel, semicolons in French as its Excel wants; times in UTC (RFC 3339).

    What a spreadsheet would take for a formula is kept from being one by an apostrophe (OWASP, CSV
    injection).
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    writer.writerow([column.name.in_(language) for column in COLUMNS])
    for row in rows:
        writer.writerow([_plain(column.cell(row)) for column in COLUMNS])
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Row], language: str, created: datetime) -> bytes:
    written = io.BytesIO()
    with workbook(written, created=created) as book:
        headings = [column.name.in_(language) for column in COLUMNS]
        sheet = Sheet(book, Text("Purchase requests", "Demandes d'achat").in_(language), headings)
        for row in rows:
            sheet.add(*(column.cell(row) for column in COLUMNS))
        sheet.end()
    return written.getvalue()


def _plain(cell: Cell) -> str | int:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case str() if cell.startswith(FORMULA):
            return f"'{cell}"
        case _:
            return cell
