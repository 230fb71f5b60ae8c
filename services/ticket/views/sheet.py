"""Tickets as rows of a sheet, for who counts them elsewhere."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from contracts.text import Text
from infra.chassis.workbook import TO_THE_MINUTE, workbook, write
from services.ticket.views.ticket import TicketView

Cell = str | int | float | datetime | None


@dataclass(frozen=True)
class Column:
    id: str
    name: Text
    cell: Callable[[TicketView], Cell]


def _joined(values: Iterable[str | None]) -> str:
    return ", ".join(value for value in values if value)


COLUMNS: Sequence[Column] = (
    Column("number", Text("Number", "Numéro"), lambda t: t.number),
    Column("state", Text("State", "État"), lambda t: t.state.value),
    Column("priority", Text("Priority", "Priorité"), lambda t: t.priority.value),
    Column("kind", Text("Kind", "Nature"), lambda t: t.kind.value),
    Column("category", Text("Category", "Catégorie"), lambda t: t.category),
    Column("summary", Text("Summary", "Résumé"), lambda t: t.summary),
    Column("customer", Text("Customer", "Client"), lambda t: t.customer_id),
    Column("sites", Text("Sites", "Lieux"), lambda t: _joined(t.sites)),
    Column("asset", Text("Asset", "Équipement"), lambda t: t.asset),
    Column("requester", Text("Requester", "Demandeur"), lambda t: t.requester_id),
    Column("channel", Text("Channel", "Canal"), lambda t: t.channel.value),
    Column(
        "external_reference", Text("Their reference", "Référence du client"), lambda t: t.external_reference
    ),
    Column("declared", Text("Declared", "Déclaré le"), lambda t: t.declared_at),
    Column("due", Text("Due", "Échéance"), lambda t: t.due_at),
    Column("resolved", Text("Resolved", "Résolu le"), lambda t: t.resolved_at),
    Column("closed", Text("Closed", "Clos le"), lambda t: t.closed_at),
    Column("visits", Text("Visits", "Visites"), lambda t: len(t.visits)),
    Column("fault", Text("Fault", "Panne"), lambda t: t.resolution.cause if t.resolution else None),
    Column(
        "work_done",
        Text("Work done", "Travail fait"),
        lambda t: t.resolution.work_done if t.resolution else None,
    ),
    Column("agent", Text("Looked after by", "Suivi par"), lambda t: t.agent_id),
)


def columns_of(ids: Sequence[str]) -> Sequence[Column]:
    """The columns named, in that order; all of them when none is."""
    known = {column.id: column for column in COLUMNS}
    return [known[id] for id in ids if id in known] or COLUMNS


def as_csv(tickets: Iterable[TicketView], language: str, columns: Sequence[Column] = COLUMNS) -> bytes:
    """UTF-8 with a mark for Excel, semicolons in French as its Excel wants; times in UTC (RFC 3339).

    What a spreadsheet would take for a formula is kept from being one by an apostrophe (OWASP, CSV
    injection).
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if language == "fr" else ",", lineterminator="\r\n")
    writer.writerow([column.name.in_(language) for column in columns])
    for ticket in tickets:
        writer.writerow([_plain(column.cell(ticket)) for column in columns])
    return written.getvalue().encode("utf-8-sig")


def _plain(cell: Cell) -> str | int | float:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return f"'{cell}"
    return "" if cell is None else cell


def as_xlsx(tickets: Iterable[TicketView], language: str, columns: Sequence[Column] = COLUMNS) -> bytes:
    """A sheet with a heading that stays, and filters; what is text stays text, and times are in UTC."""
    written = io.BytesIO()
    with workbook(written) as book:
        sheet = book.add_worksheet("Tickets")
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": TO_THE_MINUTE})
        for n, column in enumerate(columns):
            sheet.write_string(0, n, column.name.in_(language), bold)
        row = 0
        for row, ticket in enumerate(tickets, start=1):
            for n, column in enumerate(columns):
                write(sheet, row, n, column.cell(ticket), moment)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, row, len(columns) - 1)
        sheet.autofit(max_width=400)
    return written.getvalue()
