"""A file as a table of cells. It runs in a process of its own: what comes from outside may be anything.

An xlsx is looked at before it is read: how much its parts say they unpack to, and that none of them declares
a document type, which is where entities come from. Formulas are never computed: a cell has what the program
that wrote the file had worked out.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal
from xml.parsers import expat

from openpyxl import load_workbook

from infra.chassis.imports.columns import Cell

MAX_BYTES = 10 * 2**20
MAX_LINES = 20_000
MAX_COLUMNS = 100
MAX_CELL = 4_000
MAX_UNPACKED = 64 * 2**20
MAX_PARTS = 500
MAX_ROWS_SEEN = 200_000
"""Rows that are looked at, empty ones included."""
_PIECE = 2**16

Slug = Literal["unreadable-file", "too-many-lines", "unsafe-file", "empty-file"]


class Unfit(Exception):
    """A file that is not read, by what is wrong with it; pickled on its way from the process."""

    def __init__(self, slug: Slug) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass(frozen=True)
class Row:
    """``n`` is the line as programs for tables count it."""

    n: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes) -> Table:
    """The first sheet of an xlsx, or a csv; ``Unfit`` for anything else, and for what is too large."""
    if len(content) > MAX_BYTES:
        raise Unfit("too-many-lines")
    rows = _of_workbook(content) if content.startswith(b"PK") else _of_text(content)
    return _table(rows)


def _table(rows: Iterable[tuple[int, tuple[Cell, ...]]]) -> Table:
    headings: tuple[str, ...] | None = None
    kept: list[Row] = []
    for n, cells in rows:
        if n > MAX_ROWS_SEEN:
            raise Unfit("too-many-lines")
        if all(each is None or each == "" for each in cells):
            continue
        if headings is None:
            headings = tuple("" if each is None else str(each).strip()[:200] for each in cells)
            continue
        if len(kept) == MAX_LINES:
            raise Unfit("too-many-lines")
        kept.append(Row(n, cells))
    if headings is None:
        raise Unfit("empty-file")
    return Table(headings, tuple(kept))


def _of_workbook(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    _look_at(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        # What a sheet says of its size is not to be trusted.
        sheet.reset_dimensions()
        for n, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            yield n, _cells(row)
            if n > MAX_ROWS_SEEN:
                raise Unfit("too-many-lines")
    except Unfit:
        raise
    except Exception as error:
        # Each of the parts may be wrong in its own way, and the library says each in its own.
        raise Unfit("unreadable-file") from error


def _look_at(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Unfit("unsafe-file")
            for part in parts:
                # Whatever it is called: a part is a sheet because another part says so. The archive gives
                # no more bytes of it than it says that it has.
                with archive.open(part) as file:
                    _without_entities(file)
    except Unfit:
        raise
    except Exception as error:
        raise Unfit("unreadable-file") from error


def _without_entities(file: Any) -> None:
    def declared(*_: object) -> None:
        raise Unfit("unsafe-file")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    try:
        while piece := file.read(_PIECE):
            parser.Parse(piece, False)
    except expat.ExpatError:
        # Not XML, such as a picture: whoever read it as a sheet would stop at the same place.
        return


def _cells(row: Sequence[Any]) -> tuple[Cell, ...]:
    """A row without the empty end that it is filled up with."""
    cells = [_cell(each) for each in row]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value[:MAX_CELL]
    return value if isinstance(value, int | float | bool | datetime | date | time) else None


def _of_text(content: bytes) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    if "\0" in text:
        raise Unfit("unreadable-file")
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, tuple(each[:MAX_CELL] for each in cells[:MAX_COLUMNS])
    except csv.Error as error:
        raise Unfit("unreadable-file") from error
