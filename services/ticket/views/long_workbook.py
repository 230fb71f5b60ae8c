"""Workbooks of a hundred thousand rows, written in seconds: plain sheets, each under a heading."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from shutil import copyfileobj
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rustpy_xlsxwriter import write_worksheets

from contracts.values import rfc3339
from infra.chassis.workbook import COLUMN_WIDTH, TO_THE_SECOND, Cell, plain

LONGEST = 32_767
"""Characters in a cell (Excel's limit)."""

_CORE = "docProps/core.xml"
_MOMENT = re.compile(rb"(?<=W3CDTF\">)[^<]+")


@dataclass(frozen=True)
class LongSheet:
    """``headings`` all differ. The rows are read once, those of one sheet after those of the one before."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]

    def records(self) -> Iterator[dict[str, Cell]]:
        """A row of nothing where there is none: the headings come with the first."""
        rows = iter(self.rows)
        nothing: Sequence[Cell] = [None] * len(self.headings)
        for row in chain([next(rows, nothing)], rows):
            yield dict(zip(self.headings, map(_cell, row), strict=True))


def long_workbook(sheets: Sequence[LongSheet], created: datetime) -> bytes:
    """The same bytes from the same sheets. What is text stays text, and times are in UTC."""
    written, every = io.BytesIO(), [sheet.name for sheet in sheets]
    write_worksheets(
        [(sheet.name, sheet.records()) for sheet in sheets],
        written,
        bold_headers=True,
        datetime_format=TO_THE_SECOND,
        freeze_panes={"general": {"row": 1, "col": 0}},
        autofilter=dict.fromkeys(every, True),
        column_width=dict.fromkeys(every, COLUMN_WIDTH),
    )
    return _created(written, created)


def _created(written: io.BytesIO, at: datetime) -> bytes:
    """The workbook as if made at that instant: the library writes down when it really was."""
    again = io.BytesIO()
    with ZipFile(written) as was, ZipFile(again, "w", ZIP_DEFLATED, compresslevel=1) as now:
        for part in was.infolist():
            entry = ZipInfo(part.filename)
            entry.compress_type = ZIP_DEFLATED
            with was.open(part) as source, now.open(entry, "w", force_zip64=True) as target:
                if part.filename == _CORE:
                    target.write(_MOMENT.sub(rfc3339(at).encode(), source.read()))
                else:
                    copyfileobj(source, target, 2**20)
    return again.getvalue()


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return cell if len(cell) <= LONGEST else cell[: LONGEST - 1] + "…"
    return plain(cell) if isinstance(cell, datetime) else cell
