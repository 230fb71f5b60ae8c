"""What comes out of a long workbook is what went in, in order and as text where it was text."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zipfile import ZipFile

from openpyxl import load_workbook

from infra.chassis.workbook import Cell
from services.ticket.views.long_workbook import LONGEST, LongSheet, long_workbook

AT = datetime(2026, 3, 31, 22, 30, tzinfo=timezone(timedelta(hours=2)))
UTC_SHOWN = AT.astimezone(UTC).replace(tzinfo=None)


def test_cells_stay_what_they_are_whatever_the_first_row_held() -> None:
    rows: list[Sequence[Cell]] = [
        (None, "T-1", AT, 1),
        ("=1+1", None, None, Decimal("2.50")),
        ("http://x", "@x", "words", 0.25),
    ]
    book = load_workbook(io.BytesIO(long_workbook([LongSheet("A", ["a", "b", "c", "d"], iter(rows))], AT)))
    assert list(book["A"].values) == [
        ("a", "b", "c", "d"),
        (None, "T-1", UTC_SHOWN, 1),
        ("=1+1", None, None, 2.5),
        ("http://x", "@x", "words", 0.25),
    ]
    assert book["A"]["A3"].data_type in ("s", "inlineStr"), "what looks like a formula is text"
    assert book["A"].freeze_panes == "A2"
    assert book["A"].auto_filter.ref == "A1:D4"


def test_an_empty_sheet_has_its_headings_and_a_text_that_is_too_long_is_cut() -> None:
    sheets = [LongSheet("Empty", ["a", "b"], []), LongSheet("Long", ["a"], [("x" * 40_000,)])]
    book = load_workbook(io.BytesIO(long_workbook(sheets, AT)))
    assert next(iter(book["Empty"].values)) == ("a", "b")
    assert len(book["Long"]["A2"].value) == LONGEST


def test_the_same_rows_are_the_same_bytes_dated_as_said() -> None:
    first, again = (long_workbook([LongSheet("A", ["a"], [("x",)])], AT) for _ in range(2))
    assert first == again
    with ZipFile(io.BytesIO(first)) as parts:
        assert parts.read("docProps/core.xml").count(b"2026-03-31T20:30:00.000Z") == 2
