"""What is there as a workbook that can be sent back: changed cells are then changes, and nothing else is."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import DAY, HOURS, LEVELS, NUMBER, WHOLE, YES_NO, Column
from infra.chassis.imports.kind import ID, ImportKind, at
from infra.chassis.runtime import Kept
from infra.chassis.workbook import workbook


def exported(kind: ImportKind, things: Iterable[Kept[Any]], who: Principal, language: str) -> bytes:
    """A line each, under the headings of the template in that language."""
    written = BytesIO()
    with workbook(written) as book:
        bold = book.add_format({"bold": True})
        formats = {each.form.excel: book.add_format({"num_format": each.form.excel}) for each in kind.every}
        sheet = book.add_worksheet(kind.title.in_(language)[:31])
        sheet.freeze_panes(1, 2)
        columns = (ID, *kind.columns)
        for n, column in enumerate(columns):
            title = column.title.in_(language)
            sheet.set_column(n, n, max(14, len(title) + 4), formats[column.form.excel])
            sheet.write_string(0, n, title, bold)
        row = 0
        for row, kept in enumerate(things, 1):
            said = {**kind.present(kept, who), ID.path: kept.value.id}
            for n, column in enumerate(columns):
                _write(sheet, row, n, column, at(said, column.path), language)
        sheet.autofilter(0, 0, row, len(columns) - 1)
    return written.getvalue()


def _write(sheet: Any, row: int, n: int, column: Column, value: Any, language: str) -> None:
    if value is None:
        return
    if column.form in (NUMBER, WHOLE):
        sheet.write_number(row, n, value)
    elif column.form is DAY:
        sheet.write_datetime(row, n, date.fromisoformat(value))
    elif column.form is YES_NO:
        sheet.write_boolean(row, n, value)
    else:
        # Hours and levels are read in either language.
        said = column.form.said(value, "en" if column.form in (HOURS, LEVELS) else language)
        sheet.write_string(row, n, said)
