"""What is kept, and how an aggregate becomes a document and back."""

import dataclasses
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter

from contracts.envelope import State
from contracts.quick import quick

A = TypeVar("A")
Document = dict[str, Any]

META = frozenset(
    {
        "_id",
        "version",
        "epoch",
        "schema",
        "updated_at",
        "streams",
        "outbox",
        "rows",
        "keys",
        "commits",
        "next_due",
    }
)
"""Fields of a document that belong to the chassis; no aggregate may use these names."""

A_DATE: Mapping[str, str] = {"$type": "date"}
A_STRING: Mapping[str, str] = {"$type": "string"}
"""What an index of a field that is mostly absent is limited to. MongoDB uses such an index only for
queries that say the same of the field, whatever else they compare it with."""


IN_ORDER: tuple[tuple[str, int], ...] = (("updated_at", 1), ("_id", 1))
"""The order of lists, which ends the keys of an index that one is read from: nothing is left to be sorted."""


@dataclass(frozen=True)
class Index:
    """An index that the service creates at start. ``keys`` as in pymongo: ``(("customer_id", 1),)``."""

    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    expire_after_seconds: int | None = None
    name: str | None = None


@dataclass(frozen=True, eq=False)
class Collection(Generic[A]):
    """One kind of aggregate of a service: a frozen dataclass with an ``id: str``.

    ``state`` makes the aggregate a public state of the model ``published``: each save publishes what
    it returns, and an erasure the model's tombstone.
    ``next_due`` is the aggregate's timer, kept as an indexed field.
    ``rows_of`` makes it a kind of rows: written once, never changed, each beside the aggregate that it
    names as (collection, id) and in the same write.
    ``key`` is the partition key of its events (the id when absent), ``customer`` the client
    company that the events belong to. ``upgrades[n]`` turns a document of schema n into n + 1, where that
    takes more than reading it. ``searched_by`` gives what is kept beside the aggregate for queries alone;
    whoever changes it raises ``schema``.
    """

    name: str
    aggregate: type[A]
    indexes: tuple[Index, ...] = ()
    schema: int = 1
    upgrades: Mapping[int, Callable[[Document], Document]] = field(default_factory=dict)
    state: Callable[[A], State] | None = None
    published: type[State] | None = None
    next_due: Callable[[A], datetime | None] | None = None
    rows_of: Callable[[A], tuple[str, str]] | None = None
    searched_by: Callable[[A], Document] | None = None
    key: Callable[[A], str] | None = None
    customer: Callable[[A], str | None] | None = None

    def __post_init__(self) -> None:
        clash = META & set(self.fields)
        if clash:
            raise TypeError(f"{self.aggregate.__name__} uses names of the chassis: {sorted(clash)}")
        if (self.state is None) != (self.published is None):
            raise TypeError(f"{self.name}: a public state needs both its function and its model")

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The aggregate's own fields, without ``id``."""
        return tuple(f.name for f in dataclasses.fields(self.aggregate) if f.name != "id")  # type: ignore[arg-type]

    @cached_property
    def _codec(self) -> TypeAdapter[A]:
        return TypeAdapter(self.aggregate)

    @cached_property
    def all_indexes(self) -> tuple[Index, ...]:
        """The collection's own indexes and those that the chassis needs."""
        own = [*self.indexes, *_of_schema(self)]
        if self.rows_of is not None:
            return tuple(own)
        own.append(
            Index((("outbox.0.at", 1),), partial={"outbox.0.at": {"$exists": True}}, name="unpublished")
        )
        waiting = "rows.0.document.updated_at"
        own.append(Index(((waiting, 1),), partial={waiting: {"$exists": True}}, name="rows"))
        own.append(Index(IN_ORDER, name="listing"))
        if self.next_due is not None:
            own.append(Index((("next_due", 1),), partial={"next_due": A_DATE}, name="timer"))
        return tuple(own)

    def encode(self, aggregate: A) -> Document:
        """The aggregate's fields as a document body, without ``_id``."""
        body: Document = self._codec.dump_python(aggregate)
        del body["id"]
        if self.searched_by is not None:
            body.update(self.searched_by(aggregate))
        return body

    def decode(self, document: Document) -> A:
        """The aggregate in a stored document, upgraded from whatever schema it was written with."""
        for schema in range(document.get("schema", 1), self.schema):
            if (upgrade := self.upgrades.get(schema)) is not None:
                document = upgrade(document)
        body = {name: document[name] for name in self.fields if name in document}
        return self._codec.validate_python({"id": document["_id"], **body})


@dataclass(frozen=True, eq=False)
class ReadCopy(Generic[A]):
    """A service's copy of another's public state, applied when its version is higher.

    ``searched_by`` and ``schema`` are as in a collection.
    """

    name: str
    model: type[State]
    indexes: tuple[Index, ...] = ()
    searched_by: Callable[[Any], Document] | None = None
    schema: int = 1

    @property
    def noun(self) -> str:
        """What one of them is called in references: ``site`` of ``site-erased``, and never ``current``."""
        return self.model.ERASED.removesuffix("-erased").removeprefix("current-")

    @property
    def all_indexes(self) -> tuple[Index, ...]:
        return (*self.indexes, *_of_schema(self))

    def encode(self, value: BaseModel) -> Document:
        # As JSON: MongoDB knows no dates without a time.
        body = value.model_dump(mode="json")
        return body if self.searched_by is None else {**body, **self.searched_by(value)}

    def decode(self, document: Document) -> A:
        fields = self.model.model_fields
        body = {name: document[name] for name in fields if name in document}
        return self.model.model_validate(body, extra="ignore")  # type: ignore[return-value]


Kind = Collection[A] | ReadCopy[A]


def _of_schema(kind: Kind[Any]) -> tuple[Index, ...]:
    """What documents of older schemas are found by."""
    return (Index((("schema", 1),), name="schema"),) if kind.schema > 1 else ()


def by_index(kind: Kind[Any], query: Mapping[str, Any]) -> Document:
    """The query as the partial indexes of the kind's texts can serve it."""
    texts = {
        name for index in kind.all_indexes for name, only in (index.partial or {}).items() if only == A_STRING
    }
    return {
        name: {"$eq": value, **A_STRING} if name in texts and isinstance(value, str) else value
        for name, value in query.items()
    }


@quick(frozen=True)
class Ref:
    """One document that a use case wants loaded."""

    kind: "Kind[Any]"
    id: str


@quick(frozen=True)
class Where:
    """All documents of a kind whose ``field`` is, or holds, ``value``."""

    kind: "Kind[Any]"
    field: str
    value: Hashable


Loads = Sequence[Ref | Where]
