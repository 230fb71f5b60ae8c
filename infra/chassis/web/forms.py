"""Forms made from what an API takes: every field of a body, in words, with rows that are added and removed.

The schema of the body decides which fields there are, so none is forgotten; words say what they are called.
A page shows the tree of ``Field`` with ``form-fields.html``, which ``form-reading.js`` reads back into JSON.
A place is a dotted path: ``targets.*.[].minutes``, where ``*`` stands for any key and ``[]`` for any row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

Option = tuple[str, str]
"""A value and what people call it."""
Choices = Mapping[str, Sequence[Option]]
"""What may be chosen at a place, beyond what the schema itself enumerates."""
Say = Callable[[str], str]

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG = 300
GROUPS = frozenset({"object", "maybe", "list", "map", "keyed", "week", "either"})


N_: Callable[[str], str] = str
"""Marks a sentence for the catalogues; whoever shows it translates it."""


@dataclass(frozen=True)
class Wording:
    """What fields are called. A field is looked up by its place, then by its own name.

    ``options`` are by ``name=value``, then by the value.
    """

    labels: Mapping[str, str]
    hints: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def and_(self, other: "Wording") -> "Wording":
        """Both, ``other``'s words first."""
        return Wording(
            {**self.labels, **other.labels},
            {**self.hints, **other.hints},
            {**self.options, **other.options},
        )


@dataclass(frozen=True)
class Field:
    """One field of a form, or a group of them.

    ``kind``: ``text long number flag known date moment choice ticks lines windows`` hold a value; ``object
    maybe list map keyed week either`` hold ``parts``. A row of a list or a map is a ``Field`` of its own,
    with its ``name`` the key. ``known``: the group whose keys or ids are suggested.
    """

    kind: str
    name: str
    place: str
    label: str
    hint: str = ""
    value: Any = None
    needed: bool = False
    options: tuple[Option, ...] = ()
    parts: tuple["Field", ...] = ()
    known: str = ""
    rare: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> bool:
        return self.kind in GROUPS

    @property
    def said(self) -> bool:
        """Whether it says something else than it does where nothing is said."""
        return self.on and self.value != self.attributes.get("default")

    @property
    def on(self) -> bool:
        """Whether there is anything in it."""
        return self.value not in (None, "", (), [], {})


@dataclass(frozen=True)
class Form:
    """``body`` is what the API takes; ``suggests`` maps places to the group whose keys they name.

    ``start`` is what a new one begins with. ``rare`` are places that it shows when asked or filled in,
    ``short`` texts that fit on a line however long they may be.
    """

    body: type[BaseModel]
    wording: Wording
    suggests: Mapping[str, str] = field(default_factory=dict)
    start: Mapping[str, Any] = field(default_factory=dict)
    rare: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()

    @cached_property
    def schema(self) -> Mapping[str, Any]:
        return self.body.model_json_schema(by_alias=True)

    def fields(self, values: Mapping[str, Any], choices: Choices, say: Say) -> tuple[Field, ...]:
        """The fields of the whole body, with these values."""
        reader = _Reader(self, choices, say)
        return reader.field(self.schema, "", "", dict(values), needed=True).parts

    def row(self, place: str, choices: Choices, say: Say) -> tuple[Field, Field]:
        """The list or map at ``place`` and an empty row of it; ``KeyError`` where there is none."""
        reader = _Reader(self, choices, say)
        schema = self._at(reader, place)
        name = place.rpartition(".")[2]
        return reader.field(schema, name, place, None), reader.row(schema, place, "", None)

    def _at(self, reader: "_Reader", place: str) -> Mapping[str, Any]:
        schema = self.schema
        for step in place.split("."):
            schema = reader.below(schema, step)
        return schema


class _Reader:
    """Reads a schema once, for one answer."""

    def __init__(self, form: Form, choices: Choices, say: Say) -> None:
        self._form = form
        self._defs: Mapping[str, Any] = form.schema.get("$defs", {})
        self._choices = choices
        self._say = say

    def below(self, schema: Mapping[str, Any], step: str) -> Mapping[str, Any]:
        """The schema of a part: of a property, of any key, of any row, of a variant (``#1``)."""
        variants, _ = self._variants(schema)
        if step.startswith("#"):
            return variants[int(step[1:])]
        found = variants[0]
        if step == "*":
            return _values_of(found)
        return found["items"] if step == "[]" else found["properties"][step]  # type: ignore[no-any-return]

    def field(
        self, schema: Mapping[str, Any], name: str, place: str, value: Any, *, needed: bool = False
    ) -> Field:
        variants, nullable = self._variants(schema)
        default = self._default(schema)
        if value is None:
            value = default
        made = self._either if len(variants) > 1 else self._one
        return made(variants, name, place, value, needed and not nullable, nullable, default)

    def row(self, schema: Mapping[str, Any], place: str, name: str, value: Any) -> Field:
        """A row of the list or map whose own schema is ``schema``."""
        (found, *_), _ = self._variants(schema)
        step, of = ("[]", found["items"]) if found.get("type") == "array" else ("*", _values_of(found))
        return self.field(of, name, f"{place}.{step}", value, needed=True)

    def _one(
        self,
        variants: Sequence[Mapping[str, Any]],
        name: str,
        place: str,
        value: Any,
        needed: bool,
        nullable: bool,
        default: Any = None,
    ) -> Field:
        schema = variants[0]
        kind, options = self._kind(schema, place)
        if value is None and needed and kind == "choice" and len(options) == 1:
            value = options[0][0]
        if kind == "flag" and nullable:
            kind = "known"
        made = Field(
            kind="maybe" if nullable and kind in ("object", "keyed", "map", "week") else kind,
            name=name,
            place=place,
            label=self._word(place, name),
            hint=self._hint(place, name),
            value=value,
            needed=needed,
            options=_with_present(options, value) if kind in ("choice", "ticks") else options,
            known=self._form.suggests.get(place, ""),
            rare=place in self._form.rare,
            attributes={**_attributes(schema), "default": default, "row": self._row_word(place, name)},
        )
        if kind in ("object", "keyed", "map", "list", "week"):
            parts = tuple(self._parts(kind, schema, place, value))
            if made.kind == "maybe":
                inner = Field(kind, "", place, made.label, parts=parts, known=made.known, options=options)
                parts = (inner,)
            return Field(**{**made.__dict__, "parts": parts})
        return made

    def _parts(self, kind: str, schema: Mapping[str, Any], place: str, value: Any) -> Iterator[Field]:
        if kind == "object":
            asked = schema.get("required", ())
            given = value if isinstance(value, Mapping) else {}
            for name, each in schema["properties"].items():
                below = f"{place}.{name}".lstrip(".")
                yield self.field(each, name, below, given.get(name), needed=name in asked)
        elif kind == "list":
            for each in value or ():
                yield self.row(schema, place, "", each)
        elif kind == "map":
            for name, each in (value or {}).items():
                yield self.row(schema, place, name, each)
        else:
            of = _values_of(schema)
            for name in WEEK if kind == "week" else self._keys(schema):
                yield self.field(of, name, f"{place}.*", (value or {}).get(name))

    def _either(
        self,
        variants: Sequence[Mapping[str, Any]],
        name: str,
        place: str,
        value: Any,
        needed: bool,
        nullable: bool,
        default: Any = None,
    ) -> Field:
        chosen = next((n for n, each in enumerate(variants) if _fits(each, value)), 0)
        parts = tuple(
            self._one([each], "", f"{place}.#{n}", value if n == chosen else None, needed, False)
            for n, each in enumerate(variants)
        )
        return Field(
            "either",
            name,
            place,
            self._word(place, name),
            self._hint(place, name),
            value=str(chosen),
            options=tuple((str(n), part.label) for n, part in enumerate(parts)),
            parts=parts,
        )

    def _kind(self, schema: Mapping[str, Any], place: str) -> tuple[str, tuple[Option, ...]]:
        options = tuple(self._choices.get(place, ()))
        match schema.get("type"):
            case "object":
                return self._kind_of_object(schema), options
            case "array":
                return self._kind_of_array(schema, place, options)
            case "boolean":
                return "flag", ()
            case "integer" | "number":
                return "number", ()
        if "enum" in schema:
            return "choice", self._enumerated(schema, place)
        if place in self._choices:
            return "choice", options
        kinds = {"date": "date", "date-time": "moment"}
        long = schema.get("maxLength", 0) > LONG and place not in self._form.short
        return kinds.get(schema.get("format", ""), "long" if long else "text"), ()

    def _kind_of_object(self, schema: Mapping[str, Any]) -> str:
        if "properties" in schema:
            return "object"
        keys = self._keys(schema)
        if keys == WEEK:
            return "week"
        return "keyed" if keys else "map"

    def _kind_of_array(
        self, schema: Mapping[str, Any], place: str, options: tuple[Option, ...]
    ) -> tuple[str, tuple[Option, ...]]:
        (items, *_), _ = self._variants(schema["items"])
        if "prefixItems" in items:
            return "windows", ()
        if "enum" in items:
            return "ticks", self._enumerated(items, place)
        if items.get("type") == "string":
            return ("ticks", options) if place in self._choices else ("lines", ())
        return "list", ()

    def _keys(self, schema: Mapping[str, Any]) -> tuple[str, ...]:
        names = schema.get("propertyNames")
        return () if names is None else tuple(self._variants(names)[0][0].get("enum", ()))

    def _variants(self, schema: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], bool]:
        """What it may be, references followed and constants joined; and whether it may be nothing."""
        found = self._resolved(schema)
        if "anyOf" not in found:
            return [found], False
        every = [self._resolved(each) for each in found["anyOf"]]
        some = [each for each in every if each.get("type") != "null"]
        words = [w for each in some for w in (each.get("enum") or [each["const"]] if _worded(each) else [])]
        others = [each for each in some if not _worded(each)]
        joined = [{"type": "string", "enum": words}] if words else []
        return [*joined, *others], len(some) < len(every)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return {**self._defs[name], **schema} if name else schema

    def _default(self, schema: Mapping[str, Any]) -> Any:
        return self._resolved(schema).get("default")

    def _enumerated(self, schema: Mapping[str, Any], place: str) -> tuple[Option, ...]:
        name = place.replace(".[]", "").rpartition(".")[2]
        words = self._form.wording.options
        return tuple((v, self._say(words.get(f"{name}={v}", words.get(v, v)))) for v in schema["enum"])

    def _word(self, place: str, name: str) -> str:
        words, options = self._form.wording.labels, self._form.wording.options
        found = words.get(place) or words.get(name) or options.get(name)
        return self._say(found) if found else name.replace("_", " ").capitalize()

    def _row_word(self, place: str, name: str) -> str:
        found = self._form.wording.labels.get(f"{place}.[]")
        return self._say(found) if found else self._word(place, name)

    def _hint(self, place: str, name: str) -> str:
        hints = self._form.wording.hints
        found = hints.get(place, hints.get(name, ""))
        return self._say(found) if found else ""


def _worded(schema: Mapping[str, Any]) -> bool:
    return "enum" in schema or "const" in schema


def _values_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    patterns = schema.get("patternProperties")
    return next(iter(patterns.values())) if patterns else schema["additionalProperties"]


def _fits(schema: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, Mapping):
        known = schema.get("properties", dict.fromkeys(WEEK))
        return schema.get("type") == "object" and set(value) <= set(known) and bool(value)
    if isinstance(value, list | tuple):
        return schema.get("type") == "array"
    return isinstance(value, str) and value in schema.get("enum", ())


def _with_present(options: tuple[Option, ...], value: Any) -> tuple[Option, ...]:
    """What is chosen stays to be seen, though it can no longer be chosen."""
    present = value if isinstance(value, list | tuple) else [value]
    there = {each for each, _ in options}
    return (*options, *((str(each), str(each)) for each in present if each and each not in there))


def _attributes(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {"minimum": "min", "maximum": "max", "maxLength": "maxlength"}
    found = {names[name]: value for name, value in schema.items() if name in names}
    if schema.get("type") == "number":
        found["step"] = "any"
    return found
