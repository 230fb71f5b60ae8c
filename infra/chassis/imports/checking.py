"""The dry run: what each line would do, decided by the use cases themselves on what is stored now."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.refusal import UnknownReference
from contracts.text import Text
from infra.chassis.http.body import Body
from infra.chassis.http.etag import Condition
from infra.chassis.http.principal import Principal
from infra.chassis.imports.columns import Column, Unread, plain
from infra.chassis.imports.kept import Line, Standing
from infra.chassis.imports.kind import ID, Fault, ImportKind, at, laid_over
from infra.chassis.imports.sheet import Row, Table
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.store.collection import Document
from infra.chassis.store.rehearsing import Rehearsed, rehearse
from infra.chassis.store.unit import Cause

AT_ONCE = 100
_ID_NEEDED = Fault(ID.path, Text("it is needed and empty", "il est requis et vide"))


@dataclass(frozen=True)
class Headings:
    """Which column stands where; ``unknown`` headings are of none, ``twice`` of an earlier one."""

    places: Mapping[int, Column]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]
    absent: tuple[Column, ...]


def headings_of(kind: ImportKind, table: Table) -> Headings:
    """Headings in either language, whatever their accents, their case and their stars."""
    by_name = {name: column for column in kind.every for name in column.headings}
    places: dict[int, Column] = {}
    unknown: list[str] = []
    twice: list[str] = []
    for n, heading in enumerate(table.headings):
        column = by_name.get(plain(heading))
        if column is None:
            unknown += [heading] if heading else []
        elif column in places.values():
            twice.append(heading)
        else:
            places[n] = column
    absent = tuple(each for each in kind.every if each not in places.values())
    return Headings(places, tuple(unknown), tuple(twice), absent)


async def lines_of(headings: Headings, rows: Sequence[Row]) -> list[Line]:
    """What the cells of each row say, and which of them say nothing that their column could take."""
    found: list[Line] = []
    for line in _lines(headings, rows):
        found.append(line)
        if len(found) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


def _lines(headings: Headings, rows: Sequence[Row]) -> Iterator[Line]:
    first: dict[str, int] = {}
    for row in rows:
        values: dict[str, Any] = {}
        unread: list[Fault] = []
        for n, column in headings.places.items():
            try:
                values[column.path] = column.read(row.cells[n] if n < len(row.cells) else None)
            except Unread as wrong:
                unread.append(Fault(column.path, wrong.why))
        ref = values.pop(ID.path, None)
        if ref is None:
            unread += [] if any(each.column == ID.path for each in unread) else [_ID_NEEDED]
        elif ref in first:
            unread.append(_twice(ref, first[ref]))
        else:
            first[ref] = row.n
        yield Line(row.n, ref, values, tuple(unread))


def _twice(ref: str, n: int) -> Fault:
    return Fault(
        ID.path,
        Text(f"'{ref}' is on line {n} already", f"'{ref}' figure déjà à la ligne {n}"),
    )


@dataclass(frozen=True)
class Checked:
    lines: tuple[Line, ...]
    token: str

    @property
    def counts(self) -> dict[str, int]:
        counted = Counter(str(line.standing) for line in self.lines)
        return {str(each): counted[each] for each in Standing}


async def checked(
    run: Runtime, kind: ImportKind, lines: Sequence[Line], sha256: str, principal: Principal, cause: Cause
) -> Checked:
    """Each line with what it would change; the token is another one as soon as any of that is."""
    waited_for: set[str] = set()
    found: list[Line] = []
    for n in range(0, len(lines), AT_ONCE):
        found += await _some(run, kind, lines[n : n + AT_ONCE], principal, cause, waited_for)
        # Other callers have their turn.
        await asyncio.sleep(0)
    digest = hashlib.sha256(f"{kind.name}\n{sha256}\n{principal.caller}".encode())
    for line in found:
        digest.update(f"\n{line.n} {line.ref} {line.version} {line.standing}".encode())
    return Checked(tuple(found), digest.hexdigest()[:40])


async def _some(
    run: Runtime,
    kind: ImportKind,
    lines: Sequence[Line],
    principal: Principal,
    cause: Cause,
    waited_for: set[str],
) -> list[Line]:
    there = await _present(run, kind, lines)
    read = [_read(kind, line, there, principal) for line in lines]
    asked = [(n, body) for n, (line, body, _) in enumerate(read) if body is not None]
    cases = [
        kind.case(str(read[n][0].ref), body, expected_of(read[n][0].version), principal) for n, body in asked
    ]
    done = await rehearse(run.store, cases, cause)
    if missing := _to_wait_for(done, waited_for):
        # Once a kind: when the copy is up to date everything that can be there is.
        for each in missing:
            waited_for.add(each.kind)
            await run.arrives(each)
        done = await rehearse(run.store, cases, cause)
    found = [line for line, _, _ in read]
    for (n, _), rehearsed in zip(asked, done, strict=True):
        line, _, before = read[n]
        found[n] = _decided(kind, line, before, rehearsed)
    return found


async def _present(run: Runtime, kind: ImportKind, lines: Sequence[Line]) -> dict[str, Kept[Any]]:
    named = {line.ref for line in lines} | {_like(kind, line) for line in lines}
    ids = sorted(each for each in named if isinstance(each, str))
    kept = await run.find(kind.collection, {"_id": {"$in": ids}}, limit=0)
    return {each.value.id: each for each in kept}


def _like(kind: ImportKind, line: Line) -> Any:
    return None if kind.like is None else line.values.get(kind.like.path)


def _read(
    kind: ImportKind, line: Line, there: Mapping[str, Kept[Any]], principal: Principal
) -> tuple[Line, Body | None, Document]:
    """The line with its faults or its body; and what was there before."""
    kept = there.get(line.ref or "")
    version = 0 if kept is None else kept.version
    before = {} if kept is None else kind.present(kept, principal)
    begun, faults = before, list(line.unread)
    like = _like(kind, line)
    if like is not None and kept is None:
        if like in there:
            begun = kind.present(there[like], principal)
        else:
            assert kind.like is not None
            faults.append(Fault(kind.like.path, UnknownReference(kind.name.rstrip("s"), like).detail))
    values = {path: each for path, each in line.values.items() if kind.like is None or path != kind.like.path}
    body_said = laid_over(begun, values)
    body, wrong = kind.read(body_said)
    unread = {each.column for each in faults}
    faults += [each for each in wrong if each.column not in unread]
    faults += [each for each in kind.check(body_said) if each.column not in {one.column for one in faults}]
    if faults:
        return replace(line, version=version, faults=tuple(faults)), None, before
    assert body is not None
    whole = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return replace(line, version=version, body=whole), body, before


def expected_of(version: int) -> Condition:
    """The thing as the dry run saw it, or its absence."""
    return Condition(frozenset({version})) if version else Condition(absent=True)


def _to_wait_for(done: Sequence[Rehearsed], waited_for: set[str]) -> list[UnknownReference]:
    missing = [each.refused for each in done if isinstance(each.refused, UnknownReference)]
    return list({each.kind: each for each in missing if each.kind not in waited_for}.values())


def _decided(kind: ImportKind, line: Line, before: Document, rehearsed: Rehearsed) -> Line:
    if rehearsed.refused is not None:
        fault = Fault(_column_of(kind, line, rehearsed.refused), rehearsed.refused.detail)
        return replace(line, standing=Standing.REFUSED, faults=(fault,), body={})
    if not rehearsed.changes:
        return replace(line, standing=Standing.UNCHANGED, body={})
    changes = tuple(
        {"column": column.path, "before": at(before, column.path), "after": at(line.body, column.path)}
        for column in kind.columns
        if at(before, column.path) != at(line.body, column.path)
    )
    standing = Standing.CHANGED if line.version else Standing.NEW
    return replace(line, standing=standing, changes=changes)


def _column_of(kind: ImportKind, line: Line, refused: Exception) -> str | None:
    """The column that says what is not known."""
    if not isinstance(refused, UnknownReference):
        return None
    for path, value in line.values.items():
        if value == refused.id or (isinstance(value, list) and refused.id in value):
            return path
    return None
