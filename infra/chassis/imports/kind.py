"""A kind of thing that comes by the table: its columns, and the use case that each line goes through."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from contracts.text import Text
from infra.chassis.http.body import Body
from infra.chassis.http.etag import Expected
from infra.chassis.http.principal import Principal
from infra.chassis.http.wording import wording_of
from infra.chassis.imports.columns import TEXT, Column
from infra.chassis.imports.sheet import Table, read_table
from infra.chassis.runtime import Kept
from infra.chassis.store.collection import Collection, Document
from infra.chassis.store.unit import UseCase

ID = Column(
    "id",
    Text("Id", "Identifiant"),
    TEXT,
    Text(
        "Yours, for good: a line with a known id changes what is there. Letters, digits and . _ ~ -",
        "Le vôtre, pour toujours : une ligne dont l'identifiant est connu modifie l'existant. "
        "Lettres, chiffres et . _ ~ -",
    ),
    required=True,
    also=("external id", "identifiant externe", "code"),
)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a line; ``column`` is the path of its column, None for the line as a whole."""

    column: str | None
    why: Text


def nothing_more(_: Mapping[str, Any]) -> Iterable[Fault]:
    """For kinds whose bodies say everything that has to be checked."""
    return ()


@dataclass(frozen=True)
class ImportKind:
    """``columns`` leave the id out, which is always the first.

    ``shown`` is a thing that is there as the API shows it, in JSON: what the body has of it is what a line
    changes. ``case`` is what the API's PUT runs. ``like`` is a column that names another thing of the kind,
    whose other fields a new one begins with. ``check`` finds what the body alone allows.
    ``table`` reads a file, in a process of its own.
    """

    name: str
    title: Text
    verb: str
    collection: Collection[Any]
    body: type[Body]
    columns: tuple[Column, ...]
    shown: Callable[[Kept[Any], Principal], BaseModel | Mapping[str, Any]]
    case: Callable[[str, Any, Expected, Principal], UseCase[Any]]
    check: Callable[[Mapping[str, Any]], Iterable[Fault]] = nothing_more
    like: Column | None = None
    table: Callable[[bytes], Table] = read_table
    every: tuple[Column, ...] = field(init=False)

    def __post_init__(self) -> None:
        like = () if self.like is None else (self.like,)
        object.__setattr__(self, "every", (ID, *self.columns, *like))

    def column(self, path: str) -> Column | None:
        return next((each for each in self.every if each.path == path), None)

    def present(self, kept: Kept[Any], principal: Principal) -> Document:
        """A thing that is there, as a body would have to say it."""
        shown = self.shown(kept, principal)
        whole = shown.model_dump(mode="json", by_alias=True) if isinstance(shown, BaseModel) else shown
        names = {field.alias or name for name, field in self.body.model_fields.items()}
        return {name: value for name, value in whole.items() if name in names and value is not None}

    def read(self, said: Document) -> tuple[Body | None, list[Fault]]:
        """The body, or what is wrong with it by column."""
        try:
            return self.body.model_validate(said), []
        except ValidationError as error:
            return None, [self._fault(each) for each in error.errors()]

    def _fault(self, error: Any) -> Fault:
        place = ".".join(str(step) for step in error["loc"])
        column = max(
            (each for each in self.columns if f"{place}.".startswith(f"{each.path}.")),
            key=lambda each: len(each.path),
            default=None,
        )
        if column is None:
            # A part that is not whole: its fields come from several columns.
            column = next((each for each in self.columns if each.path.startswith(f"{place}.")), None)
        if error["type"] == "missing":
            why = Text("it is needed and empty", "il est requis et vide")
            named = column.path if column is not None else place
            return Fault(named, why)
        return Fault(column.path if column is not None else None, self._words(column, error, place))

    @staticmethod
    def _words(column: Column | None, error: Any, place: str) -> Text:
        words = wording_of(error)
        if column is not None:
            given = error.get("input")
            said = f"'{given}': " if isinstance(given, str | int | float) else ""
            return Text(f"{said}{words.en}", f"{said}{words.fr}")
        return Text(f"{place}: {words.en}", f"{place} : {words.fr}") if place else words


def laid_over(present: Document, values: Mapping[str, Any]) -> Document:
    """``present`` with the columns' values in their places; None empties a place."""
    laid: Document = {name: dict(each) if isinstance(each, dict) else each for name, each in present.items()}
    for path, value in values.items():
        *parts, last = path.split(".")
        into = laid
        for part in parts:
            if not isinstance(into.get(part), dict):
                into[part] = {}
            into = into[part]
        if value is None:
            into.pop(last, None)
        else:
            into[last] = value
    parted = {path.partition(".")[0] for path in values if "." in path}
    return {name: each for name, each in laid.items() if each != {} or name not in parted}


def at(said: Mapping[str, Any], path: str) -> Any:
    """What a body says at a path; None for what is not there."""
    found: Any = said
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return None if found in ((), [], {}, "") else found
