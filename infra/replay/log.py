"""Reads an export of a ServiceNow incident log: one line for each change of an incident.

Reading never stops at a bad row: it is reported with its line and the rest goes on. Only a file
that is no such log at all (no header, columns missing) ends it.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from infra.chassis.failed import Failed

EMPTY = "?"
DATE_FORMAT = "%d-%m-%Y %H:%M"
DELIMITERS = ",;\t"
LONGEST_TEXT = 1000
MOST_LINES = 50
UNCLOSED = "unexpected end of data"

REQUIRED = (
    "number",
    "incident_state",
    "opened_at",
    "sys_updated_at",
    "location",
    "category",
    "impact",
    "urgency",
    "assignment_group",
)
"""Columns without which there is nothing to play."""

OPTIONAL = (
    "sys_mod_count",
    "caller_id",
    "contact_type",
    "subcategory",
    "u_symptom",
    "assigned_to",
    "closed_code",
    "resolved_by",
    "resolved_at",
    "closed_at",
)


class UnreadableLog(Failed):
    """The file is not a log that can be played; the sentence says why."""


@dataclass(frozen=True)
class Row:
    """One state of one incident, as of ``updated_at``; texts are None where the log has ``?``.

    ``line`` is where the row begins in the file, the header being line 1.
    """

    line: int
    number: str
    state: str
    opened_at: datetime
    updated_at: datetime
    location: str | None = None
    category: str | None = None
    impact: str | None = None
    urgency: str | None = None
    group: str | None = None
    update: int = 0
    caller: str | None = None
    contact_type: str | None = None
    subcategory: str | None = None
    symptom: str | None = None
    assigned_to: str | None = None
    closed_code: str | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be played, and why."""

    line: int
    reason: str
    number: str | None = None


class _BadValue(Exception):
    """A value of a row that makes no sense; its text is the reason."""


def read_log(path: Path, *, time_zone: str, states: Iterable[str]) -> Iterator[Row | BadRow]:
    """The rows of the file in its order; wall-clock times are of ``time_zone``.

    ``states`` are the values of ``incident_state`` that can be played. ``UnreadableLog`` for a file
    that cannot be opened or lacks columns.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadableLog(f"{path} cannot be read ({error.strerror}): name a CSV file.") from error
    with file:
        yield from read_rows(file, name=str(path), time_zone=time_zone, states=states)


def read_rows(file: BinaryIO, *, name: str, time_zone: str, states: Iterable[str]) -> Iterator[Row | BadRow]:
    """``read_log`` of a file that is open already."""
    lines = _Lines(_decoded(file))
    while (header := lines.take()) is not None and not header.strip():
        continue
    if header is None:
        raise UnreadableLog(f"{name} is empty: export the incident log again, with its header.")
    delimiter = max(DELIMITERS, key=header.count)
    try:
        columns = [title.strip().lower() for title in _fields([header], delimiter)]
    except csv.Error as error:
        raise UnreadableLog(f"{name} has no readable header ({error}): export the log again.") from error
    if missing := [column for column in REQUIRED if column not in columns]:
        noun = "column" if len(missing) == 1 else "columns"
        raise UnreadableLog(
            f"{name} lacks the {noun} {', '.join(missing)}: export the incident log with them "
            f"(its header names {', '.join(columns)[:200]})."
        )
    yield from _rows(lines, columns, delimiter, _Values(ZoneInfo(time_zone), frozenset(states)))


class _Lines:
    """Lines with their numbers; those that were taken by mistake can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        self.number += line is not None
        return line

    def give_back(self, lines: list[str]) -> None:
        self._returned.extendleft(reversed(lines))
        self.number -= len(lines)


def _rows(lines: _Lines, columns: list[str], delimiter: str, values: "_Values") -> Iterator[Row | BadRow]:
    while (first := lines.take()) is not None:
        if not first.strip():
            continue
        line, taken = lines.number, [first]
        fields, wrong = _record(lines, taken, delimiter)
        if wrong is None and len(fields) != len(columns):
            wrong = f"it has {len(fields)} fields, the header {len(columns)}"
        if wrong is not None:
            lines.give_back(taken[1:])
            yield BadRow(line, wrong)
            continue
        found = dict(zip(columns, fields, strict=True))
        try:
            yield values.row(line, found)
        except _BadValue as bad:
            yield BadRow(line, str(bad), found["number"].strip() or None)


def _record(lines: _Lines, taken: list[str], delimiter: str) -> tuple[list[str], str | None]:
    """The fields of the record that begins with the line taken, or what is wrong with it.

    A quoted field may go on over several lines; a quote that is never closed takes no more than its
    own line with it.
    """
    while True:
        try:
            return _fields(taken, delimiter), None
        except csv.Error as error:
            following = lines.take() if UNCLOSED in str(error) and len(taken) < MOST_LINES else None
            if following is None:
                return [], "a quote is never closed" if UNCLOSED in str(error) else f"it is not CSV: {error}"
            taken.append(following)


def _fields(lines: list[str], delimiter: str) -> list[str]:
    return next(csv.reader(lines, delimiter=delimiter, strict=True))


@dataclass(frozen=True)
class _Values:
    """Turns the texts of a row into values."""

    zone: ZoneInfo
    states: frozenset[str]

    def row(self, line: int, fields: dict[str, str]) -> Row:
        texts = {name: self._text(name, fields.get(name, EMPTY)) for name in (*REQUIRED, *OPTIONAL)}
        number, state = texts["number"], texts["incident_state"]
        if number is None:
            raise _BadValue("number is empty")
        if state not in self.states:
            known = ", ".join(sorted(self.states))
            raise _BadValue(f"incident_state {state or EMPTY!r} is not in the mapping's [states]: {known}")
        return Row(
            line=line,
            number=number,
            state=state or "",
            opened_at=self._required_time("opened_at", texts),
            updated_at=self._required_time("sys_updated_at", texts),
            location=texts["location"],
            category=texts["category"],
            impact=texts["impact"],
            urgency=texts["urgency"],
            group=texts["assignment_group"],
            update=self._count("sys_mod_count", texts["sys_mod_count"]),
            caller=texts["caller_id"],
            contact_type=texts["contact_type"],
            subcategory=texts["subcategory"],
            symptom=texts["u_symptom"],
            assigned_to=texts["assigned_to"],
            closed_code=texts["closed_code"],
            resolved_by=texts["resolved_by"],
            resolved_at=self._time("resolved_at", texts["resolved_at"]),
            closed_at=self._time("closed_at", texts["closed_at"]),
        )

    def _text(self, name: str, text: str) -> str | None:
        text = " ".join(text.split())
        if "\0" in text:
            raise _BadValue(f"{name} holds a NUL character")
        if len(text) > LONGEST_TEXT:
            raise _BadValue(f"{name} has {len(text)} characters, at most {LONGEST_TEXT} make sense")
        return None if text in {"", EMPTY} else text

    def _required_time(self, name: str, texts: dict[str, str | None]) -> datetime:
        at = self._time(name, texts[name])
        if at is None:
            raise _BadValue(f"{name} is empty")
        return at

    def _time(self, name: str, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            at = datetime.strptime(text, DATE_FORMAT).replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _BadValue(f"{name} {text!r} is not a time like 29-02-2016 01:16 (day first)") from None
        return at

    def _count(self, name: str, text: str | None) -> int:
        if text is None:
            return 0
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise _BadValue(f"{name} {text!r} is not a count")
        return int(text)


def _decoded(file: BinaryIO) -> Iterator[str]:
    """The file's lines: UTF-8 or UTF-16 by its byte order mark, else UTF-8, a line that is not in
    what Western European spreadsheets write."""
    start = file.read(4)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from io.TextIOWrapper(file, encoding="utf-16", errors="replace", newline="")
        return
    if start.startswith(codecs.BOM_UTF8):
        file.seek(len(codecs.BOM_UTF8))
    for line in file:
        try:
            yield line.decode()
        except UnicodeDecodeError:
            yield line.decode("cp1252", errors="replace")
