"""Reading a log: values, encodings, and what happens to rows that make no sense."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.replay.log import BadRow, Row, UnreadableLog, read_log
from tests.infra.replay.logs import COLUMNS, MAPPING, csv_of, read


def only(content: str | bytes) -> Row:
    [row] = read(content)
    assert isinstance(row, Row), row
    return row


def bad(content: str | bytes) -> BadRow:
    found = [row for row in read(content) if isinstance(row, BadRow)]
    assert len(found) == 1, found
    return found[0]


def test_a_row_keeps_its_texts_and_its_line() -> None:
    row = only(csv_of([{"location": "Location 12", "assigned_to": "Resolver 3"}]))
    assert (row.line, row.number, row.state) == (2, "INC0000001", "New")
    assert (row.location, row.assigned_to) == ("Location 12", "Resolver 3")


def test_times_are_day_first_in_the_zone_of_the_mapping() -> None:
    row = only(csv_of([{"opened_at": "01-03-2016 08:00", "sys_updated_at": "01-07-2016 08:00"}]))
    assert row.opened_at == datetime(2016, 3, 1, 7, tzinfo=UTC)
    assert row.updated_at == datetime(2016, 7, 1, 6, tzinfo=UTC)


def test_a_question_mark_and_nothing_are_both_empty() -> None:
    row = only(csv_of([{"location": "?", "category": "", "assigned_to": "  ", "resolved_at": "?"}]))
    assert (row.location, row.category, row.assigned_to, row.resolved_at) == (None, None, None, None)


def test_columns_that_are_not_needed_may_be_missing_or_more() -> None:
    needed = ["number", "incident_state", "opened_at", "sys_updated_at", "location", "category", "impact"]
    content = csv_of([{"colour": "red"}], columns=[*needed, "urgency", "assignment_group", "colour"])
    assert only(content).resolved_by is None


@pytest.mark.parametrize(
    "encoded",
    [
        csv_of([{"location": "Saint-Étienne"}]).encode(),
        b"\xef\xbb\xbf" + csv_of([{"location": "Saint-Étienne"}]).encode(),
        csv_of([{"location": "Saint-Étienne"}]).encode("utf-16"),
        csv_of([{"location": "Saint-Étienne"}]).encode("cp1252"),
        csv_of([{"location": "Saint-Étienne"}], delimiter=";").encode(),
        csv_of([{"location": "Saint-Étienne"}]).replace("\r\n", "\n").encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "western", "semicolons", "unix lines"],
)
def test_a_log_is_read_as_spreadsheets_write_it(encoded: bytes) -> None:
    assert only(encoded).location == "Saint-Étienne"


def test_a_quoted_text_may_go_over_several_lines() -> None:
    content = csv_of([{"location": "Tower\nfloor 3"}, {"number": "INC0000002"}])
    first, second = read(content)
    assert isinstance(first, Row)
    assert first.location == "Tower floor 3"
    assert (first.line, second.line) == (2, 4)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"number": "?"}, "number is empty"),
        ({"incident_state": "Sleeping"}, "incident_state 'Sleeping' is not in the mapping's [states]"),
        ({"opened_at": "?"}, "opened_at is empty"),
        ({"sys_updated_at": "2016-02-29 08:05"}, "sys_updated_at '2016-02-29 08:05' is not a time"),
        ({"opened_at": "31-02-2016 08:00"}, "opened_at '31-02-2016 08:00' is not a time"),
        ({"sys_mod_count": "many"}, "sys_mod_count 'many' is not a count"),
        ({"location": "x" * 2000}, "location has 2000 characters"),
        ({"category": "a\0b"}, "category holds a NUL"),
    ],
)
def test_a_row_that_makes_no_sense_is_told_with_its_line_and_reason(
    fields: Mapping[str, str], reason: str
) -> None:
    content = csv_of([{}, fields, {"number": "INC0000003"}])
    found = bad(content)
    assert found.line == 3
    assert found.reason.startswith(reason)
    assert [row.number for row in read(content) if isinstance(row, Row)] == ["INC0000001", "INC0000003"]


@pytest.mark.parametrize("broken", ['INC9,"never closed', "INC9,New", 'INC9,"a"b,c', "x" * 200_000])
def test_a_broken_line_takes_no_other_with_it(broken: str) -> None:
    header, first, second = csv_of([{}, {"number": "INC0000003"}]).splitlines()
    content = "\n".join([header, first, broken, second, ""])
    assert bad(content).line == 3
    assert [row.number for row in read(content) if isinstance(row, Row)] == ["INC0000001", "INC0000003"]


def test_empty_lines_are_nothing() -> None:
    header, first, second = csv_of([{}, {"number": "INC0000003"}]).splitlines()
    rows = read("\n\n".join([header, first, second, ""]))
    assert [row.line for row in rows] == [3, 5]


def test_a_log_without_its_columns_says_which() -> None:
    kept = [column for column in COLUMNS if column not in {"location", "urgency"}]
    with pytest.raises(UnreadableLog, match=r"log\.csv lacks the columns location, urgency"):
        read(csv_of([{}], columns=kept))


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_says_so(content: str) -> None:
    with pytest.raises(UnreadableLog, match=r"log\.csv is empty"):
        read(content)


def test_something_else_than_a_log_is_not_taken_for_one() -> None:
    with pytest.raises(UnreadableLog, match="lacks the columns number"):
        read(b"%PDF-1.7\n\xff\xfe\x00binary")


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLog, match="cannot be read"):
        list(read_log(tmp_path / "none.csv", time_zone=MAPPING.time_zone, states=MAPPING.states))
