"""A file from outside is read as a table, and does no harm where it is none."""

import io
import zipfile
from datetime import datetime

import pytest

from infra.chassis.imports.sheet import MAX_LINES, MAX_UNPACKED, Unfit, read_table
from tests.tables import csv_of, workbook_of

AT = datetime.fromisoformat("2026-03-02")
SHEET = "xl/worksheets/sheet1.xml"


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with a part replaced."""
    written = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(content))
    with old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.infolist():
            new.writestr(each.filename, part if each.filename == name else old.read(each.filename))
    return written.getvalue()


def part_of(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)


def unfit(content: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        read_table(content)
    return refused.value.slug


def test_lines_are_counted_as_the_program_counts_them_and_empty_ones_are_left_out() -> None:
    table = read_table(workbook_of((), ("id", "at"), (), ("a", AT), (None, None)))
    assert table.headings == ("id", "at")
    assert [(row.n, row.cells) for row in table.rows] == [(4, ("a", AT))]


def test_a_formula_is_not_worked_out() -> None:
    table = read_table(workbook_of(("id", "n"), ("a", "=1+1")))
    assert table.rows[0].cells == ("a",)


def test_a_table_in_text_is_read_as_a_french_program_writes_it_and_as_others_do() -> None:
    french = read_table(csv_of(("id", "nom"), ("a", "été")))
    other = read_table('id,nom\na,"été, 2"\n'.encode())
    assert (french.rows[0].cells, other.rows[0].cells) == (("a", "été"), ("a", "été, 2"))


def test_an_archive_that_unpacks_to_too_much_is_not_read() -> None:
    assert unfit(with_part(workbook_of(("id",)), SHEET, b" " * (MAX_UNPACKED + 1))) == "unsafe-file"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_expanded(encoding: str) -> None:
    book = workbook_of(("id",), ("a",))
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    for name in (SHEET, "xl/workbook.xml", "[Content_Types].xml"):
        assert unfit(with_part(book, name, bomb.encode(encoding))) == "unsafe-file"


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is() -> None:
    book = workbook_of(("id",), ("a",))
    sheet = part_of(book, SHEET)
    assert b'<dimension ref="A1:A2"' in sheet
    lying = with_part(book, SHEET, sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"'))
    assert [row.cells[0] for row in read_table(lying).rows] == ["a"]


def test_a_file_has_at_most_so_many_lines() -> None:
    most = b"id\n" + b"a\n" * MAX_LINES
    assert len(read_table(most).rows) == MAX_LINES
    assert unfit(most + b"a\n") == "too-many-lines"
