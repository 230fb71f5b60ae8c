"""Files as people make them: workbooks and tables in text."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from infra.chassis.workbook import XLSX


def workbook_of(*rows: Sequence[Any]) -> bytes:
    """An xlsx of one sheet, its first row the headings."""
    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(written)
    return written.getvalue()


def csv_of(*rows: Sequence[Any]) -> bytes:
    """As a French Excel writes it."""
    return "\r\n".join(";".join(str(each) for each in row) for row in rows).encode("cp1252")


def form_of(content: bytes, name: str = "table.xlsx") -> dict[str, Any]:
    """What a client of httpx sends as a form with that file."""
    return {"files": {"file": (name, content, XLSX)}}
