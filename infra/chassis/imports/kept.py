"""What is kept of an import: what it is about, and each of its lines as the dry run showed it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pymongo import ReplaceOne, UpdateOne

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.imports.kind import Fault
from infra.chassis.store.collection import Collection, Document, Index, Ref
from infra.chassis.store.mongo import Database
from infra.chassis.store.unit import Unit

LINES = "import_lines"
KEPT_DAYS = 30
"""Lines hold people's names and addresses: they go; that there was an import stays."""
WRITTEN_AT_ONCE = 250


class State(StrEnum):
    CHECKED = "checked"
    APPLYING = "applying"
    APPLIED = "applied"


class Standing(StrEnum):
    """What applying a line would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Outcome(StrEnum):
    """What applying a line has done."""

    APPLIED = "applied"
    REFUSED = "refused"


TO_APPLY = (Standing.NEW, Standing.CHANGED)


@dataclass(frozen=True)
class Import:
    """``token`` stands for the file and for every version that the dry run saw. ``counts`` is by standing.

    ``unknown`` are headings that no column has, ``absent`` the columns that the file does not have.
    """

    id: str
    kind: str
    file: str
    sha256: str
    author: str
    role: str
    subject: str | None
    at: datetime
    token: str
    counts: Mapping[str, int]
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    state: State = State.CHECKED
    applied_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    @property
    def to_apply(self) -> int:
        return sum(self.counts.get(each, 0) for each in TO_APPLY)


@dataclass(frozen=True)
class Line:
    """``n`` as programs for tables count it. ``values`` is what its cells say, by column."""

    n: int
    ref: str | None
    values: Mapping[str, Any]
    unread: tuple[Fault, ...] = ()
    standing: Standing = Standing.REFUSED
    version: int = 0
    changes: tuple[Mapping[str, Any], ...] = ()
    faults: tuple[Fault, ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)


Imports = Collection(
    "imports",
    Import,
    indexes=(
        Index((("kind", 1), ("updated_at", 1), ("_id", 1)), name="of_kind"),
        Index((("state", 1),), name="under_way"),
    ),
)
LINE_INDEXES = {
    LINES: (
        Index((("import_id", 1), ("standing", 1), ("n", 1))),
        Index((("import_id", 1), ("n", 1))),
        Index((("import_id", 1), ("outcome", 1))),
        Index((("at", 1),), expire_after_seconds=KEPT_DAYS * 86400, name="expiry"),
    )
}


@dataclass(frozen=True)
class KeepImport:
    """A new one, or the same one looked at anew."""

    value: Import
    instead_of: str | None = None
    """The token that it must still have."""

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Imports, self.value.id),)

    def decide(self, unit: Unit) -> None:
        present = unit.get(Imports, self.value.id)
        if present is not None and (present.token != self.instead_of or present.state is not State.CHECKED):
            raise changed_meanwhile(present.token)
        unit.put(Imports, self.value)


def changed_meanwhile(token: str) -> Refusal:
    """What was shown is not what would happen any more."""
    return Refusal(
        "import-changed",
        Text(
            "Something that these lines are about has changed since they were shown: nothing was applied. "
            "Look at what would change now, and apply that with its token.",
            "Un élément concerné a changé depuis l'affichage : rien n'a été appliqué. "
            "Regardez ce qui changerait maintenant, et appliquez-le avec son jeton.",
        ),
        token=token,
    )


def document_of(import_id: str, line: Line, at: datetime) -> Document:
    """A line as it is stored."""
    return {
        "_id": f"{import_id}.{line.n}",
        "import_id": import_id,
        "n": line.n,
        "ref": line.ref,
        "values": [[path, value] for path, value in line.values.items()],
        "unread": [_fault(each) for each in line.unread],
        "standing": str(line.standing),
        "version": line.version,
        "changes": [dict(each) for each in line.changes],
        "faults": [_fault(each) for each in line.faults],
        "body": [[name, value] for name, value in line.body.items()],
        "outcome": None,
        "at": at,
    }


def line_of(document: Document) -> Line:
    """A stored line."""
    return Line(
        n=document["n"],
        ref=document["ref"],
        values=dict(document["values"]),
        unread=tuple(fault_of(each) for each in document["unread"]),
        standing=Standing(document["standing"]),
        version=document["version"],
        changes=tuple(document["changes"]),
        faults=tuple(fault_of(each) for each in document["faults"]),
        body=dict(document["body"]),
    )


def _fault(fault: Fault) -> Document:
    return {"column": fault.column, "en": fault.why.en, "fr": fault.why.fr}


def fault_of(document: Document) -> Fault:
    return Fault(document["column"], Text(document["en"], document["fr"]))


async def store_lines(db: Database, import_id: str, lines: Sequence[Line], at: datetime) -> None:
    """Write or replace them."""
    for n in range(0, len(lines), WRITTEN_AT_ONCE):
        some = [document_of(import_id, line, at) for line in lines[n : n + WRITTEN_AT_ONCE]]
        await db[LINES].bulk_write(
            [ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in some], ordered=False
        )


async def all_lines(db: Database, import_id: str) -> list[Line]:
    found = db[LINES].find({"import_id": import_id}).sort("n", 1)
    return [line_of(document) for document in await found.to_list(None)]


async def lines_to_apply(db: Database, import_id: str, most: int) -> list[Line]:
    """The next that would do something and have not."""
    wanted = {"import_id": import_id, "standing": {"$in": [str(each) for each in TO_APPLY]}, "outcome": None}
    found = db[LINES].find(wanted).sort("n", 1).limit(most)
    return [line_of(document) for document in await found.to_list(None)]


async def note_outcomes(
    db: Database, import_id: str, outcomes: Sequence[tuple[int, Outcome, tuple[Fault, ...]]]
) -> None:
    """What became of lines, by number."""
    writes = [
        UpdateOne(
            {"_id": f"{import_id}.{n}"},
            {"$set": {"outcome": str(outcome), "faults": [_fault(each) for each in faults]}},
        )
        for n, outcome, faults in outcomes
    ]
    if writes:
        await db[LINES].bulk_write(writes, ordered=False)


async def outcomes_of(db: Database, import_id: str) -> dict[str, int]:
    """How many lines have come to what; counted, so that no stop in between makes it wrong."""
    return {
        str(each): await db[LINES].count_documents({"import_id": import_id, "outcome": str(each)})
        for each in Outcome
    }
