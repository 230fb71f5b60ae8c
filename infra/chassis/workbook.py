"""Workbooks: what is text stays text, and times are in UTC."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN_WIDTH = 20
TO_THE_MINUTE, TO_THE_SECOND = "yyyy-mm-dd hh:mm", "yyyy-mm-dd hh:mm:ss"

Cell = str | int | float | Decimal | datetime | None


@contextmanager
def workbook(written: BytesIO, *, created: datetime | None = None) -> Iterator[xlsxwriter.Workbook]:
    """A workbook that comes into ``written`` at the end. With ``created`` the same content gives the same
    bytes."""
    # What comes from outside is a string, neither a formula, a link nor a number.
    as_it_is = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, {"in_memory": True, **as_it_is}) as book:
        if created is not None:
            book.set_properties({"created": plain(created)})
        yield book


def write(sheet: Any, row: int, n: int, cell: Cell, moment: Any, money: Any = None) -> None:
    """``moment`` and ``money`` are the formats of times and of decimals."""
    match cell:
        case None:
            return
        case datetime():
            sheet.write_datetime(row, n, plain(cell), moment)
        case str():
            sheet.write_string(row, n, cell)
        case Decimal():
            sheet.write_number(row, n, float(cell), money)
        case _:
            sheet.write_number(row, n, cell)


class Sheet:
    """A sheet with a heading that stays and filters, written row by row."""

    def __init__(self, book: Any, name: str, headings: Sequence[str]) -> None:
        self._sheet, self._columns, self._row = book.add_worksheet(name), len(headings), 0
        bold = book.add_format({"bold": True})
        self._moment = book.add_format({"num_format": TO_THE_SECOND})
        self._money = book.add_format({"num_format": "#,##0.00"})
        self._sheet.set_column(0, len(headings) - 1, COLUMN_WIDTH)
        self._sheet.freeze_panes(1, 0)
        for n, heading in enumerate(headings):
            self._sheet.write_string(0, n, heading, bold)

    def add(self, *cells: Cell) -> None:
        self._row += 1
        for n, cell in enumerate(cells):
            write(self._sheet, self._row, n, cell, self._moment, self._money)

    def end(self) -> None:
        self._sheet.autofilter(0, 0, self._row, self._columns - 1)


def plain(at: datetime) -> datetime:
    """In UTC, without saying so: workbooks know no zones."""
    return (at if at.tzinfo is None else at.astimezone(UTC)).replace(tzinfo=None)
