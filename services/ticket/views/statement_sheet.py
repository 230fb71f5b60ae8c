"""A month's statement as a workbook: figures, penalties, commitments, exclusions and cancellations."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from contracts.text import Text
from services.ticket.views.statement import StatementView
from services.ticket.views.statement_words import OUTCOMES, PERS, REASONS, WHYS

Cell = str | int | float | Decimal | datetime | None

_NUMBER, _SITE = Text("Number", "Numéro"), Text("Site", "Lieu")
_TARGET, _PRIORITY = Text("Target", "Engagement"), Text("Priority", "Priorité")
_LINE = Text("Timeline line", "Ligne du journal")
_COUNTS = (
    *(_TARGET, _PRIORITY, Text("Kept", "Tenus"), Text("Broken", "Manqués")),
    *(Text("Still late", "Encore en retard"), Text("Stopped", "Arrêtés"), Text("Running", "En cours")),
    Text("Kept, %", "Tenus, %"),
)
_PENALTIES = (
    *(Text("Rule", "Règle"), _NUMBER, _SITE, _TARGET, Text("Kept", "Tenus"), Text("Counted", "Comptés")),
    *(Text("Quantity", "Quantité"), Text("Unit", "Unité"), Text("Amount", "Montant")),
    Text("Note", "Observation"),
)
_COMMITMENTS = (
    *(_NUMBER, _SITE, _TARGET, _PRIORITY, Text("Outcome", "Résultat"), Text("From", "Début")),
    *(Text("Kept at", "Tenu le"), Text("Broken at", "Manqué le"), Text("Allowed, min", "Permis, min")),
    *(Text("Elapsed, min", "Écoulé, min"), Text("Late, min", "Retard, min")),
    *(Text("Late before, min", "Retard antérieur, min"), Text("Reopened", "Rouvert")),
    *(Text("Major incident", "Incident majeur"), Text("Contract revision", "Révision du contrat")),
    Text("Ticket", "Ticket (identifiant)"),
)
_EXCLUDED = (
    *(_NUMBER, _SITE, _TARGET, Text("From", "Du"), Text("To", "Au"), Text("Reason", "Motif")),
    _LINE,
)
_REASONS = (
    *(_NUMBER, _SITE, _TARGET, Text("Counted", "Compté"), Text("Explanation", "Explication")),
    _LINE,
)
_CANCELLED = (_NUMBER, Text("Cancelled", "Annulé le"), Text("Duplicate of", "Doublon de"))


def as_xlsx(shown: StatementView, language: str) -> bytes:
    """The same bytes from the same statement: its dates are those of what it says, in UTC."""
    content, written = shown.statement, io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, {**options, "strings_to_numbers": False}) as book:
        book.set_properties({"created": content.as_of.astimezone(UTC).replace(tzinfo=None)})
        sheets = _Sheets(book, language)
        sheets.add(
            Text("Figures", "Chiffres"),
            _COUNTS,
            (
                (c.target, c.priority.value, c.kept, c.broken, c.late, c.stopped, c.open, c.percent)
                for c in content.counts
            ),
        )
        if content.penalties is not None:
            lines = [
                (
                    p.rule,
                    p.number,
                    p.site_id,
                    p.target,
                    p.kept,
                    p.counted,
                    p.quantity,
                    PERS[p.per].in_(language),
                    p.amount,
                    None if p.why is None else WHYS[p.why].in_(language),
                )
                for p in content.penalties.lines
            ]
            unit = content.penalties.currency
            total = Text("Total", "Total général").in_(language)
            ends = (*(None,) * 6, None, f"{total} ({unit})", content.penalties.total, None)
            sheets.add(Text("Penalties", "Pénalités"), _PENALTIES, [*lines, ends])
        sheets.add(
            Text("Commitments", "Engagements"),
            _COMMITMENTS,
            (
                (
                    c.number,
                    c.site_id,
                    c.target,
                    c.priority.value,
                    OUTCOMES[c.outcome].in_(language),
                    c.starts_at,
                    c.met_at,
                    c.breached_at,
                    c.allowed_minutes,
                    c.elapsed_minutes,
                    c.late_minutes,
                    c.late_minutes_before,
                    _yes(c.reopened, language),
                    c.major_incident_id,
                    c.contract_revision,
                    c.ticket_id,
                )
                for c in content.commitments
            ),
        )
        sheets.add(
            Text("Excluded", "Exclusions"),
            _EXCLUDED,
            (
                (c.number, c.site_id, c.target, e.from_, e.to, REASONS[e.reason].in_(language), e.line_id)
                for c in content.commitments
                for e in c.excluded
            ),
        )
        sheets.add(
            Text("Explained", "Explications"),
            _REASONS,
            (
                (
                    c.number,
                    c.site_id,
                    c.target,
                    _yes(e.counted, language),
                    e.sentence.fr if language == "fr" else e.sentence.en,
                    e.line_id,
                )
                for c in content.commitments
                for e in c.reasons
            ),
        )
        sheets.add(
            Text("Cancelled", "Annulations"),
            _CANCELLED,
            ((c.number, c.at, c.duplicate_of) for c in content.cancelled),
        )
    return written.getvalue()


class _Sheets:
    """Sheets with a heading that stays and filters; what is text stays text."""

    def __init__(self, book: Any, language: str) -> None:
        self._book, self._language = book, language
        self._bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._money = book.add_format({"num_format": "#,##0.00"})

    def add(self, name: Text, headings: Sequence[Text], rows: Iterable[Sequence[Cell]]) -> None:
        sheet = self._book.add_worksheet(name.in_(self._language))
        for n, heading in enumerate(headings):
            sheet.write_string(0, n, heading.in_(self._language), self._bold)
        row = 0
        for row, cells in enumerate(rows, start=1):
            for n, cell in enumerate(cells):
                self._write(sheet, row, n, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, row, len(headings) - 1)
        sheet.autofit(max_width=500)

    def _write(self, sheet: Any, row: int, n: int, cell: Cell) -> None:
        match cell:
            case None:
                return
            case datetime():
                sheet.write_datetime(row, n, cell.astimezone(UTC).replace(tzinfo=None), self._moment)
            case str():
                sheet.write_string(row, n, cell)
            case Decimal():
                sheet.write_number(row, n, float(cell), self._money)
            case _:
                sheet.write_number(row, n, cell)


def _yes(said: bool, language: str) -> str:
    return Text("yes", "oui").in_(language) if said else Text("no", "non").in_(language)
