"""What one run of a use case sees and changes. Nothing here touches a database."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from contracts.envelope import Fact
from contracts.quick import quick
from contracts.refusal import Refusal, UnknownReference
from contracts.text import Text
from infra.chassis.store.collection import Collection, Document, Kind, Loads, Ref, Where

A = TypeVar("A")
R_co = TypeVar("R_co", covariant=True)


@quick(frozen=True)
class Cause:
    """Who did something and what led to it; travels in every event's envelope."""

    actor: str
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None


class UseCase(Protocol[R_co]):
    """A pure decision that can be run again: a frozen dataclass of what was asked.

    ``loads`` names what it will read, so that many use cases share one query; whatever
    ``decide`` asks for beyond that is fetched and ``decide`` runs again from the start. A use case of an
    event may have ``loads_more(unit)``: what it will read once it has seen what it named.
    """

    def loads(self) -> Loads: ...

    def decide(self, unit: "Unit", /) -> R_co: ...


class NotLoaded(BaseException):
    """``decide`` asked for something that is not in memory yet; the runner loads it and runs again."""

    def __init__(self, want: Ref | Where) -> None:
        super().__init__(want)
        self.want = want


class AlreadyExists(Refusal):
    """A creation met an aggregate with its id."""

    def __init__(self, collection: str, id: str) -> None:
        super().__init__(
            "already-exists",
            Text(f"{collection} already holds {id!r}.", f"{collection} contient déjà {id!r}."),
            id=id,
        )
        self.id = id


class Unreadable(Exception):
    """A stored document that this version cannot read: whoever needs it fails, and nobody else."""

    def __init__(self, kind: Kind[Any], document: Document, error: Exception) -> None:
        super().__init__(f"{kind.name}/{document['_id']} cannot be read: {error}"[:2000])
        self.document = document


@quick(frozen=True)
class Entry:
    """One document in memory: as it was loaded, and as the use cases of this round left it."""

    kind: Kind[Any]
    id: str
    value: Any
    version: int = 0
    epoch: int = 0
    stored: Any = None
    stored_version: int = 0
    streams: dict[str, int] = field(default_factory=dict)
    stored_streams: dict[str, int] = field(default_factory=dict)
    outbox: tuple[Document, ...] = ()
    keys: tuple[Document, ...] = ()
    blank: Any = None
    rows: tuple["Row", ...] = ()
    unreadable: Unreadable | None = None

    @property
    def changed(self) -> bool:
        return self.version != self.stored_version


Place = tuple[str, str]


@quick(frozen=True)
class Row:
    """Something written once beside an aggregate, in the same write."""

    kind: Collection[Any]
    value: Any

    @property
    def place(self) -> Place:
        return (self.kind.name, self.value.id)


class Memory:
    """The documents that a round of use cases works on.

    ``careful``: creations look first whether their id is taken, which after a conflict tells why.
    ``snapshot``: where all of it is read as it was at one instant; else each query sees its own.
    """

    def __init__(self, *, careful: bool = False, snapshot: Any = None) -> None:
        self.careful = careful
        self.snapshot = snapshot
        self.entries: dict[Place, Entry] = {}
        self.wheres: set[tuple[str, str, Any]] = set()

    def loaded(self, want: Ref | Where) -> bool:
        if isinstance(want, Ref):
            return (want.kind.name, want.id) in self.entries
        return (want.kind.name, want.field, want.value) in self.wheres

    def forget(self) -> None:
        """Drop everything: where one document had moved on, what was read beside it may have too."""
        self.careful = True
        self.entries.clear()
        self.wheres.clear()


@quick(frozen=True)
class Change:
    """A new value for one aggregate and the facts that led to it, oldest first."""

    kind: Collection[Any]
    value: Any
    facts: tuple[tuple[Fact, datetime], ...]
    new: bool
    erased: bool = False


@dataclass(frozen=True)
class Emission:
    """A line for a numbered stream (SSE): written with the round's other changes."""

    stream: str
    document: Document


class Unit:
    """The use case's hands: read with ``get``/``require``/``where``, write with ``add``/``save``.

    ``reads`` are the documents, and ``queried`` the kinds, that the run has looked at so far.
    """

    def __init__(self, memory: Memory, *, now: datetime, cause: Cause) -> None:
        self.memory = memory
        self.reads: set[Place] = set()
        self.queried: set[str] = set()
        self._mine: dict[Place, Change] = {}
        self.rows: list[Row] = []
        self.emissions: list[Emission] = []
        self.now = now
        self.cause = cause

    @property
    def changes(self) -> tuple[Change, ...]:
        return tuple(self._mine.values())

    def read_uncommitted(self, *, refused: bool = False) -> bool:
        """Whether what this run looked at holds another run's change that is not stored yet.

        Documents that this run changes itself do not count, for both changes are one write; unless it
        is ``refused`` and writes nothing.
        """
        entries, mine = self.memory.entries, {} if refused else self._mine
        if any((entry := entries.get(p)) is not None and entry.changed for p in self.reads - mine.keys()):
            return True
        return bool(self.queried) and any(
            entry.changed and place[0] in self.queried and place not in mine
            for place, entry in entries.items()
        )

    @property
    def looked_twice(self) -> bool:
        """Whether what this run has seen may be of different instants: it is more than one document."""
        return bool(self.queried) or len(self.reads) > 1

    def get(self, kind: Kind[A], id: str) -> A | None:
        """The aggregate with that id as this run sees it, or None."""
        self.reads.add((kind.name, id))
        mine = self._mine.get((kind.name, id))
        if mine is not None:
            return None if mine.erased else mine.value
        if isinstance(kind, Collection) and kind.rows_of is not None:
            pending = (row for entry in self.memory.entries.values() for row in entry.rows)
            for row in (*self.rows, *pending):
                if row.place == (kind.name, id):
                    return row.value  # type: ignore[no-any-return]
        return self._entry(kind, id).value  # type: ignore[no-any-return]

    def _entry(self, kind: Kind[Any], id: str) -> Entry:
        entry = self.memory.entries.get((kind.name, id))
        if entry is None:
            raise NotLoaded(Ref(kind, id))
        if entry.unreadable is not None:
            raise entry.unreadable
        return entry

    def require(self, kind: Kind[A], id: str, *, as_: str) -> A:
        """Like ``get``; what is missing is an unknown reference to a thing called ``as_``."""
        found = self.get(kind, id)
        if found is None:
            raise UnknownReference(as_, id)
        return found

    def where(self, kind: Kind[A], field: str, value: Any) -> tuple[A, ...]:
        """Every aggregate whose ``field`` (or one that it is searched by) is, or holds, ``value``, by id."""
        self.queried.add(kind.name)
        if (kind.name, field, value) not in self.memory.wheres:
            raise NotLoaded(Where(kind, field, value))
        return tuple(each for _, each in sorted(self._matching(kind, field, value), key=lambda pair: pair[0]))

    def _matching(self, kind: Kind[A], field: str, value: Any) -> Iterator[tuple[str, A]]:
        for place, entry in self.memory.entries.items():
            if place[0] != kind.name or place in self._mine:
                continue
            if entry.unreadable is not None and _is(entry.unreadable.document.get(field), value):
                raise entry.unreadable
            if _holds(kind, entry.value, field, value):
                yield place[1], entry.value
        for place, change in self._mine.items():
            if place[0] == kind.name and not change.erased and _holds(kind, change.value, field, value):
                yield place[1], change.value

    def version(self, kind: Kind[Any], id: str) -> int:
        """The version of a loaded aggregate; 0 when it does not exist."""
        self.reads.add((kind.name, id))
        return self._entry(kind, id).version

    def add(self, kind: Collection[A], aggregate: A, *facts: Fact, at: datetime | None = None) -> None:
        """Create an aggregate. Where one with this id exists already the whole run is refused."""
        if kind.rows_of is not None:
            self.rows.append(Row(kind, aggregate))
            return
        self.reads.add((kind.name, _id(aggregate)))
        entry = self.memory.entries.get((kind.name, _id(aggregate)))
        if entry is None and self.memory.careful and (kind.name, _id(aggregate)) not in self._mine:
            raise NotLoaded(Ref(kind, _id(aggregate)))
        if entry is not None and entry.unreadable is not None:
            raise entry.unreadable
        if (entry is not None and entry.value is not None) or (kind.name, _id(aggregate)) in self._mine:
            raise AlreadyExists(kind.name, _id(aggregate))
        self._put(kind, aggregate, facts, at, new=True)

    def save(self, kind: Collection[A], aggregate: A, *facts: Fact, at: datetime | None = None) -> None:
        """Change an aggregate that was read in this run. ``at``: when the facts happened (now if absent)."""
        self._put(kind, aggregate, facts, at, new=False)

    def put(self, kind: Collection[A], aggregate: A, *facts: Fact, at: datetime | None = None) -> None:
        """Create or change, whichever it takes."""
        self._put(kind, aggregate, facts, at, new=self.get(kind, _id(aggregate)) is None)

    def erase(self, kind: Collection[A], aggregate: A) -> None:
        """Blank an aggregate to ``aggregate`` and tell the readers of its state that it is gone."""
        self._mine[kind.name, _id(aggregate)] = Change(kind, aggregate, (), new=False, erased=True)

    def emit(self, stream: str, document: Document) -> None:
        """Append a line to a numbered stream."""
        self.emissions.append(Emission(stream, document))

    def _put(
        self, kind: Collection[A], aggregate: A, facts: tuple[Fact, ...], at: datetime | None, *, new: bool
    ) -> None:
        place = (kind.name, _id(aggregate))
        dated = tuple((fact, at or self.now) for fact in facts)
        before = self._mine.get(place)
        if before is None:
            if not new:
                self.version(kind, place[1])
            self._mine[place] = Change(kind, aggregate, dated, new)
        else:
            self._mine[place] = replace(before, value=aggregate, facts=before.facts + dated)


def _id(aggregate: Any) -> str:
    return aggregate.id  # type: ignore[no-any-return]


def _holds(kind: Kind[Any], aggregate: Any, field: str, value: Any) -> bool:
    """``field`` is the aggregate's own, or one that it is searched by."""
    if aggregate is None:
        return False
    if kind.searched_by is not None and not hasattr(aggregate, field):
        return _is(kind.searched_by(aggregate).get(field), value)
    return _is(getattr(aggregate, field), value)


def _is(found: Any, value: Any) -> bool:
    return bool(found == value or (isinstance(found, tuple | frozenset | list) and value in found))
