"""The incidents of a log: their rows in order, and what is odd about them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from infra.replay.log import BadRow, Row


@dataclass(frozen=True)
class Incident:
    """One incident with its rows in the order of their times. There is at least one row.

    ``oddities`` are what the log contradicts itself in; none of them keeps it from being played.
    """

    number: str
    rows: tuple[Row, ...]
    oddities: tuple[str, ...] = ()

    @property
    def first(self) -> Row:
        return self.rows[0]

    @property
    def last(self) -> Row:
        return self.rows[-1]


def gather(rows: Iterable[Row | BadRow]) -> tuple[tuple[Incident, ...], tuple[BadRow, ...]]:
    """The incidents in the order in which they were opened, and the rows that cannot be played.

    A row that repeats another one exactly is among the latter, and so is one that says that its
    incident was opened at another time than the incident's first row does.
    """
    found: dict[str, list[Row]] = {}
    seen: dict[Row, int] = {}
    bad: list[BadRow] = []
    for row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
            continue
        content = replace(row, line=0)
        if content in seen:
            bad.append(BadRow(row.line, f"it repeats line {seen[content]}", row.number))
            continue
        seen[content] = row.line
        own = found.setdefault(row.number, [])
        if own and own[0].opened_at != row.opened_at:
            reason = f"opened_at is not what line {own[0].line} says of the same incident"
            bad.append(BadRow(row.line, reason, row.number))
            continue
        own.append(row)
    incidents = (_incident(number, own) for number, own in found.items())
    ordered = sorted(incidents, key=lambda each: (each.first.opened_at, each.number))
    return tuple(ordered), tuple(sorted(bad, key=lambda each: each.line))


def _incident(number: str, rows: list[Row]) -> Incident:
    ordered = sorted(rows, key=lambda row: (row.updated_at, row.update, row.line))
    return Incident(number, tuple(ordered), tuple(_oddities(rows, ordered)))


def _oddities(as_logged: list[Row], ordered: list[Row]) -> Iterator[str]:
    first, last = ordered[0], ordered[-1]
    if as_logged != ordered:
        yield "its rows are not in the order of their times"
    if first.updated_at < first.opened_at:
        yield "it was changed before it was opened"
    if last.resolved_at is not None and all(row.updated_at != last.resolved_at for row in ordered):
        yield "no row has the time of its resolved_at"
    if last.resolved_at is not None and last.resolved_at < last.opened_at:
        yield "it was resolved before it was opened"
    if last.closed_at is not None and last.closed_at < (last.resolved_at or last.opened_at):
        yield "it was closed before it was resolved"
